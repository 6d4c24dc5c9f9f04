"""Trainings of earlier years that were brought in from a spreadsheet, so that "not again" works from the first day."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from households.models import Household, Person
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from tangerang_poverty.kit.encrypted import EncryptedTextField
from trainings.lifecycle import PastImportState
from trainings.models.programme import Course
from trainings.models.triggers import HELPED_BY_PAST_TRIGGERS, PAST_COUNT_TRIGGERS


class Finding(models.TextChoices):
    """What the search for a row's family came to."""

    NIK = "nik", "Cocok dengan NIK"
    NAME = "name", "Cocok dengan nama dan kelurahan"
    HAND = "hand", "Dicocokkan petugas"
    SEVERAL = "several", "Lebih dari satu orang yang cocok"
    OTHER_NIK = "other_nik", "NIK tercatat atas nama lain, atau nama sama dengan NIK lain"
    NONE = "none", "Tidak ada yang cocok"
    REOPENED = "reopened", "Dibuka lagi oleh petugas"
    SAME = "same", "Sudah ada"
    REJECTED = "rejected", "Ditolak"


FOUND = (Finding.NIK, Finding.NAME)
AMBIGUOUS = (Finding.SEVERAL, Finding.OTHER_NIK)
TAKEN_OVER = (*FOUND, *AMBIGUOUS, Finding.NONE)  # what becomes a row of the past


def _who(verb: str, *, null: bool = True) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        editable=False,
        related_name="+",
        verbose_name=f"{verb} oleh",
    )


class PastImportQuerySet(models.QuerySet["PastImport"]):
    def visible_to(self, user: Any) -> PastImportQuerySet:
        """A spreadsheet holds rows of the whole city: only who works for the whole city sees it."""
        if not (user.is_authenticated and user.is_active and user.area_id):
            return self.none()
        return self.all() if user.area_id == settings.CITY_CODE else self.none()

    def for_list(self) -> PastImportQuerySet:
        return self.select_related("uploaded_by", "applied_by", "undone_by")


class PastImport(models.Model):
    """One spreadsheet of earlier trainings, from its reading to applied or taken back. The file itself is not kept:
    every row of it is."""

    filename = models.CharField("nama berkas", max_length=200)
    size = models.PositiveIntegerField("ukuran (byte)", default=0)
    sha256 = models.CharField(max_length=64, db_collation="C")
    state = models.CharField(
        "keadaan", max_length=9, choices=PastImportState, default=PastImportState.STAGED, editable=False
    )
    uploaded_by = _who("diunggah", null=False)
    uploaded_at = models.DateTimeField("diunggah", auto_now_add=True)
    applied_by = _who("diterapkan")
    applied_at = models.DateTimeField("diterapkan", null=True, editable=False)
    undone_by = _who("dibatalkan")
    undone_at = models.DateTimeField("dibatalkan", null=True, editable=False)
    undo_reason = models.CharField("alasan pembatalan", max_length=250, blank=True, editable=False)
    # [{"name": sheet, "columns": [header, …], "nik": index or null}]
    sheets = models.JSONField(default=list, editable=False)
    # [{"key": folded, "text": as written, "rows": n, "course": id or null}]: the courses the file names
    courses = models.JSONField(default=list, editable=False)
    # {"notes": [sentence, …], "rows": n, "findings": {finding: n}, "made_courses": [id, …]}
    summary = models.JSONField("ringkasan", default=dict, editable=False)
    is_sample = models.BooleanField("contoh", default=False, editable=False)

    objects = PastImportQuerySet.as_manager()

    class Meta:
        verbose_name = "impor riwayat pelatihan"
        verbose_name_plural = "impor riwayat pelatihan"
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(state__in=["staged", "applied"]),
                name="past_import_file_once",
                violation_error_message="Berkas yang sama sudah diunggah.",
            ),
            models.CheckConstraint(
                name="past_import_applied_by_whom",
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="past_import_undone_whole",
                condition=Q(undone_at=None, undone_by=None, undo_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Riwayat #{self.pk}: {self.filename}"

    @property
    def state_kind(self) -> str:
        """The kind of badge that says the state."""
        return {PastImportState.STAGED: "warn", PastImportState.APPLIED: "good"}.get(
            PastImportState(self.state), ""
        )


class StagedPast(models.Model):
    """A row of a spreadsheet of the past, read and judged. It becomes a row of the past when the import is applied;
    those that do not stay, to be downloaded and corrected."""

    past_import = models.ForeignKey(PastImport, models.CASCADE, related_name="staged", db_index=False)
    sheet = models.CharField("lembar", max_length=40)
    row = models.PositiveIntegerField("baris")
    year = models.PositiveSmallIntegerField("tahun", null=True)
    course_text = models.CharField(max_length=80, blank=True)
    course_key = models.CharField(max_length=80, blank=True, db_collation="C")
    course = models.ForeignKey(Course, models.SET_NULL, null=True, related_name="+", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField("nama", max_length=150, blank=True)
    name_key = models.CharField(max_length=150, blank=True)
    nik = EncryptedTextField("NIK", purpose="nik")
    nik_usable = models.BooleanField(default=False)
    # the cells as text, under the sheet's columns; the NIK is left out, and what looks like one is masked
    cells = models.JSONField(default=list)
    extra = models.JSONField(default=dict)  # {header: text} of the columns that are not ours
    # [{"code", "column", "value", "message", "error"}], values of a NIK masked
    problems = models.JSONField(default=list)
    finding = models.CharField(max_length=9, choices=Finding, blank=True)
    # who was found when it was judged; judged anew when applied, so it may point to nothing in between
    person = models.ForeignKey(
        Person, models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    same_as = models.CharField(max_length=150, blank=True)  # where the same is already, in words

    class Meta:
        verbose_name = "baris riwayat yang diperiksa"
        verbose_name_plural = "baris riwayat yang diperiksa"
        ordering = ["past_import_id", "id"]
        indexes = [models.Index(fields=["past_import", "finding", "id"], name="staged_past_finding")]

    def __str__(self) -> str:
        return f"{self.sheet} baris {self.row}"


class PastTrainingQuerySet(AreaScopedQuerySet):
    def waiting(self) -> Self:
        """Rows whose family is not known yet."""
        return self.filter(state=PastTraining.State.UNMATCHED)

    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related("course", "area__parent", "person", "household__area", "matched_by")


class PastTraining(models.Model):
    """One graduate of an earlier year as a spreadsheet named them, and the family they were found to be of."""

    class State(models.TextChoices):
        UNMATCHED = "unmatched", "Belum cocok"
        MATCHED = "matched", "Cocok"
        DISMISSED = "dismissed", "Dikesampingkan"

    past_import = models.ForeignKey(
        PastImport, models.PROTECT, related_name="rows", editable=False, verbose_name="impor"
    )
    sheet = models.CharField("lembar", max_length=40, blank=True, editable=False)
    row = models.PositiveIntegerField("baris", editable=False)
    year = models.PositiveSmallIntegerField("tahun")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+", verbose_name="keterampilan")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kelurahan")
    name = models.CharField("nama", max_length=150)
    name_key = models.CharField(max_length=150, editable=False)
    nik = EncryptedTextField("NIK", purpose="nik")
    nik_usable = models.BooleanField("format NIK benar", default=False, editable=False)
    # {header: text}: what else the spreadsheet says of them, to tell namesakes apart
    extra = models.JSONField("isi lain", default=dict, editable=False)
    state = models.CharField("keadaan", max_length=9, choices=State, default=State.UNMATCHED)
    finding = models.CharField("hasil pencarian", max_length=9, choices=Finding, default=Finding.NONE)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="past_trainings",
        verbose_name="keluarga",
    )
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", null=True, editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="past_trainings", verbose_name="anggota"
    )
    matched_at = models.DateTimeField("diputuskan", null=True, editable=False)
    matched_by = _who("diputuskan")
    note = models.CharField("catatan", max_length=250, blank=True)

    objects = PastTrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "riwayat pelatihan"
        verbose_name_plural = "riwayat pelatihan"
        ordering = ["-year", "area_id", "name", "id"]
        indexes = [
            models.Index(fields=["course", "area", "year"], name="past_course_area_year"),
            models.Index(fields=["state", "area", "name_key", "id"], name="past_state_area_name"),
        ]
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
            ),
            models.CheckConstraint(
                name="past_matched_by_whom",
                condition=Q(matched_at=None, matched_by=None, state="unmatched")
                | Q(matched_at__isnull=False, matched_by__isnull=False, state__in=["matched", "dismissed"]),
            ),
            models.CheckConstraint(
                name="past_dismissed_with_reason", condition=~Q(state="dismissed") | ~Q(note="")
            ),
            models.UniqueConstraint(
                fields=["person", "course", "year"],
                condition=Q(state="matched"),
                name="past_once_for_person",
                violation_error_message="Orang ini sudah tercatat mengikuti keterampilan itu pada tahun itu.",
            ),
        ]

        triggers = [*PAST_COUNT_TRIGGERS, *HELPED_BY_PAST_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.name}, {self.course} {self.year}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.UNMATCHED


class PastCount(models.Model):
    """Roll-up of the past by year, kelurahan and state. Kept by triggers only."""

    year = models.PositiveSmallIntegerField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=PastTraining.State)
    n = models.IntegerField()

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "area", "state"], name="past_count_once"),
        ]


# Rows come and go with their import, which is recorded itself; a history is kept of what people do with them.
pghistory.track(
    pghistory.UpdateEvent(row="OLD"), append_only=True, exclude=["name_key", "extra", "nik_usable"]
)(PastTraining)
