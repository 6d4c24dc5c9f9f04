"""The timetable of a cohort: its sessions with how far they are recorded; made, changed and deleted."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions import sessions as actions
from trainings.attendance_forms import SessionForm, SessionsForm
from trainings.lifecycle import CohortState
from trainings.models import Session
from trainings.reports import attendance as reports
from trainings.views.cohorts import own_cohort


def own_session(request: HttpRequest, pk: int) -> Session:
    """The session inside the reader's area, with its cohort and programme; 404 for any other."""
    rows = Session.objects.visible_to(request.user).select_related(
        "cohort__programme__course", "cohort__programme__wave", "cohort__area__parent"
    )
    session: Session = get_object_or_404(rows, pk=pk)
    own_cohort(request, session.cohort_id)  # a draft's is not for everybody
    return session


@never_cache
@require_safe
@needs(Can.VIEW_TRAININGS)
def timetable(request: HttpRequest, pk: int) -> HttpResponse:
    """When the cohort meets, and how far the attendance is recorded."""
    cohort = own_cohort(request, pk)
    lines = reports.timetable(cohort, today=timezone.localdate())
    due = [line for line in lines if line.is_due and not line.is_complete]
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "lines": lines,
        "due": due[0] if due and cohort.state == CohortState.RUNNING else None,
    }
    return render(request, "trainings/timetable.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_SESSIONS)
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Several sessions at once."""
    cohort = own_cohort(request, pk)
    form = SessionsForm(request.POST or None, cohort=cohort)
    if form.is_valid():
        try:
            made = actions.make_sessions(
                cohort,
                form.meeting,
                weekdays=form.cleaned_data["weekdays"],
                number=form.cleaned_data["number"],
                by=cast(User, request.user),
                accept_warnings=form.accepts_warnings,
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            first, last = made[0].held_on, made[-1].held_on
            days = long_date(first) if first == last else f"{long_date(first)} sampai {long_date(last)}"
            messages.success(request, f"{len(made)} pertemuan dibuat: {days}.")
            return redirect("trainings:timetable", pk=cohort.pk)
    return _answer(request, form, "trainings/sessions_make.html", cohort=cohort)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_SESSIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, hour, place, instructor or topic of one session."""
    session = own_session(request, pk)
    form = SessionForm(request.POST or None, session=session)
    if form.is_valid():
        try:
            changed = actions.change_session(
                session,
                form.meeting,
                seen=form.cleaned_data["seen"],
                by=cast(User, request.user),
                today=timezone.localdate(),
                accept_warnings=form.accepts_warnings,
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"Pertemuan {long_date(changed.held_on)} tersimpan.")
            return redirect("trainings:timetable", pk=session.cohort_id)
    return _answer(request, form, "trainings/session_form.html", cohort=session.cohort, session=session)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_SESSIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what will be deleted, and deletes it."""
    session, problems = own_session(request, pk), tuple[Problem, ...]()
    if request.method == "POST":
        try:
            actions.delete_session(session, seen=request.POST.get("seen", ""), by=cast(User, request.user))
        except Refused as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"Pertemuan {long_date(session.held_on)} dihapus dari jadwal.")
            return redirect("trainings:timetable", pk=session.cohort_id)
    context = {
        "session": session,
        "cohort": session.cohort,
        "programme": session.cohort.programme,
        "seen": actions.version_of(session),
        "marked": session.attendances.count(),
        "problems": problems,
    }
    return render(request, "trainings/session_delete.html", context, status=422 if problems else 200)


def _answer(
    request: HttpRequest, form: SessionForm | SessionsForm, template: str, **context: object
) -> HttpResponse:
    cohort = context["cohort"]
    context |= {"form": form, "programme": cohort.programme}  # type: ignore[attr-defined]
    refused = bool(form.errors or form.warnings)
    return render(request, template, context, status=422 if refused else 200)
