"""The golden rows: the households and people we believe exist, with their history kept by the database."""

from __future__ import annotations

from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models.functions import Cast, Coalesce, Length, Upper
from django.db.models.lookups import Exact
from django.urls import reverse

from households.models.triggers import PERSON_TRIGGERS, REGISTRY_COUNT_TRIGGERS, WAVE_HELPED_TRIGGER
from households.models.wave import RANK_SCALES
from households.rules import rank_group_label
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.scope import AreaScopedQuerySet
from tangerang_poverty.kit.encrypted import EncryptedTextField

KEPT_BY_TRIGGERS = ("head_name", "member_count", "search_key", "helped_in")
DIGITS3 = r"^(\d{3})?$"
RANK_ORDER = Coalesce("rank_group", 99)  # those without a rank come last; the index and the list agree on it


class HouseholdQuerySet(AreaScopedQuerySet):
    """Reads of the registry; built from each other."""

    def on_list(self, wave: Any, *, area: str = "", scale: str | None = None, group: int = 0) -> Self:
        """Households recorded in a wave (instance or pk); area and rank group as *that wave* gave them."""
        from households.models.records import HouseholdRecord

        records = HouseholdRecord.objects.filter(household=models.OuterRef("pk"), wave=wave)
        if area:
            records = records.filter(area__code__startswith=area)
        if scale is not None:
            records = records.filter(_ranked(scale, group))
        return self.filter(models.Exists(records))

    def ranked(self, scale: str, group: int) -> Self:
        """Households of a rank group; group 0 stands for those without one, as in the roll-up."""
        return self.filter(_ranked(scale, group))

    def helped(self, yes: bool) -> Self:
        """Households with a member who has finished a course, or those without one yet."""
        return self.filter(helped_in__isnull=not yes)

    def resembling(self, key: str) -> Self:
        """Households with a name like `key` (folded), the most alike first; through the trigram index."""
        return (
            self.filter(search_key__trigram_word_similar=key)
            .annotate(likeness=TrigramWordSimilarity(key, "search_key"))
            .order_by("-likeness", "head_name", "id")
        )

    def for_list(self) -> Self:
        """What a row of a list shows, with the names of its kelurahan and kecamatan."""
        return self.select_related("area__parent").defer("search_key").annotate(rank_order=RANK_ORDER)

    def for_page(self) -> Self:
        """One household with all that its page shows of it."""
        from households.models.records import HouseholdRecord, PersonRecord

        people = PersonRecord.objects.order_by("number")
        records = HouseholdRecord.objects.select_related("wave", "area__parent").order_by(
            "wave__reference_date", "id"
        )
        return self.select_related("area__parent").prefetch_related(
            "people",
            models.Prefetch("records", records.prefetch_related(models.Prefetch("people", people))),
            models.Prefetch("status_changes", StatusChange.objects.select_related("made_by")),
        )


def _ranked(scale: str, group: int) -> models.Q:
    return models.Q(rank_scale=scale) & (models.Q(rank_group=group) if group else models.Q(rank_group=None))


class Household(models.Model):
    """A household (rumah tangga, one kitchen) as we believe it is, of one or more families (Kartu Keluarga).

    `head_name`, `member_count` and `search_key` are kept by triggers on Person, `helped_in` by those of the trainings:
    the first year a member finished a course. None of them is written by hand.
    """

    class Status(models.TextChoices):
        ON_LIST = "on_list", "Dalam daftar"
        LEFT = "left", "Keluar dari daftar"

    area = models.ForeignKey(Area, models.PROTECT, related_name="households", verbose_name="kelurahan")
    address = models.CharField("alamat", max_length=250, blank=True)
    rt = models.CharField("RT", max_length=3, blank=True)
    rw = models.CharField("RW", max_length=3, blank=True)
    rank = models.PositiveSmallIntegerField("peringkat", null=True, blank=True)
    rank_scale = models.CharField("skala peringkat", max_length=10, choices=RANK_SCALES, blank=True)
    rank_group = models.PositiveSmallIntegerField("kelompok peringkat", null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ON_LIST)
    head_name = models.CharField("kepala rumah tangga", max_length=150, blank=True, editable=False)
    member_count = models.PositiveSmallIntegerField("anggota", default=0, editable=False)
    search_key = models.TextField(blank=True, editable=False)
    helped_in = models.PositiveSmallIntegerField("tahun pelatihan pertama", null=True, editable=False)
    created_batch = models.ForeignKey(
        "households.ImportBatch", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    created_at = models.DateTimeField("dibuat", auto_now_add=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "keluarga"
        verbose_name_plural = "keluarga"
        ordering = ["area_id", "head_name", "id"]
        indexes = [
            models.Index(fields=["area", "head_name", "id"], name="household_area_name"),
            models.Index(fields=["head_name", "id"], name="household_name"),
            models.Index("area", RANK_ORDER, "id", name="household_area_rank"),
            models.Index(fields=["created_batch"], name="household_batch"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="household_search"),
            # upper case: what Django's `icontains` compares
            GinIndex(OpClass(Upper("address"), name="gin_trgm_ops"), name="household_address"),
        ]
        constraints = [
            models.CheckConstraint(
                name="household_in_kelurahan",
                # 13 characters: only a kelurahan's code is that long
                condition=Exact(Length(Cast("area", models.CharField())), 13),
                violation_error_message="Keluarga dicatat pada kelurahan.",
            ),
            models.CheckConstraint(
                name="household_rt_rw_digits",
                condition=models.Q(rt__regex=DIGITS3, rw__regex=DIGITS3),
                violation_error_message="RT dan RW tiga angka atau kosong.",
            ),
            models.CheckConstraint(
                name="household_rank_has_scale",
                condition=models.Q(rank=None, rank_group=None)
                | (models.Q(rank__isnull=False) & ~models.Q(rank_scale="")),
                violation_error_message="Peringkat harus menyebut skalanya.",
            ),
        ]
        triggers = [*REGISTRY_COUNT_TRIGGERS, WAVE_HELPED_TRIGGER]

    def __str__(self) -> str:
        return f"Keluarga {self.head_name or 'tanpa kepala'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Never writes back what triggers keep: that may have changed since this row was read."""
        if not self._state.adding and kwargs.get("update_fields") is None and not args:
            left_out = {*KEPT_BY_TRIGGERS, "id", *self.get_deferred_fields()}
            kwargs["update_fields"] = {
                field.name for field in self._meta.concrete_fields if field.attname not in left_out
            }
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("households:detail", args=[self.pk])

    @property
    def rank_label(self) -> str:
        """The rank group in words: "Miskin", "Desil 2" or "Tanpa peringkat"."""
        return rank_group_label(self.rank_group, self.rank_scale)

    @property
    def rt_rw(self) -> str:
        """ "RT 004 / RW 011", one of them, or nothing."""
        return " / ".join(f"{name} {value}" for name, value in (("RT", self.rt), ("RW", self.rw)) if value)

    @property
    def is_listed(self) -> bool:
        return self.status == Household.Status.ON_LIST


class PersonQuerySet(AreaScopedQuerySet):
    area_path = "household__area_id"


class Person(models.Model):
    """A member of a household as we believe they are. NIK and KK: optional, encrypted, of good format."""

    class Sex(models.TextChoices):
        MALE = "L", "Laki-laki"
        FEMALE = "P", "Perempuan"

    class Precision(models.TextChoices):
        DAY = "day", "tanggal lengkap"
        MONTH = "month", "bulan dan tahun"
        YEAR = "year", "tahun saja"
        AGE = "age", "dari umur"

    class Relation(models.IntegerChoices):
        HEAD = 1, "Kepala rumah tangga"
        SPOUSE = 2, "Istri/suami"
        CHILD = 3, "Anak"
        CHILD_IN_LAW = 4, "Menantu"
        GRANDCHILD = 5, "Cucu"
        PARENT = 6, "Orang tua/mertua"
        SERVANT = 7, "Pembantu"
        OTHER = 8, "Lainnya"

    class Status(models.TextChoices):
        PRESENT = "present", "Ada"
        DIED = "died", "Meninggal"
        MOVED = "moved", "Pindah"

    household = models.ForeignKey(Household, models.PROTECT, related_name="people", verbose_name="keluarga")
    name = models.CharField("nama", max_length=150)
    name_key = models.CharField(max_length=150, editable=False)
    sex = models.CharField("jenis kelamin", max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField("tanggal lahir", null=True, blank=True)
    birth_precision = models.CharField(
        "ketelitian tanggal lahir", max_length=5, choices=Precision, blank=True
    )
    birth_place = models.CharField("tempat lahir", max_length=80, blank=True)
    nik = EncryptedTextField("NIK", purpose="nik")
    kk = EncryptedTextField("nomor Kartu Keluarga", purpose="kk")
    identity_notes = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        editable=False,
        verbose_name="catatan NIK/KK",
    )
    relation = models.PositiveSmallIntegerField(
        "hubungan dengan kepala rumah tangga", choices=Relation, null=True, blank=True
    )
    family_number = models.PositiveSmallIntegerField("nomor urut keluarga", default=1)
    education = models.CharField("pendidikan", max_length=60, blank=True)
    occupation = models.CharField("pekerjaan", max_length=80, blank=True)
    disability = models.CharField("disabilitas", max_length=80, blank=True)
    status = models.CharField("keberadaan", max_length=8, choices=Status, default=Status.PRESENT)
    created_batch = models.ForeignKey(
        "households.ImportBatch", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "anggota"
        verbose_name_plural = "anggota"
        ordering = ["household_id", "family_number", "relation", "id"]
        indexes = [
            models.Index(fields=["nik"], name="person_nik", condition=models.Q(nik__isnull=False)),
            models.Index(fields=["kk"], name="person_kk", condition=models.Q(kk__isnull=False)),
            models.Index(fields=["created_batch"], name="person_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(relation=1),
                name="person_one_head",
                violation_error_message="Keluarga ini sudah mempunyai kepala rumah tangga.",
            ),
            models.CheckConstraint(
                name="person_birth_has_precision",
                condition=models.Q(birth_date=None, birth_precision="")
                | (models.Q(birth_date__isnull=False) & ~models.Q(birth_precision="")),
                violation_error_message="Tanggal lahir harus menyebut ketelitiannya.",
            ),
            models.CheckConstraint(
                name="person_named", condition=~models.Q(name=""), violation_error_message="Nama wajib diisi."
            ),
        ]
        triggers = PERSON_TRIGGERS

    def __str__(self) -> str:
        return self.name

    @property
    def has_identity(self) -> bool:
        """Whether there is a number to open."""
        return bool(self.nik or self.kk)


class StatusChangeQuerySet(AreaScopedQuerySet):
    area_path = "household__area_id"


class StatusChange(models.Model):
    """Why a household left, entered, moved, split or merged: reason, evidence, date, who. Append-only."""

    class Kind(models.TextChoices):
        EXIT = "exit", "Keluar dari daftar"
        ENTRY = "entry", "Masuk ke daftar"
        MOVE = "move", "Pindah"
        SPLIT = "split", "Pecah"
        MERGE = "merge", "Bergabung"

    class Reason(models.TextChoices):
        BETTER_OFF = "better_off", "Membaik (graduasi)"
        DIED = "died", "Meninggal"
        MOVED_OUT = "moved_out", "Pindah ke luar kota"
        NOT_FOUND = "not_found", "Tidak ditemukan"
        DUPLICATE = "duplicate", "Data ganda"
        MERGED = "merged", "Bergabung ke keluarga lain"
        REFUSED = "refused", "Menolak"
        NOT_LISTED = "not_listed", "Tidak ada di daftar baru, alasan belum diketahui"
        NEW_FAMILY = "new_family", "Keluarga baru"
        SPLIT_OFF = "split_off", "Pecahan keluarga"
        MOVED_IN = "moved_in", "Pindah masuk"
        MOVED_INSIDE = "moved_inside", "Pindah antar-kelurahan"
        NEWLY_POOR = "newly_poor", "Jatuh miskin"
        PROPOSED = "proposed", "Usulan musyawarah kelurahan"
        MISSED = "missed", "Terlewat sebelumnya"
        MISTAKE = "mistake", "Koreksi status yang keliru"

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="status_changes", verbose_name="keluarga"
    )
    kind = models.CharField("jenis", max_length=5, choices=Kind)
    reason = models.CharField("alasan", max_length=12, choices=Reason)
    evidence = models.CharField("bukti", max_length=250, help_text="Misalnya nomor berita acara.")
    effective_on = models.DateField("berlaku tanggal")
    made_at = models.DateTimeField("dicatat", auto_now_add=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="oleh")

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "perubahan status"
        verbose_name_plural = "perubahan status"
        ordering = ["-effective_on", "-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_reason_display()}"


# Rows that an import adds are told by their batch; only those added by hand need an event of their own.
_ADDED_BY_HAND = pgtrigger.Q(new__created_batch__isnull=True)

pghistory.track(
    pghistory.InsertEvent(condition=_ADDED_BY_HAND),
    pghistory.UpdateEvent(row="OLD"),  # what it became stands in the next event or in the row
    pghistory.DeleteEvent(),
    append_only=True,
    exclude=[*KEPT_BY_TRIGGERS],
)(Household)
pghistory.track(
    pghistory.InsertEvent(condition=_ADDED_BY_HAND),
    pghistory.UpdateEvent(row="OLD"),  # what it became stands in the next event or in the row
    pghistory.DeleteEvent(),
    append_only=True,
    exclude=["name_key"],
)(Person)
