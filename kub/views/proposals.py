"""Proposals: the list, the one page of a proposal and its grant, a new one, its lines, its moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kub import line_forms
from kub.actions import proposals as actions
from kub.lifecycle import PROPOSAL_MOVES, ProposalState
from kub.line_forms import Row
from kub.list_forms import ProposalsForm
from kub.models import Ceiling, Group, Proposal
from kub.proposal_forms import FieldCheckForm, NoteForm, ProposalForm, WordingForm
from kub.reports import grant_lists as lists
from kub.reports.flags import flags_of_proposal
from kub.reports.proposals import ceiling_of, page_of
from kub.views.shared import NOT_SAVED, own_proposal, reader
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Problem, Refused

PAGE_SIZE = 50


@require_safe
@needs(Can.VIEW_GROUPS)
def index(request: HttpRequest) -> HttpResponse:
    """The proposals within the reader's area that fit the filters in the address."""
    form = ProposalsForm(request.GET, user=reader(request))
    asked = form.asked()
    rows = lists.proposals(asked, user=reader(request))
    page = keyset_page(rows.for_list(), order=form.columns, size=PAGE_SIZE, cursor=request.GET.get("hal", ""))
    context = {"form": form, "asked": asked, "page": page, "sums": lists.sums_of_proposals(rows)}
    return render(request, "kub/proposals.html", context)


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposal and, once it is decided, its grant: all nine steps on one page."""
    proposal, today = own_proposal(request, pk), timezone.localdate()
    page = page_of(proposal, user=reader(request), today=today)
    context = {
        "page": page,
        "proposal": proposal,
        "obstacles": actions.standing_problems(proposal) if page.may_edit_lines else [],
        "flags": flags_of_proposal(proposal, today=today),
    }
    return render(request, "kub/proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PREPARE_PROPOSALS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft for a group, which begins with the lines of its kind of business."""
    group = get_object_or_404(Group.objects.visible_to(request.user).for_list(), pk=pk)
    form = ProposalForm(request.POST or None)
    if form.is_valid():
        try:
            proposal = actions.make_proposal(group, **form.cleaned_data, by=reader(request))
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Draf usulan tersimpan. Sesuaikan RAB-nya, lalu ajukan.")
            return redirect("kub:lines", pk=proposal.pk)
    ceilings = Ceiling.objects.filter(kind=group.kind_id, year__closed_at=None).order_by("-year_id")
    context = {"form": form, "group": group, "ceilings": ceilings}
    return render(request, "kub/proposal_form.html", context, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PREPARE_PROPOSALS)
def lines(request: HttpRequest, pk: int) -> HttpResponse:
    """The budget of a draft, row by row. Sums and rows are added by the server too, so it works without a script."""
    proposal = own_proposal(request, pk)
    if proposal.state != ProposalState.DRAFT:
        messages.info(request, "RAB hanya diubah selama usulan masih draf.")
        return redirect(proposal)
    wording = WordingForm(
        request.POST or None, initial={"grant_form": proposal.grant_form, "purpose": proposal.purpose}
    )
    rows = line_forms.posted_rows(request.POST) if request.method == "POST" else _recorded(proposal)
    problems: list[Problem] = []
    step = request.POST.get("langkah", "")
    if step == "simpan":
        problems = line_forms.problems_of(rows)
        if wording.is_valid() and not problems:
            problems = _save(request, proposal, rows, wording)
            if not problems:
                messages.success(request, "RAB tersimpan.")
                return redirect(proposal)
    elif step == "tambah":
        rows = line_forms.with_spare(rows)
    elif step == "contoh":
        rows = line_forms.with_spare(line_forms.rows_of(proposal.kind.template.all()))
    return _lines_page(request, proposal, wording, rows, problems, saving=step == "simpan")


def _recorded(proposal: Proposal) -> list[Row]:
    return line_forms.with_spare(line_forms.rows_of(proposal.lines.order_by("position")))


def _save(request: HttpRequest, proposal: Proposal, rows: list[Row], wording: WordingForm) -> list[Problem]:
    """What keeps the rows from being saved; none when they are."""
    try:
        actions.save_lines(
            proposal,
            line_forms.drafts_of(rows),
            **wording.cleaned_data,
            by=reader(request),
            seen=request.POST.get("seen", ""),
        )
    except Refused as refusal:
        return list(refusal.problems)
    return []


def _lines_page(
    request: HttpRequest,
    proposal: Proposal,
    wording: WordingForm,
    rows: list[Row],
    problems: list[Problem],
    *,
    saving: bool,
) -> HttpResponse:
    """The form with what was typed. Whoever was told that somebody else changed it may save over it."""
    told = any(problem.code == "changed_meanwhile" for problem in problems)
    now = actions.version_of(proposal)
    ceiling, total = ceiling_of(proposal), line_forms.total(rows)
    context = {
        "proposal": proposal,
        "wording": wording,
        "rows": rows,
        "problems": problems,
        "total": total,
        "ceiling": ceiling,
        "room": None if ceiling is None else ceiling - total,
        "seen": now if told or request.method != "POST" else request.POST.get("seen", ""),
        "has_template": proposal.kind.template.exists(),
    }
    failed = saving and (problems or wording.errors)
    return render(request, "kub/lines.html", context, status=NOT_SAVED if failed else 200)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the page of a move asks and says before it is carried out."""

    heading: str
    explain: str
    note: str = "Catatan"
    required: bool = False
    shows_obstacles: bool = False


ASKING = {
    "submit": Asking(
        "Ajukan usulan",
        "Sesudah diajukan, RAB tidak lagi diubah. Yang mengajukan tidak memverifikasi, memutuskan, atau membayarnya.",
        shows_obstacles=True,
    ),
    "verify": Asking(
        "Verifikasi usulan",
        "Catat hasil pemeriksaan di lapangan. Yang memverifikasi tidak memutuskan dan tidak membayarnya.",
        shows_obstacles=True,
    ),
    "return": Asking(
        "Kembalikan untuk diperbaiki",
        "Usulan kembali menjadi draf; penyusunnya membaca alasannya di halaman usulan.",
        "Yang harus diperbaiki",
        required=True,
    ),
    "recommend": Asking(
        "Rekomendasikan usulan",
        "Usulan lalu menunggu keputusan rapat.",
        shows_obstacles=True,
    ),
    "send_back": Asking(
        "Minta verifikasi ulang",
        "Usulan kembali menunggu verifikasi lapangan.",
        "Yang harus diperiksa lagi",
        required=True,
    ),
    "withdraw": Asking(
        "Tarik usulan",
        "Usulan ini selesai tanpa keputusan dan tidak dapat dibuka lagi. KUB boleh mengajukan usulan baru.",
        "Alasan",
        required=True,
    ),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VIEW_GROUPS)
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One move of the proposal: what it means and what stands against it, then the move itself."""
    if name not in ASKING:
        raise Http404
    asking, taken = ASKING[name], PROPOSAL_MOVES[name]
    proposal = own_proposal(request, pk)
    if taken.needs is None or not request.user.has_perm(taken.needs.value):
        raise PermissionDenied(f"{name} needs {taken.needs}")
    form = _move_form(request, name, asking)
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out(request, proposal, name, form)
        except Refused as refusal:
            form.show(refusal)
        else:
            proposal.refresh_from_db(fields=["state"])
            messages.success(request, f"{proposal}: {proposal.get_state_display().lower()}.")
            return redirect(proposal)
    context: dict[str, Any] = {
        "proposal": proposal,
        "form": form,
        "heading": asking.heading,
        "explain": asking.explain,
        "button": taken.label,
        "obstacles": actions.standing_problems(proposal)
        if asking.shows_obstacles and not form.errors
        else [],
        "is_late": proposal.state not in taken.from_,
    }
    return render(request, "kub/move.html", context, status=NOT_SAVED if form.errors else 200)


def _move_form(request: HttpRequest, name: str, asking: Asking) -> FieldCheckForm | NoteForm:
    data = request.POST if request.method == "POST" else None
    if name == "verify":
        return FieldCheckForm(data)
    return NoteForm(data, label=asking.note, required=asking.required)


def _carry_out(request: HttpRequest, proposal: Proposal, name: str, form: Any) -> None:
    by, note = reader(request), form.cleaned_data["note"]
    if name == "verify":
        actions.verify(
            proposal,
            visited_on=form.cleaned_data["visited_on"],
            checks=form.answers,
            members_met=form.cleaned_data["members_met"],
            by=by,
            today=timezone.localdate(),
            note=note,
        )
        return
    forward: dict[str, Callable[..., Proposal]] = {"submit": actions.submit, "recommend": actions.recommend}
    if name in forward:
        forward[name](proposal, by=by, note=note)
    else:
        actions.move_back(proposal, name, by=by, note=note)
