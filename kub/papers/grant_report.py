"""The report of a grant: figures, budget against receipts, instalments, ledger, receipts, visits, steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from kub.lifecycle import EntryKind
from kub.models import Grant, LedgerEntry
from kub.papers import parts
from kub.reports.account import Account, account
from kub.reports.people import Officers, officers_of
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.papers.paper import HEAD, Column, Paper, Signature, Table

TITLE = "Laporan hibah"
REVERSED = "Baris buku besar tidak pernah diubah; yang keliru dibalik dengan baris baru bertanda minus."
WAITING = "LPJ belum diterima: kuitansi dalam LPJ yang masih disusun, diperiksa atau dikembalikan."


def grant_paper(grant: Grant, *, today: date) -> Paper:
    """Everything about the grant on one paper; the account number is masked."""
    group = grant.proposal.group
    officers = officers_of([group.pk]).get(group.pk, Officers())
    return Paper(
        title=TITLE,
        facts=_facts(grant, officers, today),
        tables=_tables(grant, account(grant)),
        people=officers.number,
        landscape=True,
        notes=[WAITING, REVERSED],
        signatures=[
            parts.chair_signs(group, officers.chair, above=""),
            Signature(f"Tangerang, {long_date(today)}", HEAD),
        ],
    )


def _facts(grant: Grant, officers: Officers, today: date) -> list[tuple[str, str]]:
    proposal, group = grant.proposal, grant.proposal.group
    agreed = f"{grant.agreement_number}, {long_date(grant.agreed_on)}" if grant.agreed_on else "belum ada"
    return [
        *parts.group_facts(group),
        *parts.officer_facts(officers),
        ("Rekening", parts.account_fact(group, clear=False)),
        ("Bentuk bantuan", proposal.get_grant_form_display()),
        ("Untuk", proposal.purpose),
        ("Keputusan", f"{grant.decree.number}, {long_date(grant.decree.decided_on)}"),
        ("NPHD", agreed),
        (
            "Kode rekening",
            f"{grant.budget.account_code} {grant.budget.name}, tahun anggaran {proposal.year_id}",
        ),
        ("Langkah", grant.get_state_display()),
        ("Keadaan", long_date(today)),
    ]


def _tables(grant: Grant, found: Account) -> list[Table]:
    return [
        Table("Ringkasan", FIGURES, [grant]),
        Table("RAB terhadap LPJ", LINES, found.lines, sums=[found.whole] if found.lines else []),
        Table("Termin", INSTALMENTS, found.instalments, empty="Belum ada termin."),
        Table(
            "Buku besar",
            LEDGER,
            found.entries,
            sums=[grant] if found.entries else [],
            empty="Belum ada pembukuan.",
        ),
        Table("Kuitansi", RECEIPTS, found.receipts, empty="Belum ada kuitansi."),
        Table("Kunjungan sejak keputusan", VISITS, found.visits, empty="Belum ada kunjungan."),
        Table("Langkah", MOVES, found.moves),
    ]


def _booked(kind: str) -> Any:
    """What an entry of some kind books, and in the sum row what all of them come to."""
    names = {EntryKind.DECISION: "decided", EntryKind.PAYMENT: "paid"} | {
        EntryKind.ACCOUNTED: "accounted",
        EntryKind.REFUND: "refunded",
    }

    def cell(row: LedgerEntry | Grant) -> int | None:
        if isinstance(row, Grant):
            return int(getattr(row, names[EntryKind(kind)]))
        if kind == EntryKind.DECISION and row.kind == EntryKind.RELEASE:
            return -row.amount
        return row.amount if row.kind == kind else None

    return cell


def _entry(name: str) -> Any:
    return lambda row: "" if isinstance(row, Grant) else getattr(row, name)


FIGURES = (
    Column("Diusulkan (Rp)", lambda row: row.proposal.amount, "1fr", "right"),
    parts.money("Diputuskan (Rp)", "decided", "1fr"),
    parts.money("Dibayar (Rp)", "paid", "1fr"),
    parts.money("LPJ diterima (Rp)", "accounted", "1fr"),
    parts.money("Disetor kembali (Rp)", "refunded", "1fr"),
    parts.money("Sisa kas kelompok (Rp)", "held", "1.2fr"),
    parts.money("Belum dibayar (Rp)", "unpaid", "1fr"),
)
LINES = (
    Column("No.", lambda row: row.number, "9mm", "right"),
    Column("Uraian", lambda row: row.item, "1fr"),
    parts.money("Diusulkan (Rp)", "asked"),
    parts.money("Disetujui (Rp)", "granted"),
    parts.money("LPJ diterima (Rp)", "accepted", "30mm"),
    parts.money("LPJ belum diterima (Rp)", "waiting", "38mm"),
    parts.money("Sisa (Rp)", "left"),
    Column("Kuitansi", lambda row: row.receipts, "17mm", "right"),
)
INSTALMENTS = (
    Column("Termin", lambda row: row.instalment.number, "15mm", "right"),
    Column("Jumlah (Rp)", lambda row: row.instalment.amount, "30mm", "right"),
    Column("Dibayar (Rp)", lambda row: row.instalment.paid, "30mm", "right"),
    Column("Tanggal bayar", lambda row: row.paid_on, "1fr"),
    Column("LPJ", lambda row: row.state, "1fr"),
    Column("Tenggat LPJ", lambda row: row.due_on, "1fr"),
)
LEDGER = (
    Column("No.", _entry("number"), "9mm", "right"),
    Column("Tanggal", _entry("booked_on"), "32mm"),
    Column("Uraian", lambda row: "Jumlah" if isinstance(row, Grant) else row.description, "1.4fr"),
    Column("Dokumen", _entry("document"), "1fr"),
    Column("Oleh", lambda row: "" if isinstance(row, Grant) else row.made_by.full_name, "30mm"),
    Column("Diputuskan", _booked(EntryKind.DECISION), "24mm", "right"),
    Column("Dibayar", _booked(EntryKind.PAYMENT), "24mm", "right"),
    Column("LPJ diterima", _booked(EntryKind.ACCOUNTED), "24mm", "right"),
    Column("Disetor kembali", _booked(EntryKind.REFUND), "26mm", "right"),
)
RECEIPTS = (
    Column("Termin", lambda row: row.report.instalment.number, "14mm", "right"),
    Column("No.", lambda row: row.number, "9mm", "right"),
    Column("Tanggal", lambda row: row.dated_on, "32mm"),
    Column("Rincian RAB", lambda row: row.line.item, "1fr"),
    Column("Uraian", lambda row: row.description, "1fr"),
    Column("Jumlah (Rp)", lambda row: row.amount, "27mm", "right"),
    Column("Keterangan", lambda row: _readable(row), "1fr"),
)
VISITS = (
    Column("Tanggal", lambda row: row.visited_on, "32mm"),
    Column("Anggota aktif", lambda row: row.active_members, "24mm", "right"),
    parts.money("Omzet (Rp)", "turnover"),
    parts.money("Biaya (Rp)", "costs"),
    parts.money("Laba (Rp)", "profit"),
    parts.money("Persediaan (Rp)", "stock", "29mm"),
    Column("Masalah", lambda row: row.problem, "1fr"),
)
MOVES = (
    Column("Langkah", lambda row: row.label, "1fr"),
    Column("Tanggal", lambda row: row.day, "32mm"),
    Column("Oleh", lambda row: row.by, "1fr"),
    Column("Catatan", lambda row: row.note, "1.4fr"),
)


def _readable(receipt: Any) -> str:
    if not receipt.unreadable:
        return ""
    return ": ".join(filter(None, ("Tidak terbaca", receipt.unreadable_note)))
