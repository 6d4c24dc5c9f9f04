"""The papers of groups, proposals, grants and decrees, and their lists as workbooks: each a logged download."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kub import grant_exports, paper_exports
from kub.models import LedgerEntry
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.problems import Refused


@require_POST
@needs(Can.EXPORT_GROUPS)
def paper(request: HttpRequest, name: str, pk: int, form: str) -> HttpResponseBase:
    """One paper, as PDF or Excel; a long annex leads to the page that shows how far it is."""
    kind, by = paper_exports.PAPERS.get(name), cast(User, request.user)
    if kind is None or form not in kind.formats:
        raise Http404
    subject, clear = get_object_or_404(kind.rows(by), pk=pk), "nik" in request.POST
    try:
        if paper_exports.is_long(name, subject, by=by, format_=form):
            asked = paper_exports.ask_annex(subject, by=by, clear=clear)
            return redirect("privacy:export", pk=asked.pk)
        return paper_exports.respond(request, name, subject, clear=clear, format_=form)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_page_of(subject))


@require_POST
@needs(Can.EXPORT_GROUPS)
def proposals(request: HttpRequest) -> HttpResponseBase:
    """The list of proposals as it is filtered, as a workbook."""
    return _list(request, grant_exports.PROPOSALS, "kub:proposals")


@require_POST
@needs(Can.EXPORT_GROUPS)
def grants(request: HttpRequest) -> HttpResponseBase:
    """The list of grants as it is filtered, as a workbook."""
    return _list(request, grant_exports.GRANTS, "kub:grants")


@require_POST
@needs(Can.EXPORT_GROUPS)
def budgets(request: HttpRequest) -> HttpResponseBase:
    """The budget of all years as a workbook."""
    return grant_exports.respond_budgets(request)


def _list(request: HttpRequest, kind: str, page: str) -> HttpResponseBase:
    names = grant_exports.LISTINGS[kind].form.base_fields
    params = {name: request.GET[name] for name in names if request.GET.get(name)}
    if may_hold_number(params.get("cari", "")):
        del params["cari"]  # what is asked for in the background is kept
    try:
        return grant_exports.respond(request, kind, params=params)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse(page)}?{urlencode(params)}")


def _page_of(subject: Any) -> Any:
    return subject.grant if isinstance(subject, LedgerEntry) else subject
