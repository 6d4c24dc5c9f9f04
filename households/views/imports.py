"""The import wizard: upload, watch the check, read what it found, hand on, apply, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households import import_pages
from households.import_forms import UploadForm
from households.imports import actions, reports
from households.imports.layouts import LAYOUTS
from households.models import ImportBatch
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.privacy.exports import respond_xlsx


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.visible_to(request.user).for_page(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.UPLOAD_IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose the wave and the file; a file that cannot be taken is refused here with the reason."""
    form = UploadForm(
        request.POST or None, request.FILES or None, initial={"wave": request.GET.get("gelombang")}
    )
    refused: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            batch = actions.upload_batch(
                wave=form.cleaned_data["wave"],
                files=form.cleaned_data["sources"],
                layout=form.cleaned_data["layout"],
                by=_user(request),
            )
        except Refused as error:
            refused = error.problems
        else:
            return redirect("households:import_detail", pk=batch.pk)
    context = {
        "form": form,
        "refused": [(problem, _first_import(problem)) for problem in refused],
        "layouts": LAYOUTS.values(),
        "max_megabytes": settings.IMPORT_MAX_UPLOAD_BYTES // 1024**2,
    }
    return render(
        request, "households/import_upload.html", context, status=422 if request.method == "POST" else 200
    )


def _first_import(problem: Problem) -> str:
    """Where the import stands that has the same file, or ""."""
    if not isinstance(problem, actions.SameFile):
        return ""
    return reverse("households:import_detail", args=[problem.batch_id])


@never_cache
@require_safe
@needs(Can.VIEW_IMPORTS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands, what was found and what may be done next."""
    batch = _batch(request, pk)
    context = import_pages.detail(batch, user=_user(request))
    if not request.user.has_perm(Can.VIEW_HOUSEHOLDS):
        context = _counts_alone(context)
    return render(request, "households/import_detail.html", context)


def _counts_alone(context: dict[str, Any]) -> dict[str, Any]:
    """The page without rows of people and without ways to them, for a role that sees no family."""
    links = {"url": "", "people_url": ""}
    lists = ("verdicts", "errors", "notes", "areas", "all_areas")
    bare = {name: [{**one, **links} for one in context[name]] for name in lists if name in context}
    return {**context, **bare, "first_rows": [], "rejected_rows": []}


@never_cache
@require_safe
@needs(Can.VIEW_IMPORTS)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress card alone, asked again every second; when the work ends the whole page is loaded anew."""
    batch = _batch(request, pk)
    response = render(
        request, "households/_import_progress.html", import_pages.progress(batch, user=_user(request))
    )
    if not batch.is_busy:
        response["HX-Refresh"] = "true"
    return response


@never_cache
@require_safe
@needs(Can.VIEW_IMPORTS)
@needs(Can.VIEW_HOUSEHOLDS)
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of one verdict, one problem or one kelurahan, a page at a time."""
    batch = _batch(request, pk)
    return render(request, "households/import_rows.html", import_pages.rows(batch, request.GET))


@require_POST
@needs(Can.UPLOAD_IMPORT)
@needs(Can.EXPORT_IDENTITIES)
def rejected(request: HttpRequest, pk: int) -> FileResponse:
    """The rejected rows as a workbook in the source's own columns, to correct and bring back."""
    batch = _batch(request, pk)
    return respond_xlsx(
        request,
        title=f"Baris ditolak dari {batch}",
        filename=f"ditolak-impor-{batch.pk}",
        sheets=reports.rejected_sheets(batch),
        rows=reports.rejected_rows(batch),
        with_identities=True,
        is_sample=batch.is_sample,
    )


def _undo(batch: ImportBatch, request: HttpRequest) -> None:
    actions.request_undo(batch, by=_user(request), reason=request.POST.get("reason", "").replace("\0", ""))


MOVES: dict[str, tuple[Callable[[ImportBatch, HttpRequest], Any], str]] = {
    "ajukan": (
        lambda batch, request: actions.submit_batch(batch, by=_user(request)),
        "Impor diajukan untuk diterapkan.",
    ),
    "tarik": (lambda batch, request: actions.withdraw_batch(batch, by=_user(request)), "Pengajuan ditarik."),
    "terapkan": (
        lambda batch, request: actions.request_apply(batch, by=_user(request)),
        "Impor mulai diterapkan.",
    ),
    "hentikan": (
        lambda batch, request: actions.stop_batch(batch, by=_user(request)),
        "Pemeriksaan dihentikan.",
    ),
    "lanjutkan": (
        lambda batch, request: actions.resume_batch(batch, by=_user(request)),
        "Pekerjaan dilanjutkan.",
    ),
    "buang": (lambda batch, request: actions.discard_batch(batch, by=_user(request)), "Impor dibuang."),
    "batalkan": (_undo, "Pembatalan impor dimulai."),
}


@require_POST
@needs(Can.VIEW_IMPORTS)
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
