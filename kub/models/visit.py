"""How a group is doing: visits, and the stage it has reached."""

from __future__ import annotations

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from kub.lifecycle import Stage
from kub.models.group import Group, Membership
from kub.models.settings import MOST_PRICE
from tangerang_poverty.areas.scope import AreaScopedQuerySet


def photo_path(visit: Visit, name: str) -> str:
    """Where the picture lies under MEDIA_ROOT; its name is ours, not the uploader's."""
    return f"kub/visits/{visit.group_id}/{visit.request_key.hex}.jpg"


class VisitQuerySet(AreaScopedQuerySet):
    area_path = "group__area_id"


class Visit(models.Model):
    """What was found at a group on a day. Money is that of the month before the visit, in whole rupiah."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="visits", verbose_name="KUB")
    visited_on = models.DateField("tanggal kunjungan")
    active_members = models.PositiveSmallIntegerField("anggota yang aktif")
    present = models.ManyToManyField(
        Membership, related_name="visits", blank=True, verbose_name="siapa yang aktif"
    )
    turnover = models.PositiveBigIntegerField("omzet sebulan (rupiah)")
    costs = models.PositiveBigIntegerField("biaya sebulan (rupiah)")
    profit = models.GeneratedField(
        expression=F("turnover") - F("costs"),
        output_field=models.BigIntegerField("laba sebulan (rupiah)"),
        db_persist=True,
    )
    stock = models.PositiveBigIntegerField("nilai persediaan (rupiah)", default=0)
    problem = models.CharField("masalah", max_length=500, blank=True)
    photo = models.FileField("foto", upload_to=photo_path, blank=True, max_length=200)
    next_visit_on = models.DateField("kunjungan berikutnya", null=True, blank=True)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="oleh"
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "kunjungan"
        verbose_name_plural = "kunjungan"
        ordering = ["group", "-visited_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="visit_amounts",
                condition=Q(
                    turnover__lte=MOST_PRICE * 10, costs__lte=MOST_PRICE * 10, stock__lte=MOST_PRICE * 10
                ),
                violation_error_message="Jumlah rupiah terlalu besar.",
            ),
            models.CheckConstraint(
                name="visit_next_later",
                condition=Q(next_visit_on=None) | Q(next_visit_on__gt=F("visited_on")),
                violation_error_message="Kunjungan berikutnya harus sesudah kunjungan ini.",
            ),
        ]
        indexes = [models.Index(fields=["group", "-visited_on"], name="visit_group_date")]

    def __str__(self) -> str:
        return f"{self.group}, {self.visited_on}"


class StageReview(models.Model):
    """The decision that a group has reached another stage, with the checklist it rests on. Only added."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="stage_reviews", verbose_name="KUB")
    from_stage = models.CharField("dari tahap", max_length=10, choices=Stage)
    to_stage = models.CharField("ke tahap", max_length=10, choices=Stage)
    checks = models.JSONField("daftar periksa")
    note = models.CharField("catatan", max_length=500, blank=True)
    decided_on = models.DateField("tanggal")
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="oleh")

    class Meta:
        verbose_name = "penilaian tahap"
        verbose_name_plural = "penilaian tahap"
        ordering = ["group", "-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_to_stage_display()}"


pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(row="OLD"),
    pghistory.DeleteEvent(),
    append_only=True,
    exclude=["profit", "request_key"],
)(Visit)
