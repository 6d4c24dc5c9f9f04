"""What is judged about proposals and money: pure functions, facts as arguments, every problem at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kub.lifecycle import DutyKind
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.problems import Problem

MOST_LINES = 60
MOST_INSTALMENTS = 6
MOST_QUANTITY = 1_000_000
MOST_PRICE = 1_000_000_000

DUTY_WORDS = {
    DutyKind.SUBMIT: "mengajukan",
    DutyKind.VERIFY: "memverifikasi",
    DutyKind.DECIDE: "memutuskan",
    DutyKind.PAY: "membayar termin",
}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of a budget as it is written: whole numbers, whole rupiah."""

    item: str
    quantity: int
    unit: str
    unit_price: int

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """How a group stands when it proposes. `vacant` are the names of offices nobody holds."""

    is_active: bool
    members: int
    min_members: int
    max_members: int
    vacant: tuple[str, ...]
    has_account: bool


def line_problems(lines: Sequence[LineDraft]) -> list[Problem]:
    """What is wrong with the lines of a budget, each named by its number."""
    problems = []
    if not lines:
        problems.append(Problem("no_lines", "RAB belum berisi satu baris pun.", "lines"))
    if len(lines) > MOST_LINES:
        problems.append(Problem("many_lines", f"RAB paling banyak {MOST_LINES} baris.", "lines"))
    for number, line in enumerate(lines, 1):
        if not line.item.strip() or not line.unit.strip():
            problems.append(Problem("line_words", f"Baris {number}: uraian dan satuan wajib diisi.", "lines"))
        if not 1 <= line.quantity <= MOST_QUANTITY:
            problems.append(
                Problem("line_quantity", f"Baris {number}: volume antara 1 dan 1.000.000.", "lines")
            )
        if not 1 <= line.unit_price <= MOST_PRICE:
            problems.append(
                Problem(
                    "line_price",
                    f"Baris {number}: harga satuan antara Rp1 dan {rupiah(MOST_PRICE)}.",
                    "lines",
                )
            )
    return problems


def amount_problems(amount: int, *, ceiling: int | None, kind: str, year: int) -> list[Problem]:
    """Whether an amount keeps to the ceiling of the kind and year (None: there is none)."""
    if amount <= 0:
        return [Problem("no_amount", "Jumlahnya harus lebih dari nol.", "amount")]
    if ceiling is None:
        return [
            Problem("no_ceiling", f"Plafon {kind} untuk tahun {year} belum ditetapkan.", "amount"),
        ]
    if amount > ceiling:
        return [
            Problem(
                "over_ceiling",
                f"{rupiah(amount)} melebihi plafon {kind} {year}, yaitu {rupiah(ceiling)}.",
                "amount",
            )
        ]
    return []


def budget_problems(amount: int, *, left: int, name: str) -> list[Problem]:
    """Whether what is left of a budget is enough."""
    if amount <= left:
        return []
    return [
        Problem(
            "over_budget", f"{rupiah(amount)} melebihi sisa anggaran {name}, yaitu {rupiah(left)}.", "budget"
        )
    ]


def granted_problems(granted: Sequence[tuple[str, int, int]]) -> list[Problem]:
    """Lines as (item, granted, proposed): none negative, none above what was proposed."""
    problems = []
    for item, given, asked in granted:
        if given < 0:
            problems.append(Problem("granted_negative", f"{item}: jumlah tidak boleh negatif.", "granted"))
        elif given > asked:
            problems.append(
                Problem(
                    "granted_above",
                    f"{item}: {rupiah(given)} melebihi yang diusulkan, yaitu {rupiah(asked)}.",
                    "granted",
                )
            )
    return problems


def group_problems(facts: GroupFacts, *, needs_account: bool) -> list[Problem]:
    """Whether a group may ask for a grant as it stands."""
    problems = []
    if not facts.is_active:
        problems.append(Problem("not_active", "KUB ini belum disahkan atau sudah bubar.", "group"))
    if facts.members < facts.min_members:
        problems.append(
            Problem(
                "few_members",
                f"Anggotanya {facts.members}; paling sedikit {facts.min_members}.",
                "group",
            )
        )
    if facts.members > facts.max_members:
        problems.append(
            Problem(
                "many_members",
                f"Anggotanya {facts.members}; paling banyak {facts.max_members}.",
                "group",
            )
        )
    problems += [
        Problem("vacant", f"Jabatan {office.lower()} masih kosong.", "group") for office in facts.vacant
    ]
    if needs_account and not facts.has_account:
        problems.append(Problem("no_account", "Nomor rekening KUB belum dicatat.", "group"))
    return problems


def recipient_problems(
    *, allowed: bool | None, legal_form: str, grant_form: str, basis: str
) -> list[Problem]:
    """Whether a group of this legal form may be given this form of grant (None: no rule has been laid down)."""
    if allowed:
        return []
    if allowed is None:
        message = f"Belum ada aturan apakah kelompok “{legal_form}” boleh menerima {grant_form.lower()}."
    else:
        message = f"Kelompok “{legal_form}” tidak boleh menerima {grant_form.lower()}: {basis}."
    return [Problem("recipient", message, "grant_form")]


def duty_problems(held: str | None, on: date | None, *, wanted: str) -> list[Problem]:
    """Whether a person who already did `held` on this proposal (None: nothing) may do `wanted` on it."""
    if held is None or held == wanted:
        return []
    when = f" pada {long_date(on)}" if on else ""
    return [
        Problem(
            "own_duty",
            f"Anda {DUTY_WORDS[DutyKind(held)]} usulan ini{when}, jadi langkah ini dikerjakan orang lain.",
        )
    ]


def year_problems(day: date, *, closed: bool, budget_year: int | None = None) -> list[Problem]:
    """Whether something may be booked on a day: the year's books are open, and it is the year of the budget."""
    if closed:
        return [
            Problem(
                "year_closed",
                f"Tahun anggaran {day.year} sudah ditutup; tidak ada pembukuan bertanggal {long_date(day)}.",
                "booked_on",
            )
        ]
    if budget_year is not None and day.year != budget_year:
        return [
            Problem(
                "other_year",
                f"Tanggal {long_date(day)} tidak dalam tahun anggaran {budget_year}.",
                "booked_on",
            )
        ]
    return []


def date_problems(day: date, *, earliest: date | None, today: date, what: str, field: str) -> list[Problem]:
    """A day something happened on: not in the future, and not before what it follows."""
    if day > today:
        return [Problem("in_future", f"{what} {long_date(day)} belum terjadi.", field)]
    if earliest is not None and day < earliest:
        return [Problem("too_early", f"{what} {long_date(day)} mendahului {long_date(earliest)}.", field)]
    return []


def instalment_problems(amounts: Sequence[int], *, decided: int, is_goods: bool) -> list[Problem]:
    """Whether the instalments of an agreement add up to what was decided."""
    problems = []
    if not 1 <= len(amounts) <= MOST_INSTALMENTS:
        problems.append(
            Problem("instalments", f"Banyaknya termin antara 1 dan {MOST_INSTALMENTS}.", "instalments")
        )
    if is_goods and len(amounts) > 1:
        problems.append(
            Problem("goods_once", "Barang diserahkan sekaligus, dalam satu termin.", "instalments")
        )
    if any(amount <= 0 for amount in amounts):
        problems.append(Problem("instalment_zero", "Jumlah setiap termin lebih dari nol.", "instalments"))
    if sum(amounts) != decided:
        problems.append(
            Problem(
                "not_the_sum",
                f"Jumlah termin {rupiah(sum(amounts))}, padahal yang diputuskan {rupiah(decided)}.",
                "instalments",
            )
        )
    return problems


def report_due(paid_on: date, *, days: int, latest: date) -> date:
    """When the report of a payment is due: so many days after it, and never after the year's latest day.

    A payment after that latest day still gets its days: a due date before the payment would be absurd.
    """
    due = paid_on + timedelta(days=days)
    return min(due, latest) if latest > paid_on else due
