"""Writes the roles of permissions.py to the Groups; `--check` only says whether they differ."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tangerang_poverty.accounts import roles


class Command(BaseCommand):
    help = (
        "Menyamakan peran di basis data dengan tabel peran; --check hanya memeriksa (keluar 1 bila berbeda)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="periksa saja, jangan ubah apa pun")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = roles.differences() if check else roles.sync()
        for sentence in found:
            self.stdout.write(sentence)
        if check and found:
            raise CommandError(f"{len(found)} perbedaan; jalankan sync_roles.", returncode=1)
        self.stdout.write("Peran sudah sama." if not found else f"{len(found)} perbedaan diperbaiki.")
