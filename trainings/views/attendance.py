"""Attendance: one session on a phone, by tap; the whole cohort at a desk, by keyboard. Both save the same cells."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions import attendance as actions
from trainings.actions.attendance import Cell
from trainings.attendance_forms import posted_cells
from trainings.models import Attendance, Cohort
from trainings.reports import attendance as reports
from trainings.views.cohorts import own_cohort
from trainings.views.sessions import own_session


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VIEW_TRAININGS)
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody by every session; who may mark attendance fills it in, all others read it."""
    cohort, cells = own_cohort(request, pk), posted_cells(request.POST)
    problems = _save(request, cohort, cells) if request.method == "POST" else ()
    if request.method == "POST" and not problems:
        return redirect("trainings:attendance", pk=cohort.pk)
    typed = {cell.key: cell.mark for cell in cells if cell.mark != cell.seen}
    found = reports.grid(cohort, today=timezone.localdate(), typed=typed, problems=problems)
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "grid": found,
        "may_mark": found.is_open and request.user.has_perm(Can.MARK_ATTENDANCE),
        "corrections": reports.corrections(found.sessions),
        "problems": problems,
    }
    return render(request, "trainings/attendance.html", context, status=422 if problems else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MARK_ATTENDANCE)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One session on a phone: four big buttons for each person. `semua` fills the blanks, to be looked at and saved."""
    session = own_session(request, pk)
    cohort, cells = session.cohort, posted_cells(request.POST)
    typed = {cell.key: cell.mark for cell in cells if cell.mark != cell.seen}
    fills, problems = "semua" in request.POST, tuple[Problem, ...]()
    if request.method == "POST" and not fills:
        problems = _save(request, cohort, cells)
        if not problems:
            return redirect("trainings:session_sheet", pk=session.pk)
    today = timezone.localdate()
    found = reports.grid(cohort, today=today, only=session, typed=typed, problems=problems)
    if fills:
        blank = {
            f"{session.pk}-{row.enrolment.pk}": Attendance.Mark.PRESENT.value
            for row in found.rows
            if not row.cells[0].shown
        }
        found = reports.grid(cohort, today=today, only=session, typed=blank | typed)
    context = {
        "session": session,
        "cohort": cohort,
        "programme": cohort.programme,
        "grid": found,
        "marks": Attendance.Mark.choices,
        "blank": found.counts.get("", 0),
        "unsaved": fills,
        "corrections": reports.corrections([session]),
        "problems": problems,
    }
    return render(request, "trainings/session_sheet.html", context, status=422 if problems else 200)


def _save(request: HttpRequest, cohort: Cohort, cells: list[Cell]) -> tuple[Problem, ...]:
    """Saves the cells and says so; gives what was refused."""
    try:
        saved = actions.save_marks(cohort, cells, by=cast(User, request.user), today=timezone.localdate())
    except Refused as refusal:
        return refusal.problems
    parts = [f"{saved.added} kehadiran dicatat"] if saved.added else []
    parts += [f"{saved.corrected} dikoreksi"] if saved.corrected else []
    messages.success(request, f"{', '.join(parts)}." if parts else "Tidak ada yang berubah.")
    return ()
