"""Waves: the lists of poor families, each with its own instrument, unit, ranking and reported total."""

from __future__ import annotations

from django.db import models

from households.rules import RankScale


class Wave(models.Model):
    """One list at one time, e.g. PPLS 2011. `reported_total` is what was published, with its source."""

    class Unit(models.TextChoices):
        HOUSEHOLD = "household", "rumah tangga"
        FAMILY = "family", "keluarga"

    code = models.CharField("kode", max_length=20, unique=True, db_collation="C")
    name = models.CharField("nama", max_length=60)
    instrument = models.CharField("instrumen", max_length=20, help_text="Misalnya PPLS, PBDT, DTKS, DTSEN.")
    reference_date = models.DateField("tanggal acuan")
    unit = models.CharField("satuan", max_length=9, choices=Unit, default=Unit.HOUSEHOLD)
    reported_total = models.PositiveIntegerField("jumlah dilaporkan", null=True, blank=True)
    reported_source = models.CharField("sumber jumlah dilaporkan", max_length=200, blank=True)
    reported_url = models.URLField("alamat sumber", blank=True)

    class Meta:
        verbose_name = "gelombang"
        verbose_name_plural = "gelombang"
        ordering = ["reference_date", "code"]
        constraints = [
            models.CheckConstraint(
                name="wave_reported_has_source",
                condition=models.Q(reported_total=None) | ~models.Q(reported_source=""),
                violation_error_message="Jumlah yang dilaporkan harus menyebut sumbernya.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def year(self) -> int:
        return self.reference_date.year


RANK_SCALES = [
    (RankScale.CLASS.value, "kelas kesejahteraan"),
    (RankScale.PERCENTILE.value, "persentil"),
    (RankScale.DECILE.value, "desil"),
    (RankScale.NONE.value, "tanpa peringkat"),
]
