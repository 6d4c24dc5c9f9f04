"""Grants: the list, the decision, the agreement, payments and what takes them back, and how a grant ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kub.actions import decisions, ledger
from kub.grant_forms import REFUSE, AgreementForm, DecideForm, PayForm, RefundForm, ReleaseForm, ReverseForm
from kub.lifecycle import GRANT_MOVES, EntryKind
from kub.list_forms import GrantsForm
from kub.models import Budget, Grant, GrantForm, Instalment, LedgerEntry
from kub.proposal_forms import NoteForm
from kub.reports import grant_lists as lists
from kub.reports.proposals import ceiling_of
from kub.views.shared import NOT_SAVED, own_grant, own_proposal, reader
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Refused

PAGE_SIZE = 50


@require_safe
@needs(Can.VIEW_GROUPS)
def index(request: HttpRequest) -> HttpResponse:
    """The grants within the reader's area that fit the filters in the address, with their sums."""
    form = GrantsForm(request.GET, user=reader(request))
    asked = form.asked()
    rows = lists.grants(asked, user=reader(request))
    page = keyset_page(rows.for_list(), order=form.columns, size=PAGE_SIZE, cursor=request.GET.get("hal", ""))
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "sums": lists.sums_of_grants(rows),
        "budget": Budget.objects.filter(pk=asked.budget).first() if asked.budget else None,
    }
    return render(request, "kub/grants.html", context)


@require_safe
@needs(Can.VIEW_GROUPS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A grant has no page besides its proposal's."""
    return redirect(own_grant(request, pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_PROPOSALS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting decided on one proposal: how much of each line, or why not."""
    proposal = own_proposal(request, pk)
    lines = list(proposal.lines.order_by("position"))
    form = DecideForm(request.POST or None, year=proposal.year_id, lines=lines)
    if form.is_valid():
        try:
            _record(request, proposal, form)
        except Refused as refusal:
            form.show(refusal)
        else:
            proposal.refresh_from_db(fields=["state"])
            messages.success(request, f"{proposal}: {proposal.get_state_display().lower()}.")
            return redirect(proposal)
    context = {
        "proposal": proposal,
        "form": form,
        "lines": form.rows,
        "ceiling": ceiling_of(proposal),
        "budgets": form.fields["budget"].queryset,  # type: ignore[attr-defined]
        "decrees": form.fields["decree"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "kub/decide.html", context, status=NOT_SAVED if form.errors else 200)


def _record(request: HttpRequest, proposal: Any, form: DecideForm) -> None:
    asked = form.cleaned_data
    if asked["outcome"] == REFUSE:
        decisions.refuse(proposal, by=reader(request), note=asked["note"])
        return
    decisions.decide(
        proposal,
        decree=asked["decree"],
        budget=asked["budget"],
        granted=form.granted,
        by=reader(request),
        note=asked["note"],
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.SIGN_AGREEMENTS)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed agreement with its instalments."""
    grant = own_grant(request, pk)
    form = AgreementForm(request.POST or None, grant=grant)
    if form.is_valid():
        try:
            decisions.agree(
                grant,
                number=form.cleaned_data["number"],
                agreed_on=form.cleaned_data["agreed_on"],
                instalments=form.instalments,
                by=reader(request),
                today=timezone.localdate(),
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Perjanjian tersimpan.")
            return redirect(grant)
    context = {"proposal": grant.proposal, "grant": grant, "form": form}
    return render(request, "kub/agreement.html", context, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PAY_GRANTS)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """The payment of one instalment, or the handover of goods."""
    one = get_object_or_404(
        Instalment.objects.select_related("grant"), pk=pk, grant__in=Grant.objects.visible_to(request.user)
    )
    one.grant = own_grant(request, one.grant_id)
    proposal = one.grant.proposal
    form = PayForm(request.POST or None, is_goods=proposal.grant_form == GrantForm.GOODS)
    facts = [f"termin {one.number}", rupiah(one.amount), *_account(proposal)]
    return _booking(
        request,
        one.grant,
        form,
        lambda: ledger.pay(one, **form.cleaned_data, by=reader(request), today=timezone.localdate()),
        heading=f"Catat pembayaran termin {one.number}",
        explain="Setelah dibayar, KUB menyusun LPJ termin ini. Yang membayar tidak mengajukan, memverifikasi, "
        "atau memutuskan usulan yang sama.",
        facts=facts,
        done=f"Pembayaran termin {one.number} dibukukan.",
    )


def _account(proposal: Any) -> list[str]:
    """Where the money goes, masked."""
    is_cash = proposal.grant_form == GrantForm.CASH
    return [f"ke {proposal.group.masked_account}"] if is_cash and proposal.group.account_number else []


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PAY_GRANTS)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """What the group gave back of what it had been paid."""
    grant = own_grant(request, pk)
    form = RefundForm(request.POST or None, held=grant.held)
    return _booking(
        request,
        grant,
        form,
        lambda: ledger.refund(grant, **form.cleaned_data, by=reader(request), today=timezone.localdate()),
        heading="Catat setoran sisa",
        explain="Sisa uang yang dikembalikan KUB ke kas daerah.",
        facts=[f"sisa kas kelompok {rupiah(grant.held)}"],
        done="Setoran sisa dibukukan.",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VIEW_GROUPS)
def reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """An entry of the ledger taken back by another. Whose right it is depends on the entry."""
    entry = get_object_or_404(LedgerEntry.objects.visible_to(request.user), pk=pk)
    can = ledger.WHO_REVERSES.get(EntryKind(entry.kind))
    if can is None or not request.user.has_perm(can.value):
        raise PermissionDenied(f"{entry.kind} is not theirs to reverse")
    entry.grant = own_grant(request, entry.grant_id)
    form = ReverseForm(request.POST or None)
    return _booking(
        request,
        entry.grant,
        form,
        lambda: ledger.reverse(entry, **form.cleaned_data, by=reader(request), today=timezone.localdate()),
        heading=f"Balik baris {entry.number}",
        explain=f"{entry.description}, {rupiah(entry.amount)}, {long_date(entry.booked_on)}. Baris ini tetap "
        "tersimpan; baris baru membaliknya, dan yang mengikutinya ikut dibatalkan.",
        facts=[entry.get_kind_display().lower()],
        done=f"Baris {entry.number} dibalik.",
        button="Balik baris ini",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.DECIDE_PROPOSALS)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """What is not yet paid goes back to the budget."""
    grant = own_grant(request, pk)
    form = ReleaseForm(request.POST or None)
    return _booking(
        request,
        grant,
        form,
        lambda: decisions.release_rest(
            grant, **form.cleaned_data, by=reader(request), today=timezone.localdate()
        ),
        heading="Lepas sisa hibah",
        explain=f"{rupiah(grant.unpaid)} yang belum dibayar kembali ke anggaran, dan terminnya tidak lagi dibayar.",
        facts=[f"belum dibayar {rupiah(grant.unpaid)}"],
        done="Sisa hibah dilepas ke anggaran.",
        button="Lepas sisa",
    )


ENDINGS = {
    "cancel": (
        "Batalkan hibah",
        "Seluruh dana kembali ke anggaran dan usulan ini berakhir. Hanya selama belum ada yang dibayar.",
        "Hibah dibatalkan; dananya kembali ke anggaran.",
    ),
    "close": (
        "Selesaikan hibah",
        "Semua LPJ sudah diterima. Sesudah selesai, buku besar hibah ini tidak berubah lagi.",
        "Hibah selesai.",
    ),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.VIEW_GROUPS)
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The end of a grant: cancelled before anything is paid, or closed when all is accounted for."""
    if name not in ENDINGS:
        raise Http404
    taken, by, today = GRANT_MOVES[name], reader(request), timezone.localdate()
    grant = own_grant(request, pk)
    if taken.needs is None or not request.user.has_perm(taken.needs.value):
        raise PermissionDenied(f"{name} needs {taken.needs}")
    heading, explain, done = ENDINGS[name]
    ends = name == "cancel"
    form = NoteForm(request.POST or None, label="Alasan" if ends else "Catatan", required=ends)

    def carry_out() -> Any:
        note = form.cleaned_data["note"]
        if ends:
            return decisions.cancel(grant, reason=note, by=by, today=today)
        return decisions.close(grant, by=by, note=note)

    return _booking(
        request, grant, form, carry_out, heading=heading, explain=explain, facts=[], done=done, button=heading
    )


def _booking(
    request: HttpRequest,
    grant: Grant,
    form: Any,
    carry_out: Callable[[], Any],
    *,
    heading: str,
    explain: str,
    facts: list[str],
    done: str,
    button: str = "Simpan",
) -> HttpResponse:
    """One form, one action, one answer; a refusal is shown in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            carry_out()
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, done)
            return redirect(grant)
    context = {
        "proposal": grant.proposal,
        "form": form,
        "heading": heading,
        "explain": explain,
        "facts": facts,
        "button": button,
    }
    return render(request, "kub/grant_form.html", context, status=NOT_SAVED if form.errors else 200)
