"""What every page must say about the sample: that it is one, and how far its loading is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from households.models import SampleLoad


@dataclass(frozen=True)
class SampleNotice:
    """The strip of a page that shows sample data; `total` is 0 while the size of a step is not known."""

    loading: bool
    step: str
    done: int
    total: int
    failed: str

    is_sample = True


def sample_notice() -> SampleNotice | None:
    """None where real data are kept."""
    load = SampleLoad.objects.select_related("batch__progress").first()
    if load is None:
        return None
    done, total = load.progress
    return SampleNotice(loading=load.loading, step=load.step, done=done, total=total, failed=load.failure)


def sample(request: HttpRequest) -> dict[str, SampleNotice | None]:
    return {"sample_notice": sample_notice()}
