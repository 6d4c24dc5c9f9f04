"""Dates of people as offices write them: to the day, to the month, to the year, or only an age."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Cell, as_number

Precision = Literal["day", "month", "year", "age"]
EARLIEST_YEAR = 1890
OLDEST_AGE = 130
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
OTHER_MONTH_NAMES = {
    "pebruari": 2,
    "peb": 2,
    "mrt": 3,
    "agt": 8,
    "ags": 8,
    "agu": 8,
    "nopember": 11,
    "nop": 11,
}
ENGLISH_MONTH_NAMES = {"may": 5, "aug": 8, "oct": 10, "dec": 12}
MONTH_NUMBERS = (
    {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
    | {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
    | {"sept": 9, "agust": 8, "okto": 10}
    | OTHER_MONTH_NAMES
    | ENGLISH_MONTH_NAMES
)
UNKNOWN_YEARS = frozenset({"", "-", "0", "98", "99", "9998", "9999"})
UNKNOWN_MONTHS = frozenset({0, 98, 99})  # "tidak tahu" in the questionnaires
NO_DATE_WORDS = frozenset({"", "-", "0", "null", "none", "tidak tahu", "tidak ada", "00000000"})
DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})")
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})")
NAMED_MONTH = re.compile(r"(?:(\d{1,2})[\s\-/.]*)?([a-z]+)\.?[\s\-/.,]*(\d{1,4})")
TIME_OF_DAY = re.compile(r"[t\s]+\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?(\s*(z|wib))?$")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date and how much of it is known; the unknown part of `value` is the first (1 January, day 1).

    "age" means: counted back from an age, so only the year is meant, and it may be one off.
    """

    value: date
    precision: Precision


def parse_date(cell: Cell, *, today: date, field: str = "") -> PartialDate | None:
    """A birth date from a cell; None when the cell says there is none.

    Accepts date objects and dd-mm-yyyy, dd/mm/yyyy, dd.mm.yyyy, yyyy-mm-dd, yyyymmdd, 1 Januari 1980, 1 Jan
    1980, mm-yyyy, yyyy-mm, Januari 1980, yyyy; a time of day behind the date is ignored. Raises Refused with
    one problem: impossible_date, no_day_and_month, no_day, short_year, in_future, too_old or not_a_date.
    """
    if isinstance(cell, date):
        value = cell.date() if isinstance(cell, datetime) else cell
        return _checked(PartialDate(value, "day"), f"{value:%d-%m-%Y}", today, field)
    shown = " ".join(as_number(cell).split())[:40]
    plain = TIME_OF_DAY.sub("", shown.lower().strip("'\" "))
    if plain in NO_DATE_WORDS or (plain and not plain.strip("0-/. ")):
        return None
    parts = _parts(plain)
    if parts is None:
        raise _refused(
            "not_a_date", f"“{shown}” bukan tanggal; tulis seperti 31-12-1980, atau 1980 saja.", field
        )
    day, month, year = parts
    return _checked(_from_parts(day, month, year, shown, field), shown, today, field)


def from_month_year(month: Cell, year: Cell, *, today: date, field: str = "") -> PartialDate | None:
    """A date from two columns (numbers or text): month empty, 0, 98 or 99 is unknown; None without a year.

    Raises Refused like parse_date.
    """
    year_text, month_text = as_number(year), as_number(month)
    shown = f"bulan {month_text[:20] or '?'} tahun {year_text[:20]}"
    if year_text in UNKNOWN_YEARS:
        return None
    number = month_number(month_text)
    no_month = number is None and month_text and not (month_text.isdecimal() and len(month_text) <= 9)
    if no_month or not year_text.isdecimal():
        raise _refused("not_a_date", f"“{shown}” bukan bulan dan tahun; isi dengan angka.", field)
    if number is None:
        number = None if int(month_text or 0) in UNKNOWN_MONTHS else int(month_text)
    return _checked(_from_parts(None, number, _year(year_text), shown, field), shown, today, field)


def from_age(age: Cell, *, reference_date: date, field: str = "") -> PartialDate | None:
    """1 January of the year that many years before `reference_date`; None for an empty cell.

    Raises Refused (impossible_age) unless `age` is a whole number from 0 to 130.
    """
    text = as_number(age)
    if not text:
        return None
    if not text.isdecimal() or len(text) > 3 or int(text) > OLDEST_AGE:
        message = f"Umur “{text[:20]}” tidak mungkin; isi dengan angka 0 sampai {OLDEST_AGE}."
        raise _refused("impossible_age", message, field)
    return PartialDate(date(reference_date.year - int(text), 1, 1), "age")


def age_on(birth: PartialDate, today: date) -> int:
    """Full years on `today`, 0 at least; with an unknown day or month as if born on the first."""
    years = today.year - birth.value.year
    if birth.precision in ("day", "month"):
        years -= (today.month, today.day) < (birth.value.month, birth.value.day)
    return max(years, 0)


def month_number(name: str) -> int | None:
    """1–12 for an Indonesian month name or its abbreviation in any case, else None."""
    return MONTH_NUMBERS.get(name.lower())


def _parts(plain: str) -> tuple[int | None, int | None, int] | None:
    """(day, month, year) as written, None for a part that is not there; None when this is no date."""
    if found := YEAR_FIRST.fullmatch(plain) or COMPACT.fullmatch(plain):
        return int(found[3]), int(found[2]), int(found[1])
    if found := DAY_FIRST.fullmatch(plain):
        return int(found[1]), int(found[2]), _year(found[3])
    if found := MONTH_YEAR.fullmatch(plain):
        return None, int(found[1]), int(found[2])
    if found := YEAR_MONTH.fullmatch(plain):
        return None, int(found[2]), int(found[1])
    if found := NAMED_MONTH.fullmatch(plain):
        month = month_number(found[2])
        return (int(found[1]) if found[1] else None, month, _year(found[3])) if month else None
    if re.fullmatch(r"\d{4}", plain):
        return None, None, int(plain)
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else -1


def _from_parts(day: int | None, month: int | None, year: int, shown: str, field: str) -> PartialDate:
    if year < 0:
        raise _refused("short_year", f"Tahun pada “{shown}” harus ditulis dengan 4 angka.", field)
    if day == 0 and month == 0:
        message = f"Tanggal dan bulan lahir kosong; tulis {year} saja bila hanya tahun yang diketahui."
        raise _refused("no_day_and_month", message, field)
    if month is not None and not 1 <= month <= 12:
        raise _refused(
            "impossible_date", f"Tanggal lahir mustahil: tidak ada bulan {month} ({shown}).", field
        )
    if day == 0 and month:
        message = f"Tanggal lahir kosong; tulis {month:02d}-{year} bila hanya bulan dan tahun yang diketahui."
        raise _refused("no_day", message, field)
    if not 1 <= year <= 9999:
        raise _refused("impossible_date", f"Tanggal lahir mustahil: tidak ada tahun {year} ({shown}).", field)
    if day is not None and month is not None and not 1 <= day <= monthrange(year, month)[1]:
        message = (
            f"Tanggal lahir mustahil: {MONTHS[month - 1]}{_leap(day, month, year)} tidak punya tanggal {day}."
        )
        raise _refused("impossible_date", message, field)
    precision: Precision = "year" if month is None else "month" if day is None else "day"
    return PartialDate(date(year, month or 1, day or 1), precision)


def _leap(day: int, month: int, year: int) -> str:
    return f" {year}" if (day, month) == (29, 2) else ""


def _checked(found: PartialDate, shown: str, today: date, field: str) -> PartialDate:
    if found.value > today:
        raise _refused("in_future", f"Tanggal lahir {shown} belum terjadi.", field)
    if found.value.year < EARLIEST_YEAR:
        raise _refused("too_old", f"Tahun lahir {found.value.year} terlalu lama; periksa kembali.", field)
    return found


def _refused(code: str, message: str, field: str) -> Refused:
    return Refused(Problem(code, message, field=field))
