"""The lists of work with grants: reports that are late, nearly due or to be examined, and instalments to be paid."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kub import recap_exports
from kub.reports import worklists
from kub.views.recap import PAGE_SIZE, area_of
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.pages import keyset_page


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def reports(request: HttpRequest) -> HttpResponse:
    """The reports of one kind (?keadaan=) inside the reader's area or one within it (?wilayah=), first due first."""
    kind, area, today = _kind(request), area_of(request, cast(User, request.user)), timezone.localdate()
    rows = worklists.reports(kind, area, today=today)
    cursor = request.GET.get("hal", "")
    page = keyset_page(
        worklists.with_names(rows), order=worklists.REPORT_ORDER, size=PAGE_SIZE, cursor=cursor
    )
    title, says = worklists.REPORTS[kind]
    context = {
        "kind": kind,
        "kinds": [(word, label, word == kind) for word, (label, _) in worklists.REPORTS.items()],
        "title": title,
        "says": says,
        "area": area,
        "page": page,
        "lines": worklists.report_lines(page.items, today=today),
        "total": rows.order_by().count(),
    }
    return render(request, "kub/reports.html", context)


@require_POST
@needs(Can.EXPORT_GROUPS)
def reports_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a workbook."""
    area = area_of(request, cast(User, request.user))
    return recap_exports.respond_reports(request, kind=_kind(request), area=area, today=timezone.localdate())


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("keadaan", "") or worklists.LATE
    if kind not in worklists.REPORTS:
        raise Http404("No such list.")
    return kind


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def payable(request: HttpRequest) -> HttpResponse:
    """The instalments that are open to be paid; without those that this reader has to leave to somebody else."""
    rows = worklists.payable(cast(User, request.user))
    page = keyset_page(
        worklists.payable_with_names(rows),
        order=worklists.PAYABLE_ORDER,
        size=PAGE_SIZE,
        cursor=request.GET.get("hal", ""),
    )
    context = {"page": page, "total": worklists.sum_of(rows)}
    return render(request, "kub/payable.html", context)
