"""Early warnings of a group: facts in, flags out, each with the evidence it rests on and where to read it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from tangerang_poverty.kit.formats import long_date, rupiah

Severity = Literal["warn", "bad"]  # the kind of its badge


class Code(StrEnum):
    """What can be flagged; the value stands in the address of a filter."""

    NO_VISIT = "tanpa-kunjungan"
    NO_SALES = "tanpa-penjualan"
    FEW_MEMBERS = "anggota-kurang"
    OFFICE_VACANT = "pengurus-kosong"
    REPORT_LATE = "lpj-terlambat"
    YOUNG_GROUP = "kelompok-muda"
    TWO_GROUPS = "anggota-rangkap"
    OVER_PLAN = "melebihi-rab"
    UNREADABLE = "kuitansi-tak-terbaca"


LABELS: dict[Code, str] = {
    Code.NO_VISIT: "Lama tidak dikunjungi",
    Code.NO_SALES: "Dua kali tanpa penjualan",
    Code.FEW_MEMBERS: "Anggota kurang",
    Code.OFFICE_VACANT: "Pengurus kosong",
    Code.REPORT_LATE: "LPJ terlambat",
    Code.YOUNG_GROUP: "Kelompok terlalu muda",
    Code.TWO_GROUPS: "Anggota di dua kelompok",
    Code.OVER_PLAN: "Belanja melebihi RAB",
    Code.UNREADABLE: "Kuitansi tidak terbaca",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is flagged; days and members, as the office has set them."""

    min_members: int
    visit_warn_days: int
    visit_alarm_days: int
    young_group_days: int


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit saw of the sales, in rupiah."""

    on: date
    turnover: int


@dataclass(frozen=True, slots=True)
class LateReport:
    """A report that is due and was not handed in, or was returned; `what` names its instalment and grant."""

    what: str
    due_on: date
    url: str
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal that is on its way: when it was handed in first (None: a draft that may be handed in today)."""

    what: str
    on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A member who, by their NIK, belongs to another group too."""

    name: str
    group: str
    url: str


@dataclass(frozen=True, slots=True)
class Overspent:
    """A line of the plan on which more was spent than planned, in rupiah, by a report that is not accepted yet."""

    item: str
    planned: int
    spent: int
    url: str


@dataclass(frozen=True, slots=True)
class Illegible:
    """A receipt that whoever examined it could not read."""

    number: str
    item: str
    amount: int
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one group. `visits` newest first, two are enough; `paid_on` is the first payment."""

    formed_on: date
    members: int
    url: str  # of the group's page
    visits_url: str
    vacant: Sequence[str] = ()  # offices as people call them
    visits: Sequence[Visited] = ()
    paid_on: date | None = None
    paid: int = 0
    late: Sequence[LateReport] = ()
    asked: Sequence[Asked] = ()
    twins: Sequence[Twin] = ()
    overspent: Sequence[Overspent] = ()
    illegible: Sequence[Illegible] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning: what it says in a few words, a sentence with the evidence, and the address where it can be read."""

    code: Code
    severity: Severity
    label: str
    evidence: str
    url: str

    @property
    def is_alarm(self) -> bool:
        return self.severity == "bad"


def flags_of(facts: Facts, limits: Limits, *, today: date) -> list[Flag]:
    """Every flag of a group that is at work, alarms first; in the order of Code among equals."""
    found = [
        *_no_visit(facts, limits, today),
        *_no_sales(facts),
        *_few_members(facts, limits),
        *_vacant(facts),
        *_late(facts.late, today),
        *_young(facts, limits, today),
        *_twins(facts),
        *_receipts(facts),
    ]
    return sorted(found, key=lambda flag: not flag.is_alarm)


def severest(flags: Iterable[Flag]) -> Severity | None:
    """That of the worst flag, or None."""
    worst: Severity | None = None
    for flag in flags:
        if flag.is_alarm:
            return "bad"
        worst = flag.severity
    return worst


def not_visited_since(last_visit: date | None, formed_on: date) -> date:
    """The day from which on the days without a visit count."""
    return formed_on if last_visit is None else max(last_visit, formed_on)


def _no_visit(facts: Facts, limits: Limits, today: date) -> Iterator[Flag]:
    last = facts.visits[0].on if facts.visits else None
    days = (today - not_visited_since(last, facts.formed_on)).days
    if days < limits.visit_warn_days:
        return
    is_alarm = days >= limits.visit_alarm_days
    evidence = f"Batas {limits.visit_alarm_days if is_alarm else limits.visit_warn_days} hari. "
    if last is None:
        evidence += f"Belum pernah dikunjungi sejak dibentuk {long_date(facts.formed_on)}."
    else:
        evidence += f"Kunjungan terakhir {long_date(last)}."
    if facts.paid_on and (last is None or last < facts.paid_on):
        evidence += f" Modal {rupiah(facts.paid)} dibayar {long_date(facts.paid_on)}."
    severity: Severity = "bad" if is_alarm else "warn"
    yield Flag(Code.NO_VISIT, severity, f"Belum dikunjungi {days} hari", evidence, facts.visits_url)


def _no_sales(facts: Facts) -> Iterator[Flag]:
    last = facts.visits[:2]
    if len(last) == 2 and not any(visit.turnover for visit in last):
        evidence = (
            f"Omzet nol pada dua kunjungan terakhir: {long_date(last[1].on)} dan {long_date(last[0].on)}."
        )
        yield Flag(Code.NO_SALES, "bad", "Dua kali tanpa penjualan", evidence, facts.visits_url)


def _few_members(facts: Facts, limits: Limits) -> Iterator[Flag]:
    if facts.members < limits.min_members:
        evidence = f"Paling sedikit {limits.min_members} orang."
        yield Flag(Code.FEW_MEMBERS, "bad", f"Anggota tinggal {facts.members}", evidence, facts.url)


def _vacant(facts: Facts) -> Iterator[Flag]:
    if facts.vacant:
        *others, last = [office.lower() for office in facts.vacant]
        offices = f"{', '.join(others)} dan {last}" if others else last
        evidence = "Ketua, sekretaris, dan bendahara masing-masing harus terisi."
        yield Flag(Code.OFFICE_VACANT, "warn", f"Jabatan {offices} kosong", evidence, facts.url)


def _late(reports: Iterable[LateReport], today: date) -> Iterator[Flag]:
    for report in reports:
        days = (today - report.due_on).days
        if days > 0:
            state = "dikembalikan dan belum dikirim lagi" if report.returned else "belum dikirim"
            evidence = f"{report.what} {state}; tenggatnya {long_date(report.due_on)}."
            yield Flag(Code.REPORT_LATE, "bad", f"LPJ terlambat {days} hari", evidence, report.url)


def _young(facts: Facts, limits: Limits, today: date) -> Iterator[Flag]:
    for proposal in facts.asked:
        age = ((proposal.on or today) - facts.formed_on).days
        if age >= limits.young_group_days:
            continue
        formed = f"kelompok dibentuk {long_date(facts.formed_on)}"
        if proposal.on is None:
            since = long_date(facts.formed_on + timedelta(days=limits.young_group_days))
            evidence = f"{proposal.what} sedang disusun; {formed}, jadi sebaiknya diajukan mulai {since}."
        else:
            evidence = (
                f"{proposal.what} diajukan {long_date(proposal.on)}, {formed}; "
                f"sebaiknya paling sedikit {limits.young_group_days} hari kemudian."
            )
        yield Flag(Code.YOUNG_GROUP, "warn", f"Usulan pada umur {age} hari", evidence, proposal.url)


def _twins(facts: Facts) -> Iterator[Flag]:
    for twin in facts.twins:
        evidence = f"{twin.name}: NIK yang sama tercatat sebagai anggota KUB {twin.group}."
        yield Flag(Code.TWO_GROUPS, "bad", "Anggota di dua kelompok", evidence, twin.url)


def _receipts(facts: Facts) -> Iterator[Flag]:
    for line in facts.overspent:
        evidence = f"{line.item}: kuitansi {rupiah(line.spent)}, rencana {rupiah(line.planned)}."
        label = f"Melebihi RAB {rupiah(line.spent - line.planned)}"
        yield Flag(Code.OVER_PLAN, "warn", label, evidence, line.url)
    for receipt in facts.illegible:
        evidence = f"{receipt.item}, {rupiah(receipt.amount)}. Minta foto yang lebih jelas."
        label = f"Kuitansi {receipt.number} tidak terbaca"
        yield Flag(Code.UNREADABLE, "warn", label, evidence, receipt.url)
