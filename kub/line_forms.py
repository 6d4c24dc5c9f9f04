"""The budget of a proposal as it is typed: rows of item, quantity, unit and unit price, read without losing any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kub.models import ProposalLine, TemplateLine
from kub.rules import MOST_LINES, LineDraft
from tangerang_poverty.kit.amounts import parse_rupiah
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.problems import Problem

SPARE = 5  # empty rows below the filled ones
COLUMNS = (("rincian", "item"), ("jumlah", "quantity"), ("satuan", "unit"), ("harga", "unit_price"))
NAMES = {column: name for name, column in COLUMNS}
LONGEST = {"item": 120, "quantity": 30, "unit": 20, "unit_price": 30}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as typed; `amount` where quantity and price are numbers, `wrong` a sentence by field."""

    item: str = ""
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    amount: int | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.item or self.quantity or self.unit or self.unit_price)


def rows_of(lines: Iterable[ProposalLine | TemplateLine]) -> list[Row]:
    """Rows as the form shows what is recorded, or what proposals of a kind begin with."""
    return [
        Row(one.item, number(one.quantity), one.unit, number(one.unit_price), one.quantity * one.unit_price)
        for one in lines
    ]


def posted_rows(data: Any) -> list[Row]:
    """The rows of a posted form, each judged; an empty one keeps its place, so that sentences name the right row."""
    count = str(data.get("baris", ""))
    known = count.isascii() and count.isdigit() and len(count) < 4
    found = []
    for index in range(min(int(count), MOST_LINES) if known else MOST_LINES):
        typed: dict[str, Any] = {
            column: " ".join(str(data.get(f"{name}-{index}", "")).replace("\0", "").split())
            for name, column in COLUMNS
        }
        found.append(_judged(Row(**typed)))
    return found


def problems_of(rows: Iterable[Row]) -> list[Problem]:
    """What is wrong with the rows, each sentence naming its row and leading to its cell."""
    return [
        Problem("line", f"Baris {index + 1}: {sentence}", f"{NAMES[column]}-{index}")
        for index, row in enumerate(rows)
        for column, sentence in row.wrong.items()
    ]


def drafts_of(rows: Iterable[Row]) -> list[LineDraft]:
    """The filled rows as the actions take them; call it only when there are no problems."""
    return [
        LineDraft(row.item, parse_rupiah(row.quantity), row.unit, parse_rupiah(row.unit_price))
        for row in rows
        if not row.is_empty
    ]


def with_spare(rows: list[Row], number_of: int = SPARE) -> list[Row]:
    """With empty rows below, up to the most that a budget may have."""
    return rows + [Row()] * min(number_of, MOST_LINES - len(rows))


def total(rows: Iterable[Row]) -> int:
    return sum(row.amount or 0 for row in rows)


def _judged(row: Row) -> Row:
    if row.is_empty:
        return row
    wrong: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for column, longest in LONGEST.items():
        if len(getattr(row, column)) > longest:
            wrong[column] = f"{NAMES[column]} paling panjang {longest} huruf."
    for column, word in (("item", "rinciannya"), ("unit", "satuannya")):
        if not getattr(row, column):
            wrong[column] = f"tuliskan {word}."
    for column, word in (("quantity", "jumlah"), ("unit_price", "harga satuan")):
        try:
            numbers[column] = parse_rupiah(getattr(row, column))
        except ValueError as error:
            typed = getattr(row, column)
            wrong.setdefault(
                column, f"{word} “{typed}” belum benar. {error}" if typed else f"tuliskan {word}nya."
            )
        else:
            if not numbers[column]:
                wrong.setdefault(column, f"{word} harus lebih dari nol.")
    amount = numbers["quantity"] * numbers["unit_price"] if len(numbers) == 2 else None
    return Row(row.item, row.quantity, row.unit, row.unit_price, amount, wrong)
