"""The order of the waiting list, and the quotas by largest remainder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.quotas import equal, proportional
from trainings.selection import Waiting, explained, ranked

NOON = datetime(2016, 5, 2, 12, tzinfo=UTC)


def waiting(pk: int, group: int | None, scale: str = "class", minutes: int = 0) -> Waiting:
    return Waiting(pk, scale, group, NOON + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([waiting(1, 2), waiting(2, 1, minutes=5)], [2, 1]),
        ([waiting(1, 1, minutes=5), waiting(2, 1)], [2, 1]),
        ([waiting(2, 1), waiting(1, 1)], [1, 2]),
        ([waiting(1, None, ""), waiting(2, 3, minutes=9)], [2, 1]),
        ([waiting(1, 2), waiting(2, 1, "decile", minutes=5)], [2, 1]),
    ],
    ids=["poorest", "earliest", "one moment", "without a rank", "share of the scale"],
)
def test_the_poorest_comes_first_then_the_earliest(rows, expected):
    assert [one.enrolment_id for one in ranked(rows)] == expected


def test_a_place_explains_itself():
    first, second = explained([waiting(1, 1), waiting(2, None, "")])
    assert first.replace("\u00a0", " ") == "Urutan 1 dari 2: sangat miskin, terdaftar 2 Mei 2016 pukul 12.00."
    assert "tanpa peringkat" in second


def test_the_same_for_all():
    assert equal(["a", "b"], 50) == {"a": 50, "b": 50}


@pytest.mark.parametrize(
    ("families", "seats", "expected"),
    [
        ({"a": 50, "b": 30, "c": 20}, 10, {"a": 5, "b": 3, "c": 2}),
        ({"a": 47, "b": 16, "c": 15, "d": 22}, 10, {"a": 5, "b": 2, "c": 1, "d": 2}),
        ({"a": 1, "b": 1, "c": 1}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 0, "b": 5}, 3, {"a": 0, "b": 3}),
        ({"a": 0, "b": 0}, 3, {"a": 0, "b": 0}),
    ],
)
def test_seats_by_largest_remainder(families, seats, expected):
    assert proportional(families, seats) == expected


def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="negative"):
        proportional({"a": -1}, 3)


@given(
    st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 5_000), min_size=1), st.integers(0, 6_000)
)
def test_every_seat_is_given_and_no_share_is_off_by_a_whole_seat(families, seats):
    quotas = proportional(families, seats)
    total = sum(families.values())
    if total:
        assert sum(quotas.values()) == seats
        assert all(abs(quotas[code] - seats * number / total) < 1 for code, number in families.items())
