"""The grant that a decision gives: its decree, its instalments, and the ledger all figures come from."""

from __future__ import annotations

import uuid
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from kub.lifecycle import EntryKind, GrantState
from kub.models.proposal import Proposal
from kub.models.settings import Budget, FiscalYear
from kub.models.triggers import LEDGER_POSTS, kept_by_triggers
from tangerang_poverty.areas.scope import AreaScopedQuerySet


class Decree(models.Model):
    """The decree that records what a meeting decided, for any number of groups."""

    number = models.CharField("nomor SK", max_length=60, unique=True)
    year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="decrees", verbose_name="tahun anggaran"
    )
    decided_on = models.DateField("tanggal SK")
    meeting_on = models.DateField("tanggal rapat")
    meeting_note = models.CharField("catatan rapat", max_length=500, blank=True)
    signatory_name = models.CharField("penanda tangan", max_length=100)
    signatory_title = models.CharField("jabatan penanda tangan", max_length=100)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="dibuat oleh"
    )

    class Meta:
        verbose_name = "surat keputusan"
        verbose_name_plural = "surat keputusan"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="decree_after_meeting",
                condition=Q(decided_on__gte=F("meeting_on")),
                violation_error_message="Tanggal SK sebelum tanggal rapat.",
            ),
            models.CheckConstraint(
                name="decree_numbered", condition=~Q(number=""), violation_error_message="Nomor wajib diisi."
            ),
        ]

    def __str__(self) -> str:
        return f"SK {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("kub:decree", args=[self.pk])


class GrantQuerySet(AreaScopedQuerySet):
    area_path = "proposal__group__area_id"

    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related(
            "proposal__group__area__parent", "proposal__kind", "decree", "budget", "proposal__year"
        )


class Grant(models.Model):
    """What a group was given. `decided` to `refunded` are sums of the ledger, kept by its trigger alone."""

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, related_name="grant", verbose_name="usulan", editable=False
    )
    decree = models.ForeignKey(Decree, models.PROTECT, related_name="grants", verbose_name="surat keputusan")
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="grants", verbose_name="anggaran")
    agreement_number = models.CharField("nomor NPHD", max_length=60, blank=True)
    agreed_on = models.DateField("tanggal NPHD", null=True, blank=True)
    state = models.CharField(
        "keadaan", max_length=9, choices=GrantState, default=GrantState.DECIDED, editable=False
    )
    decided = models.PositiveBigIntegerField("diputuskan (rupiah)", default=0, editable=False)
    paid = models.PositiveBigIntegerField("dibayar (rupiah)", default=0, editable=False)
    accounted = models.PositiveBigIntegerField("dilaporkan (rupiah)", default=0, editable=False)
    refunded = models.PositiveBigIntegerField("disetor kembali (rupiah)", default=0, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "hibah"
        verbose_name_plural = "hibah"
        ordering = ["-proposal__year_id", "-id"]
        constraints = [
            models.CheckConstraint(
                name="grant_paid_within_decided",
                condition=Q(paid__lte=F("decided")),
                violation_error_message="Pembayaran melebihi yang diputuskan.",
            ),
            models.CheckConstraint(
                name="grant_accounted_within_paid",
                condition=Q(paid__gte=F("accounted") + F("refunded")),
                violation_error_message="Yang dilaporkan dan disetor kembali melebihi yang dibayar.",
            ),
            models.CheckConstraint(
                name="grant_agreed_whole",
                condition=Q(state__in=[GrantState.DECIDED, GrantState.CANCELLED])
                | (Q(agreed_on__isnull=False) & ~Q(agreement_number="")),
            ),
        ]
        triggers = [kept_by_triggers("decided", "paid", "accounted", "refunded")]

    def __str__(self) -> str:
        return str(self.proposal)

    def get_absolute_url(self) -> str:
        return self.proposal.get_absolute_url()

    @property
    def unpaid(self) -> int:
        """Decided and not yet paid."""
        return self.decided - self.paid

    @property
    def held(self) -> int:
        """Paid, and neither accounted for nor refunded: what the group holds."""
        return self.paid - self.accounted - self.refunded


class Instalment(models.Model):
    """A part of a grant that is paid at once. `paid` is the sum of its payments, kept by the ledger's trigger."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="instalments", verbose_name="hibah")
    number = models.PositiveSmallIntegerField("termin")
    amount = models.PositiveBigIntegerField("jumlah (rupiah)")
    paid = models.PositiveBigIntegerField("dibayar (rupiah)", default=0, editable=False)
    released_at = models.DateTimeField("dilepas", null=True, editable=False)

    class Meta:
        verbose_name = "termin"
        verbose_name_plural = "termin"
        ordering = ["grant", "number"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="instalment_number_once"),
            models.CheckConstraint(
                name="instalment_amount",
                condition=Q(amount__gte=1),
                violation_error_message="Jumlah termin harus lebih dari nol.",
            ),
            # All at once or not at all: half an instalment has no report of its own.
            models.CheckConstraint(
                name="instalment_paid_once",
                condition=Q(paid=0) | Q(paid=F("amount")),
                violation_error_message="Termin ini sudah dibayar.",
            ),
            models.CheckConstraint(
                name="instalment_released_unpaid", condition=Q(released_at=None) | Q(paid=0)
            ),
        ]
        triggers = [kept_by_triggers("paid")]

    def __str__(self) -> str:
        return f"Termin {self.number}"

    @property
    def is_paid(self) -> bool:
        return self.paid > 0


class LedgerEntryQuerySet(AreaScopedQuerySet):
    area_path = "grant__proposal__group__area_id"


class LedgerEntry(models.Model):
    """One booking, in whole rupiah. Never changed and never deleted: a mistake is reversed by another entry.

    `amount` is positive, and the same negative in the entry that `reverses` it. `number` counts within the grant.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="entries", verbose_name="hibah")
    number = models.PositiveIntegerField("nomor", editable=False, db_default=0)
    kind = models.CharField("jenis", max_length=9, choices=EntryKind)
    amount = models.BigIntegerField("jumlah (rupiah)")
    instalment = models.ForeignKey(
        Instalment, models.PROTECT, null=True, related_name="entries", verbose_name="termin"
    )
    report = models.ForeignKey(
        "kub.AccountabilityReport", models.PROTECT, null=True, related_name="entries", verbose_name="LPJ"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="membalik"
    )
    booked_on = models.DateField("tanggal")
    document = models.CharField("dokumen", max_length=80, blank=True)
    description = models.CharField("uraian", max_length=250)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="oleh")

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "baris buku besar"
        verbose_name_plural = "buku besar"
        ordering = ["grant", "number"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="ledger_number_once"),
            models.CheckConstraint(
                name="ledger_sign",
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
            ),
            models.CheckConstraint(
                name="ledger_payment_of_instalment",
                condition=~Q(kind=EntryKind.PAYMENT) | (Q(instalment__isnull=False) & ~Q(document="")),
            ),
            models.CheckConstraint(
                name="ledger_accounted_by_report",
                condition=~Q(kind=EntryKind.ACCOUNTED) | Q(report__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            LEDGER_POSTS,
        ]

    def __str__(self) -> str:
        return f"{self.grant} no. {self.number}"


for _model in (Decree, Grant, Instalment):
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(row="OLD"),
        pghistory.DeleteEvent(),
        append_only=True,
        exclude={"Grant": ["decided", "paid", "accounted", "refunded"], "Instalment": ["paid"]}.get(
            _model.__name__, []
        ),
    )(_model)
