"""When a cohort may meet: days of a timetable, meetings that stand in each other's way, the order of their numbers."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")  # by date.weekday()
Row = TypeVar("Row", bound=Hashable)
MOST_SESSIONS = 60  # of one cohort; more is a slip of the finger, and no grid could show them


@dataclass(frozen=True, slots=True)
class Slot:
    """One meeting in time and place. `name` says which: "pertemuan 3", "Pijat Refleksi 2026, Kelurahan Gembor"."""

    name: str
    area: str  # code of the kelurahan: a venue of the same name elsewhere is another one
    held_on: date
    starts_at: time
    ends_at: time
    venue: str
    instructor: str

    def overlaps(self, other: Slot) -> bool:
        return (
            self.held_on == other.held_on
            and self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
        )


def days(first: date, weekdays: Collection[int], number: int) -> list[date]:
    """The first `number` days from `first` on that fall on `weekdays` (0 Monday); none: on that of `first`."""
    wanted = set(weekdays) or {first.weekday()}
    found: list[date] = []
    day = first
    while len(found) < number:
        if day.weekday() in wanted:
            found.append(day)
        day += timedelta(days=1)
    return found


def day_and_time(slot: Slot) -> str:
    """Senin, 1 Juni 2026 pukul 09.00–12.00"""
    return f"{DAYS[slot.held_on.weekday()]}, {long_date(slot.held_on)} pukul {_hours(slot)}"


def slot_problems(slot: Slot, *, year: int, opens_on: date) -> list[Problem]:
    """A meeting ends after it begins, in the year of the programme or the next, and not before registration opens."""
    problems = []
    if slot.ends_at <= slot.starts_at:
        problems.append(Problem("ends_before_start", "Pertemuan selesai sebelum mulai.", "ends_at"))
    if slot.held_on < opens_on:
        message = f"{long_date(slot.held_on)} sebelum pendaftaran dibuka ({long_date(opens_on)})."
        problems.append(Problem("before_registration", message, "held_on"))
    elif slot.held_on.year > year + 1:
        message = f"{long_date(slot.held_on)} terlalu jauh untuk program tahun {year}."
        problems.append(Problem("too_late", message, "held_on"))
    return problems


def clashes(slots: Sequence[Slot], own: Iterable[Slot], others: Iterable[Slot]) -> list[Problem]:
    """Meetings at the same time: of the same cohort errors, a venue or an instructor used elsewhere warnings.

    Names are compared as they are written, so that the last two may be a chance; the user decides.
    """
    before, elsewhere = list(own), list(others)
    problems = []
    for place, slot in enumerate(slots):
        for other in (*before, *slots[:place]):
            if slot.overlaps(other):
                message = f"{day_and_time(slot)} bertabrakan dengan {other.name} ({_hours(other)})."
                problems.append(Problem("same_time", message, "held_on"))
        problems += [problem for other in elsewhere for problem in _shared(slot, other)]
    return problems


def _shared(slot: Slot, other: Slot) -> Iterator[Problem]:
    if not slot.overlaps(other):
        return
    when = f"{day_and_time(slot)}: "
    if slot.instructor and _same(slot.instructor, other.instructor):
        message = f"{when}{slot.instructor} juga mengajar {other.name} ({_hours(other)})."
        yield Problem("instructor_taken", message, "instructor", "warning")
    if slot.venue and slot.area == other.area and _same(slot.venue, other.venue):
        message = f"{when}{slot.venue} juga dipakai {other.name} ({_hours(other)})."
        yield Problem("venue_taken", message, "venue", "warning")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _hours(slot: Slot) -> str:
    return f"{slot.starts_at:%H.%M}–{slot.ends_at:%H.%M}"


def renumbered(now: Mapping[Row, int], wanted: Mapping[Row, int]) -> list[tuple[Row, int]]:
    """The single steps from the numbers `now` to those `wanted`, no two rows ever sharing a number.

    A circle is opened by putting one row behind all others for a moment.
    """
    numbers = dict(now)
    taken = set(numbers.values())
    left = [row for row in numbers if numbers[row] != wanted[row]]
    steps: list[tuple[Row, int]] = []

    def step(row: Row, number: int) -> None:
        taken.discard(numbers[row])
        taken.add(number)
        numbers[row] = number
        steps.append((row, number))

    while left:
        free = next((row for row in left if wanted[row] not in taken), None)
        if free is None:
            step(left[0], max(*taken, *wanted.values()) + 1)
        else:
            step(free, wanted[free])
            left.remove(free)
    return steps
