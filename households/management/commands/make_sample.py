"""`manage.py make_sample`: writes the sample city as two spreadsheets and the true links between them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from households.sample import generate


class Command(BaseCommand):
    help = (
        "Menulis data contoh: dua daftar keluarga rekaan (XLSX) dan truth.csv dengan kaitan yang sebenarnya."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, default=55_000, help="rumah tangga pada daftar pertama")
        parser.add_argument("--seed", type=int, default=1, help="angka yang sama menghasilkan kota yang sama")
        parser.add_argument(
            "--noise", type=float, default=1.0, help="kesalahan tulis: 0 tanpa, 1 biasa, 2 buruk"
        )
        parser.add_argument("--out", type=Path, required=True, help="folder tujuan")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = generate(
                options["out"],
                households=options["households"],
                seed=options["seed"],
                noise=options["noise"],
                progress=self._tell if options["verbosity"] > 1 else None,
            )
        except ValueError:
            raise CommandError(
                "Jumlah rumah tangga paling sedikit 1 dan --noise tidak boleh negatif."
            ) from None
        for path, households, persons in zip(
            (made.first, made.second), made.households, made.persons, strict=True
        ):
            self.stdout.write(f"{path}: {households} rumah tangga, {persons} orang")
        self.stdout.write(f"{made.truth}: kaitan yang sebenarnya")

    def _tell(self, step: str, done: int, total: int) -> None:
        self.stdout.write(f"{step}: {done} dari {total}")
