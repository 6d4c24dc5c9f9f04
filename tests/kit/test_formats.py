"""Figures and dates in the Indonesian manner."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit import formats


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (52000, 0, "52.000"),
        (0, 0, "0"),
        (999, 0, "999"),
        (-2879, 0, "−2.879"),
        (1234567.891, 2, "1.234.567,89"),
        (2.5, 0, "3"),
        (-0.4, 0, "0"),
        (Decimal("0.125"), 2, "0,13"),
    ],
)
def test_numbers(value: float, decimals: int, shown: str) -> None:
    assert formats.number(value, decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(5, "+5"), (-2879, "−2.879"), (0, "0"), (0.2, "0"), (1234, "+1.234"), (10, "+10")]
)
def test_signed_numbers(value: float, shown: str) -> None:
    assert formats.signed(value) == shown


def test_a_share_is_a_percentage_with_a_space_that_does_not_break() -> None:
    assert formats.percent(0.0547) == "5,5\u00a0%"
    assert formats.percent(-0.05, 0) == "−5\u00a0%"


def test_money_is_whole_rupiah() -> None:
    assert formats.rupiah(20_000_000) == "Rp20.000.000"
    assert formats.rupiah(-500) == "−Rp500"


def test_dates() -> None:
    assert formats.long_date(date(2015, 11, 24)) == "24 November 2015"
    assert formats.long_datetime(datetime.fromisoformat("2015-08-01 09:05")) == (
        "1\u00a0Agustus\u00a02015\u00a0pukul\u00a009.05"
    )


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("day", "1 Mei 1980"), ("month", "Mei 1980"), ("year", "tahun 1980"), ("age", "sekitar 1980")],
)
def test_a_birth_date_says_how_much_of_it_is_known(precision: str, shown: str) -> None:
    assert formats.partial_date(date(1980, 5, 1), precision) == shown


def test_no_birth_date_is_no_text() -> None:
    assert formats.partial_date(None, "") == ""


@given(st.integers(-(10**18), 10**18))
def test_a_number_is_read_back_from_its_text(value: int) -> None:
    assert int(formats.number(value).replace(".", "").replace("−", "-")) == value
