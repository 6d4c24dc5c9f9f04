"""Work on an import that ended badly leaves the batch where people can go on, with a sentence that says how."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from households.imports.stage import refuse
from households.lifecycle import move
from households.models import ImportBatch
from tangerang_poverty.kit.problems import Problem

State = ImportBatch.State
ATTEMPTS = 2  # the first one, and one more after a restart
KILLED_CHECK = Problem(
    "check_killed",
    "Pemeriksaan berkas ini sudah dua kali terhenti di tengah jalan, sehingga tidak dicoba lagi dengan sendirinya. "
    "Bila komputernya memang dimatikan waktu itu, unggah berkas yang sama sekali lagi. Bila tidak, buka di Excel, "
    "salin tabelnya ke buku kerja baru atau bagi menjadi beberapa berkas, lalu unggah.",
)
KILLED_WORK = Problem(
    "work_killed",
    "Pekerjaan ini sudah dua kali terhenti di tengah jalan, sehingga tidak dicoba lagi dengan sendirinya. "
    "Registri tidak berubah. Ulangi langkahnya; bila terhenti lagi, minta pengelola sistem melihat catatan pekerja.",
)
FAILED_WORK = Problem(
    "work_failed",
    "Pekerjaan ini terhenti karena kesalahan yang tidak terduga. Registri tidak berubah. Ulangi langkahnya; bila "
    "terhenti lagi, minta pengelola sistem melihat catatan pekerja.",
)
logger = logging.getLogger("berdikari.imports")


def attempt(work: Callable[[int], None], batch_id: int) -> None:
    """Apply a batch or take it back. Whatever goes wrong, the batch does not stay busy without anybody at it."""
    ImportBatch.objects.filter(pk=batch_id).update(attempts=F("attempts") + 1)
    try:
        work(batch_id)
    except Exception:  # the outermost place in a worker: nothing above could tell the people who wait
        logger.exception("Import %s: %s ended with an error.", batch_id, work.__name__)
        _hand_back(ImportBatch.objects.get(pk=batch_id), FAILED_WORK)


def gave_up(batch: ImportBatch) -> bool:
    """Ends work that was killed as often as it may be; False leaves it to be taken up again."""
    if batch.state == State.UPLOADED or batch.attempts < ATTEMPTS:
        return False
    logger.error("Import %s is not taken up again: its worker was killed %s times.", batch.pk, batch.attempts)
    if batch.state == State.STAGING:
        refuse(batch, (KILLED_CHECK,))
    else:
        _hand_back(batch, KILLED_WORK)
    return True


@transaction.atomic
def _hand_back(batch: ImportBatch, problem: Problem) -> None:
    """To where the step was asked for; does nothing when the work was finished or is another's by now."""
    reason = [{"code": problem.code, "message": problem.message}]
    if batch.state == State.APPLYING:
        move(batch, "hand_back", applied_at=None, applied_by=None, refusal=reason)
    elif batch.state == State.UNDOING:
        move(batch, "keep", undone_at=None, undone_by=None, undo_reason="", refusal=reason)
