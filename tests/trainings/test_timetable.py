"""Days of a timetable, meetings in each other's way, and numbers that change without two ever being the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.timetable import Slot, clashes, days, renumbered, slot_problems

MONDAY = date(2026, 6, 1)
SLOT = Slot("pertemuan baru", "36.71.08.1002", MONDAY, time(9), time(12), "Aula kelurahan", "Ibu Kartini")


@pytest.mark.parametrize(
    ("weekdays", "number", "expected"),
    [
        ((), 3, [(6, 1), (6, 8), (6, 15)]),
        ((0, 2), 4, [(6, 1), (6, 3), (6, 8), (6, 10)]),
        ((1,), 2, [(6, 2), (6, 9)]),  # the first day is none of them: the next that is
        (range(7), 3, [(6, 1), (6, 2), (6, 3)]),
        ((6,), 1, [(6, 7)]),
    ],
)
def test_days(weekdays, number, expected):
    assert [(day.month, day.day) for day in days(MONDAY, weekdays, number)] == expected


def test_meetings_of_one_cohort_at_the_same_time_are_refused_and_named():
    other = replace(SLOT, name="pertemuan 3", starts_at=time(11), ends_at=time(13))
    problems = clashes([SLOT], [other], [])
    assert [(problem.message, problem.severity) for problem in problems] == [
        (
            "Senin, 1 Juni 2026 pukul 09.00–12.00 bertabrakan dengan pertemuan 3 (11.00–13.00).",
            "error",
        )
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"held_on": date(2026, 6, 2)},
        {"starts_at": time(12), "ends_at": time(14)},  # one begins when the other ends
        {"starts_at": time(7), "ends_at": time(9)},
    ],
)
def test_meetings_one_after_the_other_do_not_clash(changes):
    assert clashes([SLOT], [replace(SLOT, **changes)], [replace(SLOT, **changes)]) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ["instructor_taken", "venue_taken"]),
        ({"instructor": "ibu  kartini", "venue": "Balai warga"}, ["instructor_taken"]),
        ({"instructor": "Bapak Haryanto"}, ["venue_taken"]),
        ({"instructor": "", "venue": ""}, []),
        ({"area": "36.71.09.1006"}, ["instructor_taken"]),  # every kelurahan has its own hall
    ],
)
def test_what_is_used_elsewhere_is_a_warning(changes, codes):
    other = replace(SLOT, name="Payet 2026, Kelurahan Periuk", **changes)
    problems = clashes([SLOT], [], [other])
    assert [problem.code for problem in problems] == codes
    assert all(problem.severity == "warning" for problem in problems)
    assert all("Payet 2026, Kelurahan Periuk (09.00–12.00)" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"ends_at": time(9)}, ["ends_before_start"]),
        ({"held_on": date(2026, 1, 1)}, ["before_registration"]),
        ({"held_on": date(2027, 12, 31)}, []),
        ({"held_on": date(2062, 6, 1), "ends_at": time(8)}, ["ends_before_start", "too_late"]),
    ],
)
def test_a_plausible_day_and_hours(changes, codes):
    problems = slot_problems(replace(SLOT, **changes), year=2026, opens_on=date(2026, 3, 1))
    assert [problem.code for problem in problems] == codes


@given(st.permutations(range(1, 9)), st.sets(st.integers(1, 8)))
def test_numbers_change_step_by_step_and_no_two_are_ever_the_same(order, gone):
    """Any order of any of the numbers, as after a meeting was moved or deleted."""
    now = {row: number for number, row in enumerate(order, 1) if number not in gone}
    wanted = {row: number for number, row in enumerate(sorted(now), 1)}
    numbers = dict(now)
    for row, number in renumbered(now, wanted):
        assert number not in numbers.values()
        numbers[row] = number
    assert numbers == wanted
