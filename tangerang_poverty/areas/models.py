"""Places: the city, its kecamatan and its kelurahan, under their official codes."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, user: Any) -> AreaQuerySet:
        """Areas inside the user's own area, that one included."""
        if not (user.is_authenticated and user.is_active and user.area_id):
            return self.none()
        return self.filter(code__startswith=user.area_id)

    def kecamatan(self) -> AreaQuerySet:
        return self.filter(level=Area.Level.KECAMATAN)

    def kelurahan(self) -> AreaQuerySet:
        return self.filter(level=Area.Level.KELURAHAN)


class Area(models.Model):
    """One place. Its key, the Kemendagri code, is hierarchical: what lies within it starts with its code."""

    class Level(models.TextChoices):
        KOTA = "kota", "Kota"
        KECAMATAN = "kecamatan", "Kecamatan"
        KELURAHAN = "kelurahan", "Kelurahan"

    # Collation C: prefix searches use the ordinary index, and '36.71.05' sorts before '36.71.05.1001'.
    code = models.CharField("kode Kemendagri", max_length=13, primary_key=True, db_collation="C")
    name = models.CharField("nama", max_length=60)
    level = models.CharField("tingkat", max_length=9, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="induk"
    )
    bps_code = models.CharField("kode BPS", max_length=10, unique=True)
    postal_code = models.CharField("kode pos", max_length=5, blank=True)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="ejaan lain")
    tile_row = models.PositiveSmallIntegerField("baris petak", null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField("kolom petak", null=True, blank=True)
    boundary = models.JSONField("batas wilayah (GeoJSON)", null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "wilayah"
        verbose_name_plural = "wilayah"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="area_name_once_in_parent"),
            models.UniqueConstraint(fields=["tile_row", "tile_col"], name="area_tile_once"),
            models.CheckConstraint(
                name="area_code_fits_level",
                condition=models.Q(level="kota", code__regex=r"^\d{2}\.\d{2}$", parent=None)
                | models.Q(level="kecamatan", code__regex=r"^\d{2}\.\d{2}\.\d{2}$", parent__isnull=False)
                | models.Q(
                    level="kelurahan", code__regex=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$", parent__isnull=False
                ),
                violation_error_message="Kode wilayah tidak sesuai dengan tingkatnya.",
            ),
            models.CheckConstraint(
                name="area_tile_whole",
                condition=models.Q(tile_row=None, tile_col=None)
                | models.Q(tile_row__isnull=False, tile_col__isnull=False),
                violation_error_message="Baris dan kolom petak diisi keduanya atau tidak sama sekali.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Level and name, as people write it: "Kelurahan Gembor"."""
        return f"{self.get_level_display()} {self.name.removeprefix('Kota ')}"
