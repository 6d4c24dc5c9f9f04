"""Spreadsheets of earlier trainings: bring one in, read what was found, apply it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.privacy.exports import respond_xlsx
from trainings.lifecycle import PAST_MOVES, PastImportState, moves_from
from trainings.models import Finding, PastImport
from trainings.past import actions, reports
from trainings.past_forms import CoursesForm, UploadForm

NOT_SAVED = 422


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _import(request: HttpRequest, pk: int) -> PastImport:
    return get_object_or_404(PastImport.objects.visible_to(request.user).for_list(), pk=pk)


@never_cache
@require_safe
@needs(Can.IMPORT_PAST)
def past(request: HttpRequest) -> HttpResponse:
    """The past as far as it is known: rows matched, waiting and set aside, and the files they came in."""
    return render(request, "trainings/past.html", {"overview": reports.overview(_user(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.IMPORT_PAST)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; what cannot be taken is refused here with the reason."""
    form = UploadForm(request.POST or None, request.FILES or None)
    refused: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["source"]
            made = actions.upload(file=file, by=_user(request), today=timezone.localdate())
        except Refused as error:
            refused = error.problems
        else:
            return redirect("trainings:past_import", pk=made.pk)
    context = {"form": form, "refused": [(problem, _first_import(problem)) for problem in refused]}
    status = NOT_SAVED if request.method == "POST" else 200
    return render(request, "trainings/past_upload.html", context, status=status)


def _first_import(problem: Problem) -> str:
    """Where the import stands that has the same file, or ""."""
    if not isinstance(problem, actions.SameFile):
        return ""
    return reverse("trainings:past_import", args=[problem.past_import])


@require_safe
@needs(Can.IMPORT_PAST)
def template(request: HttpRequest) -> FileResponse:
    """The workbook to fill in; the people in it are invented."""
    return respond_xlsx(
        request,
        title="Contoh berkas riwayat pelatihan",
        filename="contoh-riwayat-pelatihan",
        sheets=reports.template_sheets(timezone.localdate().year),
        rows=0,
        with_identities=False,
        is_sample=False,
    )


@never_cache
@require_safe
@needs(Can.IMPORT_PAST)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file says, what was found, and what may be done next."""
    past_import = _import(request, pk)
    rejected = reports.BY_WORD["ditolak"]
    is_staged = past_import.state == PastImportState.STAGED
    context = {
        "past_import": past_import,
        "counted": reports.counted(past_import),
        "courses": _courses_form(past_import) if is_staged else None,
        "new_courses": reports.new_courses(past_import) if is_staged else [],
        "rejected": reports.staged_page(past_import, rejected, size=reports.FIRST_ROWS).items,
        "left_out": reports.left_out(past_import),
        "taken_over": actions.taken_over(past_import),
        "now": reports.now_counts(past_import) if past_import.state == PastImportState.APPLIED else None,
        "this_file": f"?impor={past_import.pk}",
        "moves": [move.name for move in moves_from(PAST_MOVES, past_import.state)],
    }
    return render(request, "trainings/past_import.html", context)


def _courses_form(past_import: PastImport, data: Any = None) -> CoursesForm:
    return CoursesForm(data, courses=reports.courses_of(past_import), choices=reports.course_choices())


@never_cache
@require_safe
@needs(Can.IMPORT_PAST)
def staged(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a file with what was found, a page at a time: ?hasil=cocok|pilih|tidak|sama|ditolak."""
    past_import = _import(request, pk)
    word = request.GET.get("hasil", "")
    if word and word not in reports.BY_WORD:
        raise Http404
    group = reports.BY_WORD.get(word)
    page = reports.staged_page(past_import, group, cursor=request.GET.get("hal", ""))
    context = {"past_import": past_import, "group": group, "groups": reports.GROUPS, "page": page}
    return render(request, "trainings/past_staged.html", context)


@require_POST
@needs(Can.IMPORT_PAST)
def rejected(request: HttpRequest, pk: int) -> FileResponse:
    """The rows that are not taken over as a workbook in the file's own columns, to correct and bring back."""
    past_import = _import(request, pk)
    with_identities = request.user.has_perm(Can.EXPORT_IDENTITIES)
    return respond_xlsx(
        request,
        title=f"Baris yang tidak masuk dari {past_import}",
        filename=f"riwayat-ditolak-{past_import.pk}",
        sheets=reports.rejected_sheets(past_import, with_identities=with_identities),
        rows=reports.left_out(past_import),
        with_identities=with_identities,
        is_sample=past_import.is_sample,
    )


@require_POST
@needs(Can.IMPORT_PAST)
def courses(request: HttpRequest, pk: int) -> HttpResponse:
    """Says which courses the names in the file mean; the rows are judged anew."""
    past_import = _import(request, pk)
    form = _courses_form(past_import, request.POST)
    try:
        if not form.is_valid():
            raise Refused(Problem("unknown_course", "Pilih keterampilan dari daftarnya."))
        actions.map_courses(past_import, to=form.chosen(), by=_user(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Padanan keterampilan disimpan; baris-baris diperiksa ulang.")
    return redirect("trainings:past_import", pk=past_import.pk)


def _apply(past_import: PastImport, request: HttpRequest) -> str:
    actions.apply(past_import, by=_user(request))
    findings = past_import.summary["findings"]
    matched = findings.get(Finding.NIK, 0) + findings.get(Finding.NAME, 0)
    waiting = actions.taken_over(past_import) - matched
    return f"Diterapkan: {number(matched)} baris cocok dengan keluarganya, {number(waiting)} menunggu dicocokkan."


def _discard(past_import: PastImport, request: HttpRequest) -> str:
    actions.discard(past_import, by=_user(request))
    return "Berkas dibuang; tidak ada yang berubah."


def _undo(past_import: PastImport, request: HttpRequest) -> str:
    actions.undo(past_import, by=_user(request), reason=request.POST.get("reason", "").replace("\0", ""))
    return "Impor dibatalkan; barisnya tidak lagi berlaku."


MOVES: dict[str, Callable[[PastImport, HttpRequest], str]] = {
    "terapkan": _apply,
    "buang": _discard,
    "batalkan": _undo,
}


@require_POST
@needs(Can.IMPORT_PAST)
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step of the import; the action refuses with its reasons."""
    if name not in MOVES:
        raise Http404
    past_import = _import(request, pk)
    try:
        done = MOVES[name](past_import, request)
    except Refused as error:
        for problem in error.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect("trainings:past_import", pk=past_import.pk)
