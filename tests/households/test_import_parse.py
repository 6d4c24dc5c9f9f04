"""Whatever stands in the cells of a row, reading it gives a row and its findings, and COPY takes it."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from households.imports.cells import Findings, birth, cut, identity, number, tidy
from households.imports.copying import as_copy
from households.imports.layouts import LAYOUTS
from households.imports.layouts.recognise import Recognised, recognise
from households.imports.parse import RowParser
from tangerang_poverty.kit.problems import Problem

TODAY = date(2026, 11, 24)
WORDS = [
    "",
    "-",
    "1",
    "2",
    "00",
    "99",
    "Gembor",
    "31-02-1980",
    "00/00/1975",
    "RT 004 RW 011",
    "=1+1",
    "a\0b",
    "\ud800",
]
CELLS = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.text(max_size=60),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def parser(layout: str, sheet: int = 0) -> RowParser:
    declared = LAYOUTS[layout]
    heads = [(one.name, [(1, [column.header for column in one.columns])]) for one in declared.forms[0]]
    found = recognise(heads, layout=layout)
    assert isinstance(found, Recognised)

    def resolve(**given: str) -> str | Problem:
        if given["kelurahan"] == "Gembor":
            return "36.71.08.1002"
        return Problem("area_unknown", "Kelurahan tidak dikenal.", "kelurahan")

    return RowParser(
        found.sheets[sheet],
        declared,
        resolve=resolve,
        today=TODAY,
        reference=date(2011, 9, 30),
        home_prefix="3671",
    )


PARSERS = [
    (parser(layout, place), one.level)
    for layout, declared in LAYOUTS.items()
    for place, one in enumerate(declared.forms[0])
]


@given(which=st.sampled_from(PARSERS), data=st.data())
def test_no_row_breaks_the_reading_of_a_file(which: tuple[RowParser, str], data: st.DataObject) -> None:
    reader, level = which
    cells = reader.padded(data.draw(st.lists(CELLS, max_size=reader.width)))
    if level != "person":
        household, found = reader.household(cells)
        assert len(household.source_key) <= 40
        assert household.area or any(one.is_error for one in found)
        assert household.rank is None or household.rank_group is not None
        line = "\t".join(map(as_copy, household))
        assert line.count("\t") == len(household) - 1
        assert "\n" not in line
    if level != "household":
        person, found = reader.person(cells)
        assert person.name or any(one.code == "no_name" for one in found)
        assert (person.birth_date is None) == (person.birth_precision == "")
        assert person.birth_date is None or person.birth_date <= TODAY
        assert person.nik not in json.dumps(person.raw) or len(person.nik) < 16
        assert all(len(one.value) <= 120 and one.message for one in found)


@given(CELLS)
def test_single_cells_never_raise(cell: Any) -> None:
    found = Findings()
    assert "\n" not in tidy(cell)
    assert number(cell) is None or 0 <= number(cell) <= 32_767  # type: ignore[operator]
    nik = identity(cell, "nik", "NIK", found, birth=None, sex="", home_prefix="3671")
    assert not nik.usable or len(nik.text) == 16
    for one in found:
        assert nik.text not in one.message or len(nik.text) < 9
    for field in ("birth_date", "birth_year", "age"):
        birth({field: (cell, "kolom")}, found, today=TODAY, reference=TODAY)
    assert len(cut(tidy(cell), 10, "kolom", found)) <= 10


@given(st.text())
def test_copied_text_is_one_field_of_one_line(text: str) -> None:
    copied = as_copy(text)
    assert not {"\t", "\n", "\r", "\0"} & set(copied)
    assert copied.replace("\\\\", "").count("\\") == sum(text.count(one) for one in "\t\n\r")


def test_values_as_copy_writes_them() -> None:
    assert [as_copy(one) for one in (None, True, 7, b"\x01\xff", date(2011, 9, 30), {"a": "b\\c"})] == [
        "\\N",
        "t",
        "7",
        "\\\\x01ff",
        "2011-09-30",
        '{"a":"b\\\\\\\\c"}',
    ]
    assert tidy(datetime(2011, 9, 30, 1, 2)) == "2011-09-30 01:02:00"  # noqa: DTZ001
    assert tidy(time(1, 2)) == "01:02:00"
    assert tidy(timedelta(hours=1)) == "1:00:00"


def test_of_month_and_year_the_impossible_one_is_named() -> None:
    found = Findings()
    assert (
        birth(
            {"birth_month": (13, "bulan"), "birth_year": (1975, "tahun")}, found, today=TODAY, reference=TODAY
        )
        is None
    )
    assert [(one.column, one.value, one.is_error) for one in found] == [("bulan", "13", True)]


def test_a_household_key_keeps_its_end() -> None:
    reader = parser("ppls2011_bnba")
    cells = reader.padded([f"{'9' * 50}1"])
    assert reader.household(cells)[0].source_key.endswith("91")
