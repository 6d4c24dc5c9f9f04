"""The import wizard: upload, watch the check, read what it found, hand on, apply, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from households import import_pages
from households.import_forms import UndoForm, UploadForm
from households.imports import actions, reports
from households.models import ImportBatch
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit import log
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.problems import Refused


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.visible_to(request.user).for_page(), pk=pk)


@needs(Can.UPLOAD_IMPORT)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose the wave and the file; a file that cannot be taken is refused here with the reason."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"wave": request.GET.get("gelombang")})
    refused: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            batch = actions.upload_batch(
                wave=form.cleaned_data["wave"],
                files=form.cleaned_data["files"],
                layout=form.cleaned_data["layout"],
                by=request.user,
            )
        except Refused as error:
            refused = error.problems
        else:
            return redirect("households:import_detail", pk=batch.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "households/import_upload.html", {"form": form, "refused": refused}, status=status)


@needs(Can.VIEW_IMPORTS)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands, what was found and what may be done next."""
    batch = _batch(request, pk)
    return render(request, "households/import_detail.html", import_pages.detail(batch, user=request.user))


@needs(Can.VIEW_IMPORTS)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress card alone, asked again every second; when the work ends the whole page is loaded anew."""
    batch = _batch(request, pk)
    response = render(request, "households/_import_progress.html", import_pages.progress(batch))
    if not batch.is_busy:
        response["HX-Refresh"] = "true"
    return response


@needs(Can.VIEW_IMPORTS)
@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one verdict, one problem or one kelurahan, a page at a time."""
    batch = _batch(request, pk)
    return render(request, "households/import_rows.html", import_pages.rows(batch, request.GET))


@needs(Can.VIEW_IMPORTS)
@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as a workbook in the source's own columns, to correct and bring back."""
    batch = _batch(request, pk)
    return import_pages.rejected_workbook(request, batch)


def _undo(batch: ImportBatch, request: HttpRequest) -> None:
    form = UndoForm(request.POST)
    actions.request_undo(batch, by=request.user, reason=form.data.get("reason", "").strip())


MOVES: dict[str, tuple[Callable[[ImportBatch, HttpRequest], Any], str]] = {
    "ajukan": (lambda batch, request: actions.submit_batch(batch, by=request.user), "Impor diajukan untuk diterapkan."),
    "tarik": (lambda batch, request: actions.withdraw_batch(batch, by=request.user), "Pengajuan ditarik."),
    "terapkan": (lambda batch, request: actions.request_apply(batch, by=request.user), "Impor mulai diterapkan."),
    "hentikan": (lambda batch, request: actions.stop_batch(batch, by=request.user), "Pemeriksaan dihentikan."),
    "lanjutkan": (lambda batch, request: actions.resume_batch(batch, by=request.user), "Pekerjaan dilanjutkan."),
    "buang": (lambda batch, request: actions.discard_batch(batch, by=request.user), "Impor dibuang."),
    "batalkan": (_undo, "Pembatalan impor dimulai."),
}


@needs(Can.VIEW_IMPORTS)
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of the import; the action checks the permission of that step and refuses with its reasons."""
    if name not in MOVES:
        raise Http404
    batch = _batch(request, pk)
    act, done = MOVES[name]
    try:
        act(batch, request)
    except Refused as error:
        for problem in error.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect(reverse("households:import_detail", args=[batch.pk]))
