"""The page of a long download: how far it is, and the file for who asked."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangerang_poverty.accounts.guards import open_to_all_signed_in
from tangerang_poverty.accounts.models import User
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export


@open_to_all_signed_in
@never_cache
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of an own export; htmx asks again for the fragment until there is a file or a failure."""
    found = get_object_or_404(Export.objects.asked_by(request.user), pk=pk)
    template = "privacy/_export.html" if request.headers.get("HX-Request") else "privacy/export.html"
    kind = exports.KINDS.get(found.kind)
    context = {"export": found, "unit": kind.unit if kind else "baris", "now": timezone.now()}
    return render(request, template, context)


@open_to_all_signed_in
@never_cache
@require_safe
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file of an own export, logged; the permission of its kind is asked again."""
    user = cast(User, request.user)
    found = get_object_or_404(Export.objects.asked_by(user).filter(state=Export.State.READY), pk=pk)
    return exports.hand_out(found, to=user)
