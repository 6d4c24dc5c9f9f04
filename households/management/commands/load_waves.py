"""Writes the known waves with their reported totals; running it again changes nothing that people edited."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from households.models import Wave

DATA = Path(__file__).resolve().parents[2] / "data" / "waves.csv"


class Command(BaseCommand):
    help = "Memuat gelombang yang dikenal (PPLS 2008, PPLS 2011, PBDT 2015) bila belum ada."

    def handle(self, *args: Any, **options: Any) -> None:
        made = 0
        with DATA.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                total = row.pop("reported_total")
                _, created = Wave.objects.get_or_create(
                    code=row.pop("code"), defaults={**row, "reported_total": int(total) if total else None}
                )
                made += created
        self.stdout.write(f"{made} gelombang baru; {Wave.objects.count()} seluruhnya.")
