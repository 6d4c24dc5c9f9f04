"""NIK and KK: what is cleaned, what is refused, what is only pointed out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit.identifiers import (
    clean_identifier,
    identifier_problems,
    mask,
    may_hold_number,
    number_in,
    without_numbers,
)

MAN, WOMAN = "9971051708450001", "9971055708450001"


@pytest.mark.parametrize(
    ("cell", "text", "codes"),
    [
        (MAN, MAN, []),
        (f"'{MAN}", MAN, []),
        (" 99.71.05 170845-0001 ", MAN, []),
        ("9971 0517 0845 0001\u00a0", MAN, []),
        (None, "", []),
        ("", "", []),
        ("0", "", []),
        (0.0, "", []),
        ("0000000000000000", "", []),
        ("-", "", []),
        ("Tidak Ada", "", []),
        ("tdk ada", "", []),
        ("N/A", "", []),
        ("belum punya", "", []),
        (float(MAN), "9971051708450000", ["numeric_cell"]),
        (int(MAN), MAN, ["numeric_cell"]),
        (123.0, "123", []),
        ("9,97105E+15", "9971050000000000", ["numeric_cell"]),
        ("9.97105170845E+15", "9971051708450000", ["numeric_cell"]),
        ("9971O51708450001", "9971O51708450001", []),
        ("9E+15", "9000000000000000", ["numeric_cell"]),
        ("9 - E+15", "9000000000000000", ["numeric_cell"]),
        ("E+15", "E+15", []),
        (1e-05, "1E05", []),
    ],
)
def test_a_cell_becomes_a_bare_identifier(cell: str | float | None, text: str, codes: list[str]) -> None:
    found, problems = clean_identifier(cell)
    assert (found, [problem.code for problem in problems]) == (text, codes)
    assert not any(problem.is_error for problem in problems)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("997105170845001", "nik", "wrong_length"),
        ("99710517084500011", "nik", "wrong_length"),
        ("9971O51708450001", "nik", "not_digits"),
        ("٩٩٧١٠٥١٧٠٨٤٥٠٠٠١", "nik", "not_digits"),
        ("1111111111111111", "nik", "all_equal"),
        ("9971051708450000", "nik", "zero_serial"),
        ("9971053102800001", "nik", "impossible_date"),
        ("9971050008450001", "nik", "impossible_date"),
        ("9971051713450001", "nik", "impossible_date"),
        ("9971057202800001", "nik", "impossible_date"),
        ("9971054008450001", "nik", "impossible_date"),
        ("9971052902810001", "nik", "impossible_date"),
        (WOMAN, "kk", "impossible_date"),
        ("997105", "kk", "wrong_length"),
    ],
)
def test_a_wrong_format_is_one_error(text: str, kind: str, code: str) -> None:
    (problem,) = identifier_problems(text, kind=kind)  # type: ignore[arg-type]
    assert (problem.code, problem.field, problem.is_error) == (code, kind, True)
    assert problem.message.startswith("NIK" if kind == "nik" else "Nomor KK")
    assert problem.message.endswith(".")


@pytest.mark.parametrize("text", ["", MAN, WOMAN, "9971052902000001", "9971056902000001"])
def test_a_right_format_has_no_problem(text: str) -> None:
    assert identifier_problems(text, kind="nik", home_prefix="9971") == []


def test_a_card_issued_on_a_possible_date_has_no_problem() -> None:
    assert identifier_problems(MAN, kind="kk", home_prefix="9971") == []


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"birth_date": date(1945, 8, 17), "birth_precision": "day", "sex": "L"}, []),
        ({"birth_date": date(1945, 8, 18), "birth_precision": "day"}, ["birth_date_differs"]),
        ({"birth_date": date(1945, 8, 1), "birth_precision": "month"}, []),
        ({"birth_date": date(1945, 9, 1), "birth_precision": "month"}, ["birth_date_differs"]),
        ({"birth_date": date(1945, 1, 1), "birth_precision": "year"}, []),
        ({"birth_date": date(1946, 1, 1), "birth_precision": "year"}, ["birth_date_differs"]),
        ({"birth_date": date(1950, 1, 1), "birth_precision": "age"}, []),
        ({"birth_date": date(1950, 1, 1), "birth_precision": ""}, []),
        ({"sex": "P"}, ["sex_differs"]),
        ({"home_prefix": "3671"}, ["other_region"]),
        (
            {"sex": "P", "home_prefix": "3671", "birth_date": date(1, 1, 1), "birth_precision": "day"},
            ["birth_date_differs", "sex_differs", "other_region"],
        ),
    ],
)
def test_what_differs_from_the_record_is_a_warning(facts: dict[str, object], codes: list[str]) -> None:
    problems = identifier_problems(MAN, kind="nik", **facts)  # type: ignore[arg-type]
    assert [problem.code for problem in problems] == codes
    assert not any(problem.is_error for problem in problems)


def test_a_womans_day_is_read_without_its_forty() -> None:
    assert (
        identifier_problems(WOMAN, kind="nik", birth_date=date(1945, 8, 17), birth_precision="day", sex="P")
        == []
    )


def test_no_sentence_calls_a_number_valid() -> None:
    texts = ["1" * 16, "12", "x" * 16, "9971051708450000", "9971050008450001"]
    said = " ".join(str(problem) for text in texts for problem in identifier_problems(text, kind="nik"))
    assert "valid" not in said


@pytest.mark.parametrize(("text", "masked"), [(MAN, "9971********0001"), ("", ""), ("12345678", "********")])
def test_a_mask_shows_the_first_and_last_four(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(max_size=40) | st.floats() | st.integers() | st.none() | st.booleans() | st.dates())
def test_cleaning_never_fails_and_twice_is_once(cell: object) -> None:
    text, _ = clean_identifier(cell)  # type: ignore[arg-type]
    assert clean_identifier(text)[0] == text
    identifier_problems(text, kind="nik", sex="L", home_prefix="3671")
    identifier_problems(text, kind="kk")


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.sampled_from("LP"), st.integers(1, 9999))
def test_a_nik_made_of_a_birth_date_fits_it(birth: date, sex: str, serial: int) -> None:
    day = birth.day + (40 if sex == "P" else 0)
    nik = f"997105{day:02d}{birth:%m%y}{serial:04d}"
    assert (
        identifier_problems(
            nik, kind="nik", birth_date=birth, birth_precision="day", sex=sex, home_prefix="9971"
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (MAN, MAN),
        ("NIK 9971/0517/0845/0001", MAN),
        ("\u200b9971–0517_0845,0001", MAN),
        (f"{MAN}0", ""),
        (MAN[:15], ""),
        ("٩٩٧١٠٥١٧٠٨٤٥٠٠٠١", ""),
        ("", ""),
    ],
)
def test_a_number_is_found_in_what_is_typed(text: str, number: str) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"lama {MAN}", "lama 9971********0001"),
        ("3671 0101 0101 0007", "3671***********0007"),
        ("x3671.0101.0101.0008y", "x3671***********0008y"),
        ("997105170845000199", "9971**********0199"),
        ("Jl. Mawar No. 12 RT 001/002", "Jl. Mawar No. 12 RT 001/002"),
        ("0812-3456-7890, 021", "0812-3456-7890, 021"),
    ],
)
def test_whatever_may_be_a_number_in_a_text_is_masked(text: str, shown: str) -> None:
    assert without_numbers(text) == shown


@given(st.text(max_size=80) | st.from_regex(r"[0-9 .\-]{0,60}", fullmatch=True))
def test_every_number_that_is_found_is_long_enough_and_masking_twice_is_once(text: str) -> None:
    hidden = without_numbers(text)
    assert not number_in(text) or may_hold_number(text)
    assert without_numbers(hidden) == hidden
