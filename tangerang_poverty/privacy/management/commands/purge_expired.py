"""Removes what may be kept no longer: downloads after a day, ended sessions. For a daily cron job."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from tangerang_poverty.privacy import exports


class Command(BaseCommand):
    help = "Menghapus unduhan yang lewat sehari dan sesi yang sudah berakhir (untuk cron harian)."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = exports.purge(now=timezone.now())
        call_command("clearsessions")
        self.stdout.write(f"{removed} unduhan dihapus; sesi yang berakhir dibersihkan.")
