"""What several papers of the groups have in common: facts of a group, columns, numbered rows, sums."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kub.models import Group, Membership
from kub.reports.people import Officers
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.papers.paper import DOTS, Column, Signature

MASKED_NIK = "NIK disamarkan."
MASKED_ACCOUNT = "Nomor rekening disamarkan."
MASKED_BOTH = "NIK dan nomor rekening disamarkan."


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row and its number on the paper."""

    number: int
    row: Any


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A line of the budget (RAB), or its sum: then only `item` and the amounts are said. Whole rupiah."""

    number: int | None
    item: str
    quantity: int | None
    unit: str
    unit_price: int | None
    amount: int
    granted: int | None = None


def numbered(rows: Iterable[Any]) -> list[Numbered]:
    return [Numbered(number, row) for number, row in enumerate(rows, start=1)]


def place(group: Group) -> str:
    """ "Kelurahan Gembor, Kecamatan Periuk"."""
    return f"{group.area.label}, {group.area.parent.label}" if group.area.parent else group.area.label


def account(group: Group, *, clear: bool) -> str:
    """The bank and the number of the account, or its last digits; "" without one."""
    if not clear:
        return group.masked_account
    return f"{group.bank_name} {group.account_number}".strip() if group.account_number else ""


def account_fact(group: Group, *, clear: bool) -> str:
    """The account and whose it is, dots where nobody has written it down."""
    holder = f" atas nama {group.account_holder}" if group.account_holder else ""
    return f"{account(group, clear=clear) or DOTS}{holder}"


def group_facts(group: Group) -> list[tuple[str, str]]:
    return [
        ("Nama KUB", group.name),
        ("Jenis usaha", str(group.kind)),
        ("Alamat usaha", group.address or DOTS),
        ("Wilayah", place(group)),
    ]


def officer_facts(officers: Officers) -> list[tuple[str, str]]:
    named = zip(Membership.Role, (officers.chair, officers.secretary, officers.treasurer), strict=False)
    return [(str(role.label), name or DOTS) for role, name in named]


def chair_signs(group: Group, name: str, *, above: str) -> Signature:
    return Signature(above, f"Ketua KUB {group.name}", name)


def head_of_kelurahan(group: Group) -> Signature:
    return Signature("Mengetahui,", f"Lurah {group.area.name}")


_NIK = Column("NIK", lambda row: mask(row.row.person.nik or ""), "31mm")


def member_columns(*, clear: bool, sign: bool = False) -> list[Column]:
    """Members as rows `Numbered`: with NIK, masked unless `clear`, and room for a signature."""
    columns = [
        Column("No.", lambda row: row.number, "9mm", "right"),
        Column("Nama lengkap", lambda row: row.row.person.name, "1fr"),
        replace(_NIK, cell=lambda row: row.row.person.nik) if clear else _NIK,
        Column("Alamat", lambda row: _home(row.row), "1.2fr"),
        Column("Jabatan", lambda row: row.row.get_role_display(), "20mm"),
    ]
    return [*columns, Column("Tanda tangan", lambda row: row.number, "36mm", sign=True)] if sign else columns


def _home(row: Membership) -> str:
    """Street, RT and RW, and the kelurahan: members of one group may live in several."""
    home = row.household
    within = "/".join(filter(None, (home.rt, home.rw)))
    return ", ".join(filter(None, (home.address, f"RT/RW {within}" if within else "", home.area.name)))


def budget_lines(lines: Sequence[Any]) -> list[BudgetLine]:
    """Lines of a proposal, numbered."""
    return [
        BudgetLine(number, one.item, one.quantity, one.unit, one.unit_price, one.amount, one.granted)
        for number, one in enumerate(lines, start=1)
    ]


def total(lines: Sequence[BudgetLine]) -> BudgetLine:
    decided = [line.granted for line in lines if line.granted is not None]
    return BudgetLine(
        None,
        "Jumlah",
        None,
        "",
        None,
        sum(line.amount for line in lines),
        sum(decided) if decided else None,
    )


def budget_columns(*, decided: bool) -> list[Column]:
    """Rows `BudgetLine`; with what was granted once it is decided."""
    columns = [
        Column("No.", lambda row: row.number, "9mm", "right"),
        Column("Uraian", lambda row: row.item, "1fr"),
        Column("Volume", lambda row: row.quantity, "16mm", "right"),
        Column("Satuan", lambda row: row.unit, "18mm"),
        money("Harga satuan (Rp)", "unit_price", "30mm"),
        money("Jumlah (Rp)", "amount"),
    ]
    return [*columns, money("Disetujui (Rp)", "granted")] if decided else columns


def money(header: str, name: str, width: str = "27mm") -> Column:
    """Whole rupiah of `row.name`."""
    return Column(header, lambda row: getattr(row, name), width, "right")
