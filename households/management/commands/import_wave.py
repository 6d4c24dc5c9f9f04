"""Imports a wave from the shell: reads, judges and, with --apply, writes it; prints the counts as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from households.imports import actions, reports
from households.imports.layouts import LAYOUTS
from households.models import ImportBatch, Wave
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Refused


class Command(BaseCommand):
    help = "Mengimpor satu gelombang dari lembar sebar; hasil hitungannya dicetak sebagai JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="satu berkas, atau dua untuk PBDT 2015"
        )
        parser.add_argument("--wave", required=True, help="kode gelombang, misalnya PPLS2011")
        parser.add_argument(
            "--layout", default="", choices=["", *LAYOUTS], help="tata letak, bila salah dikenali"
        )
        parser.add_argument("--by", required=True, metavar="USERNAME", help="atas nama siapa")
        parser.add_argument(
            "--apply", action="store_true", help="langsung terapkan; operator berlaku sebagai orang kedua"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._import(options)
        except (Refused, PermissionDenied) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(_result(batch), ensure_ascii=False))
        if batch.state == ImportBatch.State.REFUSED:
            raise CommandError(" ".join(reason["message"] for reason in batch.refusal))
        if options["apply"] and not reports.writable(batch.summary):
            raise CommandError(f"{batch}: tidak ada satu baris pun yang dapat diterapkan.")
        if options["apply"] and batch.state != ImportBatch.State.APPLIED:
            raise CommandError(f"{batch}: {batch.get_state_display()}.")

    def _import(self, options: dict[str, Any]) -> ImportBatch:
        wave, by = (
            Wave.objects.filter(code=options["wave"]).first(),
            User.objects.filter(username=options["by"]).first(),
        )
        if wave is None:
            known = ", ".join(Wave.objects.values_list("code", flat=True))
            raise CommandError(f"Gelombang {options['wave']} tidak dikenal. Yang dikenal: {known}.")
        if by is None:
            raise CommandError(f"Pengguna {options['by']} tidak ada.")
        missing = [str(path) for path in options["files"] if not path.is_file()]
        if missing:
            raise CommandError(f"Berkas tidak ditemukan: {', '.join(missing)}")
        handles = [path.open("rb") for path in options["files"]]
        try:
            files = [
                File(handle, name=path.name) for handle, path in zip(handles, options["files"], strict=True)
            ]
            batch = actions.upload_batch(
                wave=wave, files=files, layout=options["layout"], by=by, in_background=False
            )
        finally:
            for handle in handles:
                handle.close()
        self.stderr.write(f"{batch}: memeriksa …")
        actions.stage(batch.pk)
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.STAGED and options["apply"] and reports.writable(batch.summary):
            actions.submit_batch(batch, by=by)
            actions.request_apply(batch, by=by, second_pair=True, in_background=False)
            self.stderr.write(f"{batch}: menerapkan …")
            actions.apply(batch.pk)
            batch.refresh_from_db()
        return batch


def _result(batch: ImportBatch) -> dict[str, Any]:
    problems: dict[str, int] = {}
    for code, _on_people, count, *_ in batch.summary.get("problems", []):
        problems[code] = problems.get(code, 0) + count
    return {
        "batch": batch.pk,
        "wave": batch.wave.code,
        "layout": batch.layout,
        "state": batch.state,
        "households": batch.summary.get("households", {}),
        "people": batch.summary.get("people", {}),
        "problems": problems,
        "refusal": batch.refusal,
    }
