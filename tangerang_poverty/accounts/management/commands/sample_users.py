"""Makes one sample sign-in for each role, prints them, or takes them away; never in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tangerang_poverty.accounts import samples
from tangerang_poverty.areas.models import Area


class Command(BaseCommand):
    help = "Membuat akun contoh, satu untuk setiap peran (bukan untuk produksi); --print, --remove."
    requires_system_checks = []  # --remove must run where the check refuses to start

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--print", action="store_true", help="cetak akun contoh yang ada")
        group.add_argument("--remove", action="store_true", help="hapus atau kunci semua akun contoh")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            deleted, locked = samples.remove()
            self.stdout.write(f"{deleted} akun contoh dihapus, {locked} dikunci karena masih punya catatan.")
            return
        if settings.PRODUCTION:
            raise CommandError("Akun contoh tidak boleh ada di mode produksi.")
        if options["print"]:
            self._print(samples.read())
            return
        if not Area.objects.exists():
            raise CommandError("Wilayah belum ada; jalankan load_areas lebih dahulu.")
        logins = samples.make()
        self.stdout.write(f"{len(logins)} akun contoh siap; lihat dengan sample_users --print.")

    def _print(self, logins: list[samples.Login]) -> None:
        if not logins:
            raise CommandError("Belum ada akun contoh; jalankan sample_users.")
        rows = [("Peran", "Wilayah", "Nama pengguna", "Kata sandi")]
        rows += [(login.role, login.area, login.username, login.password) for login in logins]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
