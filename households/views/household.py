"""One family: its page, its history, and the opening of a NIK or KK number."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from households.actions import reveal_identity
from households.forms import RevealForm
from households.imports.side_by_side import compare
from households.models import Household, Person
from households.reports.household import family_page
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Refused

HISTORY_SHOWN = 500


@never_cache
@require_safe
@needs(Can.VIEW_HOUSEHOLDS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The family with its members, what each wave said of it, and its way through the years."""
    family = get_object_or_404(Household.objects.visible_to(request.user).for_page(), pk=pk)
    changes = changes_of(family, limit=HISTORY_SHOWN)
    context = {
        "family": family,
        "page": family_page(family, changes, today=timezone.localdate()),
        "comparison": compare(family.records.all()),
        "changes": changes,
    }
    return render(request, "households/detail.html", context)


@never_cache
@require_safe
@needs(Can.VIEW_HOUSEHOLDS)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every change of the family and its people, with old and new values, who and why."""
    family = get_object_or_404(
        Household.objects.visible_to(request.user).select_related("area__parent"), pk=pk
    )
    changes = changes_of(family, limit=HISTORY_SHOWN)
    return render(
        request,
        "households/history.html",
        {
            "family": family,
            "changes": changes,
            "limit": HISTORY_SHOWN if len(changes) == HISTORY_SHOWN else 0,
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Can.REVEAL_IDENTITY)
def reveal(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Asks for a reason, then shows the numbers once; never kept by the browser, always in the log."""
    people = Person.objects.visible_to(request.user).select_related("household__area")
    person = get_object_or_404(people, pk=person_pk, household=pk)
    form = RevealForm(request.POST or None)
    identity = None
    if form.is_valid():
        try:
            identity = reveal_identity(person, by=cast(User, request.user), reason=form.reason)
        except Refused as refusal:
            form.show(refusal)
    template = "households/_reveal.html" if "HX-Request" in request.headers else "households/reveal.html"
    context = {"person": person, "family": person.household, "form": form, "identity": identity}
    return render(request, template, context)
