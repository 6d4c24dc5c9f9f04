"""The dashboard: its page, its map of boundaries and its workbook. Reads only."""

from __future__ import annotations

from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from households.context import sample_notice
from kub.reports import funnel as kub_funnel
from kub.reports import recap as kub_recap
from kub.reports import recap_rows as kub_rows
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard import charts, exports, kub_exports, page
from tangerang_poverty.dashboard.coverage import coverage
from tangerang_poverty.dashboard.figures import Figures, UnknownWave, figures
from tangerang_poverty.dashboard.links import Links, links_for, opens
from tangerang_poverty.dashboard.waiting import waiting_for
from tangerang_poverty.kit.formats import long_datetime
from tangerang_poverty.privacy.exports import respond_xlsx
from trainings.reports import recap, recap_rows

COUNT = "jumlah"  # ?tampil=jumlah colours the map by how many, not by the change


@needs(Can.VIEW_DASHBOARD)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The figures of the reader's area, or of one inside it (?wilayah=), for two waves (?dari=, ?ke=)."""
    user = cast(User, request.user)
    if user.area_id is None:
        return render(request, "dashboard/no_area.html")
    found, links = _read(request)
    context = _frame(found, links, user) | {"waiting": waiting_for(user, today=timezone.localdate())}
    if found.after is None:
        return render(request, "dashboard/empty.html", context)
    return render(
        request,
        "dashboard/home.html",
        context
        | _cards(found, links)
        | _trainings(found, links, user)
        | _groups(found, user)
        | _map(request, found, links),
    )


@needs(Can.VIEW_DASHBOARD)
@require_safe
def boundary_map(request: HttpRequest) -> HttpResponse:
    """The map of real boundaries: a fragment for htmx, else a page of its own. 404 while none are loaded."""
    found, links = _read(request)
    if found.after is None or not found.has_boundaries:
        raise Http404("Batas wilayah belum dimuat.")
    shown = _map(request, found, links)
    cells = {cell.tile.area.code: cell for cell in shown["cells"]}
    city = Area.objects.kelurahan().filter(code__startswith=found.areas[0].code)
    shapes, height = charts.shapes(city.filter(boundary__isnull=False))
    context = _frame(found, links, cast(User, request.user)) | shown
    context |= {"shapes": [(shape, cells[shape.area.code]) for shape in shapes], "height": height}
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, "dashboard/_map.html" if fragment else "dashboard/map.html", context)


@needs(Can.EXPORT_DASHBOARD)
@require_safe
def excel(request: HttpRequest) -> FileResponse:
    """The same figures as a workbook; the log keeps who took it."""
    found, _ = _read(request)
    if found.after is None:
        raise Http404("Belum ada daftar yang diimpor.")
    return respond_xlsx(
        request,
        title=f"Dasbor {found.area.label}",
        filename="dasbor",
        sheets=[*exports.sheets(found), *exports.training_sheets(found), *kub_exports.sheets(found)],
        rows=0,  # of people: none, figures only
        with_identities=False,
        is_sample=sample_notice() is not None,
        area_id=found.area.code,
    )


def _read(request: HttpRequest) -> tuple[Figures, Links]:
    """What the address asks for. 404 for an area outside the reader's and for a wave without rows."""
    user = cast(User, request.user)
    code = request.GET.get("wilayah", "").replace("\0", "") or user.area_id
    area = get_object_or_404(Area.objects.visible_to(user).defer("boundary"), pk=code)
    asked = {key: request.GET[key] for key in ("dari", "ke") if request.GET.get(key)}
    try:
        found = figures(
            area=area,
            now=timezone.localtime(),
            from_code=asked.get("dari", ""),
            to_code=asked.get("ke", ""),
        )
    except UnknownWave as error:
        raise Http404(f"Tidak ada data gelombang {error}.") from error
    return found, links_for(user, asked)


def _frame(found: Figures, links: Links, user: User) -> dict[str, Any]:
    """Head of the page: where I am, what is compared, when it was counted."""
    above = [
        opens(area.label, links.page(area))
        for area in found.areas
        if found.area.code.startswith(area.code) and area.code.startswith(user.area_id or "-")
    ]
    return {
        "figures": found,
        "published": page.published(found),
        "change_url": links.page(found.area),
        "crumbs": above[:-1],
        "calculated": long_datetime(found.calculated_at),
        "excel_url": links.page(found.area, name="dashboard:excel"),
        "may_export": user.has_perm(Can.EXPORT_DASHBOARD),
        "may_import": user.has_perm(Can.UPLOAD_IMPORT),
    }


def _cards(found: Figures, links: Links) -> dict[str, Any]:
    return {
        "headline": page.headline(found, links),
        "trend": charts.trend(found, whole_city=found.area.parent_id is None),
        "total": page.row(found.total, found, links, name=opens(found.area.label, "")),
        "directions": page.directions(found),
        "people": page.people(found),
        "sources": page.sources(found),
        "units_differ": bool(found.before and found.after and found.before.unit != found.after.unit),
        "level": "kelurahan" if found.area.level == Area.Level.KECAMATAN else "kecamatan",
        "rows": page.rows(found, links),
        "ranks": page.ranks(found, links),
    }


def _trainings(found: Figures, links: Links, user: User) -> dict[str, Any]:
    """Courses year by year, and the families they have reached."""
    opens = recap_rows.links_for(user)
    return {
        "trainings": recap_rows.years(recap.by_year(found.area), opens, area=found.area),
        "recap_url": opens.recap(area=found.area),
        "coverage": coverage(found, links),
    }


def _groups(found: Figures, user: User) -> dict[str, Any]:
    """Business groups by kind and stage, their grants year by year, and how far the people trained have come."""
    area, opens = found.area, kub_rows.links_for(user)
    overdue = kub_recap.overdue(area, timezone.localdate(found.calculated_at))
    return {
        "kinds": kub_rows.kinds(kub_recap.by_kind(area), opens, area=area),
        "grants": kub_rows.years(kub_recap.by_year(area), opens, area=area),
        "funnel": kub_rows.steps(kub_funnel.funnel(area), opens, area=area),
        "late": kub_rows.late(overdue, opens, area=area),
        "kub_recap_url": opens.recap(area=area),
    }


def _map(request: HttpRequest, found: Figures, links: Links) -> dict[str, Any]:
    """The tile map, coloured by change or by count; with one wave there is only a count."""
    by_count = found.before is None or request.GET.get("tampil") == COUNT
    cells, legend = page.map_cells(found, links, by_count=by_count)
    drawn = {"tampil": COUNT} if by_count else {}
    return {
        "cells": cells,
        "legend": legend,
        "by_count": by_count,
        "others": any(cell.tile.figure is None for cell in cells),
        "count_url": links.page(found.area, tampil=COUNT),
        "map_url": links.page(found.area, name="dashboard:map", **drawn),
    }
