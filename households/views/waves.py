"""Waves: what each list reported, what the registry counted, and the imports that brought it."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from households.models import ImportBatch, Wave, WaveCount
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can

BATCHES_SHOWN = 50
LATEST_SHOWN = 10  # of the imports that ended; all of them stand on their waves' pages


@require_safe
@needs(Can.VIEW_IMPORTS)
def waves(request: HttpRequest) -> HttpResponse:
    """Every wave with its reported total and the households counted, and the imports not finished yet."""
    counted = dict(WaveCount.objects.visible_to(request.user).values_list("wave").annotate(Sum("households")))
    rows = [_row(wave, counted.get(wave.pk, 0)) for wave in Wave.objects.all()]
    batches = ImportBatch.objects.visible_to(request.user).for_list()
    return render(
        request,
        "households/waves.html",
        {
            "rows": rows,
            "open_batches": batches.unfinished()[:BATCHES_SHOWN],
            "latest": batches.ended()[:LATEST_SHOWN],
        },
    )


def _row(wave: Wave, counted: int) -> dict[str, Any]:
    """`gap` is counted less reported; None where nothing was reported or nothing is there yet."""
    known = wave.reported_total is not None and counted
    return {"wave": wave, "counted": counted, "gap": counted - (wave.reported_total or 0) if known else None}


@require_safe
@needs(Can.VIEW_IMPORTS)
def wave(request: HttpRequest, code: str) -> HttpResponse:
    """One wave: its facts and its imports."""
    found = get_object_or_404(Wave, code=code)
    counts = (
        WaveCount.objects.visible_to(request.user)
        .filter(wave=found)
        .aggregate(households=Sum("households"), people=Sum("people"))
    )
    batches = ImportBatch.objects.visible_to(request.user).for_list().filter(wave=found)[:BATCHES_SHOWN]
    context = {
        "wave": found,
        "counts": counts,
        "batches": batches,
        "unit_here": f"{found.get_unit_display()} di wilayah Anda",
        "families_url": f"{reverse('households:list')}?gelombang={found.code}",
    }
    return render(request, "households/wave.html", context)
