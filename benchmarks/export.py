"""The workbook of the whole list of families, built as a worker builds it, against openpyxl on the same rows."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from benchmarks import city
from benchmarks.timing import Line, medians
from households import exports as list_exports
from households.columns import SHEET_COLUMNS
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export

TIMES_OPENPYXL = 6


def run(rounds: int) -> list[Line]:
    city.ensure()
    count = city.families()
    with TemporaryDirectory() as folder:
        taken = medians(
            {"ours": lambda: _ours(count), "openpyxl": lambda: _openpyxl(Path(folder, "peer.xlsx"), count)},
            rounds=rounds,
        )
    ours, peer = taken["ours"], taken["openpyxl"]
    return [
        Line(
            f"export {count:,} families × {len(SHEET_COLUMNS)}, query included",
            ours,
            peer,
            "openpyxl write-only, same query",
            f"≥ {TIMES_OPENPYXL}× as fast",
            peer / ours >= TIMES_OPENPYXL,
        )
    ]


def _ours(count: int) -> None:
    """Everything the worker does: permission, query, cells, workbook with its notes, the file kept."""
    by = city.staff()
    export = Export.objects.create(kind=list_exports.KIND, title=list_exports.TITLE, params={}, asked_by=by)
    exports.build(export)
    export.refresh_from_db()
    assert export.rows == count
    export.file.delete(save=False)
    export.delete()


def _openpyxl(path: Path, count: int) -> None:
    """The same cells from the same query, appended to a write-only sheet."""
    [sheet] = list_exports.build({}, city.staff()).sheets
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name)
    page.append(list(sheet.header))
    written = 0
    for row in sheet.rows:
        page.append(list(row))
        written += 1
    book.save(path)
    assert written == count
