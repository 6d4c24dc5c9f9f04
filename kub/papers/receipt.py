"""The receipt for one payment of a grant (kwitansi), with the amount in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from kub.models import LedgerEntry
from kub.papers import parts
from kub.reports.people import Officers, officers_of
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.pdf import write_pdf
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.words import rupiah_in_words
from tangerang_poverty.papers.paper import HEAD, OFFICE, Signature
from tangerang_poverty.privacy.exports import Stamp

TITLE = "Kwitansi"
TEMPLATE = Path(__file__).with_name("receipt.typ")
PAYER = f"Bendahara Pengeluaran {OFFICE[1]} Kota Tangerang"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on it."""

    document: str
    amount: str
    words: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    signatures: tuple[Signature, ...]


def receipt_of(entry: LedgerEntry, *, clear: bool) -> Receipt:
    """The receipt for a payment in cash. Raises Refused for one that has been reversed: nothing was received."""
    reversal = LedgerEntry.objects.filter(reverses=entry).first()
    if reversal is not None:
        raise Refused(
            Problem(
                "payment_reversed",
                f"Pembayaran ini sudah dibalik dengan baris {reversal.number} buku besar, jadi tidak ada kwitansinya.",
            )
        )
    proposal = entry.grant.proposal
    officers = officers_of([proposal.group_id]).get(proposal.group_id, Officers())
    return Receipt(
        document=entry.document,
        amount=rupiah(entry.amount),
        words=_sentence(rupiah_in_words(entry.amount)),
        purpose=_purpose(entry),
        facts=(
            ("Kode rekening", f"{entry.grant.budget.account_code}, tahun anggaran {proposal.year_id}"),
            ("Ke rekening", parts.account_fact(proposal.group, clear=clear)),
        ),
        signatures=(
            Signature("Mengetahui,", HEAD),
            Signature("Lunas dibayar,", "Bendahara", entry.made_by.full_name),
            parts.chair_signs(
                proposal.group,
                officers.chair,
                above=f"Tangerang, {long_date(entry.booked_on)}\nYang menerima,",
            ),
        ),
    )


def write(path: Path, receipt: Receipt, stamp: Stamp) -> None:
    """The receipt as a PDF, A5."""
    write_pdf(
        path,
        TEMPLATE,
        {
            **asdict(receipt),
            "title": TITLE,
            "office": OFFICE,
            "payer": PAYER,
            "taken": stamp.taken,
            "sample": stamp.sample,
        },
    )


def _purpose(entry: LedgerEntry) -> str:
    grant, proposal = entry.grant, entry.grant.proposal
    number = entry.instalment.number if entry.instalment else 1
    parted = grant.instalments.count()
    part = f" termin {number} dari {parted}" if parted > 1 else ""
    return (
        f"Hibah modal usaha{part} untuk KUB {proposal.group.name} ({proposal.kind}), {parts.place(proposal.group)}, "
        f"sesuai {grant.decree} tanggal {long_date(grant.decree.decided_on)}{_agreement(entry)}."
    )


def _agreement(entry: LedgerEntry) -> str:
    grant = entry.grant
    if grant.agreed_on is None:
        return ""
    return f" dan NPHD {grant.agreement_number} tanggal {long_date(grant.agreed_on)}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
