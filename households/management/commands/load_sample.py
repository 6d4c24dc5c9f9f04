"""Enqueues the loading of the sample city into an empty registry; the worker does the work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from households.sample.load import start


class Command(BaseCommand):
    help = "Memuat kota contoh ke registri yang masih kosong (hanya untuk uji coba)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=float, default=1.0, help="1 = 55.000 keluarga; 0 = tidak memuat apa-apa"
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, scale: float, seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Data contoh tidak dimuat pada pemasangan yang sesungguhnya.")
        if scale < 0:
            raise CommandError(f"SCALE tidak boleh negatif: {scale:g}.")
        load = start(scale=scale, seed=seed)
        if load is None:
            self.stdout.write("Tidak ada data contoh yang dimuat.")
        else:
            self.stdout.write(f"Data contoh: {load.get_state_display()}.")
