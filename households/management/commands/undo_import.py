"""Takes an applied import back from the shell, when nothing depends on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from households.imports import actions
from households.models import ImportBatch
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Refused


class Command(BaseCommand):
    help = "Membatalkan satu impor yang sudah diterapkan, seluruhnya."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, metavar="BATCH", help="nomor impor")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="atas nama siapa")
        parser.add_argument("--reason", default="Dibatalkan dari baris perintah", help="alasan pembatalan")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        by = User.objects.filter(username=options["by"]).first()
        if batch is None:
            raise CommandError(f"Impor #{options['batch']} tidak ada.")
        if by is None:
            raise CommandError(f"Pengguna {options['by']} tidak ada.")
        try:
            actions.request_undo(batch, by=by, reason=options["reason"], in_background=False)
        except (Refused, PermissionDenied) as error:
            raise CommandError(str(error)) from error
        actions.undo(batch.pk)
        batch.refresh_from_db()
        if batch.state != ImportBatch.State.UNDONE:
            raise CommandError(f"{batch}: {batch.get_state_display()}.")
        self.stdout.write(f"{batch} dibatalkan.")
