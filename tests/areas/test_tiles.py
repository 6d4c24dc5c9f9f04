"""Colours of the tile map cover every number; its borders are tested with the dashboard's map."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tangerang_poverty.areas import tiles


@settings(deadline=None)
@given(values=st.lists(st.integers(-3_000, 3_000)))
def test_each_change_has_exactly_one_colour_and_the_steps_follow_each_other(values: list[int]) -> None:
    scale = tiles.change_scale(values)
    for value in [*values, -10_000, -1, 0, 1, 10_000]:
        fits = [
            css
            for low, high, css in scale.steps
            if (low is None or low <= value) and (high is None or value <= high)
        ]
        assert fits == [scale.css(value)]
        side = "t-d" if value < 0 else "t-u" if value > 0 else "t-0"
        assert scale.css(value).startswith(side)
    assert len({css for css, _ in scale.legend}) == 7


@settings(deadline=None)
@given(values=st.lists(st.integers(0, 5_000)))
def test_each_count_has_exactly_one_colour(values: list[int]) -> None:
    scale = tiles.count_scale(values)
    assert scale.css(0) == "t-n0"
    for value in [*values, 1, 100_000]:
        fits = [css for low, high, css in scale.steps if low <= value and (high is None or value <= high)]
        assert fits == [scale.css(value)]


def test_the_steps_split_the_numbers_into_about_thirds_at_round_numbers() -> None:
    scale = tiles.change_scale([-80, -55, -50, -40, -35, -30, -20, -10, -5, 0, 1, 5, 12, 25])
    assert [words for _, words in scale.legend] == [
        "≤ −50",
        "−49 … −30",
        "−29 … −1",
        "tetap",
        "+1 … +4",
        "+5 … +9",
        "≥ +10",
    ]
