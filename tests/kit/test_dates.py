"""Birth dates as offices write them, and the impossible ones with their sentences."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit.dates import MONTHS, PartialDate, age_on, from_age, from_month_year, parse_date
from tangerang_poverty.kit.problems import Refused

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(1890, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("31-12-1980", date(1980, 12, 31), "day"),
        ("31/12/1980", date(1980, 12, 31), "day"),
        ("31.12.1980", date(1980, 12, 31), "day"),
        (" 1 - 2 - 1980 ", date(1980, 2, 1), "day"),
        ("1980-12-31", date(1980, 12, 31), "day"),
        ("1980/12/31", date(1980, 12, 31), "day"),
        ("1980-12-31 00:00:00", date(1980, 12, 31), "day"),
        ("1980-12-31T07:30", date(1980, 12, 31), "day"),
        ("19801231", date(1980, 12, 31), "day"),
        (19801231.0, date(1980, 12, 31), "day"),
        ("17 Agustus 1945", date(1945, 8, 17), "day"),
        ("17 AGT 1945", date(1945, 8, 17), "day"),
        ("1 Nopember 1960", date(1960, 11, 1), "day"),
        ("1-Peb-1960", date(1960, 2, 1), "day"),
        ("05 Okt. 1960", date(1960, 10, 5), "day"),
        ("29-02-2000", date(2000, 2, 29), "day"),
        (date(1980, 12, 31), date(1980, 12, 31), "day"),
        (datetime.fromisoformat("1980-12-31 05:00"), date(1980, 12, 31), "day"),
        ("12-1980", date(1980, 12, 1), "month"),
        ("1980.0", date(1980, 1, 1), "year"),
        ("1980-12", date(1980, 12, 1), "month"),
        ("Desember 1980", date(1980, 12, 1), "month"),
        ("1980", date(1980, 1, 1), "year"),
        (1980.0, date(1980, 1, 1), "year"),
    ],
)
def test_a_date_is_read_with_its_precision(cell: str | date | float, value: date, precision: str) -> None:
    assert parse_date(cell, today=TODAY) == PartialDate(value, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", [None, "", " ", "-", "0", 0.0, "00-00-0000", "00000000", "NULL", "tidak tahu"]
)
def test_a_cell_may_say_that_there_is_no_date(cell: str | float | None) -> None:
    assert parse_date(cell, today=TODAY) is None


@pytest.mark.parametrize(
    ("cell", "code", "message"),
    [
        ("31-02-1980", "impossible_date", "Tanggal lahir mustahil: Februari tidak punya tanggal 31."),
        ("29-02-1981", "impossible_date", "Tanggal lahir mustahil: Februari 1981 tidak punya tanggal 29."),
        ("31 April 1980", "impossible_date", "Tanggal lahir mustahil: April tidak punya tanggal 31."),
        (
            "00/00/1975",
            "no_day_and_month",
            "Tanggal dan bulan lahir kosong; tulis 1975 saja bila hanya tahun yang diketahui.",
        ),
        (
            "00-05-1975",
            "no_day",
            "Tanggal lahir kosong; tulis 05-1975 bila hanya bulan dan tahun yang diketahui.",
        ),
        ("12-13-1980", "impossible_date", "Tanggal lahir mustahil: tidak ada bulan 13 (12-13-1980)."),
        ("01-01-0000", "impossible_date", "Tanggal lahir mustahil: tidak ada tahun 0 (01-01-0000)."),
        ("01-02-80", "short_year", "Tahun pada “01-02-80” harus ditulis dengan 4 angka."),
        ("25-11-2026", "in_future", "Tanggal lahir 25-11-2026 belum terjadi."),
        (date(2027, 1, 2), "in_future", "Tanggal lahir 02-01-2027 belum terjadi."),
        ("31-12-1889", "too_old", "Tahun lahir 1889 terlalu lama; periksa kembali."),
        (date(1889, 12, 31), "too_old", "Tahun lahir 1889 terlalu lama; periksa kembali."),
        ("Senin", "not_a_date", "“Senin” bukan tanggal; tulis seperti 31-12-1980, atau 1980 saja."),
        (29342.0, "not_a_date", "“29342” bukan tanggal; tulis seperti 31-12-1980, atau 1980 saja."),
        ("1 Foo 1980", "not_a_date", "“1 Foo 1980” bukan tanggal; tulis seperti 31-12-1980, atau 1980 saja."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(cell: str | date | float, code: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_date(cell, today=TODAY, field="birth_date")
    (problem,) = refused.value.problems
    assert (problem.code, problem.message, problem.field) == (code, message, "birth_date")


@pytest.mark.parametrize(
    ("month", "year", "expected"),
    [
        (5, 1980, PartialDate(date(1980, 5, 1), "month")),
        ("05", "1980", PartialDate(date(1980, 5, 1), "month")),
        ("Mei", 1980.0, PartialDate(date(1980, 5, 1), "month")),
        (0, 1980, PartialDate(date(1980, 1, 1), "year")),
        (98.0, 1980, PartialDate(date(1980, 1, 1), "year")),
        ("99", 1980, PartialDate(date(1980, 1, 1), "year")),
        (None, 1980, PartialDate(date(1980, 1, 1), "year")),
        (5, None, None),
        (5, 9999, None),
        (5, "", None),
    ],
)
def test_month_and_year_columns(month: object, year: object, expected: PartialDate | None) -> None:
    assert from_month_year(month, year, today=TODAY) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("month", "year", "code"),
    [
        (13, 1980, "impossible_date"),
        (5, 80, "short_year"),
        ("x", 1980, "not_a_date"),
        ("9" * 5000, "1980", "not_a_date"),
        (5, "x", "not_a_date"),
        (5.5, 1980, "not_a_date"),
        (12, 2026, "in_future"),
        (1, 1889, "too_old"),
    ],
)
def test_impossible_month_and_year_columns_are_refused(month: object, year: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        from_month_year(month, year, today=TODAY)  # type: ignore[arg-type]
    assert [problem.code for problem in refused.value.problems] == [code]


def test_an_age_gives_the_year_counted_back() -> None:
    assert from_age(35.0, reference_date=date(2015, 7, 1)) == PartialDate(date(1980, 1, 1), "age")
    assert from_age("0", reference_date=date(2015, 7, 1)) == PartialDate(date(2015, 1, 1), "age")
    assert from_age(None, reference_date=date(2015, 7, 1)) is None


@pytest.mark.parametrize("age", [-1, 131, "35 tahun", 3.5, "9" * 50])
def test_an_impossible_age_is_refused(age: object) -> None:
    with pytest.raises(Refused) as refused:
        from_age(age, reference_date=TODAY)  # type: ignore[arg-type]
    assert refused.value.problems[0].code == "impossible_age"


@pytest.mark.parametrize(
    ("birth", "precision", "today", "age"),
    [
        (date(1980, 11, 24), "day", TODAY, 46),
        (date(1980, 11, 25), "day", TODAY, 45),
        (date(1980, 11, 1), "month", TODAY, 46),
        (date(1980, 12, 1), "month", TODAY, 45),
        (date(1980, 1, 1), "year", TODAY, 46),
        (date(1980, 1, 1), "age", TODAY, 46),
        (date(2004, 2, 29), "day", date(2026, 2, 28), 21),
        (date(2027, 1, 1), "day", TODAY, 0),
    ],
)
def test_age_counts_full_years(birth: date, precision: str, today: date, age: int) -> None:
    assert age_on(PartialDate(birth, precision), today) == age  # type: ignore[arg-type]


@given(DAYS, st.sampled_from(["%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"]))
def test_every_day_is_read_back_from_every_shape(day: date, shape: str) -> None:
    assert parse_date(day.strftime(shape), today=TODAY) == PartialDate(day, "day")


@given(DAYS)
def test_every_day_is_read_back_from_words(day: date) -> None:
    words = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    assert parse_date(words, today=TODAY) == parse_date(words.upper(), today=TODAY) == PartialDate(day, "day")


@given(
    st.text(max_size=30)
    | st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. ]\d{1,5}", fullmatch=True)
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.booleans()
)
def test_any_cell_is_a_date_no_date_or_refused(cell: object) -> None:
    with suppress(Refused):
        found = parse_date(cell, today=TODAY)  # type: ignore[arg-type]
        assert found is None or date(1890, 1, 1) <= found.value <= TODAY
