"""Verification of a cohort's participants, beside the registry, several at once."""

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
from tangerang_poverty.kit.text import visible
from trainings.actions import verification as actions
from trainings.models import Cohort
from trainings.reports import cohort as reports
from trainings.views.cohorts import own_cohort

LONGEST_KEY = 15  # digits
UNKNOWN = Problem("unknown_step", "Pilih Terima, Tolak, atau Periksa lagi.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VERIFY_PARTICIPANTS)
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, refuse with a reason, or take an acceptance back; what is refused by the rules stays chosen."""
    cohort, today = own_cohort(request, pk), timezone.localdate()
    chosen = _chosen(request.POST.getlist("peserta"))
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _decide(request, cohort, chosen))
        except Refused as refusal:
            problems = refusal.problems
        else:
            return redirect("trainings:verify", pk=cohort.pk)
    rows = reports.participants(cohort, reports.seated(cohort), today=today)
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "participants": rows,
        "line": reports.line(cohort, today=today),
        "chosen": chosen,
        "problems": problems,
        "reason": request.POST.get("alasan", ""),
        "to_verify": sum(row.enrolment.state == "registered" for row in rows),
    }
    return render(request, "trainings/verify.html", context, status=422 if problems else 200)


def _chosen(posted: list[str]) -> set[int]:
    """The keys that were ticked. What is none becomes one that nobody has, so that the action refuses it."""
    return {
        int(value) if value.isascii() and value.isdigit() and len(value) <= LONGEST_KEY else 0
        for value in posted
    }


def _decide(request: HttpRequest, cohort: Cohort, chosen: set[int]) -> str:
    """Takes the step whose button was pressed; gives what to say about it."""
    by, today, step = cast(User, request.user), timezone.localdate(), request.POST.get("langkah", "")
    if step == "terima":
        return f"{actions.accept(cohort, chosen, by=by, today=today)} peserta diterima."
    if step == "tolak":
        reason = visible(request.POST.get("alasan", ""))[:250]
        return f"{actions.refuse(cohort, chosen, by=by, reason=reason, today=today)} peserta ditolak."
    if step == "periksa-lagi":
        return f"{actions.reconsider(cohort, chosen, by=by)} peserta diperiksa lagi."
    raise Refused(UNKNOWN)
