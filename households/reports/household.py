"""One family as its page shows it: its figures, what is missing, and its way through the years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from households.models import Household, HouseholdRecord, Person, StatusChange
from households.rules import rank_group_label
from tangerang_poverty.audit.history import Change
from tangerang_poverty.kit.dates import PartialDate, age_on
from tangerang_poverty.kit.formats import NO_BREAK_SPACE, partial_date

NO_DISABILITY = frozenset({"tidak", "tidak cacat", "tidak ada"})
CORRECTIONS = frozenset({"Koreksi data keluarga", "Koreksi data anggota", "Tambah anggota"})


@dataclass(frozen=True, slots=True)
class Member:
    """A person as a row of the members' table; `age` in words, "" when unknown; `disability` "" for none.

    `birth` may break before the year only: the column is narrow.
    """

    person: Person
    birth: str
    age: str
    disability: str


@dataclass(frozen=True, slots=True)
class Event:
    """A stop on the family's way: `kind` is "wave", "exit", "status" or "correction"."""

    on: date
    kind: str
    title: str
    details: str


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The figures of one family."""

    members: list[Member]
    present: int
    families: int
    waves: list[str]
    rank_source: str
    last_status: StatusChange | None
    missing: list[str]
    missing_count: int
    events: list[Event]

    @property
    def has_identities(self) -> bool:
        """Whether there is a number to open."""
        return any(member.person.has_identity for member in self.members)


def family_page(family: Household, changes: Iterable[Change], *, today: date) -> FamilyPage:
    """`family` comes from `for_page()`, so that nothing is asked of the database here."""
    people = list(family.people.all())
    present = [person for person in people if person.status == Person.Status.PRESENT]
    records = list(family.records.all())
    statuses = list(family.status_changes.all())
    missing = _missing(family, present)
    return FamilyPage(
        members=[_member(person, today) for person in people],
        present=len(present),
        families=len({person.family_number for person in present}),
        waves=[str(record.wave) for record in records],
        rank_source=_rank_source(family, records),
        last_status=statuses[0] if statuses else None,
        missing=[
            f"{number} {what}" if number > 1 or what in _EACH else what for what, number in missing.items()
        ],
        missing_count=sum(missing.values()),
        events=_events(records, statuses, changes),
    )


_EACH = ("NIK", "tanggal lahir", "jenis kelamin")


def _member(person: Person, today: date) -> Member:
    disability = "" if person.disability.casefold() in NO_DISABILITY else person.disability
    if person.birth_date is None:
        return Member(person, "", "", disability)
    age = age_on(PartialDate(person.birth_date, person.birth_precision), today)  # type: ignore[arg-type]
    about = "" if person.birth_precision in ("day", "month") else "± "
    words = f"{about}{age} tahun" if person.status == Person.Status.PRESENT else ""
    birth = partial_date(person.birth_date, person.birth_precision)
    return Member(person, birth.replace(" ", NO_BREAK_SPACE, 1), words, disability)


def _missing(family: Household, present: list[Person]) -> dict[str, int]:
    """What should be completed, and how often; nothing that is complete."""
    found = {
        "NIK": sum(1 for person in present if not person.nik),
        "tanggal lahir": sum(1 for person in present if person.birth_precision != Person.Precision.DAY),
        "jenis kelamin": sum(1 for person in present if not person.sex),
        "kepala rumah tangga": int(not family.head_name),
        "RT/RW": int(not (family.rt and family.rw)),
        "alamat": int(not family.address),
    }
    return {what: number for what, number in found.items() if number}


def _rank_source(family: Household, records: list[HouseholdRecord]) -> str:
    """ "persentil 7, PPLS 2011": the rank where its group is not all of it, and the wave it is from."""
    given = [
        record for record in records if record.rank is not None and record.rank_scale == family.rank_scale
    ]
    exact = f"persentil {family.rank}" if family.rank_scale == "percentile" else ""
    return ", ".join(filter(None, (exact, str(given[-1].wave) if given and family.rank is not None else "")))


def _events(
    records: list[HouseholdRecord], statuses: list[StatusChange], changes: Iterable[Change]
) -> list[Event]:
    events = [
        Event(
            record.wave.reference_date,
            "wave",
            f"{'Tercatat' if index else 'Pertama tercatat'} dalam {record.wave}",
            f"{rank_group_label(record.rank_group, record.rank_scale)}, {record.member_count} orang, "
            f"kelurahan {record.area}.",
        )
        for index, record in enumerate(records)
    ]
    events += [
        Event(
            change.effective_on,
            "exit" if change.kind == StatusChange.Kind.EXIT else "status",
            str(change),
            f"{change.evidence}. Dicatat oleh {change.made_by}.",
        )
        for change in statuses
    ]
    events += [_correction(change) for change in changes if change.action in CORRECTIONS]
    return sorted(events, key=lambda event: event.on, reverse=True)


def _correction(change: Change) -> Event:
    changed = "; ".join(
        f"{one.label}: {one.old or 'kosong'} menjadi {one.new or 'kosong'}" for one in change.fields
    )
    what = "" if change.action == "Tambah anggota" else f"{changed}. "
    return Event(
        timezone.localdate(change.at),
        "correction",
        f"{change.action}: {change.subject}",
        f"{what}{change.note}. Oleh {change.by}.",
    )
