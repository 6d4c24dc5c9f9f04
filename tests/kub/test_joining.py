"""The rules of joining and of a whole group: every reason at once, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kub.joining import (
    Joining,
    account_problems,
    below_problems,
    founding_problems,
    joined_problems,
    joining_problems,
    left_problems,
    parted,
    size_problems,
    start_problems,
)
from tangerang_poverty.kit.problems import Problem

TODAY = date(2026, 11, 25)
SITI = Joining(
    person_id=1,
    name="Siti",
    is_present=True,
    whereabouts="Ada",
    is_graduate=True,
    kecamatan="36.71.08",
    kecamatan_name="Periuk",
)


def judged(facts: Joining, group_id: int | None = 7) -> list[Problem]:
    return joining_problems(facts, kecamatan="36.71.08", kecamatan_name="Periuk", group_id=group_id)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_free_graduate_of_the_kecamatan_may_join():
    assert judged(SITI) == []
    assert judged(SITI, None) == []


def test_every_reason_is_told_at_once():
    facts = replace(
        SITI,
        is_present=False,
        whereabouts="Pindah",
        is_graduate=False,
        kecamatan="36.71.09",
        kecamatan_name="Cibodas",
        group_id=8,
        group_name="Mawar",
        family=("Aminah",),
    )
    assert [problem.message for problem in judged(facts)] == [
        "Tercatat pindah di data keluarga.",
        "Belum lulus pelatihan.",
        "Tinggal di Kecamatan Cibodas; KUB ini di Kecamatan Periuk.",
        "Masih anggota KUB Mawar.",
        "Keluarga ini sudah mempunyai anggota: Aminah.",
    ]


def test_a_member_of_this_group_is_told_just_that():
    assert codes(judged(replace(SITI, group_id=7, group_name="Melati", family=("Siti",)))) == [
        "already_member"
    ]


def test_a_group_has_no_more_members_than_laid_down():
    assert size_problems(20, most=20) == []
    assert codes(size_problems(21, most=20)) == ["too_many_members"]


def test_whoever_leaves_too_few_behind_is_a_warning():
    assert below_problems("Siti", left=5, least=5) == []
    (warning,) = below_problems("Siti", left=4, least=5)
    assert not warning.is_error
    assert "tinggal 4 orang, kurang dari 5" in warning.message


def test_what_a_group_lacks_is_told_as_a_whole():
    assert start_problems(members=5, least=5, most=20, vacant=[], founded=True) == []
    problems = start_problems(members=3, least=5, most=20, vacant=["Ketua", "Bendahara"], founded=False)
    assert codes(problems) == ["too_few_members", "office_vacant", "office_vacant", "not_founded"]
    assert problems[1].message == "Ketua belum ada."


@pytest.mark.parametrize(
    ("day", "formed_on", "expected"),
    [
        (TODAY, None, []),
        (date(2026, 1, 5), date(2026, 1, 5), []),
        (date(2026, 1, 4), date(2026, 1, 5), ["joined_before"]),
        (date(2026, 11, 26), None, ["joined_later"]),
    ],
)
def test_somebody_joins_between_the_founding_and_today(day, formed_on, expected):
    assert codes(joined_problems(day, formed_on=formed_on, today=TODAY)) == expected


def test_somebody_leaves_between_joining_and_today():
    joined = date(2026, 3, 1)
    assert left_problems(joined, joined_on=joined, today=TODAY) == []
    assert codes(left_problems(date(2026, 2, 28), joined_on=joined, today=TODAY)) == ["left_before"]
    assert codes(left_problems(date(2026, 11, 26), joined_on=joined, today=TODAY)) == ["left_later"]


def test_a_founding_lies_in_the_past():
    assert founding_problems(None, today=TODAY) == []
    assert founding_problems(TODAY, today=TODAY) == []
    assert codes(founding_problems(date(2026, 11, 26), today=TODAY)) == ["formed_later"]


@pytest.mark.parametrize(
    ("number", "bank", "holder", "expected"),
    [
        ("", "", "", []),
        ("0041234567", "Bank BJB", "KUB Melati", []),
        ("0041x34567", "Bank BJB", "KUB Melati", ["account_not_digits"]),
        ("0041²34567", "Bank BJB", "KUB Melati", ["account_not_digits"]),
        ("1234", "Bank BJB", "KUB Melati", ["account_length"]),
        ("1" * 21, "Bank BJB", "KUB Melati", ["account_length"]),
        ("0041234567", " ", "", ["no_bank", "no_holder"]),
    ],
)
def test_an_account_is_told_whole(number, bank, holder, expected):
    assert codes(account_problems(number, bank=bank, holder=holder)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, []), (3, [3]), (20, [20]), (21, [11, 10]), (50, [17, 17, 16])],
)
def test_graduates_are_parted_into_few_groups_of_about_the_same_size(number, expected):
    assert parted(number, least=5, most=20) == expected


@given(st.integers(0, 300), st.integers(3, 30), st.integers(0, 70))
def test_no_group_is_too_large_and_none_too_small_where_that_can_be(number, least, more):
    most = least + more
    parts = parted(number, least=least, most=most)
    assert sum(parts) <= number
    assert all(size <= most for size in parts)
    if number >= least:
        assert all(size >= least for size in parts)
    assert not parts or max(parts) - min(parts) <= 1
    if sum(parts) < number:  # somebody is left over only where another group would be too small
        assert number // (len(parts) + 1) < least
