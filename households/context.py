"""What every page must say about the sample: that it is one, and how far its loading is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from households.models import SampleLoad


def sample(request: HttpRequest) -> dict[str, Any]:
    """`sample_notice`: the SampleLoad row, or None where real data are kept."""
    return {"sample_notice": SampleLoad.objects.first()}
