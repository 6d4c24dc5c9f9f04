"""Workbooks read and written against openpyxl; each reading in a process of its own, for its peak memory."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Line, in_process, medians, report
from tangerang_poverty.kit.spreadsheets.read import open_tables
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx

READ_ROWS, READ_COLUMNS = 210_000, 42
WRITE_ROWS, WRITE_COLUMNS = 55_000, 20
MEMORY_LIMIT = 700e6
TIMES_OPENPYXL = 6


def rows(count: int, columns: int) -> Iterator[list[str | int]]:
    """Cells as an office's list has them: text, 16-digit identifiers as text, small codes as numbers."""
    for row in range(count):
        yield [
            row
            if column % 3 == 0
            else f"{9971000000000000 + row * 7 + column}"
            if column % 3 == 1
            else f"NAMA {row % 977} KELUARGA {column}"
            for column in range(columns)
        ]


def _read_ours(path: str) -> int:
    tables = open_tables(Path(path), filename="bench.xlsx", max_unpacked_bytes=4 * 1024**3)
    return sum(1 for table in tables for _ in table.rows)


def _read_openpyxl(path: str) -> int:
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True).active
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def _write_openpyxl(path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([f"Kolom {number}" for number in range(WRITE_COLUMNS)])
    for row in rows(WRITE_ROWS, WRITE_COLUMNS):
        sheet.append(row)
    book.save(path)


def _write_ours(path: Path) -> None:
    header = [f"Kolom {number}" for number in range(WRITE_COLUMNS)]
    write_xlsx(path, [Sheet("Data", header, rows(WRITE_ROWS, WRITE_COLUMNS))])


def run(rounds: int) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.xlsx")
        header = [f"Kolom {number}" for number in range(READ_COLUMNS)]
        write_xlsx(source, [Sheet("Data", header, rows(READ_ROWS, READ_COLUMNS))])
        runs: dict[str, list[tuple[float, int]]] = {"ours": [], "openpyxl": []}
        for _ in range(rounds):
            for name, taken in runs.items():
                taken.append(in_process("benchmarks.files", name, str(source)))
        seconds = {name: statistics.median(run[0] for run in taken) for name, taken in runs.items()}
        peak = max(run[1] for run in runs["ours"])
        written = medians(
            {
                "ours": lambda: _write_ours(Path(folder, "ours.xlsx")),
                "openpyxl": lambda: _write_openpyxl(Path(folder, "peer.xlsx")),
            },
            rounds=rounds,
        )
    return [
        Line(
            f"read XLSX {READ_ROWS:,} × {READ_COLUMNS}",
            seconds["ours"],
            seconds["openpyxl"],
            "openpyxl read-only",
            f"≥ {TIMES_OPENPYXL}× as fast",
            seconds["openpyxl"] / seconds["ours"] >= TIMES_OPENPYXL,
        ),
        Line("memory of that reading", peak / 1e6, None, "", "≤ 700 MB", peak <= MEMORY_LIMIT, unit="MB"),
        Line(
            f"write XLSX {WRITE_ROWS:,} × {WRITE_COLUMNS}",
            written["ours"],
            written["openpyxl"],
            "openpyxl write-only",
            f"≥ {TIMES_OPENPYXL}× as fast",
            written["openpyxl"] / written["ours"] >= TIMES_OPENPYXL,
        ),
    ]


if __name__ == "__main__":
    read = {"ours": _read_ours, "openpyxl": _read_openpyxl}[sys.argv[1]]
    start = time.perf_counter()
    count = read(sys.argv[2])
    taken = time.perf_counter() - start
    if count < READ_ROWS:
        raise SystemExit(f"{sys.argv[1]} read {count} rows of {READ_ROWS}")
    report(taken)
