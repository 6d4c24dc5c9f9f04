"""Files with rows of people: small ones at once, long ones built in the background; each one is logged.

A part that offers long downloads registers a builder in its `apps.ready()`:

    exports.register("households", "Daftar keluarga", build_households, Can.EXPORT_HOUSEHOLDS)

and its view calls `exports.ask(kind="households", params={"kelurahan": "36.71.08.1002"}, by=request.user)`
and redirects to `privacy:export`. A builder gives the sheets of a workbook (Content) or PDFs (Papers).
"""

from __future__ import annotations

import tempfile
import zipfile
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
TYPES = {".xlsx": XLSX, ".pdf": "application/pdf", ".zip": "application/zip"}
SAMPLE_PREFIX = "contoh-"
SAMPLE_NOTE = "DATA CONTOH: semua orang dan keluarga di dalam berkas ini rekaan, bukan data sebenarnya."


@dataclass(frozen=True)
class Content:
    """What a builder gives back. Rows may be generators; `total` (rows to come) serves the progress bar."""

    sheets: Sequence[Sheet]
    total: int
    with_identities: bool
    is_sample: bool


@dataclass(frozen=True)
class Stamp:
    """What every paper says of itself: who took it and when; and of a sample, that it is one ("": it is none)."""

    taken: str
    sample: str


PdfWriter = Callable[[Path, Stamp], None]


@dataclass(frozen=True)
class Part:
    """One PDF: its file name without extension, how many people stand in it, and what writes it."""

    name: str
    rows: int
    write: PdfWriter


@dataclass(frozen=True)
class Papers:
    """What a builder of PDFs gives back. A single one is handed out as it is, several together in a ZIP."""

    parts: Sequence[Part]
    with_identities: bool
    is_sample: bool

    @property
    def total(self) -> int:
        return sum(part.rows for part in self.parts)


Builder = Callable[[dict[str, Any], User], Content | Papers]


@dataclass(frozen=True)
class Kind:
    """A registered kind of download. `unit` is what its progress counts."""

    title: str
    builder: Builder
    needs: Can
    unit: str = "baris"


KINDS: dict[str, Kind] = {}


def register(kind: str, title: str, builder: Builder, needs: Can, *, unit: str = "baris") -> None:
    """Makes a kind of download known. `builder(params, by)` must scope its rows by `visible_to(by)`."""
    KINDS[kind] = Kind(title, builder, needs, unit)


@transaction.atomic
def ask(*, kind: str, params: dict[str, Any], by: User, title: str = "") -> Export:
    """Asks for a file; a worker builds it. `params` must be JSON, `title` says more than the kind's own. Raises
    PermissionDenied, or Refused when the asker waits for many already: there is one worker for everybody."""
    from tangerang_poverty.privacy.tasks import build_export

    require(by, KINDS[kind].needs)
    User.objects.select_for_update().get(pk=by.pk)  # of two who press at once the second sees the first
    if Export.objects.asked_by(by).unfinished().count() >= MOST_WAITING:
        raise Refused(TOO_MANY)
    export = Export.objects.create(kind=kind, title=title or KINDS[kind].title, params=params, asked_by=by)
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
        with tempfile.TemporaryDirectory() as folder:
            if isinstance(content, Papers):
                path = _papers(Path(folder), content, by, counter)
            else:
                sheets = [replace(sheet, rows=counter.count(sheet.rows)) for sheet in content.sheets]
                path = Path(folder) / "unduhan.xlsx"
                write_xlsx(path, _with_notes(sheets, export.title, by, content.is_sample))
            _keep(export, path, counter.done, content)
        ready = True
    finally:
        if not ready:
            Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, finished_at=timezone.now())


def _papers(folder: Path, content: Papers, by: User, counter: _Counter) -> Path:
    """The one PDF, or the ZIP of several; each is laid out alone, so that memory holds one at a time."""
    stamp, path = _stamp(by, is_sample=content.is_sample), folder / "unduhan.pdf"
    if len(content.parts) == 1:
        content.parts[0].write(path, stamp)
        counter.add(content.total)
        return path
    bundle = folder / "unduhan.zip"
    with zipfile.ZipFile(bundle, "w") as archive:  # a PDF is packed already
        for part in content.parts:
            part.write(path, stamp)
            archive.write(path, f"{part.name}.pdf")
            counter.add(part.rows)
    return bundle


def _keep(export: Export, path: Path, rows: int, content: Content | Papers) -> None:
    export.state, export.finished_at = Export.State.READY, timezone.now()
    export.area_id = export.asked_by.area_id
    export.rows = export.done = rows
    export.total, export.with_identities = max(content.total, rows), content.with_identities
    name = file_name(slugify(export.title), is_sample=content.is_sample, suffix=path.suffix)
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
    name = Path(str(export.file.name))
    file = export.file.open("rb")
    return FileResponse(file, as_attachment=True, filename=name.name, content_type=TYPES[name.suffix])


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


def respond_pdf(
    request: HttpRequest,
    *,
    title: str,
    filename: str,
    write: PdfWriter,
    rows: int,
    with_identities: bool,
    is_sample: bool,
    what: str = "",
    area_id: str | None = None,
) -> FileResponse:
    """A small PDF at once, logged: the same contract as `respond_xlsx`."""
    by = cast(User, request.user)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unduhan.pdf"
        write(path, _stamp(by, is_sample=is_sample))
        log.record(
            by=by,
            action=AccessLog.Action.DOWNLOAD,
            what=what or title,
            rows=rows,
            with_identities=with_identities,
            area_id=area_id,
        )
        file = path.open("rb")
    name = file_name(filename, is_sample=is_sample, suffix=".pdf")
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[".pdf"])


def purge(*, now: datetime) -> int:
    """Removes exports asked for more than a day ago, with their files; the log keeps who took what."""
    expired = list(Export.objects.filter(asked_at__lt=now - KEPT))
    for export in expired:
        export.file.delete(save=False)
        export.delete()
    return len(expired)


def file_name(name: str, *, is_sample: bool, suffix: str = ".xlsx") -> str:
    """ "keluarga" → "contoh-keluarga-20261124.xlsx"."""
    today = timezone.localdate()
    return f"{SAMPLE_PREFIX if is_sample else ''}{name}-{today:%Y%m%d}{suffix}"


def _with_notes(sheets: Sequence[Sheet], title: str, by: User, is_sample: bool) -> list[Sheet]:
    """The first sheet says what the workbook is, who took it and when, and that a sample is one."""
    stamp = _stamp(by, is_sample=is_sample)
    notes = [title, stamp.taken]
    if stamp.sample:
        notes.insert(0, stamp.sample)
    first, *others = sheets
    return [replace(first, notes=[*notes, *first.notes]), *others]


def _stamp(by: User, *, is_sample: bool) -> Stamp:
    taken = date_format(timezone.localtime(), "j F Y H.i")
    return Stamp(f"Diunduh oleh {by} pada {taken} WIB.", SAMPLE_NOTE if is_sample else "")


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

    def add(self, rows: int) -> None:
        self.done += rows
        Export.objects.filter(pk=self.export.pk).update(done=self.done)
