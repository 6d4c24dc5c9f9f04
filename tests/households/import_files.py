"""Files in the offices' layouts, built from the layouts' own declarations: a test gives only the cells it means."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files import File

from households.imports import actions
from households.imports.layouts import LAYOUTS, SheetLayout
from households.models import ImportBatch
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx
from tests.factories import WaveFactory

Cells = dict[str, Any]  # by the shared field's name or by the column's own key


def sheet(layout: str, name: str, rows: Sequence[Cells], *, extra: Sequence[str] = ()) -> Sheet:
    """The sheet `name` of a layout with all its columns; `extra` are headers no layout knows."""
    declared = next(one for one in LAYOUTS[layout].sheets if one.name == name)
    header = [column.header for column in declared.columns] + list(extra)
    return Sheet(
        name, header, [[*_cells(declared, row), *(row.get(one, "") for one in extra)] for row in rows]
    )


def _cells(declared: SheetLayout, row: Cells) -> list[Any]:
    return [
        row.get(column.key, row.get(column.field, "") if column.field else "") for column in declared.columns
    ]


def workbook(path: Path, *sheets: Sheet) -> Path:
    write_xlsx(path, sheets)
    return path


def family(key: str = "3671-0001", **cells: Any) -> Cells:
    """A household of Gembor as a source writes it."""
    return {
        "source_key": key,
        "head_name": "Suparman",
        "kecamatan": "PERIUK",
        "kelurahan": "GEMBOR",
        "address": "Jl. Gotong Royong No. 4 RT 004 RW 011",
        "member_count": 2,
        "family_count": 1,
        "rank": 2,
        **cells,
    }


def member(key: str = "3671-0001", name: str = "Suparman", relation: Any = 1, **cells: Any) -> Cells:
    """A member; give `birth_month` and `birth_year`, `age` or `birth_date` as the layout has them."""
    return {
        "household_key": key,
        "source_key": key,
        "name": name,
        "relation": relation,
        "family_relation": relation,
        "sex": 1,
        "birth_month": 4,
        "birth_year": 1975,
        "age": 36,
        "birth_date": "12-04-1975",
        **cells,
    }


def ppls(path: Path, households: Sequence[Cells], people: Sequence[Cells]) -> Path:
    """A PPLS 2011 workbook with a sheet of households and one of members."""
    return workbook(
        path,
        sheet("ppls2011_bnba", "ppls2011_rt", households),
        sheet("ppls2011_bnba", "ppls2011_art", people),
    )


def uploaded(path: Path, *, by: User) -> ImportBatch:
    """A file that nobody has looked at yet: its check is left to the test."""
    files = [File(io.BytesIO(path.read_bytes()), name=path.name)]
    return actions.upload_batch(wave=WaveFactory(code="PPLS2011"), files=files, by=by, in_background=False)


def small_ppls(path: Path) -> Path:
    """Two households of two people each."""
    keys = ("3671-0001", "3671-0002")
    return ppls(
        path,
        [family(keys[0]), family(keys[1], head_name="Marsudi")],
        [
            member(keys[0]),
            member(keys[0], "Siti Aminah", 2, sex=2, birth_year=1980),
            member(keys[1], "Marsudi"),
            member(keys[1], "Dewi", 3, sex=2, birth_year=2001),
        ],
    )
