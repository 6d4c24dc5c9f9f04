"""The report (LPJ) of an instalment: its page, its receipts and their files, handed in, accepted or returned."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kub.actions import receipts as actions
from kub.actions import reports as moves
from kub.models import AccountabilityReport, Receipt
from kub.report_forms import ReceiptForm, ReturnForm, UnreadableForm
from kub.reports.accountability import is_written, report_page
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.uploads import hand_out

NOT_SAVED = 422


def own_report(request: HttpRequest, pk: int) -> AccountabilityReport:
    """The report of a grant inside the reader's area; 404 for any other."""
    rows = AccountabilityReport.objects.visible_to(request.user).select_related(
        "instalment", "grant__proposal__group__kind", "grant__proposal__group__area__parent",
        "submitted_by", "examined_by",
    )  # fmt: skip
    report: AccountabilityReport = get_object_or_404(rows, pk=pk)
    return report


def own_receipt(request: HttpRequest, pk: int) -> Receipt:
    """The receipt of a report inside the reader's area; 404 for any other."""
    rows = Receipt.objects.visible_to(request.user).select_related(
        "line", "report__instalment", "report__grant__proposal__group__area__parent"
    )
    receipt: Receipt = get_object_or_404(rows, pk=pk)
    return receipt


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The budget beside the receipts, the receipts themselves, and what may be done next."""
    return _page(request, own_report(request, pk))


@require_POST
@needs(Can.VIEW_GROUPS)
def report_move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Hand in, accept or return; each asks for its own permission."""
    found, by = own_report(request, pk), cast(User, request.user)
    form = ReturnForm(request.POST)
    if name == "kembalikan" and not form.is_valid():
        return _page(request, found, returning=form)
    try:
        if name == "kirim":
            moves.submit_report(found, by=by)
            messages.success(request, f"{found} terkirim dan menunggu diperiksa.")
        elif name == "terima":
            moves.accept_report(found, by=by, today=timezone.localdate())
            messages.success(request, f"{found} diterima.")
        elif name == "kembalikan":
            moves.return_report(found, by=by, note=form.cleaned_data["note"])
            messages.success(request, f"{found} dikembalikan untuk diperbaiki.")
        else:
            raise Http404("No such move.")
    except Refused as refusal:
        return _page(request, own_report(request, pk), problems=refusal.problems)
    return redirect(found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PREPARE_REPORTS)
def receipt_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt with its picture or PDF; then the next one, where there is more."""
    found, today = own_report(request, pk), timezone.localdate()
    form = ReceiptForm(
        request.POST or None,
        request.FILES or None,
        report=found,
        line=request.GET.get("rincian", ""),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            receipt = actions.add_receipt(
                found, form.spent, file=form.cleaned_data["file"], by=cast(User, request.user), today=today
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{receipt} tersimpan.")
            return redirect("kub:receipt_add", pk=pk) if "lagi" in request.POST else redirect(found)
    context = {"report": found, "form": form, "is_written": is_written(found)}
    return render(request, "kub/receipt_add.html", context, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def receipt_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture, to be seen; a PDF, to be saved."""
    receipt = own_receipt(request, pk)
    return hand_out(
        receipt.file, receipt.content_type, name=f"kuitansi-{receipt.number}-lpj-{receipt.report_id}"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.PREPARE_REPORTS)
def receipt_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, for the file goes with it."""
    receipt, problems = own_receipt(request, pk), tuple[Problem, ...]()
    if request.method == "POST":
        try:
            actions.remove_receipt(receipt, by=cast(User, request.user))
        except Refused as refusal:
            problems = refusal.problems
        else:
            messages.success(request, f"{receipt} dihapus.")
            return redirect(receipt.report)
    context = {"receipt": receipt, "report": receipt.report, "problems": problems}
    return render(request, "kub/receipt_remove.html", context, status=NOT_SAVED if problems else 200)


@require_POST
@needs(Can.EXAMINE_REPORTS)
def receipt_unreadable(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks a receipt that cannot be read, or takes the mark away."""
    receipt, form = own_receipt(request, pk), UnreadableForm(request.POST)
    unreadable = "terbaca" not in request.POST
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        actions.mark_unreadable(receipt, unreadable=unreadable, note=note, by=cast(User, request.user))
    except Refused as refusal:
        return _page(request, own_report(request, receipt.report_id), problems=refusal.problems)
    return redirect(f"{receipt.report.get_absolute_url()}#kuitansi-{receipt.number}")


def _page(
    request: HttpRequest,
    found: AccountabilityReport,
    *,
    problems: tuple[Problem, ...] = (),
    returning: ReturnForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "report": found,
        "grant": found.grant,
        "proposal": found.grant.proposal,
        "group": found.grant.proposal.group,
        "page": report_page(found, user=cast(User, request.user), today=timezone.localdate()),
        "problems": problems,
        "returning": returning or ReturnForm(),
    }
    refused = bool(problems or returning)
    return render(request, "kub/report.html", context, status=NOT_SAVED if refused else 200)
