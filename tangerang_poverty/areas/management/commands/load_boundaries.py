"""Writes the boundaries of a GeoJSON file to the areas, all or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tangerang_poverty.areas import boundaries
from tangerang_poverty.kit.problems import Refused


class Command(BaseCommand):
    help = "Memuat batas wilayah dari berkas GeoJSON (Polygon/MultiPolygon dengan properti code)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Berkas {path} tidak ada.")
        try:
            number = boundaries.load(path)
        except Refused as refusal:
            raise CommandError("\n".join(problem.message for problem in refusal.problems)) from refusal
        self.stdout.write(f"Batas {number} wilayah dimuat.")
