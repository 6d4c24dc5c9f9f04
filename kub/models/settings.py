"""What the office lays down for a year: kinds of business, ceilings, budgets, due dates, and who may get what."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from kub.models.triggers import kept_by_triggers
from trainings.models.programme import ACCOUNT_CODE, YEARS

MOST = 10_000_000_000_000  # rupiah; far beyond any budget of the city, and sums of it still fit
MOST_QUANTITY = 1_000_000
MOST_PRICE = 1_000_000_000


class LegalForm(models.TextChoices):
    """How a group stands before the law."""

    INFORMAL = "informal", "Belum terdaftar"
    REGISTERED = "registered", "Terdaftar (SKT atau pengesahan dinas)"
    LEGAL_BODY = "legal_body", "Berbadan hukum"


class GrantForm(models.TextChoices):
    CASH = "cash", "Uang"
    GOODS = "goods", "Barang"


class BusinessKind(models.Model):
    """A kind of business, such as kue kering, with a ceiling for each year and a template of its budget lines."""

    name = models.CharField("jenis usaha", max_length=80)
    is_active = models.BooleanField("masih dipakai", default=True)

    class Meta:
        verbose_name = "jenis usaha"
        verbose_name_plural = "jenis usaha"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="business_kind_once",
                violation_error_message="Jenis usaha dengan nama ini sudah ada.",
            ),
            models.CheckConstraint(
                name="business_kind_named", condition=~Q(name=""), violation_error_message="Nama wajib diisi."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FiscalYear(models.Model):
    """A budget year: when reports are due, and whether its books are closed."""

    year = models.PositiveSmallIntegerField("tahun anggaran", primary_key=True)
    lpj_days = models.PositiveSmallIntegerField("tenggat LPJ (hari sejak dibayar)", default=90)
    lpj_latest_on = models.DateField("LPJ paling lambat", help_text="Tidak ada tenggat yang melewatinya.")
    closed_at = models.DateTimeField("ditutup", null=True, editable=False)
    closed_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="ditutup oleh",
    )

    TOLD_IN_HISTORY = ("closed_at", "closed_by")

    class Meta:
        verbose_name = "tahun anggaran"
        verbose_name_plural = "tahun anggaran"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                name="fiscal_year_sane",
                condition=Q(year__range=YEARS),
                violation_error_message="Tahun tidak masuk akal.",
            ),
            models.CheckConstraint(
                name="fiscal_year_lpj_days",
                condition=Q(lpj_days__range=(1, 366)),
                violation_error_message="Tenggat LPJ antara 1 dan 366 hari.",
            ),
            models.CheckConstraint(
                name="fiscal_year_closed_whole",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Ceiling(models.Model):
    """The most one group of a kind may get in a year."""

    kind = models.ForeignKey(
        BusinessKind, models.CASCADE, related_name="ceilings", verbose_name="jenis usaha"
    )
    year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="ceilings", verbose_name="tahun anggaran"
    )
    amount = models.PositiveBigIntegerField("plafon (rupiah)")

    class Meta:
        verbose_name = "plafon"
        verbose_name_plural = "plafon"
        ordering = ["-year_id", "kind__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year"],
                name="ceiling_once",
                violation_error_message="Plafon jenis usaha ini untuk tahun itu sudah ada.",
            ),
            models.CheckConstraint(
                name="ceiling_amount",
                condition=Q(amount__range=(1, MOST)),
                violation_error_message="Plafon harus lebih dari nol.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year_id}"


class TemplateLine(models.Model):
    """A line that proposals of a kind begin with."""

    kind = models.ForeignKey(
        BusinessKind, models.CASCADE, related_name="template", verbose_name="jenis usaha"
    )
    position = models.PositiveSmallIntegerField("urutan", default=1)
    item = models.CharField("uraian", max_length=120)
    quantity = models.PositiveIntegerField("volume", default=1)
    unit = models.CharField("satuan", max_length=20, default="unit")
    unit_price = models.PositiveBigIntegerField("harga satuan (rupiah)")

    class Meta:
        verbose_name = "baris RAB baku"
        verbose_name_plural = "baris RAB baku"
        ordering = ["kind", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="template_line_amounts",
                condition=Q(quantity__range=(1, MOST_QUANTITY), unit_price__range=(1, MOST_PRICE)),
                violation_error_message="Volume dan harga satuan harus lebih dari nol.",
            ),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


class Budget(models.Model):
    """Money of a year under one account code. `decided` is what grants have taken, kept by the ledger's trigger."""

    year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="budgets", verbose_name="tahun anggaran"
    )
    account_code = models.CharField("kode rekening", max_length=50)
    name = models.CharField("uraian", max_length=120)
    allotted = models.PositiveBigIntegerField("pagu (rupiah)")
    decided = models.PositiveBigIntegerField("diputuskan (rupiah)", default=0, editable=False)

    class Meta:
        verbose_name = "anggaran"
        verbose_name_plural = "anggaran"
        ordering = ["-year_id", "account_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "account_code"],
                name="budget_once",
                violation_error_message="Kode rekening ini sudah ada untuk tahun itu.",
            ),
            models.CheckConstraint(
                name="budget_account_code",
                condition=Q(account_code__regex=ACCOUNT_CODE),
                violation_error_message="Kode rekening berupa angka dengan titik, misalnya 5.1.4.05.01.",
            ),
            models.CheckConstraint(
                name="budget_not_exceeded",
                condition=Q(decided__lte=F("allotted")),
                violation_error_message="Pagu tidak boleh kurang dari yang sudah diputuskan.",
            ),
            models.CheckConstraint(
                name="budget_allotted",
                condition=Q(allotted__lte=MOST),
                violation_error_message="Pagu terlalu besar.",
            ),
        ]
        triggers = [kept_by_triggers("decided")]

    def __str__(self) -> str:
        return f"{self.account_code} {self.name} ({self.year_id})"

    @property
    def left(self) -> int:
        return self.allotted - self.decided


class RecipientRule(models.Model):
    """Whether a group of some legal form may be given money, or goods, and on what the answer rests."""

    legal_form = models.CharField("bentuk kelompok", max_length=10, choices=LegalForm)
    grant_form = models.CharField("bentuk bantuan", max_length=5, choices=GrantForm)
    allowed = models.BooleanField("boleh")
    legal_basis = models.CharField("dasar", max_length=250)

    class Meta:
        verbose_name = "aturan penerima"
        verbose_name_plural = "aturan penerima"
        ordering = ["legal_form", "grant_form"]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_form", "grant_form"],
                name="recipient_rule_once",
                violation_error_message="Aturan ini sudah ada.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_legal_form_display()}: {self.get_grant_form_display()}"


class Policy(models.Model):
    """The limits of the office, one row: how large a group is, and from when something is worth a warning."""

    min_members = models.PositiveSmallIntegerField("anggota paling sedikit", default=5)
    max_members = models.PositiveSmallIntegerField("anggota paling banyak", default=20)
    visit_warn_days = models.PositiveSmallIntegerField("peringatan: hari tanpa kunjungan", default=60)
    visit_alarm_days = models.PositiveSmallIntegerField("mendesak: hari tanpa kunjungan", default=90)
    young_group_days = models.PositiveSmallIntegerField("kelompok muda: umur saat mengusulkan", default=30)
    reminder_days = models.PositiveSmallIntegerField("pengingat LPJ: hari sebelum tenggat", default=14)

    class Meta:
        verbose_name = "ketentuan KUB"
        verbose_name_plural = "ketentuan KUB"
        constraints = [
            models.CheckConstraint(name="policy_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="policy_members",
                condition=Q(min_members__gte=3, max_members__gte=F("min_members"), max_members__lte=100),
                violation_error_message="Anggota paling sedikit 3, dan paling banyak tidak kurang dari itu.",
            ),
            models.CheckConstraint(
                name="policy_visits",
                condition=Q(visit_warn_days__gte=1, visit_alarm_days__gt=F("visit_warn_days")),
                violation_error_message="Batas mendesak harus lebih lama daripada batas peringatan.",
            ),
        ]

    def __str__(self) -> str:
        return "Ketentuan KUB"

    def save(self, *args: Any, **values: Any) -> None:
        self.pk = 1
        super().save(*args, **values)

    @classmethod
    def current(cls) -> Policy:
        """The row, or what it says by default where nobody has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


for _model in (FiscalYear, Ceiling, Budget, RecipientRule, Policy):
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(row="OLD"),
        pghistory.DeleteEvent(),
        append_only=True,
        exclude=["decided"] if _model is Budget else [],
    )(_model)
