"""The accountability report (LPJ) of an instalment, with its receipts."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse

from kub.lifecycle import ReportState
from kub.models.grant import Grant, Instalment
from kub.models.proposal import ProposalLine
from kub.models.settings import MOST_PRICE
from kub.models.triggers import RECEIPTS_ONLY_WHILE_WRITTEN
from tangerang_poverty.areas.scope import AreaScopedQuerySet


class ReportQuerySet(AreaScopedQuerySet):
    area_path = "grant__proposal__group__area_id"


class AccountabilityReport(models.Model):
    """How the money of one instalment was spent. It begins with the payment and is due on a day."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="reports", verbose_name="hibah")
    instalment = models.OneToOneField(
        Instalment, models.PROTECT, related_name="report", verbose_name="termin"
    )
    state = models.CharField(
        "keadaan", max_length=9, choices=ReportState, default=ReportState.DRAFT, editable=False
    )
    due_on = models.DateField("tenggat")
    submitted_at = models.DateTimeField("dikirim", null=True, editable=False)
    submitted_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="dikirim oleh",
    )
    examined_at = models.DateTimeField("diperiksa", null=True, editable=False)
    examined_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="diperiksa oleh",
    )
    note = models.CharField("catatan pemeriksa", max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "LPJ"
        verbose_name_plural = "LPJ"
        ordering = ["grant", "instalment__number"]
        constraints = [
            models.CheckConstraint(
                name="report_submitted_whole",
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="report_examined_whole",
                condition=Q(examined_at=None, examined_by=None)
                | Q(examined_at__isnull=False, examined_by__isnull=False),
            ),
            models.CheckConstraint(
                name="report_state_told",
                condition=Q(state=ReportState.DRAFT)
                | Q(state=ReportState.SUBMITTED, submitted_at__isnull=False)
                | Q(
                    state__in=[ReportState.ACCEPTED, ReportState.RETURNED],
                    submitted_at__isnull=False,
                    examined_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="report_examined_by_another",
                condition=Q(submitted_by=None)
                | Q(examined_by=None)
                | ~Q(submitted_by=models.F("examined_by")),
                violation_error_message="LPJ diperiksa oleh orang lain daripada yang mengirimnya.",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="report_state_due")]

    def __str__(self) -> str:
        return f"LPJ termin {self.instalment.number}"

    def get_absolute_url(self) -> str:
        return reverse("kub:report", args=[self.pk])


def receipt_path(receipt: Receipt, name: str) -> str:
    """Where the file lies under MEDIA_ROOT; its name is ours, not the uploader's."""
    return f"kub/receipts/{receipt.report_id}/{receipt.sha256[:32]}{receipt.suffix}"


class ReceiptQuerySet(AreaScopedQuerySet):
    area_path = "report__grant__proposal__group__area_id"


class Receipt(models.Model):
    """One receipt of a report, for one line of the budget: what was spent, and its picture or PDF."""

    report = models.ForeignKey(
        AccountabilityReport, models.PROTECT, related_name="receipts", verbose_name="LPJ"
    )
    line = models.ForeignKey(
        ProposalLine, models.PROTECT, related_name="receipts", verbose_name="rincian RAB"
    )
    number = models.PositiveSmallIntegerField("nomor", editable=False)
    dated_on = models.DateField("tanggal kuitansi")
    amount = models.PositiveBigIntegerField("jumlah (rupiah)")
    description = models.CharField("uraian", max_length=200, blank=True)
    file = models.FileField("foto atau PDF", upload_to=receipt_path, max_length=200)
    content_type = models.CharField("jenis berkas", max_length=40, editable=False)
    size = models.PositiveIntegerField("ukuran (bita)", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    unreadable = models.BooleanField("tidak terbaca", default=False, editable=False)
    unreadable_note = models.CharField("keterangan", max_length=250, blank=True, editable=False)
    uploaded_at = models.DateTimeField("diunggah", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="oleh"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "kuitansi"
        verbose_name_plural = "kuitansi"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="receipt_number_once"),
            models.UniqueConstraint(
                fields=["report", "sha256"],
                name="receipt_file_once",
                violation_error_message="Berkas kuitansi ini sudah diunggah.",
            ),
            models.CheckConstraint(
                name="receipt_amount",
                condition=Q(amount__range=(1, MOST_PRICE)),
                violation_error_message="Jumlah kuitansi harus lebih dari nol.",
            ),
        ]
        triggers = [RECEIPTS_ONLY_WHILE_WRITTEN]

    def __str__(self) -> str:
        return f"Kuitansi {self.number}"

    @property
    def suffix(self) -> str:
        return ".pdf" if self.content_type == "application/pdf" else ".jpg"


for _model in (AccountabilityReport, Receipt):
    pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(row="OLD"), pghistory.DeleteEvent(), append_only=True
    )(_model)
