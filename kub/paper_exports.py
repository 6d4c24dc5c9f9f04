"""The papers of groups, proposals, grants and decrees: which there are, who gets them, and how they are handed out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from households.models import SampleLoad
from kub.lifecycle import EntryKind
from kub.models import Decree, Grant, GrantForm, Group, LedgerEntry, Proposal
from kub.papers import annex as annexes
from kub.papers import receipt as receipts
from kub.papers.founding import founding_paper
from kub.papers.grant_report import grant_paper
from kub.papers.handover import handover_paper
from kub.papers.proposal import proposal_paper
from kub.reports.annex import count
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.papers import downloads
from tangerang_poverty.papers import paper as papers
from tangerang_poverty.papers.downloads import FORMATS, Format
from tangerang_poverty.papers.paper import Paper
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export

ANNEX_KIND = "kub-annex"
ANNEX_TITLE = annexes.TITLE
ANNEX_UNIT = "KUB"
ANNEX_AT_ONCE = 100  # groups; a longer annex is laid out by a worker
ONLY_PDF: tuple[Format, ...] = ("pdf",)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a paper; `clear`: NIK and account numbers as they are."""

    by: User
    today: date
    clear: bool = False
    format: Format = "pdf"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper. `rows` are the subjects a user may see; `clear`: it has numbers that are masked otherwise."""

    label: str
    hint: str
    rows: Callable[[User], Any]
    build: Callable[[Any, Asked], Paper | receipts.Receipt]
    group: Callable[[Any], Group | None]
    formats: tuple[Format, ...] = FORMATS
    clear: bool = False


def respond(request: HttpRequest, name: str, subject: Any, *, clear: bool, format_: Format) -> FileResponse:
    """A paper at once, logged. Raises PermissionDenied for clear numbers without the permission, and Refused for a
    receipt of a payment that was reversed."""
    kind, by = PAPERS[name], _user(request)
    asked = Asked(by, timezone.localdate(), clear and kind.clear, format_)
    if asked.clear:
        require(by, Can.EXPORT_IDENTITIES)
    made, group = kind.build(subject, asked), kind.group(subject)
    common: dict[str, Any] = {
        "filename": slugify(f"{name} {group or subject}"),
        "with_identities": asked.clear,
        "is_sample": SampleLoad.objects.exists(),
        "area_id": group.area_id if group else None,
    }
    if isinstance(made, receipts.Receipt):
        return exports.respond_pdf(
            request,
            title=receipts.TITLE,
            write=lambda path, stamp: receipts.write(path, made, stamp),
            rows=1,
            what=f"{receipts.TITLE}, {subject} (PDF)",
            **common,
        )
    return downloads.respond(request, made, format_, where=str(subject), **common)


def is_long(name: str, subject: Any, *, by: User, format_: Format) -> bool:
    """Whether a worker should make it."""
    return name == ANNEX and format_ == "pdf" and count(subject, by=by) > ANNEX_AT_ONCE


def ask_annex(decree: Decree, *, by: User, clear: bool) -> Export:
    """Asks for a long annex. Raises PermissionDenied, or Refused when the asker waits for many downloads already."""
    if clear:
        require(by, Can.EXPORT_IDENTITIES)
    params = {"decree": decree.pk, "clear": clear}
    return exports.ask(kind=ANNEX_KIND, params=params, by=by, title=f"{ANNEX_TITLE}, {decree}")


def build_annex(params: dict[str, Any], by: User) -> exports.Papers:
    """For `privacy.exports`: the annex of a decree as one PDF, within the asker's area."""
    clear = bool(params["clear"])
    if clear:
        require(by, Can.EXPORT_IDENTITIES)
    decree = Decree.objects.get(pk=params["decree"])
    paper = annexes.annex_paper(decree, by=by, clear=clear)
    part = exports.Part(
        name=slugify(f"{ANNEX} {decree}"),
        rows=paper.people,
        write=lambda path, stamp: papers.write(path, paper, stamp),
    )
    return exports.Papers([part], with_identities=clear, is_sample=SampleLoad.objects.exists())


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user


def _groups(user: User) -> Any:
    return Group.objects.visible_to(user).select_related("kind", "area__parent")


def _proposals(user: User) -> Any:
    return Proposal.objects.visible_to(user).select_related("group__kind", "group__area__parent", "kind")


def _grants(user: User) -> Any:
    return Grant.objects.visible_to(user).select_related(*_OF_GRANT)


def _goods(user: User) -> Any:
    return _grants(user).filter(proposal__grant_form=GrantForm.GOODS)


def _payments(user: User) -> Any:
    rows = LedgerEntry.objects.visible_to(user).filter(kind=EntryKind.PAYMENT, reverses=None)
    related = [f"grant__{name}" for name in _OF_GRANT]
    return rows.filter(grant__proposal__grant_form=GrantForm.CASH).select_related(
        "made_by", "instalment", *related
    )


_OF_GRANT = (
    "proposal__group__kind",
    "proposal__group__area__parent",
    "proposal__kind",
    "proposal__created_by",
    "decree",
    "budget",
)
FOUNDING, PROPOSAL, ANNEX = "berita-acara-pembentukan", "usulan", "lampiran-keputusan"
RECEIPT, HANDOVER, REPORT = "kwitansi", "serah-terima", "laporan-hibah"
PAPERS: dict[str, Kind] = {
    FOUNDING: Kind(
        "Berita acara pembentukan",
        "Rapat pembentukan, pengurus dan anggotanya, untuk ditandatangani.",
        _groups,
        lambda group, asked: founding_paper(group, clear=asked.clear),
        lambda group: group,
        ONLY_PDF,
        clear=True,
    ),
    PROPOSAL: Kind(
        "Usulan dan RAB",
        "Rincian biaya dan anggota, untuk ditandatangani.",
        _proposals,
        lambda proposal, asked: proposal_paper(proposal, clear=asked.clear, today=asked.today),
        lambda proposal: proposal.group,
        clear=True,
    ),
    ANNEX: Kind(
        "Lampiran keputusan",
        "Semua penerima: ketua, alamat, jenis usaha, anggota, jumlah, rekening.",
        lambda user: Decree.objects.all(),
        lambda decree, asked: annexes.annex_paper(decree, by=asked.by, clear=asked.clear),
        lambda decree: None,
        clear=True,
    ),
    RECEIPT: Kind(
        "Kwitansi",
        "Tanda terima dengan jumlah dalam huruf.",
        _payments,
        lambda entry, asked: receipts.receipt_of(entry, clear=asked.clear),
        lambda entry: entry.grant.proposal.group,
        ONLY_PDF,
        clear=True,
    ),
    HANDOVER: Kind(
        "Berita acara serah terima",
        "Barang yang diserahkan kepada kelompok.",
        _goods,
        lambda grant, asked: handover_paper(grant),
        lambda grant: grant.proposal.group,
        ONLY_PDF,
    ),
    REPORT: Kind(
        "Laporan hibah",
        "Angka, RAB terhadap LPJ, termin, buku besar, kuitansi, kunjungan.",
        _grants,
        lambda grant, asked: grant_paper(grant, today=asked.today),
        lambda grant: grant.proposal.group,
    ),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that a page offers: of what (`pk`) and under which words."""

    name: str
    pk: int
    label: str
    hint: str
    formats: tuple[Format, ...]


def offers_of_group(group: Group) -> list[Offer]:
    return [_offer(FOUNDING, group.pk)]


def offers_of_decree(decree: Decree) -> list[Offer]:
    return [_offer(ANNEX, decree.pk)]


def offers_of_proposal(proposal: Proposal) -> list[Offer]:
    """Those of the proposal and, once it is decided, of its grant: one receipt for each payment that stands."""
    found = [_offer(PROPOSAL, proposal.pk)]
    grant: Grant | None = getattr(proposal, "grant", None)
    if grant is None:
        return found
    if proposal.grant_form == GrantForm.GOODS:
        found.append(_offer(HANDOVER, grant.pk))
    else:
        paid = grant.entries.filter(kind=EntryKind.PAYMENT, reverses=None, reversed_by=None)
        for entry in paid.select_related("instalment").order_by("number"):
            number = f" termin {entry.instalment.number}" if entry.instalment else ""
            found.append(
                _offer(
                    RECEIPT,
                    entry.pk,
                    more=number,
                    hint=f"{rupiah(entry.amount)}, {long_date(entry.booked_on)}.",
                )
            )
    return [*found, _offer(REPORT, grant.pk)]


def _offer(name: str, pk: int, *, more: str = "", hint: str = "") -> Offer:
    kind = PAPERS[name]
    return Offer(name, pk, f"{kind.label}{more}", hint or kind.hint, kind.formats)
