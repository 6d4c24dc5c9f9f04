"""Single cells of a source as values of the registry: pure functions that report what is odd and never raise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from households.imports.codebook import code_of, words_of
from households.imports.layouts import Column
from tangerang_poverty.kit import text as kit_text
from tangerang_poverty.kit.dates import PartialDate, from_age, from_month_year, parse_date
from tangerang_poverty.kit.identifiers import (
    EXPONENT,
    Kind,
    clean_identifier,
    identifier_problems,
    mask,
    without_numbers,
)
from tangerang_poverty.kit.problems import Refused
from tangerang_poverty.kit.spreadsheets.read import Cell, as_number, as_text

SHOWN = 120  # letters of a cell quoted in a problem
EXACT_BELOW = 10**15  # a spreadsheet's numbers have 15 digits
SMALLEST, LARGEST = 0, 32_767  # what a small integer column holds
ROUND_DAYS = frozenset({(1, 1), (1, 7), (31, 12)})  # what is written when only the year is known

name_key = lru_cache(maxsize=50_000)(kit_text.name_key)
display_name = lru_cache(maxsize=50_000)(kit_text.display_name)
parse_address = lru_cache(maxsize=10_000)(kit_text.parse_address)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in one row. An error rejects the row; `column` and `value` as the source has them."""

    code: str
    message: str
    column: str = ""
    value: str = ""
    is_error: bool = False


Findings = list[Finding]


@lru_cache(maxsize=65_536, typed=True)  # most cells of a list are the same few codes
def tidy(cell: Cell) -> str:
    """A cell as text on one line, without characters that cannot be seen (they would hide what it says)."""
    text = as_text(cell)
    return text if text.isprintable() and "  " not in text else kit_text.visible(text)


def words(cell: Cell) -> str:
    """A cell of words as text on one line; what may be a NIK or KK in it is masked."""
    return without_numbers(tidy(cell))


def cut(text: str, limit: int, header: str, found: Findings) -> str:
    """The text as long as its column in the registry; what is longer is said."""
    if len(text) <= limit:
        return text
    found.append(
        Finding(
            "too_long",
            f"Isi kolom “{header}” lebih dari {limit} huruf; sisanya dipotong.",
            header,
            text[:SHOWN],
        )
    )
    return text[:limit]


def number(cell: Cell) -> int | None:
    """A small whole number, or None."""
    text = as_number(cell)
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        return None
    value = int(text)
    return value if SMALLEST <= value <= LARGEST else None


def lost_digits(cell: Cell) -> bool:
    """Whether a long number was kept as a number: beyond 15 digits a spreadsheet makes zeros of them."""
    if isinstance(cell, int | float):
        return abs(cell) >= EXACT_BELOW
    return isinstance(cell, str) and "+" in cell and EXPONENT.fullmatch(cell.strip()) is not None


def coded(cell: Cell, column: Column, found: Findings) -> int | None:
    """The code of a cell as a number; outside the code book None, which the check of all codes reports."""
    code = code_of(column.codes, as_text(cell)) if column.codes else None
    return int(code) if code is not None else None


def decoded(cell: Cell, column: Column, limit: int) -> str:
    """A coded cell in words; text of a column without codes as it is, but a bare number says nothing."""
    text = words(cell)
    if not text:
        return ""
    if column.codes:
        return (words_of(column.codes, text) or "")[:limit]
    return "" if text.replace(".", "").isdigit() else text[:limit]


def outside_code_book(text: str, column: Column) -> Finding:
    return Finding(
        "code_unknown",
        f"Kode “{text[:40]}” pada kolom “{column.header}” tidak ada di buku kode; disimpan apa adanya.",
        column.header,
        text[:SHOWN],
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """A cleaned NIK or KK. It is `usable` when its format has no error; `notes` are codes of its oddities."""

    text: str = ""
    usable: bool = False
    notes: tuple[str, ...] = ()


NOBODY = Identity()


def identity(
    cell: Cell,
    kind: Kind,
    header: str,
    found: Findings,
    *,
    birth: PartialDate | None,
    sex: str,
    home_prefix: str,
) -> Identity:
    """A NIK or KK with its findings. A wrong format never rejects a row: a wrong digit must not leave a family out.

    That the number comes from another region is noted, not reported: numbers keep their region when people move.
    """
    if cell is None or cell == "":
        return NOBODY
    text, problems = clean_identifier(cell)
    if not text:
        return NOBODY
    problems = problems + identifier_problems(
        text,
        kind=kind,
        birth_date=birth.value if birth else None,
        birth_precision=birth.precision if birth else "",
        sex=sex,
        home_prefix=home_prefix,
    )
    wrong = False
    for problem in problems:
        wrong = wrong or problem.is_error
        if problem.code != "other_region":
            kept = " Nilai ini hanya disimpan pada catatan." if problem.is_error else ""
            found.append(
                Finding(f"{kind}_{problem.code}", problem.message + kept, header, mask(text)[:SHOWN])
            )
    notes = () if wrong else tuple(problem.code for problem in problems)
    return Identity(text[:SHOWN], not wrong, notes)


def birth(
    cells: dict[str, tuple[Cell, str]], found: Findings, *, today: date, reference: date
) -> PartialDate | None:
    """The birth date out of the fields a layout has: a date, month and year, or an age.

    `cells` maps a field to its cell and header; `reference` is the wave's date, from which ages count back.
    """
    field = "birth_date"
    try:
        if field in cells and (whole := parse_date(cells[field][0], today=today)):
            if whole.precision == "day" and (whole.value.day, whole.value.month) in ROUND_DAYS:
                found.append(_round(whole, *cells[field]))
            return whole
        field = "birth_year"
        if field in cells:
            month = cells["birth_month"][0] if "birth_month" in cells else None
            if parts := from_month_year(month, cells[field][0], today=today):
                return parts
        field = "age"
        return from_age(cells[field][0], reference_date=reference) if field in cells else None
    except Refused as refused:
        cell, header = _blamed(cells, field)
        found.extend(
            Finding(f"birth_{problem.code}", problem.message, header, tidy(cell)[:SHOWN], is_error=True)
            for problem in refused.problems
        )
        return None


def _blamed(cells: dict[str, tuple[Cell, str]], field: str) -> tuple[Cell, str]:
    """Of month and year the one that cannot be."""
    if field == "birth_year" and "birth_month" in cells:
        year = as_number(cells[field][0])
        if len(year) == 4 and year.isdigit():
            return cells["birth_month"]
    return cells[field]


def _round(born: PartialDate, cell: Any, header: str) -> Finding:
    return Finding(
        "birth_round",
        f"Tanggal lahir bulat ({born.value:%d-%m}); mungkin hanya tahunnya yang diketahui.",
        header,
        tidy(cell)[:SHOWN],
    )
