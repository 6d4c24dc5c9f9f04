"""The list of families: search, filters, pages, and the workbook of what is filtered."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households import exports
from households.actions import find_by_identity
from households.columns import PAGE_COLUMNS, page_rows, page_values
from households.filter_form import FilterForm
from households.reports.listing import COUNTED_UP_TO, families, members_found, similar, total
from households.reports.quality import CHECKS, people_concerned
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.identifiers import may_hold_number, number_in
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Refused

PAGE_SIZE = 50
NOT_A_NUMBER = "NIK dan nomor KK terdiri atas 16 angka. Periksa angka yang diketik, lalu cari sekali lagi."


@never_cache
@require_safe
@needs(Can.VIEW_HOUSEHOLDS)
def registry(request: HttpRequest) -> HttpResponse:
    """The families within the user's area that fit the filters in the address."""
    user = cast(User, request.user)
    form = FilterForm(request.GET, user=user)
    filters = form.filters()
    today = timezone.localdate()
    found = families(filters, user=user, today=today)
    page = keyset_page(
        page_values(found.for_list()), order=filters.order, size=PAGE_SIZE, cursor=request.GET.get("hal", "")
    )
    shown = [row["id"] for row in page.items]
    members = members_found(shown, filters.search) if filters.search else {}
    concerned = people_concerned(filters.quality, shown, today=today) if filters.quality else {}
    context = {
        "form": form,
        "filters": filters,
        "columns": PAGE_COLUMNS,
        "rows": page_rows(page.items, members=members, concerned=concerned),
        "page": page,
        "total": total(filters, found, user=user),
        "counted_up_to": COUNTED_UP_TO,
        "check": CHECKS.get(filters.quality),
        "similar": similar(filters, user=user) if filters.search and not page.items else [],
        "number_in_address": may_hold_number(request.GET.get("cari", "")),
        "query": _query(request.GET.dict()),
        "chips": [
            (words, f"?{_query({**request.GET.dict(), name: ''})}") for name, words in form.in_words().items()
        ],
    }
    return render(request, "households/list.html", context)


@never_cache
@require_POST
@needs(Can.VIEW_HOUSEHOLDS)
def search(request: HttpRequest) -> HttpResponseBase:
    """Takes the search form: a NIK or KK number is looked up here, so that it never stands in an address."""
    typed = request.POST.get("cari", "")
    number = number_in(typed)
    if not number:
        if may_hold_number(typed):
            messages.warning(request, NOT_A_NUMBER)
        return redirect(f"{reverse('households:list')}?{_query(request.POST.dict())}")
    found = find_by_identity(number, by=cast(User, request.user))
    if len(found) == 1:
        return redirect("households:detail", pk=found[0].pk)
    form = FilterForm({}, user=cast(User, request.user))
    return render(request, "households/identity_search.html", {"found": found, "form": form})


@require_POST
@needs(Can.EXPORT_HOUSEHOLDS)
def export(request: HttpRequest) -> HttpResponseBase:
    """The workbook of the families that the address filters: at once when short, else in the background."""
    asked = request.GET.dict()
    params = {key: asked[key] for key in asked if key in FilterForm.base_fields}
    if may_hold_number(params.get("cari", "")):
        del params["cari"]  # what is asked for in the background is kept
    with_identities = "nik" in request.POST
    try:
        return exports.respond(request, params=params, with_identities=with_identities)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('households:list')}?{_query(params)}")


def _query(values: dict[str, str]) -> str:
    """The filters that are set, as they stand in an address; never a NIK or KK number."""
    names = FilterForm.base_fields
    kept = {name: values[name].strip() for name in names if values.get(name, "").strip()}
    if may_hold_number(kept.get("cari", "")):
        del kept["cari"]
    if kept.get("urut") == "wilayah":
        del kept["urut"]
    return urlencode(kept)
