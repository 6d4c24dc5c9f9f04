"""The figures of groups and grants by place, and the people behind the funnel."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kub import recap_exports
from kub.recap_forms import PeopleForm
from kub.reports import funnel
from kub.reports import people_rows as people_shown
from kub.reports import recap as figures
from kub.reports import recap_rows as shown
from tangerang_poverty.accounts.guards import needs, require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Refused

PAGE_SIZE = 50


@require_safe
@needs(Can.VIEW_DASHBOARD)
def recap(request: HttpRequest) -> HttpResponse:
    """One fiscal year (?tahun=, else the last one) by place inside the reader's area or one within it (?wilayah=)."""
    user = cast(User, request.user)
    area = area_of(request, user)
    years = figures.by_year(area)
    year = _year(request, years)
    links = shown.links_for(user)
    context: dict[str, Any] = {
        "area": area,
        "year": year,
        "years": shown.years(years, links, area=area, chosen=year),
        "own": shown.own(years, links, area=area, year=year) if year is not None else None,
        "kinds": shown.kinds(figures.by_kind(area), links, area=area),
        "late": shown.late(figures.overdue(area, timezone.localdate()), links, area=area),
        "year_choices": [figure.year for figure in reversed(years)],
        "crumbs": _above(area, user, links, year),
    }
    if year is not None and area.level != Area.Level.KELURAHAN:
        context |= _places(request, area, links, year=year)
    return render(request, "kub/recap.html", context)


def area_of(request: HttpRequest, user: User) -> Area:
    code = request.GET.get("wilayah", "").replace("\0", "") or user.area_id
    rows = Area.objects.visible_to(user).defer("boundary").select_related("parent__parent")
    return get_object_or_404(rows, pk=code)


def _year(request: HttpRequest, years: tuple[figures.YearFigure, ...]) -> int | None:
    """The year asked for, which may be one without anything here; the last one when none is asked for."""
    asked = request.GET.get("tahun", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) == 4):
            raise Http404("No such year.")
        return int(asked)
    return years[-1].year if years else None


def _places(request: HttpRequest, area: Area, links: shown.Links, *, year: int) -> dict[str, Any]:
    """The places of one year: the tile map coloured by one measure, and the table beside it."""
    city = Area.objects.filter(code__startswith=".".join(area.code.split(".")[:2]))
    areas = list(city.defer("boundary").order_by("code"))
    places = figures.by_place(area, areas, year=year)
    measure = request.GET.get("ukuran", "") or "kub"
    if measure not in shown.MEASURES:
        raise Http404("No such measure.")
    below = figures.by_kecamatan(places, areas) if area.level == Area.Level.KOTA else places
    cells, legend = shown.map_cells(places, areas, links, year=year, measure=measure)
    return {
        "places": shown.places(below, links, area=area, year=year),
        "level": "kecamatan" if area.level == Area.Level.KOTA else "kelurahan",
        "cells": cells,
        "legend": legend,
        "others": any(not cell.is_inside for cell in cells),
        "measure": shown.MEASURES[measure],
        "measures": [
            (label, links.recap(area=area, year=year, ukuran=word), word == measure)
            for word, (label, _) in shown.MEASURES.items()
        ],
    }


def _above(area: Area, user: User, links: shown.Links, year: int | None) -> list[tuple[str, str]]:
    """The areas this one lies in, as far as the reader's own reaches."""
    found = []
    above = area.parent
    while above is not None and above.code.startswith(user.area_id or "-"):
        found.append((above.label, links.recap(area=above, year=year)))
        above = above.parent
    return found[::-1]


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def people(request: HttpRequest) -> HttpResponse:
    """The people of the reader's area who came as far as a step of the funnel."""
    user = cast(User, request.user)
    require(user, Can.VIEW_TRAININGS)
    if may_hold_number(request.GET.get("cari", "")):
        messages.warning(request, "NIK tidak dicari lewat alamat halaman; cari dengan nama.")
        kept = {name: value for name, value in _filters(request).items() if name != "cari"}
        return redirect(f"{reverse('kub:people')}?{urlencode(kept)}")
    form = PeopleForm(request.GET, user=user)
    asked = form.asked()
    rows = funnel.people(asked)
    page = keyset_page(rows, order=funnel.ORDER, size=PAGE_SIZE, cursor=request.GET.get("hal", ""))
    label, meaning = funnel.STEPS[asked.step]
    context = {
        "form": form,
        "asked": asked,
        "label": label,
        "meaning": meaning,
        "page": page,
        "lines": people_shown.lines(page.items, asked, user=user),
        "total": rows.order_by().count(),
        "query": urlencode(_filters(request)),
    }
    return render(request, "kub/people.html", context)


@require_POST
@needs(Can.EXPORT_GROUPS)
def people_export(request: HttpRequest) -> HttpResponseBase:
    """The workbook of what the address filters: at once when short, else in the background."""
    require(request.user, Can.VIEW_TRAININGS)
    params = _filters(request)
    if may_hold_number(params.get("cari", "")):
        del params["cari"]  # what is asked for in the background is kept
    try:
        return recap_exports.respond_people(request, params=params)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('kub:people')}?{urlencode(params)}")


def _filters(request: HttpRequest) -> dict[str, str]:
    """The filters that are set, as they stand in the address."""
    return {name: request.GET[name] for name in PeopleForm.base_fields if request.GET.get(name)}
