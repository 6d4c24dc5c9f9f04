"""Downloads that take a while: built in the background, kept for a day, handed only to who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tangerang_poverty.areas.models import Area

KEPT = timedelta(days=1)
TOO_LONG = timedelta(hours=1)  # the largest file takes a minute

FORMATS = {"xlsx": "Excel", "pdf": "PDF", "zip": "PDF (dalam satu ZIP)"}


class ExportQuerySet(models.QuerySet["Export"]):
    def asked_by(self, user: Any) -> ExportQuerySet:
        """A file is for who asked for it and nobody else, and for a day."""
        return self.filter(asked_by=user, asked_at__gt=timezone.now() - KEPT)

    def unfinished(self) -> ExportQuerySet:
        """Not built yet; one whose worker died does not count for ever."""
        states = (Export.State.WAITING, Export.State.RUNNING)
        return self.filter(state__in=states, asked_at__gt=timezone.now() - TOO_LONG)


class Export(models.Model):
    """One asked-for file. `kind` names a builder in privacy.exports; `params` are the filters of its page."""

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu"
        RUNNING = "running", "Sedang disusun"
        READY = "ready", "Siap diunduh"
        FAILED = "failed", "Gagal"

    kind = models.CharField(max_length=30)
    title = models.CharField("judul", max_length=120)
    params = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports")
    asked_at = models.DateTimeField(auto_now_add=True)
    # of who asked, when it was built: its rows lie in it
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    with_identities = models.BooleanField(default=False)
    file = models.FileField(upload_to="exports/%Y/%m/", max_length=250, blank=True)
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "unduhan"
        verbose_name_plural = "unduhan"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(name="export_ready_has_file", condition=~Q(state="ready") | ~Q(file=""))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_at_work(self) -> bool:
        """False as well when a worker was stopped in the middle of it and nothing will come any more."""
        stuck = timezone.now() - self.asked_at > TOO_LONG
        return self.state in (self.State.WAITING, self.State.RUNNING) and not stuck

    @property
    def format_name(self) -> str:
        """What the file of a ready one is, in a word."""
        return FORMATS.get(str(self.file.name).rpartition(".")[2], "berkas")

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
