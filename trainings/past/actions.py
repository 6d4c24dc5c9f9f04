"""What people do with a spreadsheet of the past: bring it in, say what its courses mean, apply it, take it back.

All of it happens within the request: the office's whole past is a few thousand rows, and the largest file that is
taken (20,000 rows) is read, judged and written in a few seconds by a handful of statements.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.resolver import AreaResolver
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.lifecycle import MOVED_MEANWHILE, PAST_MOVES, PastImportState, take
from trainings.models import Course, Finding, PastImport, PastTraining, Programme, StagedPast
from trainings.past import match
from trainings.past.parse import ReadFile, course_key, course_name, read
from trainings.rules import reason_problems

MAX_BYTES = 10 * 1024 * 1024
LIVE = (PastImportState.STAGED, PastImportState.APPLIED)
MOST_COURSES = 200  # in one file; more is a column of something else, and each would be a line of a form
BATCH = 2_000  # rows for one INSERT
NOTE_LENGTH = 250


@dataclass(frozen=True, slots=True)
class SameFile(Problem):
    """The same bytes were uploaded before; `past_import` is where they are."""

    past_import: int = 0


def upload(*, file: File[Any], by: User, today: date, is_sample: bool = False) -> PastImport:
    """Read a spreadsheet and judge its rows; nothing of it counts yet. Raises Refused, PermissionDenied.

    Refused is what concerns the whole file: not a spreadsheet, too large, wrong columns, the same file again.
    """
    _require(by)
    name = without_numbers(Path(file.name or "berkas").name)[-200:]
    if file.size > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise Refused(
            Problem("too_large", f"Berkas {name} lebih besar dari {most} MB; bagi menjadi beberapa berkas.")
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "berkas"
        with path.open("wb") as kept:
            shutil.copyfileobj(file, kept)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        _refuse_same(digest)
        found = read(path, name, resolve=AreaResolver().resolve, today=today)
    courses = _courses_of(found)
    if len(courses) > MOST_COURSES:
        raise Refused(_too_many_courses(name, len(courses)))
    made = PastImport(
        filename=name,
        size=file.size,
        sha256=digest,
        uploaded_by=by,
        sheets=found.sheets,
        courses=courses,
        summary={"notes": found.notes, "rows": len(found.rows)},
        is_sample=is_sample,
    )
    try:
        with transaction.atomic():
            made.save()
            StagedPast.objects.bulk_create(_staged(made, found), batch_size=BATCH)
            match.judge(made.pk)
            _keep_counts(made)
    except IntegrityError:
        _refuse_same(digest)  # somebody uploaded it at the same moment
        raise
    return made


def map_courses(past_import: PastImport, *, to: Mapping[str, int | None], by: User) -> None:
    """Say which course the names in the file mean, by folded name; None makes a new one. Judges the rows anew."""
    _require(by)
    with transaction.atomic():
        match.hold()
        _lock(past_import, PastImportState.STAGED)
        known = set(Course.objects.values_list("pk", flat=True))
        for course in past_import.courses:
            chosen = to.get(course["key"], course["course"])
            course["course"] = chosen if chosen in known else None
        past_import.save(update_fields=["courses"])
        match.judge(past_import.pk)
        _keep_counts(past_import)


def apply(past_import: PastImport, *, by: User) -> None:
    """Make the rows part of the past, matched with families as far as they are found, in one transaction."""
    _require(by)
    with (
        transaction.atomic(),
        audited(by=by, action="apply_past", note=past_import.filename, past_import=past_import.pk),
    ):
        match.hold()
        _lock(past_import, PastImportState.STAGED)
        past_import.summary["made_courses"] = _make_courses(past_import)
        match.judge(past_import.pk)  # the registry may know more, or less, than when the page was shown
        _keep_counts(past_import)
        if not taken_over(past_import):
            raise Refused(
                Problem("nothing", "Tidak ada baris yang dapat diterapkan; semuanya ditolak atau sudah ada.")
            )
        take(past_import, PAST_MOVES["apply"], by=by, applied_by=by, applied_at=timezone.now())
        match.take_over(past_import.pk, by=by.pk)


def discard(past_import: PastImport, *, by: User) -> None:
    """Throw a file away that was not applied; its line in the list stays."""
    _require(by)
    with transaction.atomic():
        take(past_import, PAST_MOVES["discard"], by=by)
        _drop(past_import.staged.all())


def undo(past_import: PastImport, *, by: User, reason: str) -> None:
    """Take an applied file back as a whole, with what people matched of it by hand and the courses it brought.

    Nothing depends on it: an enrolment does not point to the past, it was only judged by it.
    """
    _require(by)
    if problems := reason_problems(reason):
        raise Refused(problems)
    note = without_numbers(reason.strip())[:NOTE_LENGTH]
    with (
        transaction.atomic(),
        audited(by=by, action="undo_past", note=note, past_import=past_import.pk),
    ):
        match.hold()
        take(
            past_import,
            PAST_MOVES["undo"],
            by=by,
            undone_by=by,
            undone_at=timezone.now(),
            undo_reason=note,
        )
        _drop(past_import.staged.all())
        _drop(PastTraining.objects.filter(past_import=past_import))
        _drop_unused(past_import.summary.get("made_courses", []))


def search_again(*, by: User) -> int:
    """Look once more for the families of all rows that wait; gives how many were found."""
    _require(by)
    with transaction.atomic(), audited(by=by, action="match_past", note="Pencarian ulang"):
        match.hold()
        return match.search_again(by=by.pk)


def taken_over(past_import: PastImport) -> int:
    """Rows of a file that become rows of the past, as its summary counts them."""
    left_out = (Finding.SAME.value, Finding.REJECTED.value)
    findings: dict[str, int] = past_import.summary.get("findings", {})
    return sum(count for finding, count in findings.items() if finding not in left_out)


def _require(by: User) -> None:
    require(by, Can.IMPORT_PAST)
    if by.area_id != settings.CITY_CODE:
        raise PermissionDenied("A spreadsheet of the past concerns the whole city.")


def _refuse_same(digest: str) -> None:
    first = PastImport.objects.filter(sha256=digest, state__in=LIVE).first()
    if first is not None:
        state = first.get_state_display().lower()
        message = f"Berkas yang sama sudah diunggah sebagai {first} ({state})."
        raise Refused(SameFile("same_file", message, "source", past_import=first.pk))


def _too_many_courses(filename: str, count: int) -> Problem:
    return Problem(
        "too_many_courses",
        f"Berkas {filename} menyebut {number(count)} keterampilan yang berbeda, paling banyak {MOST_COURSES}; "
        "periksa kolom keterampilannya.",
    )


def _courses_of(found: ReadFile) -> list[dict[str, Any]]:
    """The courses that good rows name, the most frequent first, with the course of that name where there is one."""
    known = _known_courses()
    courses: dict[str, dict[str, Any]] = {}
    for row in found.rows:
        if not row.is_rejected:
            course = courses.setdefault(
                row.course_key,
                {
                    "key": row.course_key,
                    "text": course_name(row.course_text),
                    "rows": 0,
                    "course": known.get(row.course_key),
                },
            )
            course["rows"] += 1
    return sorted(courses.values(), key=lambda course: (-course["rows"], course["text"]))


def _known_courses() -> dict[str, int]:
    """Courses by folded name; of two that fold alike the older one."""
    known: dict[str, int] = {}
    for pk, name in Course.objects.order_by("pk").values_list("pk", "name"):
        known.setdefault(course_key(name), pk)
    return known


def _staged(made: PastImport, found: ReadFile) -> Iterable[StagedPast]:
    for row in found.rows:
        yield StagedPast(
            past_import=made,
            sheet=row.sheet,
            row=row.row,
            year=row.year,
            course_text=row.course_text,
            course_key=row.course_key,
            area_id=row.area,
            name=row.name,
            name_key=row.name_key,
            nik=row.nik or None,
            nik_usable=row.nik_usable,
            cells=row.cells,
            extra=row.extra,
            problems=row.problems,
            finding=Finding.REJECTED if row.is_rejected else "",
        )


def _keep_counts(past_import: PastImport) -> None:
    rows = StagedPast.objects.filter(past_import=past_import).order_by()
    past_import.summary["findings"] = dict(rows.values_list("finding").annotate(n=Count("id")))
    past_import.save(update_fields=["summary"])


def _make_courses(past_import: PastImport) -> list[int]:
    """Makes the courses that nobody mapped and that did not come to be meanwhile; gives those it made."""
    known, made = _known_courses(), []
    for course in past_import.courses:
        if course["course"] is None:
            course["course"] = known.get(course["key"])
        if course["course"] is None:
            new, is_new = Course.objects.get_or_create(
                name__iexact=course["text"], defaults={"name": course["text"]}
            )
            course["course"] = new.pk
            made += [new.pk] if is_new else []
    past_import.save(update_fields=["courses"])
    return made


def _drop(rows: QuerySet[Any]) -> None:
    """Deletes rows that nothing points to with one statement."""
    rows._raw_delete(rows.db)


def _drop_unused(courses: list[int]) -> None:
    held = list(Course.objects.select_for_update().filter(pk__in=courses).values_list("pk", flat=True))
    used = {
        *Programme.objects.filter(course__in=held).values_list("course", flat=True),
        *PastTraining.objects.filter(course__in=held).values_list("course", flat=True),
    }
    Course.objects.filter(pk__in=set(held) - used).delete()


def _lock(past_import: PastImport, state: str) -> None:
    """Holds the import and reads it anew. Raises Refused when somebody has moved it meanwhile."""
    PastImport.objects.select_for_update().get(pk=past_import.pk)
    past_import.refresh_from_db()
    if past_import.state != state:
        raise Refused(MOVED_MEANWHILE)
