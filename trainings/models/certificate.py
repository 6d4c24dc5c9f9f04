"""The decision who has passed, and the certificates that follow from it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from tangerang_poverty.areas.scope import AreaScopedQuerySet
from trainings.models.enrolment import Enrolment
from trainings.models.programme import Cohort, Programme


class GraduationQuerySet(AreaScopedQuerySet):
    area_path = "cohort__area_id"


class Graduation(models.Model):
    """The graduates of a cohort, decided as a whole in a dated report. One taken back stays, with its reason."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="graduations", verbose_name="angkatan")
    report_number = models.CharField("nomor berita acara", max_length=60)
    decided_on = models.DateField("tanggal keputusan")
    place = models.CharField("tempat", max_length=80, default="Tangerang")
    signatory_name = models.CharField("penanda tangan", max_length=100)
    signatory_title = models.CharField("jabatan penanda tangan", max_length=100)
    note = models.CharField("catatan", max_length=250, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="ditetapkan oleh"
    )
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    revoked_at = models.DateTimeField("dibatalkan", null=True, editable=False)
    revoked_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="dibatalkan oleh",
    )
    revoke_reason = models.CharField("alasan pembatalan", max_length=250, blank=True, editable=False)

    objects = GraduationQuerySet.as_manager()

    class Meta:
        verbose_name = "kelulusan"
        verbose_name_plural = "kelulusan"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"],
                condition=Q(revoked_at=None),
                name="graduation_once",
                violation_error_message="Kelulusan angkatan ini sudah ditetapkan.",
            ),
            models.CheckConstraint(
                name="graduation_revoked_whole",
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Berita acara {self.report_number}"


class CertificateQuerySet(AreaScopedQuerySet):
    area_path = "enrolment__cohort__area_id"

    def live(self) -> CertificateQuerySet:
        return self.filter(revoked_at=None)


class Certificate(models.Model):
    """What one graduate holds in the hand, word for word; the public page confirms it by its code."""

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="certificates", verbose_name="peserta"
    )
    graduation = models.ForeignKey(
        Graduation, models.PROTECT, related_name="certificates", verbose_name="kelulusan"
    )
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name="program")
    sequence = models.PositiveIntegerField("nomor urut dalam program")
    number = models.CharField("nomor sertifikat", max_length=60, unique=True)
    # Twelve letters and digits that are not taken for each other: 60 bits of chance.
    code = models.CharField("kode pemeriksaan", max_length=12, unique=True, db_collation="C")
    name = models.CharField("nama", max_length=150)
    course_name = models.CharField("keterampilan", max_length=80)
    area_name = models.CharField("kelurahan", max_length=120)
    year = models.PositiveSmallIntegerField("tahun")
    started_on = models.DateField("mulai")
    ended_on = models.DateField("selesai")
    session_count = models.PositiveSmallIntegerField("jumlah pertemuan")
    hours = models.PositiveSmallIntegerField("jumlah jam")
    issued_on = models.DateField("tanggal terbit")
    revoked_at = models.DateTimeField("dicabut", null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "sertifikat"
        verbose_name_plural = "sertifikat"
        ordering = ["programme", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "sequence"], name="certificate_sequence_once"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(revoked_at=None), name="certificate_one_live"
            ),
            models.CheckConstraint(
                name="certificate_code_shape", condition=Q(code__regex=r"^[2-9A-HJ-NP-Z]{12}$")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("certificate", args=[self.code])
