"""Waves: what each list reported, what the registry counted, and the imports that brought it."""

from __future__ import annotations

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from households.models import ImportBatch, Wave, WaveCount
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can

BATCHES_SHOWN = 50  # on a wave's page; older ones are behind the admin's list


@needs(Can.VIEW_IMPORTS)
def waves(request: HttpRequest) -> HttpResponse:
    """Every wave with its reported total and the households counted, and the imports not finished yet."""
    counted = dict(
        WaveCount.objects.visible_to(request.user).values_list("wave").annotate(Sum("households"))
    )
    rows = [{"wave": wave, "counted": counted.get(wave.pk, 0)} for wave in Wave.objects.all()]
    batches = ImportBatch.objects.visible_to(request.user).for_list()
    return render(
        request,
        "households/waves.html",
        {"rows": rows, "open_batches": batches.unfinished()[:BATCHES_SHOWN], "latest": batches.ended()[:10]},
    )


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
    return render(request, "households/wave.html", {"wave": found, "counts": counts, "batches": batches})
