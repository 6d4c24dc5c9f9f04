"""The rule of completion by table: share of the recorded sessions, and a score where one is stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainings.completion import Taken, completion_problems, sessions_needed
from trainings.rules import CompletionTerms


def codes(terms, taken):
    return [problem.code for problem in completion_problems(terms, taken)]


@pytest.mark.parametrize(
    ("share", "sessions", "attended", "expected"),
    [
        (80, 10, 8, []),
        (80, 10, 7, ["attended_too_little"]),
        (80, 12, 10, []),  # 9.6 sessions are needed: ten are enough, nine are not
        (80, 12, 9, ["attended_too_little"]),
        (100, 20, 20, []),
        (100, 20, 19, ["attended_too_little"]),
        (0, 12, 0, []),
        (1, 12, 0, ["attended_too_little"]),
        (67, 3, 2, ["attended_too_little"]),  # two thirds are 66.7 %
        (66, 3, 2, []),
        (80, 0, 0, ["no_sessions"]),
        (0, 0, 0, ["no_sessions"]),
    ],
)
def test_the_share_of_sessions(share, sessions, attended, expected):
    assert codes(CompletionTerms(share, None), Taken(sessions, attended, None)) == expected


@pytest.mark.parametrize(
    ("least", "score", "expected"),
    [
        (None, None, []),
        (None, 0, []),
        (60, 60, []),
        (60, 59, ["score_too_low"]),
        (60, None, ["no_score"]),
        (0, None, ["no_score"]),
        (0, 0, []),
        (100, 100, []),
    ],
)
def test_the_score(least, score, expected):
    assert codes(CompletionTerms(80, least), Taken(10, 10, score)) == expected


def test_both_problems_are_told_at_once_with_what_would_have_been_enough():
    problems = completion_problems(CompletionTerms(80, 60), Taken(12, 7, 55))
    assert [problem.message for problem in problems] == [
        "Hadir 7 dari 12 pertemuan; paling sedikit 10 (80 %).",
        "Nilai 55; paling rendah 60.",
    ]


@given(share=st.integers(0, 100), sessions=st.integers(1, 60), attended=st.integers(0, 60))
def test_whoever_has_the_share_passes_and_nobody_else(share, sessions, attended):
    attended = min(attended, sessions)
    passes = not codes(CompletionTerms(share, None), Taken(sessions, attended, None))
    assert (
        passes == (attended * 100 >= share * sessions) == (attended >= sessions_needed_for(share, sessions))
    )


def sessions_needed_for(share, sessions):
    return sessions_needed(CompletionTerms(share, None), sessions)
