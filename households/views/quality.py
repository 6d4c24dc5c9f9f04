"""Quality of the data: how many families have which problem, and where; each number opens its list."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from households.reports.quality import quality_of
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area


@require_safe
@needs(Can.VIEW_QUALITY)
def quality(request: HttpRequest) -> HttpResponse:
    """The problems of an area (?wilayah=, the user's own when none is named) and of the areas below it."""
    user = cast(User, request.user)
    areas = {area.code: area for area in Area.objects.visible_to(user)}
    area = areas.get(request.GET.get("wilayah") or user.area_id or "")
    if area is None:
        raise Http404("No such area.")
    context = {
        "found": quality_of(area, user=user, today=timezone.localdate()),
        "area": area,
        "trail": [above for code, above in areas.items() if code != area.code and area.code.startswith(code)],
    }
    return render(request, "households/quality.html", context)
