"""Trainings of earlier years that were brought in from a spreadsheet, so that "not again" works from the first day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from households.models import Household, Person
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from tangerang_poverty.kit.encrypted import EncryptedTextField
from trainings.models.programme import Course


class PastImport(models.Model):
    """One spreadsheet of earlier trainings."""

    filename = models.CharField("nama berkas", max_length=200)
    sha256 = models.CharField(max_length=64, db_collation="C")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="diunggah oleh"
    )
    uploaded_at = models.DateTimeField("diunggah", auto_now_add=True)
    is_sample = models.BooleanField("contoh", default=False, editable=False)

    class Meta:
        verbose_name = "impor riwayat pelatihan"
        verbose_name_plural = "impor riwayat pelatihan"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.filename


class PastTrainingQuerySet(AreaScopedQuerySet):
    pass


class PastTraining(models.Model):
    """One graduate of an earlier year as a spreadsheet named them, and the family they were found to be of."""

    class State(models.TextChoices):
        UNMATCHED = "unmatched", "Belum cocok"
        MATCHED = "matched", "Cocok"
        DISMISSED = "dismissed", "Dikesampingkan"

    past_import = models.ForeignKey(PastImport, models.PROTECT, related_name="rows", verbose_name="impor")
    row = models.PositiveIntegerField("baris")
    year = models.PositiveSmallIntegerField("tahun")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", verbose_name="keterampilan")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kelurahan")
    name = models.CharField("nama", max_length=150)
    name_key = models.CharField(max_length=150, editable=False)
    nik = EncryptedTextField("NIK", purpose="nik")
    state = models.CharField("keadaan", max_length=9, choices=State, default=State.UNMATCHED)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="past_trainings",
        verbose_name="keluarga",
    )
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", null=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="past_trainings", verbose_name="anggota"
    )
    matched_at = models.DateTimeField("dicocokkan", null=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="dicocokkan oleh"
    )
    note = models.CharField("catatan", max_length=250, blank=True)

    objects = PastTrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "riwayat pelatihan"
        verbose_name_plural = "riwayat pelatihan"
        ordering = ["-year", "area_id", "name", "id"]
        indexes = [models.Index(fields=["course", "area", "year"], name="past_course_area_year")]
        constraints = [
            models.CheckConstraint(
                name="past_matched_has_family",
                condition=Q(
                    state="matched",
                    household__isnull=False,
                    person__isnull=False,
                    family_number__isnull=False,
                )
                | (
                    Q(household=None, person=None, family_number=None)
                    & Q(state__in=["unmatched", "dismissed"])
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.course} {self.year}"
