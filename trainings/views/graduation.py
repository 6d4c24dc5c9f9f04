"""Scores and graduation: who would pass and why not, the decision as a whole, and how it is taken back."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions import graduation as actions
from trainings.attendance_forms import GraduationForm, RevokeForm, posted_scores
from trainings.lifecycle import CohortState
from trainings.models import Cohort, Graduation
from trainings.reports import graduation as reports
from trainings.views.cohorts import own_cohort


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_GRADUATION)
def scores(request: HttpRequest, pk: int) -> HttpResponse:
    """The score of each participant."""
    cohort, cells = own_cohort(request, pk), posted_scores(request.POST)
    problems = tuple[Problem, ...]()
    if request.method == "POST":
        try:
            written = actions.save_scores(cohort, cells, by=cast(User, request.user))
        except Refused as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"{written} nilai tersimpan." if written else "Tidak ada yang berubah.")
            return redirect("trainings:scores", pk=cohort.pk)
    typed = {cell.enrolment: cell.score for cell in cells if cell.score != cell.seen}
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "lines": reports.score_lines(cohort, typed=typed, problems=problems),
        "is_open": cohort.state == CohortState.RUNNING,
        "problems": problems,
    }
    return render(request, "trainings/scores.html", context, status=422 if problems else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_GRADUATION)
def graduation(request: HttpRequest, pk: int) -> HttpResponse:
    """Before the decision who would pass, why not, and the form of the report; after it the outcome."""
    cohort, user = own_cohort(request, pk), cast(User, request.user)
    form = GraduationForm(request.POST or None, initial=reports.last_signatory(user=user))
    if form.is_valid():
        try:
            decided = actions.decide(
                cohort, form.report, seen=form.cleaned_data["seen"], by=user, today=timezone.localdate()
            )
        except Refused as refusal:
            form.show(refusal)
            cohort = own_cohort(request, pk)
        else:
            passed = decided.certificates.count()
            messages.success(
                request, f"Kelulusan ditetapkan: {passed} peserta lulus dan mendapat sertifikat."
            )
            return redirect("trainings:graduation", pk=cohort.pk)
    context = {"cohort": cohort, "programme": cohort.programme, "form": form}
    context |= _outcome(cohort) if cohort.state == CohortState.FINISHED else _outlook(cohort, form)
    context["former"] = cohort.graduations.exclude(revoked_at=None).select_related("decided_by", "revoked_by")
    return render(request, "trainings/graduation.html", context, status=422 if form.errors else 200)


def _outlook(cohort: Cohort, form: GraduationForm) -> dict[str, Any]:
    """Before the decision. The form is bound to what the page shows now."""
    today = timezone.localdate()
    standing = reports.standings(cohort)
    seen = reports.version_of(standing)
    form.initial = {**form.initial, "seen": seen, "decided_on": today}
    if form.is_bound:
        form.look_again(seen)
    return {
        "standings": standing,
        "passing": sum(one.passes for one in standing),
        "obstacles": reports.obstacles(cohort, standing, today=today),
    }


def _outcome(cohort: Cohort) -> dict[str, Any]:
    """After the decision; a cohort that was finished without one shows its participants alone."""
    decision = cohort.graduations.filter(revoked_at=None).select_related("decided_by").first()
    results = reports.results(cohort, decision)
    return {
        "decision": decision,
        "results": results,
        "passed": sum(one.enrolment.state == "graduated" for one in results),
        "sessions": cohort.sessions.count(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_GRADUATION)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a decision back with the reason."""
    rows = Graduation.objects.visible_to(request.user).select_related("cohort")
    decision: Graduation = get_object_or_404(rows, pk=pk)
    cohort = own_cohort(request, decision.cohort_id)
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.revoke(decision, by=cast(User, request.user), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(
                request, "Kelulusan dibatalkan; peserta kembali diterima dan sertifikatnya dicabut."
            )
            return redirect("trainings:graduation", pk=cohort.pk)
    context = {"decision": decision, "cohort": cohort, "programme": cohort.programme, "form": form}
    context["certificates"] = decision.certificates.live().count()
    return render(request, "trainings/graduation_revoke.html", context, status=422 if form.errors else 200)
