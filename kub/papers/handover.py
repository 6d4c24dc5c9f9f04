"""The handover report of a grant in goods (berita acara serah terima)."""

from __future__ import annotations

from datetime import date
from typing import Any

from kub.lifecycle import EntryKind
from kub.models import Grant
from kub.papers import parts
from kub.reports.people import Officers, officers_of
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.words import day_in_words, rupiah_in_words
from tangerang_poverty.papers.paper import DOTS, OFFICE, Column, Paper, Signature, Table

TITLE = "Berita acara serah terima barang"
BLANK = "." * 10  # a quantity that is written in by hand


def handover_paper(grant: Grant) -> Paper:
    """Who hands which goods to whom. A line that was granted in part has its quantity left open."""
    proposal, group = grant.proposal, grant.proposal.group
    lines = [
        line for line in parts.budget_lines(list(proposal.lines.order_by("position"))) if line.granted != 0
    ]
    worth = sum(_worth(line) for line in lines)
    chair = officers_of([group.pk]).get(group.pk, Officers()).chair
    day = _handed_over_on(grant)
    return Paper(
        title=TITLE,
        number=DOTS,
        opening=[_opening(day)],
        facts=[
            ("Pihak pertama", f"{DOTS}, {OFFICE[1]} Kota Tangerang"),
            ("Pihak kedua", f"{chair or DOTS}, Ketua KUB {group.name}"),
            ("Alamat usaha", group.address or DOTS),
            ("Wilayah", parts.place(group)),
        ],
        tables=[
            Table(
                "Barang",
                COLUMNS,
                lines,
                sums=[parts.BudgetLine(None, "Jumlah", None, "", None, worth, worth)] if lines else [],
                empty="Tidak ada barang.",
                lead=[_lead(grant)],
                heading=False,
            )
        ],
        people=1,
        closing=[
            f"Nilai barang seluruhnya {rupiah(worth)} ({rupiah_in_words(worth)}).",
            "Barang telah diperiksa bersama dan diterima dalam keadaan baik dan cukup. Sejak berita acara ini "
            "ditandatangani, PIHAK KEDUA bertanggung jawab atas pemakaian dan pemeliharaannya.",
            "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.",
        ],
        signatures=[
            Signature("PIHAK KEDUA", f"Ketua KUB {group.name}", chair),
            Signature(
                f"Tangerang, {long_date(day) if day else DOTS[:26]}\nPIHAK PERTAMA",
                f"{OFFICE[1]} Kota Tangerang",
            ),
            parts.head_of_kelurahan(group),
        ],
    )


def _handed_over_on(grant: Grant) -> date | None:
    """The day of the last payment that stands."""
    rows = grant.entries.filter(kind=EntryKind.PAYMENT, reverses=None, reversed_by=None)
    return rows.order_by("-number").values_list("booked_on", flat=True).first()


def _opening(day: date | None) -> str:
    when = f"{day_in_words(day)} ({long_date(day)})" if day else f"{DOTS[:20]} tanggal {DOTS}"
    return f"Pada hari ini, {when}, kami yang bertanda tangan di bawah ini:"


def _lead(grant: Grant) -> str:
    agreed = (
        f" dan NPHD {grant.agreement_number} tanggal {long_date(grant.agreed_on)}" if grant.agreed_on else ""
    )
    return (
        f"Sesuai {grant.decree} tanggal {long_date(grant.decree.decided_on)}{agreed}, PIHAK PERTAMA menyerahkan kepada "
        "PIHAK KEDUA, dan PIHAK KEDUA menerima dari PIHAK PERTAMA, barang hibah modal usaha sebagai berikut:"
    )


def _worth(line: parts.BudgetLine) -> int:
    return line.amount if line.granted is None else line.granted


def _quantity(line: Any) -> Any:
    return line.quantity if line.granted in (None, line.amount) else BLANK


COLUMNS = (
    Column("No.", lambda row: row.number, "9mm", "right"),
    Column("Nama barang", lambda row: row.item, "1.4fr"),
    Column("Volume", _quantity, "20mm", "right"),
    Column("Satuan", lambda row: row.unit, "18mm"),
    parts.money("Harga satuan (Rp)", "unit_price", "30mm"),
    Column("Nilai (Rp)", _worth, "27mm", "right"),
    Column("Keterangan", lambda row: "", "1fr"),
)
