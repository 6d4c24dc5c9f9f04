"""The proposal of a group with its budget lines (RAB), every step it took, and whose duty each step was."""

from __future__ import annotations

import uuid
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kub.lifecycle import LIVE_PROPOSALS, DutyKind, ProposalState
from kub.models.group import Group
from kub.models.settings import MOST_PRICE, MOST_QUANTITY, BusinessKind, FiscalYear, GrantForm
from kub.models.triggers import DUTY_OF_STEP, LINES_ONLY_IN_DRAFT, PROPOSAL_AMOUNT_TRIGGERS, kept_by_triggers
from tangerang_poverty.areas.scope import AreaScopedQuerySet


class ProposalQuerySet(AreaScopedQuerySet):
    area_path = "group__area_id"

    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related("group__area__parent", "kind", "grant__decree")

    def live(self) -> Self:
        """Those that may still come to something, or have."""
        return self.filter(state__in=LIVE_PROPOSALS)


class Proposal(models.Model):
    """What a group asks for in a year. `amount` is the sum of its lines, kept by a trigger."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="proposals", verbose_name="KUB")
    year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="proposals", verbose_name="tahun anggaran"
    )
    kind = models.ForeignKey(
        BusinessKind, models.PROTECT, related_name="proposals", verbose_name="jenis usaha"
    )
    grant_form = models.CharField("bentuk bantuan", max_length=5, choices=GrantForm)
    purpose = models.CharField("untuk apa", max_length=250)
    amount = models.PositiveBigIntegerField("jumlah diusulkan (rupiah)", default=0, editable=False)
    state = models.CharField(
        "keadaan", max_length=11, choices=ProposalState, default=ProposalState.DRAFT, editable=False
    )
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="dibuat oleh"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "usulan hibah"
        verbose_name_plural = "usulan hibah"
        ordering = ["-year_id", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "year"],
                condition=Q(state__in=LIVE_PROPOSALS),
                name="proposal_once_a_year",
                violation_error_message="KUB ini sudah mempunyai usulan untuk tahun itu.",
            ),
        ]
        indexes = [models.Index(fields=["state", "year"], name="proposal_state_year")]
        triggers = [kept_by_triggers("amount")]

    def __str__(self) -> str:
        return f"Hibah {self.group} {self.year_id}"

    def get_absolute_url(self) -> str:
        return reverse("kub:proposal", args=[self.pk])


class ProposalLine(models.Model):
    """One line of the budget (RAB). `granted` is what the decision gave of it, None before.

    Lines change only while the proposal is a draft; the database refuses it afterwards.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="lines", verbose_name="usulan")
    position = models.PositiveSmallIntegerField("urutan")
    item = models.CharField("uraian", max_length=120)
    quantity = models.PositiveIntegerField("volume")
    unit = models.CharField("satuan", max_length=20)
    unit_price = models.PositiveBigIntegerField("harga satuan (rupiah)")
    amount = models.GeneratedField(
        expression=models.F("quantity") * models.F("unit_price"),
        output_field=models.BigIntegerField("jumlah (rupiah)"),
        db_persist=True,
    )
    granted = models.PositiveBigIntegerField("disetujui (rupiah)", null=True, editable=False)

    class Meta:
        verbose_name = "baris RAB"
        verbose_name_plural = "baris RAB"
        ordering = ["proposal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="proposal_line_position"),
            models.CheckConstraint(
                name="proposal_line_named",
                condition=~Q(item="") & ~Q(unit=""),
                violation_error_message="Uraian dan satuan wajib diisi.",
            ),
            models.CheckConstraint(
                name="proposal_line_amounts",
                condition=Q(quantity__range=(1, MOST_QUANTITY), unit_price__range=(1, MOST_PRICE)),
                violation_error_message="Volume dan harga satuan harus lebih dari nol.",
            ),
            models.CheckConstraint(
                name="proposal_line_granted",
                condition=Q(granted=None) | Q(granted__lte=models.F("amount")),
                violation_error_message="Yang disetujui tidak boleh melebihi yang diusulkan.",
            ),
        ]
        triggers = [LINES_ONLY_IN_DRAFT, *PROPOSAL_AMOUNT_TRIGGERS]

    def __str__(self) -> str:
        return self.item


class Step(models.Model):
    """A move of a proposal or its grant: from what to what, who, when and why. Only added, never changed.

    The database writes the duty of a step (kub/models/triggers.py), so that nobody takes two on one proposal.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="steps", verbose_name="usulan")
    move = models.CharField("langkah", max_length=12)
    from_state = models.CharField("dari", max_length=11)
    to_state = models.CharField("ke", max_length=11)
    note = models.CharField("catatan", max_length=500, blank=True)
    at = models.DateTimeField("waktu", auto_now_add=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="oleh")

    class Meta:
        verbose_name = "langkah usulan"
        verbose_name_plural = "langkah usulan"
        ordering = ["proposal", "id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            DUTY_OF_STEP,
        ]

    def __str__(self) -> str:
        return f"{self.proposal}: {self.move}"


class Duty(models.Model):
    """The one duty a person has on a proposal. Written by triggers from steps and payments alone."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="duties", verbose_name="usulan")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="orang")
    duty = models.CharField("tugas", max_length=6, choices=DutyKind)

    class Meta:
        verbose_name = "tugas pada usulan"
        verbose_name_plural = "tugas pada usulan"
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "user"],
                name="duty_one_per_person",
                violation_error_message="Satu orang hanya mengerjakan satu langkah dari usulan yang sama.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_duty_display()}"


class FieldCheck(models.Model):
    """What was seen when the group was visited before a decision: the checklist, ticked or not."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="field_checks", verbose_name="usulan")
    visited_on = models.DateField("tanggal kunjungan")
    checks = models.JSONField("daftar periksa")
    members_met = models.PositiveSmallIntegerField("anggota yang ditemui")
    note = models.CharField("catatan", max_length=500, blank=True)
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="oleh")

    class Meta:
        verbose_name = "pemeriksaan lapangan"
        verbose_name_plural = "pemeriksaan lapangan"
        ordering = ["proposal", "-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.proposal}, {self.visited_on}"


pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(row="OLD"), pghistory.DeleteEvent(), append_only=True
)(Proposal)
