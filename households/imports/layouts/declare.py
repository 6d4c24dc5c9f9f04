"""What a layout is: the sheets an office's workbook has, and what each of their columns means."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Level = Literal["household", "person"]


def fold(header: object) -> str:
    """A header without case, spacing, underscores, punctuation and accents: "Kab / Kota" → "kabkota"."""
    text = unicodedata.normalize("NFKD", "" if header is None else str(header))
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def slug(header: object) -> str:
    """A header as the key its cell is kept under: "Kepemilikan ac" → "kepemilikan_ac"."""
    text = unicodedata.normalize("NFKD", "" if header is None else str(header))
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:60]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    `field` is the name all layouts share ("name", "nik", "kelurahan", …) or "" for a column only kept raw;
    `key` is what its cell is kept under, unique within the layout; `codes` names a set of the code book.
    """

    header: str
    field: str = ""
    level: Level = "household"
    required: bool = False
    aliases: tuple[str, ...] = ()
    codes: str = ""
    key: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every header this column answers to, folded; its own first."""
        return (fold(self.header), *(fold(alias) for alias in self.aliases))


def household(
    header: str,
    field: str = "",
    *aliases: str,
    required: bool = False,
    codes: str = "",
    key: str = "",
) -> Column:
    """A column that says something about the household."""
    return Column(header, field, "household", required, aliases, codes, key or slug(header))


def person(
    header: str,
    field: str = "",
    *aliases: str,
    required: bool = False,
    codes: str = "",
    key: str = "",
) -> Column:
    """A column that says something about one member."""
    return Column(header, field, "person", required, aliases, codes, key or slug(header))


@dataclass(frozen=True)
class SheetLayout:
    """One kind of sheet: a row is a household, a person, or a person with the household repeated."""

    name: str
    label: str
    level: Literal["household", "person", "both"]
    columns: tuple[Column, ...]

    @cached_property
    def by_spelling(self) -> dict[str, list[Column]]:
        """Columns by folded header; one header may stand for two (the head's sex, the member's sex)."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            for spelling in column.spellings:
                found.setdefault(spelling, []).append(column)
        return found

    @cached_property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)

    def column(self, field: str) -> Column | None:
        """The column that carries a shared field, if this sheet has one."""
        return next((column for column in self.columns if column.field == field), None)


@dataclass(frozen=True)
class Layout:
    """One way in which offices hand a wave over.

    `forms` lists the sheets that must come together, one tuple for each form the layout is met in.
    `rank_scale` is "class", "percentile", "decile" or "": what the field `rank` counts (1 = poorest).
    `unit` is what the file lists: "household", or "person" when it knows no households and creates none.
    """

    key: str
    label: str
    forms: tuple[tuple[SheetLayout, ...], ...]
    has_nik: bool
    unit: Literal["household", "person"] = "household"
    rank_scale: Literal["class", "percentile", "decile", ""] = ""

    @cached_property
    def sheets(self) -> tuple[SheetLayout, ...]:
        """Every kind of sheet of this layout, in all its forms."""
        return tuple(sheet for form in self.forms for sheet in form)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Columns by the key their cells are kept under."""
        return {column.key: column for sheet in self.sheets for column in sheet.columns}
