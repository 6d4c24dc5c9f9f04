"""The log of who saw or took away personal data; the database refuses to change or delete a line."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models

from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet


class AccessLog(models.Model):
    """One time somebody opened an identifier or downloaded rows of people."""

    class Action(models.TextChoices):
        REVEAL = "reveal", "Membuka NIK atau nomor KK"
        DOWNLOAD = "download", "Mengunduh"
        SEARCH = "search", "Mencari dengan NIK atau nomor KK"

    at = models.DateTimeField("waktu", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="oleh")
    action = models.CharField("perbuatan", max_length=8, choices=Action)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name="wilayah")
    subject_type = models.CharField("jenis", max_length=60, blank=True)
    subject_id = models.CharField("nomor", max_length=40, blank=True)
    what = models.CharField("apa", max_length=200)
    reason = models.CharField("alasan", max_length=250, blank=True)
    rows = models.PositiveIntegerField("baris", default=1)
    with_identities = models.BooleanField("NIK/KK terbuka", default=False)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "catatan pembukaan data pribadi"
        verbose_name_plural = "catatan pembukaan data pribadi"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="access_log_subject"),
            models.Index(fields=["-at", "-id"], name="access_log_at"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.what}"
