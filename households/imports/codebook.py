"""What the codes of the instruments mean: the code book, one set of codes for each question of a form."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from households.imports.layouts import LAYOUTS, fold

BOOK = Path(__file__).parent.parent / "data" / "codebook.csv"

BIT_SUMS = frozenset({"PBDT2015:b4k9"})
"""Sets whose codes are added up when several hold: 5 = birth certificate (1) and KTP (4)."""

# Words offices write where the form has a code, folded; the words of the book itself need no line here.
_RELATION = {
    "krt": "1",
    "kepala": "1",
    "kepalakeluarga": "1",
    "kepalarumahtangga": "1",
    "istri": "2",
    "isteri": "2",
    "suami": "2",
    "anakkandung": "3",
    "anaktiri": "3",
    "anakangkat": "3",
    "orangtua": "6",
    "mertua": "6",
    "pembantu": "7",
    "famililain": "8",
    "lain": "8",
}
_WORDS: dict[str, dict[str, str]] = {
    "PBDT2015:b4k3": _RELATION,
    "PBDT2015:b4k4": {"l": "1", "lk": "1", "laki": "1", "pria": "1", "p": "2", "pr": "2", "wanita": "2"},
    "PPLS:klasifikasi": {"rtsm": "1", "rtm": "2", "rthm": "3"},
}

_CODE = re.compile(r"(\d{1,9})(?:[.,]0+)?(?:\s*[-.):=]\s*\D.*)?")


@dataclass
class CodeSet:
    """The codes of one question as the book prints them ("01"), each with its words."""

    key: str
    label: str
    words: dict[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[int, str]:
        return {int(code): code for code in self.words}


@lru_cache(maxsize=1)
def code_sets() -> dict[str, CodeSet]:
    """Every set of the book by its key, "instrument:question"."""
    sets: dict[str, CodeSet] = {}
    with BOOK.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            one = sets.setdefault(row["set"], CodeSet(row["set"], row["label"]))
            one.words[row["code"]] = row["category"]
    return sets


def code_of(codes: str, cell: object) -> str | None:
    """The book's code for a cell holding "1", "01", 1.0, "1. Laki-laki" or words; None outside the code book.

    Of a set that adds its codes up, the sum as digits. An empty cell is outside: ask before calling.
    """
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return _code_of(codes, text)


@lru_cache(maxsize=20_000)
def _code_of(codes: str, text: str) -> str | None:
    book = code_sets()[codes]
    folded = fold(text)
    for code, words in book.words.items():
        if fold(words) == folded:
            return code
    if folded in _WORDS.get(codes, {}):
        return _WORDS[codes][folded]
    match = _CODE.fullmatch(text)
    if match is None:
        return None
    number = int(match[1])
    if codes in BIT_SUMS and 0 < number <= sum(book.numbers):
        return str(number)
    return book.numbers.get(number)


def words_of(codes: str, cell: object) -> str | None:
    """The words a coded cell stands for, or None outside the code book."""
    code = code_of(codes, cell)
    if code is None:
        return None
    book = code_sets()[codes]
    if codes in BIT_SUMS and code not in book.words:
        return ", ".join(book.words[one] for bit, one in book.numbers.items() if bit & int(code))
    return book.words[code]


def decode(layout_key: str, column_key: str, cell: object) -> str | None:
    """A raw cell in words, for records shown side by side; None where there is no code or an unknown one."""
    layout = LAYOUTS.get(layout_key)
    column = layout.columns.get(column_key) if layout else None
    if column is None or not column.codes or cell is None or cell == "":
        return None
    return words_of(column.codes, cell)
