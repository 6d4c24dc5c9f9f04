"""The list of families as a workbook: exactly what is filtered, masked unless the role may see identities."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from households.columns import SHEET_COLUMNS, sheet_rows
from households.filter_form import FilterForm
from households.models import SampleLoad
from households.models.registry import HouseholdQuerySet
from households.reports.listing import families
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports

KIND = "households"
TITLE = "Daftar keluarga"
DIRECT_ROWS = 2_000  # more is built in the background


def respond(request: HttpRequest, *, params: dict[str, str], with_identities: bool) -> HttpResponseBase:
    """The workbook at once, or a redirect to the page that shows how far it is."""
    by: User = request.user  # type: ignore[assignment]
    if with_identities:
        require(by, Can.EXPORT_IDENTITIES)
    rows, notes = _asked(params, by)
    number = rows.order_by()[: DIRECT_ROWS + 1].count()
    if number > DIRECT_ROWS:
        asked = exports.ask(kind=KIND, params={**params, "with_identities": with_identities}, by=by)
        return redirect("privacy:export", pk=asked.pk)
    return exports.respond_xlsx(
        request,
        title=TITLE,
        filename="keluarga",
        sheets=[_sheet(rows, notes, with_identities=with_identities)],
        rows=number,
        with_identities=with_identities,
        is_sample=SampleLoad.objects.exists(),
        what="; ".join([TITLE, *notes]),
    )


def build(params: dict[str, Any], by: User) -> exports.Content:
    """For `privacy.exports`: the same workbook, its rows streamed while they are written."""
    with_identities = bool(params.get("with_identities"))
    if with_identities:
        require(by, Can.EXPORT_IDENTITIES)
    rows, notes = _asked({key: value for key, value in params.items() if key != "with_identities"}, by)
    return exports.Content(
        sheets=[_sheet(rows, notes, with_identities=with_identities)],
        total=rows.order_by().count(),
        with_identities=with_identities,
        is_sample=SampleLoad.objects.exists(),
    )


def _asked(params: dict[str, Any], by: User) -> tuple[HouseholdQuerySet, list[str]]:
    form = FilterForm(params, user=by)
    filters = form.filters()
    rows = families(filters, user=by, today=timezone.localdate())
    return rows.for_list().order_by(*filters.order), list(form.in_words().values()) or ["Tanpa saringan"]


def _sheet(rows: HouseholdQuerySet, notes: list[str], *, with_identities: bool) -> Sheet:
    hidden = [] if with_identities else ["NIK dan nomor KK disamarkan."]
    return Sheet(
        name="Keluarga",
        header=[column.header for column in SHEET_COLUMNS],
        rows=sheet_rows(rows, with_identities=with_identities),
        notes=[*notes, *hidden],
    )
