"""`manage.py check_ledger`: whether the books of the grants balance; fails and names what does not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kub.reports import books


class Command(BaseCommand):
    help = "Compares totals, states and duties of all grants with the entries, steps and receipts they come from."

    def handle(self, *args: Any, **options: Any) -> None:
        found = books.differences()
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"Buku hibah tidak seimbang: {len(found)} selisih.")
        grants, entries = books.size()
        self.stdout.write(f"Buku hibah seimbang: {grants} hibah, {entries} baris.")
