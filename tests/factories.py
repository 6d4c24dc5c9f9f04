"""Valid objects by default: a test names only what it wants otherwise."""

from __future__ import annotations

import csv
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory, Password

from households.models import (
    Household,
    HouseholdRecord,
    ImportBatch,
    ImportProgress,
    Person,
    PersonRecord,
    Wave,
)
from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.text import name_key

CITY = "36.71"
PERIUK, CIBODAS = "36.71.08", "36.71.09"  # two kecamatan
GEMBOR, GEBANG_RAYA = "36.71.08.1002", "36.71.08.1003"  # both in Periuk
JATIUWUNG = "36.71.09.1006"  # in Cibodas, though there is a kecamatan Jatiuwung too
TREE = (CITY, PERIUK, CIBODAS, GEMBOR, GEBANG_RAYA, JATIUWUNG)
PASSWORD = "kata-sandi-uji-37"


@lru_cache(maxsize=1)
def _official() -> dict[str, dict[str, str]]:
    path = Path(__file__).parents[1] / "tangerang_poverty" / "areas" / "data" / "areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def official_kelurahan() -> list[str]:
    """The codes of the 104 kelurahan."""
    return [code for code, row in _official().items() if row["level"] == "kelurahan"]


def area(code: str = GEMBOR) -> Area:
    """The official area of this code, with what lies above it."""
    row = _official()[code]
    found = Area.objects.filter(code=code).first()
    if found is None:
        if row["parent"]:
            area(row["parent"])
        found = _area(code)
        found.save(force_insert=True)
    return found


def _area(code: str) -> Area:
    row = _official()[code]
    return Area(
        code=code,
        name=row["name"],
        level=row["level"],
        parent_id=row["parent"] or None,
        bps_code=row["bps_code"],
        postal_code=row["postal_code"],
        aliases=row["aliases"].split("|") if row["aliases"] else [],
        tile_row=int(row["tile_row"]) if row["tile_row"] else None,
        tile_col=int(row["tile_col"]) if row["tile_col"] else None,
    )


def area_tree() -> dict[str, Area]:
    """The small tree of the tests: the city, two kecamatan, three kelurahan, by code."""
    found = Area.objects.in_bulk(TREE)
    missing = [_area(code) for code in TREE if code not in found]
    Area.objects.bulk_create(missing)  # in the order of the tree: what lies above comes first
    return found | {one.code: one for one in missing}


def role_group(role: Role) -> Group:
    if not Group.objects.filter(name=role.value).exists():
        roles.sync()
    return roles.group_of(role)


class UserFactory(DjangoModelFactory[User]):
    """Staff of the whole city unless `role=` and `area=` say otherwise; signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"pengguna{n}")
    full_name = factory.Sequence(lambda n: f"Pengguna Ke-{n}")
    area = factory.LazyFunction(lambda: area(CITY))
    password = Password(PASSWORD)

    @factory.post_generation
    def role(self: Any, create: bool, extracted: Role | None, **kwargs: Any) -> None:
        self.groups.set([role_group(extracted or Role.STAFF)])


class WaveFactory(DjangoModelFactory[Wave]):
    class Meta:
        model = Wave
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"UJI{2000 + n}")
    name = factory.LazyAttribute(lambda wave: f"Gelombang {wave.code}")
    instrument = "PPLS"
    reference_date = date(2011, 9, 30)


class ImportBatchFactory(DjangoModelFactory[ImportBatch]):
    """Uploaded and nothing more; give `state=` with its who-and-when pair for a later one."""

    class Meta:
        model = ImportBatch
        skip_postgeneration_save = True

    wave = factory.SubFactory(WaveFactory)
    layout = "ppls2011_bnba"
    uploaded_by = factory.SubFactory(UserFactory)
    progress = factory.RelatedFactory("tests.factories.ImportProgressFactory", "batch")


class ImportProgressFactory(DjangoModelFactory[ImportProgress]):
    """Nothing done yet."""

    class Meta:
        model = ImportProgress


class HouseholdFactory(DjangoModelFactory[Household]):
    """On the list in Gembor, with a head; `head=False` leaves it out, `head__name="Siti"` shapes it."""

    class Meta:
        model = Household
        skip_postgeneration_save = True

    area = factory.LazyFunction(area)
    address = "Jl. Gotong Royong No. 4"
    rt = "004"
    rw = "011"
    rank = 2
    rank_scale = "class"
    rank_group = 2

    @factory.post_generation
    def head(self: Any, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            PersonFactory(household=self, relation=Person.Relation.HEAD, **kwargs)
            self.refresh_from_db()  # the database has written the name of the head and the number of members


class PersonFactory(DjangoModelFactory[Person]):
    """A child of a household that has a head; the NIK is well-formed and of region 99, so nobody's."""

    class Meta:
        model = Person

    household = factory.SubFactory(HouseholdFactory)
    name = factory.Sequence(lambda n: f"Suparman Wijaya {_letters(n)}")
    name_key = factory.LazyAttribute(lambda person: name_key(person.name))
    sex = Person.Sex.MALE
    birth_date = date(1975, 4, 12)
    birth_precision = Person.Precision.DAY
    birth_place = "Tangerang"
    nik = factory.LazyAttributeSequence(lambda person, n: nik(person.birth_date, person.sex, n))
    kk = factory.LazyAttribute(lambda person: f"9971010101{person.household.pk % 1_000_000:06d}")
    relation = Person.Relation.CHILD


class HouseholdRecordFactory(DjangoModelFactory[HouseholdRecord]):
    """What one wave said of a household; copies it unless told otherwise."""

    class Meta:
        model = HouseholdRecord

    household = factory.SubFactory(HouseholdFactory)
    wave = factory.SubFactory(WaveFactory)
    batch = factory.LazyAttribute(lambda record: ImportBatchFactory(wave=record.wave))
    layout = "ppls2011_bnba"
    source_key = factory.Sequence(lambda n: f"K{n:08d}")
    source_row = factory.Sequence(lambda n: n + 2)
    area = factory.SelfAttribute("household.area")
    address = factory.SelfAttribute("household.address")
    rt = factory.SelfAttribute("household.rt")
    rw = factory.SelfAttribute("household.rw")
    head_name = factory.SelfAttribute("household.head_name")
    member_count = factory.SelfAttribute("household.member_count")
    rank = factory.SelfAttribute("household.rank")
    rank_scale = factory.SelfAttribute("household.rank_scale")
    rank_group = factory.SelfAttribute("household.rank_group")


class PersonRecordFactory(DjangoModelFactory[PersonRecord]):
    """What one wave said of a person; copies the person unless told otherwise."""

    class Meta:
        model = PersonRecord

    person = factory.SubFactory(PersonFactory)
    household_record = factory.LazyAttribute(
        lambda record: HouseholdRecordFactory(household=record.person.household)
    )
    batch = factory.SelfAttribute("household_record.batch")
    source_row = factory.Sequence(lambda n: n + 2)
    number = factory.Sequence(lambda n: n % 30_000 + 1)
    name = factory.SelfAttribute("person.name")
    sex = factory.SelfAttribute("person.sex")
    birth_date = factory.SelfAttribute("person.birth_date")
    birth_precision = factory.SelfAttribute("person.birth_precision")
    nik = factory.SelfAttribute("person.nik")
    kk = factory.SelfAttribute("person.kk")
    relation = factory.SelfAttribute("person.relation")


def nik(birth_date: date | None, sex: str, serial: int) -> str:
    """A NIK of good format in region 99: birth date (women: day + 40) and a serial of 1…9999."""
    born = birth_date or date(1975, 4, 12)
    day = born.day + (40 if sex == Person.Sex.FEMALE else 0)
    return f"997101{day:02d}{born:%m%y}{serial % 9999 + 1:04d}"


def _letters(number: int) -> str:
    """0 → "A", 1 → "B", … 26 → "BA": names without digits."""
    text = ""
    while True:
        number, rest = divmod(number, 26)
        text = chr(ord("A") + rest) + text
        if not number:
            return text
