"""Brings earlier trainings in from the shell: reads, judges and, with --apply, applies; prints the counts as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Refused
from trainings.models import PastImport
from trainings.past import actions, reports


class Command(BaseCommand):
    help = "Memasukkan riwayat pelatihan dari satu lembar sebar; hasil hitungannya dicetak sebagai JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="berkas XLSX, XLS, ODS, atau CSV")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="atas nama siapa")
        parser.add_argument("--apply", action="store_true", help="langsung terapkan")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Pengguna {options['by']} tidak ada.")
        if not options["file"].is_file():
            raise CommandError(f"Berkas tidak ditemukan: {options['file']}")
        try:
            with options["file"].open("rb") as handle:
                file = File(handle, name=options["file"].name)
                made = actions.upload(file=file, by=by, today=timezone.localdate())
            new_courses = reports.new_courses(made)
            refused = ""
            if options["apply"]:
                refused = self._apply(made, by)
        except (Refused, PermissionDenied) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(_result(made, new_courses), ensure_ascii=False))
        if refused:
            raise CommandError(refused)

    def _apply(self, made: PastImport, by: User) -> str:
        """Why it could not be applied, or ""."""
        try:
            actions.apply(made, by=by)
        except Refused as refusal:
            made.refresh_from_db()
            return str(refusal)
        return ""


def _result(made: PastImport, new_courses: list[str]) -> dict[str, Any]:
    findings = {one.group.word: one.number for one in reports.counted(made)}
    return {
        "import": made.pk,
        "state": made.state,
        "rows": made.summary["rows"],
        **findings,
        "new_courses": new_courses,
        "notes": made.summary["notes"],
    }
