"""Proposals, grants and the budget as workbooks: exactly what is filtered, in whole rupiah."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from households.models import SampleLoad
from kub.list_forms import GrantsForm, ProposalsForm
from kub.models import Grant, Group, Proposal
from kub.reports import budgets
from kub.reports import grant_lists as lists
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports

PROPOSALS, GRANTS = "kub-proposals", "kub-grants"
BUDGET_TITLE = "Anggaran hibah"
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a workbook: its form, the rows it asks for, and the cells of a row."""

    title: str
    filename: str
    form: type[ProposalsForm]
    rows: Callable[..., Any]
    header: Sequence[str]
    line: Callable[[Any], list[Cell]]


def respond(request: HttpRequest, kind: str, *, params: dict[str, str]) -> HttpResponseBase:
    """The workbook at once, or a redirect to the page that shows how far it is. Raises Http404 for a filter that the
    reader may not ask, and Refused when he waits for many downloads already."""
    by: User = request.user  # type: ignore[assignment]
    listing = LISTINGS[kind]
    rows, notes = _asked(listing, params, by)
    number = rows.order_by()[: exports.DIRECT_ROWS + 1].count()
    if number > exports.DIRECT_ROWS:
        return redirect("privacy:export", pk=exports.ask(kind=kind, params=params, by=by).pk)
    return exports.respond_xlsx(
        request,
        title=listing.title,
        filename=listing.filename,
        sheets=[_sheet(listing, rows, notes)],
        rows=number,
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
        what="; ".join([listing.title, *notes]),
    )


def builder(kind: str) -> exports.Builder:
    """For `privacy.exports`: the same workbook, its rows streamed while they are written."""

    def build(params: dict[str, Any], by: User) -> exports.Content:
        rows, notes = _asked(LISTINGS[kind], params, by)
        return exports.Content(
            sheets=[_sheet(LISTINGS[kind], rows, notes)],
            total=rows.order_by().count(),
            with_identities=False,
            is_sample=SampleLoad.objects.exists(),
        )

    return build


def respond_budgets(request: HttpRequest) -> FileResponse:
    """The budget of all years, by account code and by year. There are no people in it."""
    found = budgets.accounts()
    by_year: dict[int, budgets.Money] = {}
    for budget, money in found:
        by_year[budget.year_id] = by_year.get(budget.year_id, budgets.NOTHING) + money
    accounts = ([str(one.year_id), one.account_code, one.name, *_money(money)] for one, money in found)
    years = ([str(year), *_money(money)] for year, money in sorted(by_year.items(), reverse=True))
    return exports.respond_xlsx(
        request,
        title=BUDGET_TITLE,
        filename="anggaran-hibah",
        sheets=[
            Sheet("Per kode rekening", ["Tahun anggaran", "Kode rekening", "Uraian", *MONEY], accounts),
            Sheet("Per tahun", ["Tahun anggaran", *MONEY], years),
        ],
        rows=0,
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
    )


def _money(money: budgets.Money) -> list[Cell]:
    return [money.allotted, money.decided, money.paid, money.accounted, money.refunded, money.left]


def _asked(listing: Listing, params: dict[str, Any], by: User) -> tuple[Any, list[str]]:
    form = listing.form(params, user=by)
    rows = listing.rows(form.asked(), user=by)
    return rows.for_list().order_by(*form.columns), form.in_words()


def _sheet(listing: Listing, rows: Any, notes: list[str]) -> Sheet:
    return Sheet(listing.title, list(listing.header), _lines(rows.iterator(CHUNK), listing.line), notes=notes)


def _lines(rows: Iterable[Any], line: Callable[[Any], list[Cell]]) -> Iterator[list[Cell]]:
    for row in rows:
        yield line(row)


def _place(group: Group) -> list[Cell]:
    return [group.area.parent.name if group.area.parent else "", group.area.name]


def _proposal(row: Proposal) -> list[Cell]:
    grant: Grant | None = getattr(row, "grant", None)
    return [
        str(row.year_id),
        row.group.name,
        *_place(row.group),
        row.kind.name,
        row.get_grant_form_display(),
        row.purpose,
        row.get_state_display(),
        row.amount,
        grant.decree.number if grant else "",
        grant.decided if grant else None,
    ]


def _grant(row: Grant) -> list[Cell]:
    proposal = row.proposal
    return [
        str(proposal.year_id),
        proposal.group.name,
        *_place(proposal.group),
        proposal.kind.name,
        proposal.get_grant_form_display(),
        row.get_state_display(),
        row.budget.account_code,
        row.decree.number,
        row.decree.decided_on,
        row.agreement_number,
        row.agreed_on,
        proposal.amount,
        row.decided,
        row.paid,
        row.accounted,
        row.refunded,
        row.held,
        row.unpaid,
    ]


MONEY = ("Pagu", "Diputuskan", "Dibayar", "LPJ diterima", "Disetor kembali", "Sisa pagu")
_FIRST = ("Tahun anggaran", "Nama KUB", "Kecamatan", "Kelurahan", "Jenis usaha", "Bentuk bantuan")
PROPOSAL_HEADER = (*_FIRST, "Untuk", "Keadaan", "Diusulkan", "Nomor SK", "Diputuskan")
GRANT_HEADER = (
    *(*_FIRST, "Keadaan", "Kode rekening", "Nomor SK", "Tanggal SK", "Nomor NPHD", "Tanggal NPHD"),
    *("Diusulkan", "Diputuskan", "Dibayar", "LPJ diterima", "Disetor kembali"),
    *("Sisa kas kelompok", "Belum dibayar"),
)
LISTINGS: dict[str, Listing] = {
    PROPOSALS: Listing(
        "Usulan hibah", "usulan-hibah", ProposalsForm, lists.proposals, PROPOSAL_HEADER, _proposal
    ),
    GRANTS: Listing("Hibah", "hibah", GrantsForm, lists.grants, GRANT_HEADER, _grant),
}
