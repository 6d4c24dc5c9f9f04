"""When a cohort meets, and who was there."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from tangerang_poverty.areas.scope import AreaScopedQuerySet
from trainings.models.enrolment import Enrolment
from trainings.models.programme import Cohort
from trainings.models.triggers import ATTENDED_TRIGGERS


class SessionQuerySet(AreaScopedQuerySet):
    area_path = "cohort__area_id"


class Session(models.Model):
    """One meeting of a cohort. Venue and instructor are the cohort's where they are empty here."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="sessions", verbose_name="angkatan")
    number = models.PositiveSmallIntegerField("pertemuan ke-")
    held_on = models.DateField("tanggal")
    starts_at = models.TimeField("mulai")
    ends_at = models.TimeField("selesai")
    venue = models.CharField("tempat", max_length=150, blank=True)
    instructor = models.CharField("instruktur", max_length=150, blank=True)
    topic = models.CharField("materi", max_length=200, blank=True)
    recorded_at = models.DateTimeField("kehadiran dicatat", null=True, editable=False)
    recorded_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="dicatat oleh",
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "pertemuan"
        verbose_name_plural = "pertemuan"
        ordering = ["cohort", "number"]
        indexes = [
            models.Index(fields=["held_on"], name="session_unrecorded", condition=Q(recorded_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="session_number_once"),
            models.UniqueConstraint(
                fields=["cohort", "held_on", "starts_at"],
                name="session_time_once",
                violation_error_message="Angkatan ini sudah mempunyai pertemuan pada waktu itu.",
            ),
            models.CheckConstraint(
                name="session_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="Pertemuan selesai sebelum mulai.",
            ),
            models.CheckConstraint(
                name="session_recorded_whole",
                condition=Q(recorded_at=None, recorded_by=None)
                | Q(recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Pertemuan {self.number}"


class AttendanceQuerySet(AreaScopedQuerySet):
    area_path = "session__cohort__area_id"


class Attendance(models.Model):
    """Whether one participant was at one session. Corrections are kept by the database."""

    class Mark(models.TextChoices):
        PRESENT = "H", "Hadir"
        LATE = "T", "Terlambat"
        EXCUSED = "I", "Izin atau sakit"
        ABSENT = "A", "Alpa"

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances", verbose_name="pertemuan")
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, related_name="attendances", verbose_name="peserta"
    )
    mark = models.CharField("kehadiran", max_length=1, choices=Mark)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "kehadiran"
        verbose_name_plural = "kehadiran"
        ordering = ["session", "enrolment"]
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="attendance_once"),
            models.CheckConstraint(name="attendance_mark", condition=Q(mark__in=["H", "T", "I", "A"])),
        ]
        triggers = ATTENDED_TRIGGERS

    def __str__(self) -> str:
        return f"{self.enrolment.person}: {self.get_mark_display()}"


pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
    append_only=True,
)(Session)
pghistory.track(
    # A first mark is told by the session, whose history keeps everybody who recorded it; a correction needs an event.
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
    append_only=True,
)(Attendance)
