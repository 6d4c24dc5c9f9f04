"""Quality of the data: each problem declared once, so its number and the list it opens cannot disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
)

from households.models import Household, Person, PersonRecord, Wave
from households.models.registry import PersonQuerySet
from households.rules import OLDEST_AGE, YOUNGEST_HEAD
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area

_LISTED = Q(status=Household.Status.ON_LIST)


@dataclass(frozen=True, slots=True)
class Check:
    """One problem: a condition on the family, or one on people, of whom one still present is enough.

    Only families on the list are judged.
    """

    key: str
    group: str
    label: str
    short: str  # head of a column
    advice: str
    of_household: Q | None = None
    of_person: Callable[[date], Q] | None = None

    def families(self, today: date) -> Q:
        """The condition on Household."""
        if self.of_person is None:
            return _LISTED & (self.of_household or Q())
        return _LISTED & Q(Exists(self.people(today).filter(household=OuterRef("pk"))))

    def people(self, today: date) -> PersonQuerySet:
        """The people whom it concerns, of all families; nobody where it concerns the family as a whole."""
        if self.of_person is None:
            return Person.objects.none()
        return Person.objects.filter(self.of_person(today), status=Person.Status.PRESENT)


def _malformed(today: date) -> Q:
    """A source gave a number of wrong format, and nobody has entered the right one since."""
    records = PersonRecord.objects.filter(person=OuterRef("pk"), identity_errors=True)
    return Q(Q(nik=None) | Q(kk=None), Exists(records))


def _noted(code: str, today: date) -> Q:
    return Q(identity_notes__contains=[code])


def _born_after_wave(today: date) -> Q:
    return Q(_counted_at(timedelta(0)), birth_precision=Person.Precision.DAY)


def _too_old(today: date) -> Q:
    return Q(birth_date__lt=date(today.year - OLDEST_AGE, 1, 1))


def _young_head(today: date) -> Q:
    return Q(_counted_at(timedelta(days=365.25 * YOUNGEST_HEAD)), relation=Person.Relation.HEAD)


def _counted_at(age: timedelta) -> Q:
    """People whom a source counted before they were as old as this."""
    records = PersonRecord.objects.filter(
        person=OuterRef("pk"), household_record__wave__reference_date__lt=OuterRef("birth_date") + age
    )
    first = Subquery(Wave.objects.order_by("reference_date").values("reference_date")[:1])
    # Who was that old before the first wave was so in all of them: few people are left to look at one by one.
    latest = ExpressionWrapper(first - Value(age), output_field=DateTimeField())
    return Q(Exists(records), birth_date__gt=latest)


def _older_than_head(today: date) -> Q:
    heads = Person.objects.filter(
        household=OuterRef("household"), relation=Person.Relation.HEAD, birth_date__gte=OuterRef("birth_date")
    )
    return Q(Exists(heads), relation=Person.Relation.CHILD)


def _shared_nik(today: date) -> Q:
    others = Person.objects.filter(nik=OuterRef("nik")).exclude(pk=OuterRef("pk"))
    return Q(Exists(others), nik__isnull=False)


_IDENTITY, _DATES, _FAMILY = "NIK dan nomor KK", "Tanggal lahir", "Keluarga dan alamat"

CHECKS: dict[str, Check] = {
    check.key: check
    for check in (
        Check(
            "tanpa-nik",
            _IDENTITY,
            "Ada anggota tanpa NIK",
            "Tanpa NIK",
            "Lengkapi dari KTP-el atau Kartu Keluarga saat warga datang.",
            of_person=lambda today: Q(nik=None),
        ),
        Check(
            "nik-salah",
            _IDENTITY,
            "NIK atau nomor KK dari sumber tidak sesuai format",
            "Format salah",
            "Isi nomor yang benar; yang dari sumber tidak dipakai.",
            of_person=_malformed,
        ),
        Check(
            "nik-ganda",
            _IDENTITY,
            "NIK yang sama pada beberapa orang",
            "NIK ganda",
            "Cocokkan dengan kartunya: salah ketik, atau orang yang sama tercatat dua kali.",
            of_person=_shared_nik,
        ),
        Check(
            "nik-lahir",
            _IDENTITY,
            "Tanggal lahir dalam NIK berbeda",
            "Beda lahir",
            "Benarkan tanggal lahir atau NIK menurut kartunya.",
            of_person=partial(_noted, "birth_date_differs"),
        ),
        Check(
            "nik-kelamin",
            _IDENTITY,
            "Jenis kelamin dalam NIK berbeda",
            "Beda kelamin",
            "Benarkan jenis kelamin atau NIK menurut kartunya.",
            of_person=partial(_noted, "sex_differs"),
        ),
        Check(
            "nik-luar",
            _IDENTITY,
            "NIK atau KK terbitan wilayah lain",
            "Wilayah lain",
            "Bukan kesalahan bagi pendatang; periksa bila nomornya meragukan.",
            of_person=partial(_noted, "other_region"),
        ),
        Check(
            "nik-angka",
            _IDENTITY,
            "NIK atau KK dibaca dari sel angka Excel, digit terakhirnya mungkin hilang",
            "Sel angka",
            "Cocokkan angka terakhirnya dengan kartu.",
            of_person=partial(_noted, "numeric_cell"),
        ),
        Check(
            "lahir-sesudah",
            _DATES,
            "Lahir sesudah pendataan",
            "Lahir sesudah",
            "Tanggalnya melewati tanggal acuan gelombang; benarkan menurut kartunya.",
            of_person=_born_after_wave,
        ),
        Check(
            "terlalu-tua",
            _DATES,
            f"Umur lebih dari {OLDEST_AGE} tahun",
            "Terlalu tua",
            "Benarkan tahun lahirnya, atau catat bahwa orangnya sudah meninggal.",
            of_person=_too_old,
        ),
        Check(
            "kepala-muda",
            _DATES,
            f"Kepala rumah tangga belum {YOUNGEST_HEAD} tahun",
            "Kepala muda",
            "Benarkan tanggal lahir atau hubungan keluarganya.",
            of_person=_young_head,
        ),
        Check(
            "anak-tua",
            _DATES,
            "Anak lebih tua daripada kepala rumah tangga",
            "Anak lebih tua",
            "Benarkan tanggal lahir salah satunya, atau hubungan keluarganya.",
            of_person=_older_than_head,
        ),
        Check(
            "tanpa-kepala",
            _FAMILY,
            "Keluarga tanpa kepala rumah tangga",
            "Tanpa kepala",
            "Tetapkan satu anggota sebagai kepala.",
            of_household=Q(head_name=""),
        ),
        Check(
            "tanpa-anggota",
            _FAMILY,
            "Keluarga tanpa anggota",
            "Tanpa anggota",
            "Tambahkan anggotanya, atau keluarkan dari daftar bila memang kosong.",
            of_household=Q(member_count=0),
        ),
        Check(
            "tanpa-rt-rw",
            _FAMILY,
            "RT atau RW kosong",
            "Tanpa RT/RW",
            "Lengkapi RT dan RW-nya supaya mudah dikunjungi.",
            of_household=Q(rt="") | Q(rw=""),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class AreaQuality:
    """How many families of an area have each problem, in the order of CHECKS."""

    area: Area
    numbers: tuple[int, ...]

    @property
    def lines(self) -> list[tuple[Check, int]]:
        """Each check with its number."""
        return list(zip(CHECKS.values(), self.numbers, strict=True))


@dataclass(frozen=True, slots=True)
class Quality:
    """The problems of an area as a whole, and of each area right below it (of a kelurahan: itself)."""

    whole: AreaQuality
    parts: list[AreaQuality]

    @property
    def found(self) -> list[Check]:
        """The checks that found something: the columns of the table by area."""
        return [check for check, number in self.whole.lines if number]

    @property
    def groups(self) -> dict[str, list[tuple[Check, int]]]:
        """The lines of the whole under the names of their groups."""
        found: dict[str, list[tuple[Check, int]]] = {}
        for check, number in self.whole.lines:
            found.setdefault(check.group, []).append((check, number))
        return found


def people_concerned(key: str, households: Iterable[int], *, today: date) -> dict[int, list[str]]:
    """Whom a check is about in these families, by household; the head is named as such. One query."""
    people = (
        CHECKS[key].people(today).filter(household__in=households).order_by("household", "relation", "pk")
    )
    found: dict[int, list[str]] = {}
    for household, name, relation in people.values_list("household", "name", "relation"):
        found.setdefault(household, []).append(
            f"{name} (kepala)" if relation == Person.Relation.HEAD else name
        )
    return found


def quality_of(area: Area, *, user: User, today: date) -> Quality:
    """One grouped query for each check. `area` has been fetched with visible_to."""
    parts = list(area.children.order_by("code")) or [area]
    width = len(parts[0].code)
    counts = {part.code: dict.fromkeys(CHECKS, 0) for part in parts}
    rows = Household.objects.visible_to(user).within(area.code).order_by()
    for key, check in CHECKS.items():
        for code, number in rows.filter(check.families(today)).values_list("area_id").annotate(Count("pk")):
            counts[code[:width]][key] += number
    below = [AreaQuality(part, tuple(counts[part.code].values())) for part in parts]
    whole = tuple(sum(column) for column in zip(*(part.numbers for part in below), strict=True))
    return Quality(AreaQuality(area, whole), below)
