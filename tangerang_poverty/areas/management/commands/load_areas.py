"""Writes the official areas; running it again renews their facts and keeps boundaries and added spellings."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from tangerang_poverty.areas.models import Area

DATA = Path(__file__).resolve().parents[2] / "data" / "areas.csv"
FACTS = ("name", "level", "parent_id", "bps_code", "postal_code", "tile_row", "tile_col")


class Command(BaseCommand):
    help = "Memuat 118 wilayah resmi Kota Tangerang (kota, kecamatan, kelurahan)."

    def handle(self, *args: Any, **options: Any) -> None:
        new, changed = load()
        self.stdout.write(f"{new} wilayah baru, {changed} diperbarui; {Area.objects.count()} seluruhnya.")


@transaction.atomic
def load(path: Path = DATA) -> tuple[int, int]:
    """Writes what areas.csv says, returns (new, changed). Spellings are only added, boundaries stay."""
    known = Area.objects.in_bulk()
    new, changed = [], []
    for row in _rows(path):
        area = known.get(row["code"])
        if area is None:
            new.append(Area(**row))
            continue
        spellings = [*area.aliases, *(name for name in row["aliases"] if name not in area.aliases)]
        if spellings != area.aliases or any(getattr(area, name) != row[name] for name in FACTS):
            for name in FACTS:
                setattr(area, name, row[name])
            area.aliases = spellings
            changed.append(area)
    Area.objects.bulk_create(new)
    if changed:
        # Two places may have changed tiles with each other: check them only when all are written.
        Area.objects.filter(pk__in=[area.pk for area in changed]).update(tile_row=None, tile_col=None)
        Area.objects.bulk_update(changed, [*FACTS, "aliases"])
    return len(new), len(changed)


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                "code": row["code"],
                "name": row["name"],
                "level": row["level"],
                "parent_id": row["parent"] or None,
                "bps_code": row["bps_code"],
                "postal_code": row["postal_code"],
                "tile_row": int(row["tile_row"]) if row["tile_row"] else None,
                "tile_col": int(row["tile_col"]) if row["tile_col"] else None,
                "aliases": [name.strip() for name in row["aliases"].split("|") if name.strip()],
            }
            for row in csv.DictReader(file)
        ]
