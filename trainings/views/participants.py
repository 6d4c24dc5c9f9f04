"""One participant: from the registration to the result, and the withdrawal."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Refused
from trainings.actions import enrolments as actions
from trainings.forms import WithdrawForm
from trainings.lifecycle import ENROLMENT_MOVES
from trainings.models import Enrolment, Promotion
from trainings.reports import cohort as reports


def _enrolment(request: HttpRequest, pk: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(request.user).select_related(
        "person__household__area",
        "household",
        "cohort__area__parent",
        "cohort__programme__course",
        "cohort__programme__wave",
        "registered_by",
        "decided_by",
        "left_by",
    )
    enrolment: Enrolment = get_object_or_404(rows, pk=pk)
    return enrolment


@never_cache
@require_safe
@needs(Can.VIEW_TRAININGS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the participant stands, what the registry says, and everything that was done."""
    enrolment = _enrolment(request, pk)
    (shown,) = reports.participants(enrolment.cohort, [enrolment], today=timezone.localdate())
    marks = enrolment.attendances.select_related("session").order_by("session__number")
    context = {
        "participant": shown,
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "marks": marks,
        "promotions": enrolment.promotions.select_related("seen_by"),
        "certificates": enrolment.certificates.order_by("-pk"),
        "changes": changes_of(enrolment),
        "may_withdraw": enrolment.state in ENROLMENT_MOVES["withdraw"].from_,
    }
    return render(request, "trainings/enrolment.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.WITHDRAW_PARTICIPANTS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a participant off with the reason; says who got the seat."""
    enrolment = _enrolment(request, pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            promotion = actions.withdraw(
                enrolment, **form.cleaned_data, by=cast(User, request.user), today=timezone.localdate()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            said = f"{enrolment.person} dicatat mundur."
            if promotion is not None:
                said += f" Kursi {promotion.seat} kini untuk {promotion.enrolment.person}; beri tahu yang bersangkutan."
            messages.success(request, said)
            return redirect(enrolment.cohort)
    context = {"form": form, "enrolment": enrolment, "cohort": enrolment.cohort}
    return render(request, "trainings/withdraw.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Can.REGISTER_PARTICIPANTS)
def tick_off(request: HttpRequest, pk: int) -> HttpResponse:
    """The person who got a seat has been told."""
    rows = Promotion.objects.visible_to(request.user).select_related("enrolment__cohort")
    promotion = get_object_or_404(rows, pk=pk)
    actions.tick_off(promotion, by=cast(User, request.user))
    return redirect(promotion.enrolment.cohort)
