"""What the pages of the import wizard show, gathered from a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from households import lifecycle
from households.imports import actions, reports
from households.imports.problem_labels import OF_SHEETS, label_of
from households.models import ImportBatch, Verdict
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_datetime
from tangerang_poverty.kit.problems import Problem

State = ImportBatch.State
STARTING = timedelta(minutes=1)  # a worker needs a moment to take an import up
FIRST_ROWS = 6
FIRST_AREAS = 6
WITHOUT_AREA = "tanpa"  # value of ?wilayah= for the households whose kelurahan is not known
VERDICT_KINDS = {Verdict.NEW: "info", Verdict.CHANGED: "", Verdict.SAME: "good", Verdict.REJECTED: "bad"}
VERDICT_REMARKS = {
    Verdict.NEW: "belum ada di registri",
    Verdict.CHANGED: "ada, isinya berbeda",
    Verdict.SAME: "tidak ada yang berubah",
    Verdict.REJECTED: "harus diperbaiki",
}
# The words in the address of a move, by its name in the lifecycle.
MOVE_WORDS = {
    "stop": "hentikan",
    "submit": "ajukan",
    "withdraw": "tarik",
    "apply": "terapkan",
    "undo": "batalkan",
    "discard": "buang",
}


@dataclass(frozen=True)
class Step:
    title: str
    remark: str
    state: str  # done, now or ""


@dataclass(frozen=True)
class Button:
    """One thing the reader may do next; `reason` says why not yet."""

    word: str
    label: str
    primary: bool
    reason: str = ""


def detail(batch: ImportBatch, *, user: Any) -> dict[str, Any]:
    """Everything of the page of one import."""
    checked = bool(batch.staged_at) and batch.state not in (State.UPLOADED, State.STAGING)
    problems = _problems(batch) if checked else []
    context = {
        "batch": batch,
        "layout_label": reports.layout_label(batch),
        "checked": checked,
        "buttons": _buttons(batch, user=user),
        "may_undo": batch.state == State.APPLIED and user.has_perm(Can.UNDO_IMPORT),
        "blockers": actions.undo_blockers(batch) if _may_undo(batch, user) else [],
        **progress(batch, user=user),
    }
    if checked:
        areas = reports.by_kelurahan(batch)
        homes = reports.households_page(batch, verdict=Verdict.REJECTED, size=FIRST_ROWS).items
        people = reports.people_page(batch, verdict=Verdict.REJECTED, at_fault=True, size=FIRST_ROWS).items
        context |= {
            "verdicts": _verdicts(batch),
            "shares": _shares(batch),
            "errors": [problem for problem in problems if problem["is_error"]],
            "notes": [problem for problem in problems if not problem["is_error"]],
            "sheet_notes": batch.summary.get("notes", []),
            "areas": [_area_row(batch, row) for row in areas[:FIRST_AREAS]],
            "all_areas": [_area_row(batch, row) for row in areas[FIRST_AREAS:]],
            "first_rows": _first_rows(batch),
            "rejected_rows": [*homes[: max(FIRST_ROWS // 2, FIRST_ROWS - len(people))], *people][:FIRST_ROWS],
            "rejected_count": _rejected(batch),
            "keeps_rows": batch.state not in (State.UNDONE, State.DISCARDED),
        }
    return context


def progress(batch: ImportBatch, *, user: Any) -> dict[str, Any]:
    """The progress card: how far, how long still, whether anybody is at it and whether the reader may go on."""
    at, now = batch.progress, timezone.now()
    working = batch.is_busy and actions.is_at_work(batch)
    stopped = batch.state == State.UPLOADED and at.stop_requested and not working
    interrupted = batch.is_busy and not working and not stopped and _interrupted(batch, now=now)
    stands_still = stopped or interrupted
    return {
        "batch": batch,
        "at": at,
        "steps": _steps(batch, interrupted=interrupted),
        "working": working,
        "stopped": stopped,
        "interrupted": interrupted,
        "may_resume": stands_still and user.has_perm(actions.RESUMED[batch.state][0]),
        "remaining": _remaining(at.done, at.total, at.started_at, now=now) if working else "",
    }


def _interrupted(batch: ImportBatch, *, now: datetime) -> bool:
    """Whether a busy batch without a worker has lost it; one that nobody began may wait behind another import."""
    at = batch.progress
    if (at.updated_at or batch.uploaded_at) > now - STARTING:
        return False
    others = ImportBatch.objects.filter(state__in=ImportBatch.BUSY_STATES).exclude(pk=batch.pk)
    return at.started_at is not None or not any(actions.is_at_work(other) for other in others)


def rows(batch: ImportBatch, query: QueryDict) -> dict[str, Any]:
    """One page of staged rows: ?lembar=anggota|keluarga, ?hasil=verdict, ?masalah=code, ?wilayah=code, ?hal=cursor."""
    people = query.get("lembar") == "anggota"
    verdict = query.get("hasil", "") if query.get("hasil", "") in Verdict.values else ""
    problem, area = (query.get(name, "").replace("\0", "") for name in ("masalah", "wilayah"))
    cursor = query.get("hal", "")
    if people:
        page = reports.people_page(batch, verdict=verdict, problem=problem, cursor=cursor)
    else:
        inside = None if not area else "" if area == WITHOUT_AREA else area
        page = reports.households_page(batch, verdict=verdict, problem=problem, area=inside, cursor=cursor)
    named = next((one for one in reports.by_problem(batch) if one.code == problem), None)
    return {
        "batch": batch,
        "page": page,
        "rows": page.items,
        "people": people,
        "verdict": Verdict(verdict).label if verdict else "",
        "problem": label_of(problem, is_error=named.is_error, example=named.example) if named else "",
        "tabs": _tabs(query, people=people),
    }


def _tabs(query: QueryDict, *, people: bool) -> list[dict[str, Any]]:
    made = []
    for word, label, current in (("keluarga", "Rumah tangga", not people), ("anggota", "Anggota", people)):
        address = query.copy()
        address.pop("hal", None)
        address["lembar"] = word
        made.append({"label": label, "url": f"?{address.urlencode()}", "current": current})
    return made


def _rows_url(batch: ImportBatch, **params: str) -> str:
    query = QueryDict(mutable=True)
    query.update(params)
    return f"{reverse('households:import_rows', args=[batch.pk])}?{query.urlencode()}"


def _steps(batch: ImportBatch, *, interrupted: bool) -> list[Step]:
    order = [State.UPLOADED, State.STAGING, State.STAGED, State.SUBMITTED, State.APPLYING, State.APPLIED]
    refused = batch.state == State.REFUSED
    reached = order.index(State.STAGING) if refused else _reached(batch, order)
    at_it = "terputus" if interrupted else "sedang berjalan"
    apply_remark = "oleh orang kedua"
    if batch.state == State.APPLYING:
        apply_remark = at_it
    elif batch.applied_at:
        apply_remark = _who(batch.applied_by, batch.applied_at)
    check = "ditolak" if refused else at_it if batch.is_busy else "baca berkas baris demi baris"
    review = "baca masalah, unduh yang ditolak"
    return [
        Step("Unggah", _who(batch.uploaded_by, batch.uploaded_at), "done"),
        Step(
            "Periksa",
            long_datetime(timezone.localtime(batch.staged_at)) if batch.staged_at else check,
            _standing(1, 2, reached),
        ),
        Step(
            "Tinjau",
            _who(batch.submitted_by, batch.submitted_at) if batch.submitted_at else review,
            _standing(2, 3, reached),
        ),
        Step("Terapkan", apply_remark, _standing(3, 5, reached)),
    ]


def _reached(batch: ImportBatch, order: list[State]) -> int:
    """How far a batch came, as a place in `order`; one taken back or thrown away by what it had."""
    if batch.state in order:
        return order.index(State(batch.state))
    if batch.applied_at:
        return order.index(State.APPLIED)
    return order.index(State.STAGED if batch.staged_at else State.UPLOADED)


def _standing(begins: int, done_at: int, reached: int) -> str:
    if reached >= done_at:
        return "done"
    return "now" if reached >= begins or (begins == 1 and reached == 0) else ""


def _who(user: Any, at: datetime | None) -> str:
    return f"{user}, {long_datetime(timezone.localtime(at))}" if at else str(user)


def _verdicts(batch: ImportBatch) -> list[dict[str, Any]]:
    keeps = batch.state in (State.STAGED, State.SUBMITTED)
    return [
        {
            "kind": VERDICT_KINDS[Verdict(count.verdict)],
            "label": count.label,
            "remark": VERDICT_REMARKS[Verdict(count.verdict)],
            "households": count.households,
            "people": count.people,
            "url": _rows_url(batch, hasil=count.verdict)
            if count.households and (keeps or count.verdict == Verdict.REJECTED)
            else "",
            "people_url": _rows_url(batch, hasil=count.verdict, lembar="anggota")
            if count.people and (keeps or count.verdict == Verdict.REJECTED)
            else "",
        }
        for count in reports.by_verdict(batch)
    ]


def _shares(batch: ImportBatch) -> list[dict[str, Any]]:
    """The bar of verdicts: start and width in percent of all households."""
    counts = reports.by_verdict(batch)
    total = sum(count.households for count in counts)
    at, shares = 0.0, []
    for count in counts:
        width = 100 * count.households / total if total else 0
        shares.append(
            {"verdict": count.verdict, "label": count.label, "x": f"{at:.2f}", "width": f"{width:.2f}"}
        )
        at += width
    return shares if total else []


def _problems(batch: ImportBatch) -> list[dict[str, Any]]:
    found = reports.by_problem(batch)
    most = {
        flag: max((one.count for one in found if one.is_error == flag), default=1) for flag in (True, False)
    }
    return [
        {
            "label": label_of(one.code, is_error=one.is_error, example=one.example),
            "count": one.count,
            "is_error": one.is_error,
            "width": f"{100 * one.count / most[one.is_error]:.1f}",
            "url": ""
            if one.code in OF_SHEETS
            else _rows_url(batch, masalah=one.code, lembar="anggota" if one.on_people else "keluarga"),
        }
        for one in found
    ]


def _area_row(batch: ImportBatch, row: reports.AreaCount) -> dict[str, Any]:
    name = f"{row.area}, {row.area.parent}" if row.area else "Kelurahan tidak dikenal"
    return {
        "name": name,
        "url": _rows_url(batch, wilayah=row.area.code if row.area else WITHOUT_AREA),
        "row": row,
    }


def _first_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """The first households of each verdict, while the rows are still staged."""
    if batch.state not in (State.STAGED, State.SUBMITTED):
        return []
    found = []
    for verdict in (Verdict.NEW, Verdict.CHANGED, Verdict.SAME):
        rows = reports.households_page(batch, verdict=verdict, size=FIRST_ROWS).items
        if rows:
            found.append({"label": verdict.label, "rows": rows, "url": _rows_url(batch, hasil=verdict.value)})
    return found


def _rejected(batch: ImportBatch) -> int:
    return sum(
        batch.summary.get(level, {}).get(Verdict.REJECTED.value, 0) for level in ("households", "people")
    )


def _may_undo(batch: ImportBatch, user: Any) -> bool:
    return batch.state == State.APPLIED and user.has_perm(Can.UNDO_IMPORT)


def _buttons(batch: ImportBatch, *, user: Any) -> list[Button]:
    """The moves of this state that the reader's role allows; undoing has a form of its own."""
    made = []
    for move in lifecycle.moves_from(batch.state):
        if move.name == "undo" or move.needs is None or not user.has_perm(move.needs):
            continue
        primary = move.name in ("submit", "apply")
        reason = "; ".join(problem.message for problem in _against(batch, move.name, user))
        made.append(Button(MOVE_WORDS[move.name], move.label, primary, reason))
    return made


def _against(batch: ImportBatch, name: str, user: Any) -> list[Problem]:
    if name in ("submit", "apply") and not reports.writable(batch.summary):
        return [Problem("nothing", "Tidak ada satu baris pun yang dapat diterapkan.")]
    return actions.apply_problems(batch, by=user) if name == "apply" else []


def _remaining(done: int, total: int, started_at: datetime | None, *, now: datetime) -> str:
    """ "sekitar 20 detik lagi", from the speed so far; "" while that says nothing yet."""
    if not started_at or not total or done < total / 50:
        return ""
    seconds = (now - started_at).total_seconds() * (total - done) / done
    if seconds < 60:
        return f"sekitar {max(5, 5 * round(seconds / 5))} detik lagi"
    return f"sekitar {round(seconds / 60)} menit lagi"
