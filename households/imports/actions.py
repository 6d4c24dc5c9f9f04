"""What people do with an import: upload, hand on, apply, stop, resume, discard, take back."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from households.imports import recovery, reports, tasks
from households.imports.apply import apply
from households.imports.layouts import LAYOUTS
from households.imports.stage import stage
from households.imports.undo import undo, undo_blockers
from households.imports.workbench import has_worker
from households.lifecycle import MOVED_MEANWHILE, move
from households.models import (
    ImportBatch,
    ImportFile,
    ImportProgress,
    StagedHousehold,
    StagedPerson,
    StagedProblem,
    Wave,
)
from households.rules import reason_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Unreadable, open_tables

__all__ = [
    "SameFile",
    "apply",
    "apply_problems",
    "discard_batch",
    "is_at_work",
    "request_apply",
    "request_undo",
    "resume_batch",
    "resume_interrupted",
    "stage",
    "stop_batch",
    "submit_batch",
    "undo",
    "undo_blockers",
    "upload_batch",
    "withdraw_batch",
]

State = ImportBatch.State
logger = logging.getLogger("berdikari.imports")


@dataclass(frozen=True, slots=True)
class SameFile(Problem):
    """The same bytes were uploaded before; `batch_id` is the import that has them."""

    batch_id: int = 0


def upload_batch(
    *,
    wave: Wave,
    files: Sequence[File[Any]],
    layout: str = "",
    by: User,
    is_sample: bool = False,
    in_background: bool = True,
) -> ImportBatch:
    """Keep one or two files for a wave and have them read in the background. Raises Refused, PermissionDenied.

    With `in_background` False the caller reads them itself with `stage`.

    Refused is what shows without reading rows: no spreadsheet, encrypted, damaged, too large, the same file again.
    """
    require(by, Can.UPLOAD_IMPORT)
    _require_whole_city(by)
    if layout and layout not in LAYOUTS:
        raise Refused(Problem("unknown_layout", "Tata letak yang dipilih tidak dikenal.", "layout"))
    if not files:
        raise Refused(Problem("no_file", "Pilih berkas yang akan diimpor.", "files"))
    sums = [_checked(file) for file in files]
    _refuse_same(sums)
    kept: list[ImportFile] = []
    done = False
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(wave=wave, layout=layout, uploaded_by=by, is_sample=is_sample)
            ImportProgress.objects.create(batch=batch)
            for position, (file, digest) in enumerate(zip(files, sums, strict=True), start=1):
                kept.append(_keep(batch, file, digest, position))
            if in_background:
                transaction.on_commit(partial(tasks.stage_batch.enqueue, batch.pk))
        done = True
    except IntegrityError:
        _refuse_same(sums)  # somebody uploaded it at the same moment
        raise
    finally:
        if not done:
            for row in kept:
                row.file.delete(save=False)
    return batch


def _require_whole_city(by: User) -> None:
    if by.area_id != settings.CITY_CODE:
        raise PermissionDenied("An import concerns the whole city.")


def _checked(file: File[Any]) -> str:
    """SHA-256 of a file that is not too large."""
    name, limit = Path(file.name or "berkas").name, settings.IMPORT_MAX_UPLOAD_BYTES
    if file.size > limit:
        raise Refused(
            Problem(
                "too_large",
                f"Berkas {name} lebih besar dari {limit // 1024**2} MB; bagi menjadi beberapa berkas.",
            )
        )
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _refuse_same(sums: Sequence[str]) -> None:
    if len(set(sums)) < len(sums):
        raise Refused(Problem("same_file", "Kedua berkas yang dipilih sama isinya."))
    first = ImportFile.objects.filter(sha256__in=sums, is_live=True).select_related("batch").first()
    if first is not None:
        message = (
            f"Berkas yang sama sudah diunggah sebagai {first.batch} ({first.batch.get_state_display()})."
        )
        raise Refused(SameFile("same_file", message, "files", batch_id=first.batch_id))


def _keep(batch: ImportBatch, file: File[Any], digest: str, position: int) -> ImportFile:
    name = Path(file.name or "berkas").name[-200:]
    row = ImportFile(batch=batch, position=position, name=name, size=file.size, sha256=digest)
    row.file.save(f"{digest[:32]}{Path(name).suffix[:8].lower()}", file, save=False)
    readable = False
    try:
        open_tables(Path(row.file.path), filename=name, max_unpacked_bytes=settings.IMPORT_MAX_UNPACKED_BYTES)
        row.save()
        readable = True
    except Unreadable as unreadable:
        raise Refused(unreadable.problem) from unreadable
    finally:
        if not readable:
            row.file.delete(save=False)
    return row


@transaction.atomic
def submit_batch(batch: ImportBatch, *, by: User) -> None:
    """Hand a staged batch on to whoever applies it. Raises Refused when nothing in it can be applied."""
    if batch.state == State.STAGED:
        _refuse_nothing(batch)
    move(batch, "submit", by=by, submitted_at=timezone.now(), submitted_by=by)


@transaction.atomic
def withdraw_batch(batch: ImportBatch, *, by: User) -> None:
    """Take the handing on back, to look once more."""
    move(batch, "withdraw", by=by, submitted_at=None, submitted_by=None)


def _refuse_nothing(batch: ImportBatch) -> None:
    if not reports.writable(batch.summary):
        raise Refused(Problem("nothing_to_apply", "Tidak ada satu baris pun yang dapat diterapkan."))


def request_apply(
    batch: ImportBatch, *, by: User, second_pair: bool = False, in_background: bool = True
) -> None:
    """Have a submitted batch written to the registry. Raises Refused, PermissionDenied.

    The one who applies is another than who uploaded and submitted, unless a setting allows the same or
    `second_pair` says that somebody else looks on (the operator at the shell).
    """
    require(by, Can.APPLY_IMPORT)
    _require_whole_city(by)
    if not second_pair and (problems := apply_problems(batch, by=by)):
        raise Refused(problems)
    _refuse_nothing(batch)
    try:
        with transaction.atomic():
            afresh = {"attempts": 0, "refusal": []}
            move(batch, "apply", by=by, applied_at=timezone.now(), applied_by=by, **afresh)
            _enqueue(batch, tasks.apply_batch if in_background else None)
    except IntegrityError as clash:
        raise _busy_wave(batch) from clash


def apply_problems(batch: ImportBatch, *, by: User) -> list[Problem]:
    """Why this person may not apply this batch: it takes a second one, unless a setting allows the same."""
    same = by.pk in (batch.uploaded_by_id, batch.submitted_by_id)
    if not same or settings.IMPORT_SAME_PERSON_MAY_APPLY:
        return []
    message = "Impor harus diterapkan oleh orang lain, bukan oleh yang mengunggah atau mengajukan."
    return [Problem("same_person", message)]


def _busy_wave(batch: ImportBatch) -> Refused:
    return Refused(
        Problem(
            "wave_busy", f"Gelombang {batch.wave} sedang diolah oleh impor lain; coba lagi setelah selesai."
        )
    )


def _enqueue(batch: ImportBatch, task: Any) -> None:
    ImportProgress.objects.filter(batch=batch).update(
        phase="", done=0, total=0, stop_requested=False, started_at=None, updated_at=timezone.now()
    )
    if task is not None:
        transaction.on_commit(partial(task.enqueue, batch.pk))


@transaction.atomic
def stop_batch(batch: ImportBatch, *, by: User) -> None:
    """Ask the worker to stop reading; what it has read so far is dropped, the file stays and can be resumed."""
    require(by, Can.UPLOAD_IMPORT)
    if batch.state not in (State.UPLOADED, State.STAGING):
        raise Refused(MOVED_MEANWHILE)
    ImportProgress.objects.filter(batch=batch).update(stop_requested=True)
    if batch.state == State.STAGING and not is_at_work(batch):
        move(batch, "stop", by=by)


RESUMED: dict[str, tuple[Can, Any]] = {
    State.UPLOADED: (Can.UPLOAD_IMPORT, tasks.stage_batch),
    State.STAGING: (Can.UPLOAD_IMPORT, tasks.stage_batch),
    State.APPLYING: (Can.APPLY_IMPORT, tasks.apply_batch),
    State.UNDOING: (Can.UNDO_IMPORT, tasks.undo_batch),
}


@transaction.atomic
def resume_batch(batch: ImportBatch, *, by: User) -> None:
    """Go on with work that was stopped or whose worker died. Raises Refused while a worker is at it."""
    if batch.state not in RESUMED:
        raise Refused(MOVED_MEANWHILE)
    needed, task = RESUMED[batch.state]
    require(by, needed)
    if is_at_work(batch):
        raise Refused(Problem("at_work", "Impor ini sedang dikerjakan; tunggu sampai selesai."))
    _enqueue(batch, task)


def resume_interrupted() -> list[ImportBatch]:
    """Enqueue all work without a worker; called before the workers start.

    Left out is what somebody stopped, and what has killed its worker before: that would go on for ever.
    """
    resumed = []
    for batch in ImportBatch.objects.filter(state__in=RESUMED, is_sample=False).select_related(
        "progress", "wave"
    ):
        stopped = batch.state == State.UPLOADED and batch.progress.stop_requested
        if stopped or is_at_work(batch):
            continue
        try:
            if not recovery.gave_up(batch):
                with transaction.atomic():
                    _enqueue(batch, RESUMED[batch.state][1])
                resumed.append(batch)
        except (Refused, OSError):
            # Moved meanwhile, or its file cannot be removed: the product starts all the same.
            logger.exception("Import %s was not taken up again.", batch.pk)
    return resumed


def discard_batch(batch: ImportBatch, *, by: User) -> None:
    """Throw an import away that was not applied: its rows and its files go, the line in the list stays."""
    if is_at_work(batch):
        raise Refused(Problem("at_work", "Impor ini sedang dikerjakan; hentikan dahulu."))
    files = list(batch.files.all())
    with transaction.atomic():
        move(batch, "discard", by=by)
        batch.files.update(is_live=False)
        for model in (StagedProblem, StagedPerson, StagedHousehold):
            rows = model._default_manager.filter(batch=batch)
            rows._raw_delete(rows.db)
    for file in files:
        file.file.delete(save=False)


def request_undo(batch: ImportBatch, *, by: User, reason: str, in_background: bool = True) -> None:
    """Have an applied batch taken back as a whole. Raises Refused with everything that depends on it."""
    require(by, Can.UNDO_IMPORT)
    _require_whole_city(by)
    problems = reason_problems(reason)
    if batch.state == State.APPLIED:
        problems += undo_blockers(batch)
    if problems:
        raise Refused(problems)
    try:
        with transaction.atomic():
            asked = {"undone_at": timezone.now(), "undone_by": by, "undo_reason": reason.strip()[:250]}
            move(batch, "undo", by=by, attempts=0, refusal=[], **asked)
            _enqueue(batch, tasks.undo_batch if in_background else None)
    except IntegrityError as clash:
        raise _busy_wave(batch) from clash


def is_at_work(batch: ImportBatch) -> bool:
    """Whether a living worker is at the batch; False in a busy state means waiting or interrupted."""
    return has_worker(batch.pk)
