"""Files with rows of people: small ones at once, long ones built in the background; each one is logged.

A part that offers long downloads registers a builder in its `apps.ready()`:

    exports.register("households", "Daftar keluarga", build_households, Can.EXPORT_HOUSEHOLDS)

and its view calls `exports.ask(kind="households", params={"kelurahan": "36.71.08.1002"}, by=request.user)`
and redirects to `privacy:export`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit import log
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet, write_xlsx
from tangerang_poverty.privacy.models import KEPT, Export

DIRECT_ROWS = 5_000  # up to here a page may answer at once with respond_xlsx
MOST_WAITING = 5  # downloads one person may wait for
TOO_MANY = Problem(
    "too_many_downloads",
    f"Anda masih menunggu {MOST_WAITING} unduhan. Tunggu sampai salah satunya selesai, lalu minta lagi.",
)
PROGRESS_EVERY = 1_000  # rows
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE_PREFIX = "contoh-"
SAMPLE_NOTE = "DATA CONTOH: semua orang dan keluarga di dalam berkas ini rekaan, bukan data sebenarnya."


@dataclass(frozen=True)
class Content:
    """What a builder gives back. Rows may be generators; `total` (rows to come) serves the progress bar."""

    sheets: Sequence[Sheet]
    total: int
    with_identities: bool
    is_sample: bool


Builder = Callable[[dict[str, Any], User], Content]


@dataclass(frozen=True)
class Kind:
    """A registered kind of download."""

    title: str
    builder: Builder
    needs: Can


KINDS: dict[str, Kind] = {}


def register(kind: str, title: str, builder: Builder, needs: Can) -> None:
    """Makes a kind of download known. `builder(params, by)` must scope its rows by `visible_to(by)`."""
    KINDS[kind] = Kind(title, builder, needs)


@transaction.atomic
def ask(*, kind: str, params: dict[str, Any], by: User) -> Export:
    """Asks for a file; a worker builds it. `params` must be JSON. Raises PermissionDenied, or Refused when the
    asker waits for many already: there is one worker for everybody."""
    from tangerang_poverty.privacy.tasks import build_export

    require(by, KINDS[kind].needs)
    User.objects.select_for_update().get(pk=by.pk)  # of two who press at once the second sees the first
    if Export.objects.asked_by(by).unfinished().count() >= MOST_WAITING:
        raise Refused(TOO_MANY)
    export = Export.objects.create(kind=kind, title=KINDS[kind].title, params=params, asked_by=by)
    build_export.enqueue(export.pk)
    return export


def build(export: Export) -> None:
    """Builds the file of an export; the worker calls it. Whatever goes wrong leaves the export failed."""
    kind, by = KINDS[export.kind], export.asked_by
    taken = Export.objects.filter(pk=export.pk, state=Export.State.WAITING).update(state=Export.State.RUNNING)
    if not taken:
        return  # another worker has it, or it is done
    ready = False
    try:
        require(by, kind.needs)
        content = kind.builder(export.params, by)
        Export.objects.filter(pk=export.pk).update(total=content.total)
        counter = _Counter(export)
        sheets = [replace(sheet, rows=counter.count(sheet.rows)) for sheet in content.sheets]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "unduhan.xlsx"
            write_xlsx(path, _with_notes(sheets, export.title, by, content.is_sample))
            _keep(export, path, counter.done, content)
        ready = True
    finally:
        if not ready:
            Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=timezone.now())


def _keep(export: Export, path: Path, rows: int, content: Content) -> None:
    export.state, export.finished_at = Export.State.READY, timezone.now()
    export.area_id = export.asked_by.area_id
    export.rows = export.done = rows
    export.total, export.with_identities = max(content.total, rows), content.with_identities
    name = file_name(slugify(export.title), is_sample=content.is_sample)
    with path.open("rb") as file:
        export.file.save(f"{export.pk}/{name}", File(file), save=False)
    export.save()


def hand_out(export: Export, *, to: User) -> FileResponse:
    """The file of a ready export, logged. Raises PermissionDenied for anybody but who asked and still may."""
    if export.asked_by_id != to.pk:
        raise PermissionDenied("Unduhan ini diminta orang lain.")
    if export.area_id != to.area_id:
        raise PermissionDenied("Berkas ini disusun untuk wilayah kerja yang lama.")
    require(to, KINDS[export.kind].needs)
    if export.with_identities:
        require(to, Can.EXPORT_IDENTITIES)
    log.record(
        by=to,
        action=AccessLog.Action.DOWNLOAD,
        what=export.title,
        rows=export.rows,
        with_identities=export.with_identities,
        subject=export,
    )
    file = export.file.open("rb")
    return FileResponse(
        file, as_attachment=True, filename=Path(str(export.file.name)).name, content_type=XLSX
    )


def respond_xlsx(
    request: HttpRequest,
    *,
    title: str,
    filename: str,
    sheets: Sequence[Sheet],
    rows: int,
    with_identities: bool,
    is_sample: bool,
    what: str = "",
    area_id: str | None = None,
) -> FileResponse:
    """A small workbook at once, logged. `filename` without extension; `rows` counts the rows of people in it.

    The caller has checked the permission and scoped the rows. `what` is the log's line (`title` when empty).
    """
    by = cast(User, request.user)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unduhan.xlsx"
        write_xlsx(path, _with_notes(sheets, title, by, is_sample))
        log.record(
            by=by,
            action=AccessLog.Action.DOWNLOAD,
            what=what or title,
            rows=rows,
            with_identities=with_identities,
            area_id=area_id,
        )
        file = path.open("rb")  # stays readable after the folder is gone; the response closes it
    name = file_name(filename, is_sample=is_sample)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def purge(*, now: datetime) -> int:
    """Removes exports asked for more than a day ago, with their files; the log keeps who took what."""
    expired = list(Export.objects.filter(asked_at__lt=now - KEPT))
    for export in expired:
        export.file.delete(save=False)
        export.delete()
    return len(expired)


def file_name(name: str, *, is_sample: bool) -> str:
    """ "keluarga" → "contoh-keluarga-20261124.xlsx"."""
    today = timezone.localdate()
    return f"{SAMPLE_PREFIX if is_sample else ''}{name}-{today:%Y%m%d}.xlsx"


def _with_notes(sheets: Sequence[Sheet], title: str, by: User, is_sample: bool) -> list[Sheet]:
    """The first sheet says what the workbook is, who took it and when, and that a sample is one."""
    taken = date_format(timezone.localtime(), "j F Y H.i")
    notes = [title, f"Diunduh oleh {by} pada {taken} WIB."]
    if is_sample:
        notes.insert(0, SAMPLE_NOTE)
    first, *others = sheets
    return [replace(first, notes=[*notes, *first.notes]), *others]


class _Counter:
    """Counts rows on their way into the file and writes the count to the export now and then."""

    def __init__(self, export: Export) -> None:
        self.export, self.done = export, 0

    def count(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        for row in rows:
            self.done += 1
            if self.done % PROGRESS_EVERY == 0:
                Export.objects.filter(pk=self.export.pk).update(done=self.done)
            yield row
