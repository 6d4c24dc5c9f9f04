"""The budget by year and account code, closed years, and the lines that proposals of a kind begin with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kub import line_forms
from kub.actions import budgets as actions
from kub.line_forms import Row
from kub.models import BusinessKind, FiscalYear
from kub.proposal_forms import NoteForm
from kub.reports import budgets as reports
from kub.views.shared import NOT_SAVED, reader, sees_the_city
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Problem, Refused


@require_safe
@needs(Can.VIEW_GROUPS)
def index(request: HttpRequest) -> HttpResponse:
    """One year (?tahun=, else the last one) by account code, and all years beside each other."""
    years = list(FiscalYear.objects.select_related("closed_by").order_by("-year"))
    year = _asked(request.GET.get("tahun", ""), years)
    found = reports.accounts()
    links = sees_the_city(request.user)
    rows = reports.rows_of_year(found, year.year, links=links) if year else []
    context = {
        "year": year,
        "rows": rows,
        "total": reports.total(rows),
        "years": reports.rows_by_year(found, years, links=links),
        "may_manage": _may_manage(request),
    }
    return render(request, "kub/budgets.html", context)


def _asked(text: str, years: list[FiscalYear]) -> FiscalYear | None:
    if not text:
        return years[0] if years else None
    found = next((year for year in years if str(year.year) == text), None)
    if found is None:
        raise Http404("No such year.")
    return found


def _may_manage(request: HttpRequest) -> bool:
    return request.user.has_perm(Can.MANAGE_KUB_BUDGET.value) and sees_the_city(request.user)


@require_safe
@needs(Can.VIEW_GROUPS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its figures, the kinds of business it went to, and how its sum was changed."""
    account = reports.account(pk)
    if account is None:
        raise Http404("No such account.")
    budget, money = account
    links = sees_the_city(request.user)
    grants_url = reports.grants_url(rekening=budget.pk)
    context = {
        "budget": budget,
        "figures": reports.figures(money, grants_url if links else ""),
        "grants_url": grants_url,
        "kinds": reports.by_kind(budget, links=links),
        "changes": changes_of(budget, parts=False),
        "may_manage": _may_manage(request),
    }
    return render(request, "kub/budget.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_KUB_BUDGET)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Close the books of a year, or open them again; with the reason."""
    found = get_object_or_404(FiscalYear.objects.select_related("closed_by"), pk=year)
    form = NoteForm(request.POST or None, label="Alasan", required=True)
    if form.is_valid():
        act = actions.reopen_year if found.is_closed else actions.close_year
        try:
            act(found, reason=form.cleaned_data["note"], by=reader(request))
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"Tahun {found} {'dibuka lagi' if found.is_closed else 'ditutup'}.")
            return redirect(f"{reports.budgets_url(found.year)}")
    context = {"year": found, "form": form, "open_work": reports.open_work(found)}
    return render(request, "kub/year.html", context, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_KUB_BUDGET)
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines that proposals of a kind of business begin with."""
    kind = get_object_or_404(BusinessKind, pk=pk)
    posted = request.method == "POST"
    recorded = line_forms.with_spare(line_forms.rows_of(kind.template.all()))
    rows = line_forms.posted_rows(request.POST) if posted else recorded
    problems: list[Problem] = []
    if request.POST.get("langkah") == "simpan":
        problems = line_forms.problems_of(rows) or _save_template(request, kind, rows)
        if not problems:
            messages.success(request, f"Contoh RAB {kind} tersimpan.")
            return redirect("kub:template", pk=kind.pk)
    elif request.POST.get("langkah") == "tambah":
        rows = line_forms.with_spare(rows)
    told = not posted or any(problem.code == "changed_meanwhile" for problem in problems)
    context = {
        "kind": kind,
        "rows": rows,
        "problems": problems,
        "total": line_forms.total(rows),
        "seen": actions.template_version(kind) if told else request.POST.get("seen", ""),
    }
    return render(request, "kub/template.html", context, status=NOT_SAVED if problems else 200)


def _save_template(request: HttpRequest, kind: BusinessKind, rows: list[Row]) -> list[Any]:
    try:
        drafts = line_forms.drafts_of(rows)
        actions.save_template(kind, drafts, by=reader(request), seen=request.POST.get("seen", ""))
    except Refused as refusal:
        return list(refusal.problems)
    return []


@require_safe
@needs(Can.MANAGE_KUB_BUDGET)
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of business with their ceilings and how many lines their proposals begin with."""
    return render(request, "kub/kinds.html", {"rows": reports.kinds()})
