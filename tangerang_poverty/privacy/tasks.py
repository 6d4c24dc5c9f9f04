"""Background work of downloads."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export


@task()
def build_export(export_id: int) -> None:
    """Builds one asked-for file, and clears away those nobody may fetch any more."""
    exports.purge(now=timezone.now())
    exports.build(Export.objects.select_related("asked_by").get(pk=export_id))
