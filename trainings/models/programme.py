"""Courses, the programme of a year, and its cohort in each kelurahan."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length, Lower
from django.db.models.lookups import Exact
from django.urls import reverse

from households.models import Wave
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from trainings.lifecycle import CohortState, ProgrammeState
from trainings.models.triggers import HELPED_IN_OTHER_YEAR_TRIGGER
from trainings.rules import CompletionTerms, EligibilityTerms

ACCOUNT_CODE = r"^[0-9]{1,2}(\.[0-9]{1,4}){2,12}$"
YEARS = (2000, 2100)


class Course(models.Model):
    """A skill that is taught, such as payet or kue kering."""

    name = models.CharField("nama keterampilan", max_length=80)
    is_active = models.BooleanField("masih dipakai", default=True)

    class Meta:
        verbose_name = "keterampilan"
        verbose_name_plural = "keterampilan"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="course_name_once",
                violation_error_message="Keterampilan dengan nama ini sudah ada.",
            ),
            models.CheckConstraint(
                name="course_named", condition=~Q(name=""), violation_error_message="Nama wajib diisi."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: Any) -> ProgrammeQuerySet:
        """A draft is for who prepares it; all others for whoever has a cohort of it in the own area."""
        if not (user.is_authenticated and user.is_active and user.area_id):
            return self.none()
        own = Cohort.objects.filter(programme=models.OuterRef("pk"), area__code__startswith=user.area_id)
        if user.area.level == Area.Level.KOTA:
            return self
        return self.filter(models.Exists(own)).exclude(state=ProgrammeState.DRAFT)


class Programme(models.Model):
    """One course in one year, for the families of one list: who may take part, for how much, and when."""

    year = models.PositiveSmallIntegerField("tahun")
    course = models.ForeignKey(Course, models.PROTECT, related_name="programmes", verbose_name="keterampilan")
    wave = models.ForeignKey(
        Wave,
        models.PROTECT,
        related_name="programmes",
        verbose_name="daftar acuan",
        help_text="Peserta harus tercatat dalam daftar ini.",
    )
    account_code = models.CharField("kode rekening", max_length=50)
    budget = models.PositiveBigIntegerField("anggaran (rupiah)", default=0)
    default_quota = models.PositiveSmallIntegerField("kuota tiap kelurahan", default=50)
    class_up_to = models.PositiveSmallIntegerField("kelas kesejahteraan sampai", null=True, blank=True)
    decile_up_to = models.PositiveSmallIntegerField("desil sampai", null=True, blank=True)
    min_age = models.PositiveSmallIntegerField("umur paling muda", null=True, blank=True, default=17)
    max_age = models.PositiveSmallIntegerField("umur paling tua", null=True, blank=True, default=60)
    years_between = models.PositiveSmallIntegerField("jarak tahun sejak kelulusan terakhir", default=3)
    course_gap_years = models.PositiveSmallIntegerField(
        "jarak tahun keterampilan yang sama di satu kelurahan", default=3
    )
    registration_opens_on = models.DateField("pendaftaran dibuka")
    registration_closes_on = models.DateField("pendaftaran ditutup")
    min_attendance = models.PositiveSmallIntegerField("kehadiran paling sedikit (persen)", default=80)
    min_score = models.PositiveSmallIntegerField("nilai paling rendah", null=True, blank=True)
    state = models.CharField("keadaan", max_length=7, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    created_at = models.DateTimeField("dibuat", auto_now_add=True)
    is_sample = models.BooleanField("contoh", default=False, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "program"
        verbose_name_plural = "program"
        ordering = ["-year", "course__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "course"],
                name="programme_once_a_year",
                violation_error_message="Program dengan keterampilan ini pada tahun itu sudah ada.",
            ),
            models.CheckConstraint(
                name="programme_year",
                condition=Q(year__range=YEARS),
                violation_error_message="Tahun tidak masuk akal.",
            ),
            models.CheckConstraint(
                name="programme_account_code",
                condition=Q(account_code__regex=ACCOUNT_CODE),
                violation_error_message="Kode rekening berupa angka dengan titik, misalnya 5.2.2.03.01.",
            ),
            models.CheckConstraint(
                name="programme_window",
                condition=Q(registration_closes_on__gte=F("registration_opens_on")),
                violation_error_message="Pendaftaran ditutup sebelum dibuka.",
            ),
            models.CheckConstraint(
                name="programme_ages",
                condition=Q(min_age=None) | Q(max_age=None) | Q(max_age__gte=F("min_age")),
                violation_error_message="Umur paling tua lebih muda daripada umur paling muda.",
            ),
            models.CheckConstraint(
                name="programme_shares",
                condition=Q(min_attendance__lte=100) & (Q(min_score=None) | Q(min_score__lte=100)),
                violation_error_message="Kehadiran dan nilai paling banyak 100.",
            ),
            models.CheckConstraint(
                name="programme_ranks",
                condition=(Q(class_up_to=None) | Q(class_up_to__range=(1, 3)))
                & (Q(decile_up_to=None) | Q(decile_up_to__range=(1, 10))),
                violation_error_message="Kelas antara 1 dan 3, desil antara 1 dan 10.",
            ),
        ]
        triggers = [HELPED_IN_OTHER_YEAR_TRIGGER]

    def __str__(self) -> str:
        return f"Pelatihan {self.course} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:programme", args=[self.pk])

    @property
    def eligibility(self) -> EligibilityTerms:
        """Who may take part, as the rules take it."""
        return EligibilityTerms(
            year=self.year,
            class_up_to=self.class_up_to,
            decile_up_to=self.decile_up_to,
            min_age=self.min_age,
            max_age=self.max_age,
            years_between=self.years_between,
            list_name=str(self.wave),
        )

    @property
    def completion(self) -> CompletionTerms:
        """What it takes to pass, as the rules take it."""
        return CompletionTerms(min_attendance=self.min_attendance, min_score=self.min_score)

    def registers_on(self, today: date) -> bool:
        """Whether participants may be registered on this day."""
        is_open = self.state == ProgrammeState.OPEN
        return is_open and self.registration_opens_on <= today <= self.registration_closes_on


class CohortQuerySet(AreaScopedQuerySet):
    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related("programme__course", "programme__wave", "area__parent")

    def visible_to(self, user: Any) -> Self:
        """Cohorts of the own area; those of a draft only for who works for the whole city."""
        rows = super().visible_to(user)
        if user.is_authenticated and user.area_id and user.area.level != Area.Level.KOTA:
            rows = rows.exclude(programme__state=ProgrammeState.DRAFT)
        return rows


class Cohort(models.Model):
    """The participants of a programme in one kelurahan: so many seats, a place, an instructor.

    `seats_taken` counts those who hold a seat; it is moved by a conditional UPDATE before a seat is given.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cohorts", verbose_name="program")
    area = models.ForeignKey(Area, models.PROTECT, related_name="cohorts", verbose_name="kelurahan")
    quota = models.PositiveSmallIntegerField("kuota")
    seats_taken = models.PositiveSmallIntegerField("kursi terisi", default=0, editable=False)
    venue = models.CharField("tempat", max_length=150, blank=True)
    instructor = models.CharField("instruktur", max_length=150, blank=True)
    state = models.CharField("keadaan", max_length=8, choices=CohortState, default=CohortState.OPEN)
    override_reason = models.CharField("alasan pengecualian", max_length=250, blank=True, editable=False)
    override_at = models.DateTimeField("dikecualikan", null=True, editable=False)
    override_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", editable=False, verbose_name="oleh"
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = "angkatan"
        verbose_name_plural = "angkatan"
        ordering = ["-programme__year", "programme", "area_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "area"],
                name="cohort_once_in_area",
                violation_error_message="Kelurahan ini sudah mempunyai angkatan dalam program ini.",
            ),
            models.CheckConstraint(
                name="cohort_seats_within_quota",
                condition=Q(seats_taken__lte=F("quota")),
                violation_error_message="Kuota tidak boleh kurang dari kursi yang sudah terisi.",
            ),
            models.CheckConstraint(
                name="cohort_in_kelurahan",
                condition=Exact(Length(Cast("area", models.CharField())), 13),
                violation_error_message="Angkatan diadakan pada kelurahan.",
            ),
            models.CheckConstraint(
                name="cohort_override_whole",
                condition=Q(override_at=None, override_by=None, override_reason="")
                | (Q(override_at__isnull=False, override_by__isnull=False) & ~Q(override_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.area}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:cohort", args=[self.pk])

    @property
    def seats_left(self) -> int:
        return self.quota - self.seats_taken

    @property
    def is_full(self) -> bool:
        return self.seats_taken >= self.quota


for _model in (Course, Programme, Cohort):
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(row="OLD"),
        pghistory.DeleteEvent(),
        append_only=True,
        exclude=["seats_taken"] if _model is Cohort else [],
    )(_model)
