"""Lists that come as delimited text: titles above, rows shifted or cut, numbers as other programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from households.models import Wave
from tests.cast import Cast
from tests.factories import WaveFactory
from tests.households.import_files import Cells, family, member, sheet
from tests.households.test_import_files import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave() -> Wave:
    return WaveFactory(code="PPLS2011")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def lines(layout: str, rows: Sequence[Cells], *, delimiter: str = ";") -> list[str]:
    """Header and rows of a layout of one sheet, as a program writes them that never quotes."""
    whole = sheet(layout, layout, rows)
    return [delimiter.join(map(str, row)) for row in (whole.header, *whole.rows)]


def written(path: Path, lines: Sequence[str], *, end: str = "\n") -> Path:
    path.write_text("\n".join(lines) + end)
    return path


def test_a_title_with_a_comma_may_stand_above_semicolons(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family("A"), **member("A", nik="")}, {**family("B"), **member("B", nik="")}]
    title = "DAFTAR RUMAH TANGGA KECAMATAN PERIUK, KOTA TANGERANG"
    batch = staged(cast, wave, written(tmp_path / "a.csv", [title, *lines("bdt2015_person", rows)]))
    assert batch.state == batch.State.STAGED, batch.refusal
    assert batch.summary["people"] == {"new": 2}


def test_a_stray_quotation_mark_takes_no_row_along(cast: Cast, wave: Wave, tmp_path: Path) -> None:
    rows = [{**family(f"A{number}"), **member(f"A{number}", nik="")} for number in range(30)]
    text = lines("dtks_siksng_export", rows, delimiter="|")
    text[5] = text[5].replace("Jl. Gotong", '"Jl. Gotong')
    text[7] = text[7].replace("RW 011", 'RW 011"')
    batch = staged(cast, wave, written(tmp_path / "a.csv", text))
    assert batch.state == batch.State.REFUSED
    assert "a.csv tidak terbaca mulai baris 6: ada tanda kutip" in batch.refusal[0]["message"]
