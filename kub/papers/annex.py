"""The annex of a decree: every group it gives something, with chair, address, kind, members, amount and account."""

from __future__ import annotations

from dataclasses import dataclass

from kub.models import Decree
from kub.papers import parts
from kub.reports.annex import Recipient, recipients
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.formats import long_date, number, rupiah
from tangerang_poverty.kit.words import rupiah_in_words
from tangerang_poverty.papers.paper import Column, Paper, Signature, Table

TITLE = "Daftar KUB penerima hibah"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the annex, or its sum: then only `name`, `members` and `amount` are said."""

    number: int | None
    name: str
    members: int
    amount: int
    of: Recipient | None = None
    account: str = ""


def annex_paper(decree: Decree, *, by: User, clear: bool) -> Paper:
    """The groups of the decree within the reader's area. `clear` shows account numbers as they are."""
    found = recipients(decree, by=by)
    lines = [
        _Line(
            place, one.group.name, one.members, one.amount, one, parts.account(one.group, clear=clear) or ""
        )
        for place, one in enumerate(found, start=1)
    ]
    amount = sum(line.amount for line in lines)
    cancelled = [one.group.name for one in found if one.is_cancelled]
    return Paper(
        title=TITLE,
        annex=[
            ("Lampiran", f"Keputusan {decree.signatory_title}"),
            ("Nomor", decree.number),
            ("Tanggal", long_date(decree.decided_on)),
        ],
        facts=[
            ("Tahun anggaran", str(decree.year_id)),
            ("Kode rekening", ", ".join(sorted({one.account_code for one in found})) or "-"),
            *([("Wilayah", by.area.label)] if by.area and by.area.parent_id else []),
            ("Jumlah KUB", number(len(lines))),
            ("Jumlah hibah", f"{rupiah(amount)} ({rupiah_in_words(amount)})"),
        ],
        tables=[
            Table(
                "Penerima",
                COLUMNS,
                lines,
                sums=[_Line(None, "Jumlah", sum(line.members for line in lines), amount)] if lines else [],
                empty="Belum ada KUB dalam keputusan ini.",
                heading=False,
            )
        ],
        people=len(lines),
        landscape=True,
        notes=[
            *([f"Dibatalkan sesudah keputusan: {', '.join(cancelled)}."] if cancelled else []),
            *([] if clear else [parts.MASKED_ACCOUNT]),
        ],
        signatures=[
            Signature(
                f"Ditetapkan di Tangerang\npada tanggal {long_date(decree.decided_on)}",
                decree.signatory_title,
                decree.signatory_name,
            )
        ],
    )


def _of(name: str) -> Column:
    header, width = _TEXTS[name]
    return Column(header, lambda row: getattr(row.of, name) if row.of else "", width)


_TEXTS = {
    "chair": ("Ketua", "1fr"),
    "address": ("Alamat", "1.2fr"),
    "kelurahan": ("Kelurahan", "23mm"),
    "kecamatan": ("Kecamatan", "21mm"),
    "kind": ("Jenis usaha", "25mm"),
    "form": ("Bentuk", "15mm"),
}
COLUMNS = (
    Column("No.", lambda row: row.number, "9mm", "right"),
    Column("Nama KUB", lambda row: row.name, "1fr"),
    *(_of(name) for name in _TEXTS),
    Column("Anggota", lambda row: row.members, "16mm", "right"),
    parts.money("Jumlah (Rp)", "amount", "24mm"),
    Column("Rekening", lambda row: row.account, "31mm"),
)
