"""Numbers of persons (NIK) and of family cards (KK): cleaning, format rules, masking.

A NIK is 6 digits of region, 6 of birth date (ddmmyy, women day + 40), 4 of serial; a KK number is 6 digits of
region, 6 of the card's issue date, 4 of serial. A right format does not prove that the number exists.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.spreadsheets.read import Cell, as_text

Kind = Literal["nik", "kk"]
LABELS: dict[Kind, str] = {"nik": "NIK", "kk": "Nomor KK"}
LENGTH = 16
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number
WOMEN_DAY = 40
NONE_WORDS = frozenset(
    {"TIDAK", "TIDAKADA", "TIDAKPUNYA", "TIDAKMEMILIKI", "TIDAKTAHU", "TDK", "TDKADA", "TDKPUNYA", "BELUM"}
    | {"BELUMADA", "BELUMPUNYA", "TA", "KOSONG", "NIHIL", "NULL", "NONE", "NAN", "NA"}
)
SEPARATORS = re.compile(r"[\s.'’‘`\"\-–_,/\u200b\ufeff\0]+")
TYPED_NUMBER = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
WRITTEN_NUMBER = re.compile(r"\d(?:[\s.'’‘`\"\-–_,/\u200b\ufeff]?\d){15,}")
EXPONENT = re.compile(r"\d([.,]\d+)?E\+\d{1,2}", re.IGNORECASE)


def clean_identifier(cell: Cell) -> tuple[str, list[Problem]]:
    """A cell as a bare identifier: without spaces, dots, dashes, apostrophes; "" when it says there is none.

    A number of 16 digits or more from a numeric cell, or text like "3,67E+15", has lost its last digits: then
    the problem numeric_cell (a warning) comes along. Letters are kept, for identifier_problems to name.
    """
    text = as_text(cell)
    numeric = isinstance(cell, int | float) and not isinstance(cell, bool)
    shortened = EXPONENT.fullmatch(text)
    bare = SEPARATORS.sub("", text).upper()
    if shortened or EXPONENT.fullmatch(bare):
        bare, numeric = _written_out(text if shortened else bare), True
    text = bare
    if not text.strip("0") or text in NONE_WORDS:
        return "", []
    if not numeric or len(text) <= EXACT_DIGITS:
        return text, []
    return text, [
        Problem(
            "numeric_cell",
            "Nomor ini tersimpan sebagai angka di lembar kerja, sehingga digit terakhirnya mungkin berubah "
            "menjadi 0; cocokkan dengan kartunya.",
            severity="warning",
        )
    ]


def _written_out(text: str) -> str:
    try:
        return format(Decimal(text.replace(",", ".")).to_integral_value(), "f")
    except InvalidOperation:
        return text


def identifier_problems(
    text: str,
    *,
    kind: Kind,
    birth_date: date | None = None,
    birth_precision: str = "",
    sex: str = "",
    home_prefix: str = "",
) -> list[Problem]:
    """What is wrong with a cleaned identifier; an empty one has no problem (both are optional).

    Errors: not_digits, wrong_length, all_equal, zero_serial, impossible_date. Only a NIK without errors is
    compared: birth_date_differs (as far as `birth_precision` "day", "month" or "year" knows), sex_differs
    (`sex` "L" or "P"), and both kinds with `home_prefix` (leading digits of the region): other_region; all
    three are warnings. `field` of each problem is `kind`.
    """
    if not text:
        return []
    error = _format_error(text, kind)
    if error:
        return [Problem(*error, field=kind)]
    warnings = []
    if kind == "nik":
        warnings = _person_warnings(text, birth_date, birth_precision, sex)
    if home_prefix and not text.startswith(home_prefix):
        warnings.append(
            (
                "other_region",
                f"{LABELS[kind]} ini diterbitkan di wilayah lain (kode {text[:6]}); periksa kembali.",
            )
        )
    return [Problem(code, message, field=kind, severity="warning") for code, message in warnings]


def _format_error(text: str, kind: Kind) -> tuple[str, str] | None:
    label = LABELS[kind]
    if not (text.isascii() and text.isdigit()):
        return "not_digits", f"{label} memuat huruf atau tanda lain; isi dengan 16 angka saja."
    if len(text) != LENGTH:
        return "wrong_length", f"{label} harus 16 angka, sedangkan yang tertulis {len(text)} angka."
    if len(set(text)) == 1:
        return "all_equal", f"{label} berisi angka {text[0]} semua; kosongkan bila nomornya tidak diketahui."
    if text.endswith("0000"):
        return "zero_serial", f"{label} berakhir dengan 0000, padahal nomor urut mulai dari 0001."
    day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
    if kind == "nik" and day > WOMEN_DAY:
        day -= WOMEN_DAY
    if not any(_exists(century + year, month, day) for century in (1900, 2000)):
        what = "tanggal lahir" if kind == "nik" else "tanggal terbit"
        return (
            "impossible_date",
            f"{label} memuat {what} yang mustahil: {text[6:12]} (angka ke-7 sampai ke-12).",
        )
    return None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _person_warnings(nik: str, birth: date | None, precision: str, sex: str) -> list[tuple[str, str]]:
    found = []
    woman = int(nik[6:8]) > WOMEN_DAY
    day, month, year = int(nik[6:8]) - WOMEN_DAY * woman, int(nik[8:10]), int(nik[10:12])
    if birth and precision in ("day", "month", "year"):
        known = {"day": 3, "month": 2, "year": 1}[precision]
        if (year, month, day)[:known] != (birth.year % 100, birth.month, birth.day)[:known]:
            found.append(
                (
                    "birth_date_differs",
                    "Tanggal lahir dalam NIK berbeda dari tanggal lahir yang tercatat; periksa lagi.",
                )
            )
    if sex in ("L", "P") and woman != (sex == "P"):
        said, noted = ("perempuan", "laki-laki") if woman else ("laki-laki", "perempuan")
        found.append(
            ("sex_differs", f"Menurut NIK orang ini {said}, sedangkan yang tercatat {noted}; periksa lagi.")
        )
    return found


def mask(text: str) -> str:
    """The first and last four characters with stars between; a short one is all stars."""
    if len(text) <= 8:
        return "*" * len(text)
    return text[:4] + "*" * (len(text) - 8) + text[-4:]


def mask_account(text: str) -> str:
    """The last four digits of a bank account with stars before; its bank tells the rest apart."""
    return "*" * max(len(text) - 4, 2) + text[-4:]


def number_in(text: str) -> str:
    """The 16 digits of a NIK or KK typed with any separators, marks or words around it; "" for anything else."""
    found = TYPED_NUMBER.search(SEPARATORS.sub("", text))
    return found[0] if found else ""


def may_hold_number(text: str) -> bool:
    """Whether a text has the digits of a NIK or KK, complete or with one too many, in whatever form."""
    return sum(letter.isdigit() for letter in text) >= LENGTH


def without_numbers(text: str) -> str:
    """The text with whatever may be a NIK or KK in it masked, however its digits are parted."""
    if len(text) < LENGTH:  # most cells of a list: they cost no search
        return text
    return WRITTEN_NUMBER.sub(lambda found: mask(found[0]), text)
