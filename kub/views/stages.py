"""The stage of a group: the checklist of the stage above, and the way one stage up or down."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kub.actions import stages as actions
from kub.models import Group
from kub.reports import stages as reports
from kub.stages import next_stage, stage_below
from kub.views.visits import NOT_SAVED, own_group
from kub.visit_forms import StageForm
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.SET_STAGE)
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """What has to be met for the stage above, what the records answer, and the decisions there were."""
    group, today = own_group(request, pk), timezone.localdate()
    initial = {"decided_on": today, "seen": group.stage, "to": next_stage(group.stage) or group.stage}
    form = StageForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _decide(request, group, form):
        return redirect("kub:stage", pk=group.pk)
    group = own_group(request, pk)
    context = {
        "group": group,
        "form": form,
        "above": next_stage(group.stage),
        "below": stage_below(group.stage),
        "lines": form.lines(reports.checklist(group, today=today)),
        "decisions": reports.decisions(group),
    }
    return render(request, "kub/stage.html", context, status=NOT_SAVED if form.errors else 200)


def _decide(request: HttpRequest, group: Group, form: StageForm) -> bool:
    """Whether the group has another stage by now; why not is in the form."""
    group.stage = form.cleaned_data["seen"]  # what the reader saw when they decided
    try:
        review = actions.set_stage(
            group,
            to=form.cleaned_data["to"],
            vouched=form.ticked,
            note=form.cleaned_data["note"],
            decided_on=form.cleaned_data["decided_on"],
            by=cast(User, request.user),
            today=timezone.localdate(),
        )
    except Refused as refusal:
        form.show(refusal)
        return False
    messages.success(request, f"{group} kini pada tahap {review.get_to_stage_display().lower()}.")
    return True
