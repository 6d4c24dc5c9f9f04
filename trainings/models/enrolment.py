"""Who takes part: the enrolment with its seat or its place on the waiting list, and the note of a promotion."""

from __future__ import annotations

import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse

from households.models import Household, Person
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from trainings.lifecycle import ACTIVE, HOLDING_SEAT, EnrolmentState
from trainings.models.programme import Cohort, Programme
from trainings.models.triggers import (
    COHORT_COUNT_TRIGGERS,
    HELPED_BY_ENROLMENT_TRIGGERS,
    PROGRAMME_OF_COHORT,
)


class EnrolmentQuerySet(AreaScopedQuerySet):
    area_path = "cohort__area_id"

    def active(self) -> Self:
        """Those who hold a seat or wait for one."""
        return self.filter(state__in=ACTIVE)

    def seated(self) -> Self:
        return self.filter(state__in=HOLDING_SEAT)

    def waiting(self) -> Self:
        return self.filter(state=EnrolmentState.WAITING)

    def for_list(self) -> Self:
        """With what a row of a list names."""
        return self.select_related(
            "person", "household__area", "cohort__area__parent", "cohort__programme__course"
        )


class Enrolment(models.Model):
    """One person of one family in a cohort, from the registration to the result. Never deleted.

    `seat` is the number of the seat; whoever has none waits, was refused or left. `programme` is the cohort's,
    written by a trigger so that one family once in a programme can be a constraint.
    """

    class LeaveReason(models.TextChoices):
        WORK = "work", "Bekerja"
        ILL = "ill", "Sakit"
        MOVED = "moved", "Pindah"
        DIED = "died", "Meninggal"
        FAMILY = "family", "Urusan keluarga"
        NO_INTEREST = "no_interest", "Tidak berminat lagi"
        ABSENT = "absent", "Tidak pernah hadir"
        MISTAKE = "mistake", "Salah daftar"
        OTHER = "other", "Lainnya"

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments", verbose_name="angkatan")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="enrolments", verbose_name="keluarga"
    )
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", default=1)
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name="peserta")
    seat = models.PositiveSmallIntegerField("kursi", null=True)
    state = models.CharField("keadaan", max_length=10, choices=EnrolmentState)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registered_at = models.DateTimeField("terdaftar")
    registered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="didaftarkan oleh"
    )
    decided_at = models.DateTimeField("diperiksa", null=True, editable=False)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", editable=False, verbose_name="pemeriksa"
    )
    decision_note = models.CharField("catatan pemeriksaan", max_length=250, blank=True)
    left_at = models.DateTimeField("mundur", null=True, editable=False)
    left_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="dicatat oleh",
    )
    leave_reason = models.CharField("alasan mundur", max_length=11, choices=LeaveReason, blank=True)
    leave_note = models.CharField("keterangan mundur", max_length=250, blank=True)
    score = models.PositiveSmallIntegerField("nilai", null=True, blank=True)
    sessions_attended = models.PositiveSmallIntegerField("pertemuan dihadiri", default=0, editable=False)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "peserta"
        verbose_name_plural = "peserta"
        ordering = ["cohort", "seat", "registered_at", "id"]
        indexes = [
            models.Index(fields=["cohort", "state"], name="enrolment_cohort_state"),
            models.Index(
                fields=["household"], name="enrolment_graduated", condition=Q(state=EnrolmentState.GRADUATED)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "seat"],
                name="enrolment_seat_once",
                condition=Q(seat__isnull=False),
                violation_error_message="Kursi ini sudah terisi.",
            ),
            models.UniqueConstraint(
                fields=["programme", "household", "family_number"],
                name="enrolment_family_once",
                condition=Q(state__in=ACTIVE),
                violation_error_message="Keluarga ini sudah mempunyai peserta dalam program ini.",
            ),
            models.UniqueConstraint(
                fields=["programme", "person"],
                name="enrolment_person_once",
                condition=Q(state__in=ACTIVE),
                violation_error_message="Orang ini sudah terdaftar dalam program ini.",
            ),
            models.CheckConstraint(
                name="enrolment_seat_fits_state",
                condition=Q(seat__gte=1, state__in=HOLDING_SEAT)
                | (Q(seat=None) & ~Q(state__in=HOLDING_SEAT)),
            ),
            models.CheckConstraint(
                name="enrolment_decided_whole",
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="enrolment_left_whole",
                condition=(
                    Q(left_at=None, left_by=None, leave_reason="") & ~Q(state=EnrolmentState.WITHDRAWN)
                )
                | (
                    Q(left_at__isnull=False, left_by__isnull=False, state=EnrolmentState.WITHDRAWN)
                    & ~Q(leave_reason="")
                ),
            ),
            models.CheckConstraint(
                name="enrolment_refusal_says_why",
                condition=~Q(state=EnrolmentState.REFUSED)
                | (Q(decided_at__isnull=False) & ~Q(decision_note="")),
            ),
            models.CheckConstraint(
                name="enrolment_score",
                condition=Q(score=None) | Q(score__lte=100),
                violation_error_message="Nilai antara 0 dan 100.",
            ),
        ]
        triggers = [PROGRAMME_OF_COHORT, *COHORT_COUNT_TRIGGERS, *HELPED_BY_ENROLMENT_TRIGGERS]

    def __str__(self) -> str:
        return f"{self.person}, {self.cohort}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:enrolment", args=[self.pk])

    @property
    def holds_seat(self) -> bool:
        return self.state in HOLDING_SEAT

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


class PromotionQuerySet(AreaScopedQuerySet):
    area_path = "enrolment__cohort__area_id"

    def unseen(self) -> Self:
        return self.filter(seen_at=None)


class Promotion(models.Model):
    """A seat that came free went to the first of the waiting list; the officer tells the person and ticks it off."""

    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="promotions", verbose_name="peserta"
    )
    seat = models.PositiveSmallIntegerField("kursi")
    made_at = models.DateTimeField("pada", auto_now_add=True)
    seen_at = models.DateTimeField("diberitahukan", null=True)
    seen_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="diberitahukan oleh"
    )

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = "pengisian kursi kosong"
        verbose_name_plural = "pengisian kursi kosong"
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["enrolment"], name="promotion_unseen", condition=Q(seen_at=None))]
        constraints = [
            models.CheckConstraint(
                name="promotion_seen_whole",
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.person}: kursi {self.seat}"


class CohortCountQuerySet(AreaScopedQuerySet):
    area_path = "cohort__area_id"


class CohortCount(models.Model):
    """Roll-up of a cohort's enrolments, kept by triggers: how many in each state, and of them at a session."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="counts", db_index=False)
    state = models.CharField(max_length=10, choices=EnrolmentState)
    attended = models.BooleanField()
    n = models.IntegerField()

    objects = CohortCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "state", "attended"], name="cohort_count_once")
        ]


pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
    append_only=True,
    exclude=["sessions_attended", "request_key"],
)(Enrolment)
