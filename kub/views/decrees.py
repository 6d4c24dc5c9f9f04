"""Decrees: the list, a new one, and one with the results of its meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kub.actions.decisions import make_decree
from kub.actions.meetings import record_results
from kub.grant_forms import MEETING_OUTCOMES, DecreeForm, chosen, posted_results
from kub.models import Decree
from kub.reports import decrees as reports
from kub.views.shared import NOT_SAVED, reader
from tangerang_poverty.accounts.guards import needs, require
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Problem, Refused

PAGE_SIZE = 50


@require_safe
@needs(Can.VIEW_GROUPS)
def index(request: HttpRequest) -> HttpResponse:
    """The decrees, the latest first, with what each gave inside the reader's area."""
    user = reader(request)
    page = keyset_page(
        reports.with_sums(user),
        order=("-decided_on", "-id"),
        size=PAGE_SIZE,
        cursor=request.GET.get("hal", ""),
    )
    return render(request, "kub/decrees.html", {"page": page, "waiting": reports.waiting_number(user)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_PROPOSALS)
def new(request: HttpRequest) -> HttpResponse:
    """The number and date of a decree; its decisions follow on its own page."""
    form = DecreeForm(request.POST or None)
    if form.is_valid():
        try:
            decree = make_decree(Decree(**form.cleaned_data), by=reader(request), today=timezone.localdate())
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{decree} tersimpan. Catat hasil rapatnya di bawah.")
            return redirect(decree)
    return render(request, "kub/decree_form.html", {"form": form}, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VIEW_GROUPS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decree: what it gave, and for who decides, what still waits for the meeting's result."""
    decree = get_object_or_404(Decree.objects.select_related("year"), pk=pk)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        require(request.user, Can.DECIDE_PROPOSALS)
        try:
            approved, refused = _record(request, decree)
        except Refused as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"Hasil rapat tersimpan: {approved} disetujui, {refused} ditolak.")
            return redirect(decree)
    context = _context(request, decree) | {"problems": problems}
    return render(request, "kub/decree.html", context, status=NOT_SAVED if problems else 200)


def _record(request: HttpRequest, decree: Decree) -> tuple[int, int]:
    proposals = reports.named(chosen(request.POST), user=reader(request))
    budget = next(
        (one for one in reports.budgets_of(decree) if str(one.pk) == request.POST.get("anggaran")), None
    )
    return record_results(decree, posted_results(request.POST, proposals), budget=budget, by=reader(request))


def _context(request: HttpRequest, decree: Decree) -> dict[str, Any]:
    user = reader(request)
    grants = reports.grants_of(decree, user=user)
    may_decide = user.has_perm(Can.DECIDE_PROPOSALS.value) and not decree.year.is_closed
    waiting = reports.with_choices(reports.waiting(decree, user=user), request.POST) if may_decide else []
    return {
        "decree": decree,
        "grants": grants,
        "total_asked": sum(grant.proposal.amount for grant in grants),
        "total_decided": sum(grant.decided for grant in grants),
        "refused": reports.refused_of(decree, user=user),
        "may_decide": may_decide,
        "waiting": waiting,
        "waiting_total": sum(one.proposal.amount for one in waiting),
        "budgets": reports.budgets_of(decree) if may_decide else [],
        "chosen_budget": request.POST.get("anggaran", ""),
        "outcomes": MEETING_OUTCOMES,
    }
