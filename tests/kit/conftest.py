"""Reading a file as an upload is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tangerang_poverty.kit.spreadsheets.read import Cell, open_tables
from tests.kit.files import LIMIT


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[tuple[str, list[tuple[int, list[Cell]]]]]]:
    """Writes `data` under a name without a meaning and reads all its tables."""

    def reading(
        data: bytes, filename: str = "data.xlsx", limit: int = LIMIT
    ) -> list[tuple[str, list[tuple[int, list[Cell]]]]]:
        path = tmp_path / "upload"
        path.write_bytes(data)
        tables = open_tables(path, filename=filename, max_unpacked_bytes=limit)
        return [(table.name, list(table.rows)) for table in tables]

    return reading
