"""Enqueues again what was interrupted: imports whose worker died, and the loading of the sample."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from households.imports.actions import resume_interrupted
from households.sample.load import resume


class Command(BaseCommand):
    help = "Melanjutkan pekerjaan latar yang terputus (dipanggil sebelum pekerja dijalankan)."

    def handle(self, *args: Any, **options: Any) -> None:
        if resume():  # the sample's own imports go on with it
            self.stdout.write("Pemuatan data contoh dilanjutkan.")
        for batch in resume_interrupted():
            self.stdout.write(f"{batch} dilanjutkan.")
