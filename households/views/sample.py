"""How far the loading of the sample is, for the strip on top of every page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangerang_poverty.accounts.guards import open_to_everybody


@open_to_everybody
@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Open to strangers: the sign-in page shows it too, and it says nothing about anybody."""
    return render(request, "ui/_sample_progress.html")
