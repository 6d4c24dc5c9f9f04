"""Records: what a source said, row by row, kept as imported; they point to the golden rows."""

from __future__ import annotations

from django.db import models

from households.models.registry import Household, Person
from households.models.triggers import WAVE_COUNT_TRIGGERS
from households.models.wave import RANK_SCALES, Wave
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from tangerang_poverty.kit.encrypted import EncryptedTextField


class HouseholdRecord(models.Model):
    """One household of one wave as its source gave it. `raw` holds the source's other cells under their column keys."""

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="records", verbose_name="gelombang")
    batch = models.ForeignKey(
        "households.ImportBatch", models.PROTECT, related_name="+", verbose_name="impor"
    )
    layout = models.CharField("tata letak", max_length=30)
    source_key = models.CharField("kunci sumber", max_length=40, db_collation="C")
    source_row = models.PositiveIntegerField("baris sumber")
    household = models.ForeignKey(Household, models.PROTECT, related_name="records", verbose_name="keluarga")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="kelurahan", db_index=False)
    address = models.CharField("alamat", max_length=250, blank=True)
    rt = models.CharField("RT", max_length=3, blank=True)
    rw = models.CharField("RW", max_length=3, blank=True)
    head_name = models.CharField("kepala rumah tangga", max_length=150, blank=True)
    member_count = models.PositiveSmallIntegerField("anggota", default=0)
    family_count = models.PositiveSmallIntegerField("keluarga di dalamnya", null=True)
    rank = models.PositiveSmallIntegerField("peringkat", null=True)
    rank_scale = models.CharField("skala peringkat", max_length=10, choices=RANK_SCALES, blank=True)
    rank_group = models.PositiveSmallIntegerField("kelompok peringkat", null=True)
    raw = models.JSONField("isi asli", default=dict)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "catatan keluarga"
        verbose_name_plural = "catatan keluarga"
        ordering = ["wave_id", "id"]
        indexes = [
            models.Index(fields=["household", "wave"], name="record_household_wave"),
            models.Index(fields=["wave", "area", "household"], name="record_wave_area"),
            models.Index(fields=["batch"], name="record_batch"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["wave", "source_key"], name="record_once_in_wave"),
        ]
        triggers = WAVE_COUNT_TRIGGERS

    def __str__(self) -> str:
        return f"{self.source_key} ({self.head_name})"


class PersonRecordQuerySet(AreaScopedQuerySet):
    area_path = "household_record__area_id"


class PersonRecord(models.Model):
    """One person of one wave as the source gave them. NIK and KK are kept even when their format is wrong."""

    household_record = models.ForeignKey(HouseholdRecord, models.CASCADE, related_name="people")
    batch = models.ForeignKey(
        "households.ImportBatch", models.PROTECT, related_name="+", verbose_name="impor"
    )
    source_row = models.PositiveIntegerField("baris sumber")
    number = models.PositiveSmallIntegerField("nomor urut")
    person = models.ForeignKey(Person, models.PROTECT, related_name="records", verbose_name="anggota")
    name = models.CharField("nama", max_length=150)
    sex = models.CharField("jenis kelamin", max_length=1, choices=Person.Sex, blank=True)
    birth_date = models.DateField("tanggal lahir", null=True)
    birth_precision = models.CharField(max_length=5, choices=Person.Precision, blank=True)
    nik = EncryptedTextField("NIK", purpose="nik")
    kk = EncryptedTextField("nomor Kartu Keluarga", purpose="kk")
    identity_errors = models.BooleanField("NIK atau KK tidak sesuai format", default=False)
    relation = models.PositiveSmallIntegerField("hubungan", choices=Person.Relation, null=True)
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", default=1)
    raw = models.JSONField("isi asli", default=dict)

    objects = PersonRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "catatan anggota"
        verbose_name_plural = "catatan anggota"
        ordering = ["household_record_id", "number"]
        indexes = [
            models.Index(fields=["batch"], name="person_record_batch"),
            models.Index(
                fields=["person"], name="person_record_bad_id", condition=models.Q(identity_errors=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["household_record", "number"], name="person_record_once"),
        ]

    def __str__(self) -> str:
        return self.name


class WaveCount(models.Model):
    """Roll-up: households and people of a wave by kelurahan and rank group (0 = unknown), and how many of the
    households have been helped with a course by now. Kept by triggers only."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="counts", db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    rank_scale = models.CharField(max_length=10, blank=True)
    rank_group = models.PositiveSmallIntegerField()
    households = models.IntegerField()
    people = models.IntegerField()
    helped = models.IntegerField()

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "area", "rank_scale", "rank_group"], name="wave_count_once"
            )
        ]


class RegistryCount(models.Model):
    """Roll-up of the golden households by kelurahan, status, rank group (0 = unknown) and whether a member has
    finished a course. Kept by triggers only."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=8)
    rank_scale = models.CharField(max_length=10, blank=True)
    rank_group = models.PositiveSmallIntegerField()
    helped = models.BooleanField()
    households = models.IntegerField()
    people = models.IntegerField()

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "status", "rank_scale", "rank_group", "helped"], name="registry_count_once"
            )
        ]
