"""A cohort: its participants, those who wait, what is next; its seats and its place."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Refused
from trainings.actions import cohorts as actions
from trainings.forms import CohortForm
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Cohort, Promotion
from trainings.reports import cohort as reports
from trainings.reports.programme import counts_of


def own_cohort(request: HttpRequest, pk: int) -> Cohort:
    """The cohort inside the reader's area, with its programme; 404 for any other."""
    cohort: Cohort = get_object_or_404(Cohort.objects.visible_to(request.user).for_list(), pk=pk)
    return cohort


@never_cache
@require_safe
@needs(Can.VIEW_TRAININGS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The cohort as a whole: seats, participants with what the registry says today, the waiting list."""
    cohort, today = own_cohort(request, pk), timezone.localdate()
    gone = cohort.enrolments.filter(state__in=(EnrolmentState.WITHDRAWN, EnrolmentState.REFUSED))
    context = {
        "cohort": cohort,
        "programme": cohort.programme,
        "counts": counts_of([cohort])[cohort.pk],
        "participants": reports.participants(cohort, reports.seated(cohort), today=today),
        "line": reports.line(cohort, today=today),
        "gone": gone.select_related("person").order_by("-left_at", "-decided_at"),
        "promotions": Promotion.objects.unseen()
        .filter(enrolment__cohort=cohort)
        .select_related("enrolment__person"),
        "registers": cohort.programme.registers_on(today) and cohort.state == CohortState.OPEN,
        **cohort.sessions.aggregate(sessions=Count("pk"), recorded=Count("recorded_at")),
    }
    return render(request, "trainings/cohort.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_SESSIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Seats, place and instructor."""
    cohort = own_cohort(request, pk)
    form = CohortForm(request.POST or None, cohort=cohort)
    if form.is_valid():
        try:
            actions.change_cohort(
                cohort, **form.cleaned_data, by=cast(User, request.user), today=timezone.localdate()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Perubahan angkatan tersimpan.")
            return redirect(cohort)
    context = {"form": form, "cohort": cohort, "programme": cohort.programme}
    return render(request, "trainings/cohort_form.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Can.MANAGE_SESSIONS)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """The course begins."""
    cohort = own_cohort(request, pk)
    try:
        actions.start_cohort(cohort, by=cast(User, request.user))
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, "Pelatihan dimulai.")
    return redirect(cohort)
