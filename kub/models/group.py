"""The business group of graduates (kelompok usaha bersama), and who belongs to it from when to when."""

from __future__ import annotations

from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import Exact
from django.urls import reverse

from households.models import Household, Person
from kub.lifecycle import GroupState, Stage
from kub.models.settings import BusinessKind, LegalForm
from kub.models.triggers import MEMBER_IS_GRADUATE, MEMBER_OF_KECAMATAN
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from tangerang_poverty.kit.encrypted import EncryptedTextField
from tangerang_poverty.kit.identifiers import mask_account
from trainings.models import Cohort


class GroupQuerySet(AreaScopedQuerySet):
    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related("kind", "area__parent")

    def active(self) -> Self:
        return self.filter(state=GroupState.ACTIVE)


class Group(models.Model):
    """Graduates of different families of one kecamatan who run a business together. Never deleted."""

    TOLD_IN_HISTORY = ("state", "stage", "dissolved_on", "dissolve_reason")

    name = models.CharField("nama KUB", max_length=80)
    kind = models.ForeignKey(BusinessKind, models.PROTECT, related_name="groups", verbose_name="jenis usaha")
    area = models.ForeignKey(Area, models.PROTECT, related_name="groups", verbose_name="kelurahan")
    cohort = models.ForeignKey(
        Cohort,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="groups",
        verbose_name="dari angkatan",
        editable=False,
    )
    legal_form = models.CharField(
        "bentuk kelompok", max_length=10, choices=LegalForm, default=LegalForm.INFORMAL
    )
    address = models.CharField("alamat usaha", max_length=200, blank=True)
    formed_on = models.DateField("tanggal rapat pembentukan", null=True, blank=True)
    meeting_place = models.CharField("tempat rapat", max_length=120, blank=True)
    report_number = models.CharField("nomor berita acara", max_length=60, blank=True)
    bank_name = models.CharField("bank", max_length=60, blank=True)
    account_number = EncryptedTextField("nomor rekening", purpose="bank_account")
    account_holder = models.CharField("atas nama", max_length=100, blank=True)
    state = models.CharField(
        "keadaan", max_length=9, choices=GroupState, default=GroupState.FORMING, editable=False
    )
    stage = models.CharField("tahap", max_length=10, choices=Stage, default=Stage.GROWING, editable=False)
    dissolved_on = models.DateField("bubar", null=True, editable=False)
    dissolve_reason = models.CharField("alasan bubar", max_length=250, blank=True, editable=False)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="dibuat oleh"
    )
    is_sample = models.BooleanField("contoh", default=False, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "KUB"
        verbose_name_plural = "KUB"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=~Q(state=GroupState.DISSOLVED),
                name="group_name_once_in_area",
                violation_error_message="KUB dengan nama ini sudah ada di kelurahan itu.",
            ),
            models.CheckConstraint(
                name="group_named", condition=~Q(name=""), violation_error_message="Nama wajib diisi."
            ),
            models.CheckConstraint(
                name="group_in_kelurahan",
                condition=Exact(Length(Cast("area", models.CharField())), 13),
                violation_error_message="KUB beralamat pada kelurahan.",
            ),
            models.CheckConstraint(
                name="group_founded",
                condition=~Q(state=GroupState.ACTIVE) | (Q(formed_on__isnull=False) & ~Q(report_number="")),
                violation_error_message="Rapat pembentukan belum dicatat.",
            ),
            models.CheckConstraint(
                name="group_dissolved_whole",
                condition=(
                    ~Q(state=GroupState.DISSOLVED) & Q(dissolved_on=None, dissolve_reason="")
                    | Q(state=GroupState.DISSOLVED, dissolved_on__isnull=False) & ~Q(dissolve_reason="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["area", "state"], name="group_area_state")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kub:group", args=[self.pk])

    @property
    def masked_account(self) -> str:
        """The bank and the last four digits of the account, as pages show it; "" without one."""
        if not self.account_number:
            return ""
        return f"{self.bank_name} {mask_account(self.account_number)}".strip()


class MembershipQuerySet(AreaScopedQuerySet):
    area_path = "group__area_id"

    def live(self) -> Self:
        """Those who belong to it today."""
        return self.filter(left_on=None)


class Membership(models.Model):
    """A graduate in a group from one day to another, in one office. Who changes office gets a new row."""

    TOLD_IN_HISTORY = ("left_on", "leave_reason", "leave_note")

    class Role(models.TextChoices):
        CHAIR = "chair", "Ketua"
        SECRETARY = "secretary", "Sekretaris"
        TREASURER = "treasurer", "Bendahara"
        MEMBER = "member", "Anggota"

    class LeaveReason(models.TextChoices):
        WORK = "work", "Bekerja di tempat lain"
        MOVED = "moved", "Pindah"
        DIED = "died", "Meninggal"
        ILL = "ill", "Sakit"
        DISPUTE = "dispute", "Perselisihan"
        NO_INTEREST = "no_interest", "Tidak berminat lagi"
        OFFICE = "office", "Ganti jabatan"
        DISSOLVED = "dissolved", "KUB bubar"
        OTHER = "other", "Lainnya"

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships", verbose_name="KUB")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="anggota")
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="memberships", verbose_name="keluarga"
    )
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", default=1)
    role = models.CharField("jabatan", max_length=9, choices=Role, default=Role.MEMBER)
    joined_on = models.DateField("masuk")
    left_on = models.DateField("keluar", null=True, editable=False)
    leave_reason = models.CharField(
        "alasan keluar", max_length=11, choices=LeaveReason, blank=True, editable=False
    )
    leave_note = models.CharField("keterangan", max_length=250, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "keanggotaan KUB"
        verbose_name_plural = "keanggotaan KUB"
        ordering = ["group", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(left_on=None),
                name="membership_one_live_per_person",
                violation_error_message="Orang ini sudah menjadi anggota KUB lain.",
            ),
            models.UniqueConstraint(
                fields=["group", "role"],
                condition=Q(left_on=None) & ~Q(role="member"),
                name="membership_office_held_once",
                violation_error_message="Jabatan ini sudah terisi.",
            ),
            models.UniqueConstraint(
                fields=["group", "household", "family_number"],
                condition=Q(left_on=None),
                name="membership_one_of_family",
                violation_error_message="Keluarga ini sudah mempunyai anggota dalam KUB ini.",
            ),
            models.CheckConstraint(
                name="membership_left_whole",
                condition=Q(left_on=None, leave_reason="", leave_note="")
                | (Q(left_on__isnull=False) & ~Q(leave_reason="")),
            ),
            models.CheckConstraint(
                name="membership_dates",
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                violation_error_message="Tanggal keluar sebelum tanggal masuk.",
            ),
        ]
        triggers = [MEMBER_OF_KECAMATAN, MEMBER_IS_GRADUATE]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"

    @property
    def holds_office(self) -> bool:
        return self.role != self.Role.MEMBER


for _model in (Group, Membership):
    pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(row="OLD"), pghistory.DeleteEvent(), append_only=True
    )(_model)
