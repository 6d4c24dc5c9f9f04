"""When a group has reached the next stage: what its records say and what somebody has to vouch for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kub.lifecycle import Stage
from tangerang_poverty.kit.formats import long_date, number
from tangerang_poverty.kit.problems import Problem
from trainings.rules import SHORTEST_REASON

ORDER = (Stage.GROWING, Stage.DEVELOPING, Stage.INDEPENDENT)
LOOKED_AT = 3  # the last visits
MONTHS = {Stage.DEVELOPING: 6, Stage.INDEPENDENT: 24}  # a group has been at work for, before it gets there
DAYS_OF_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Criterion:
    """One point of the list: stored by its code, read by its label. A measured one is answered by the records."""

    code: str
    label: str
    is_measured: bool = False


CRITERIA: dict[Stage, tuple[Criterion, ...]] = {
    Stage.DEVELOPING: (
        Criterion("age", "Berjalan paling sedikit 6 bulan", is_measured=True),
        Criterion("sales", "Ada penjualan pada tiga kunjungan terakhir", is_measured=True),
        Criterion("offices", "Ketua, sekretaris, dan bendahara terisi", is_measured=True),
        Criterion("reports", "Tidak ada LPJ yang lewat tenggat", is_measured=True),
        Criterion("books", "Buku kas diisi dan cocok dengan uang dan barangnya"),
        Criterion("meetings", "Anggota bertemu paling sedikit sebulan sekali"),
        Criterion("tools", "Alat dan modal bantuan masih ada dan dipakai"),
    ),
    Stage.INDEPENDENT: (
        Criterion("age", "Berjalan paling sedikit 2 tahun", is_measured=True),
        Criterion("profit", "Laba pada tiga kunjungan terakhir", is_measured=True),
        Criterion("members", "Jumlah anggota cukup", is_measured=True),
        Criterion("offices", "Ketua, sekretaris, dan bendahara terisi", is_measured=True),
        Criterion("all_reports", "Semua uang yang dibayar sudah dipertanggungjawabkan", is_measured=True),
        Criterion("market", "Punya pembeli tetap di luar lingkungan sendiri"),
        Criterion("licence", "Punya izin usaha (NIB, dan PIRT untuk makanan)"),
        Criterion("own_capital", "Modal bertambah dari laba sendiri"),
        Criterion("shares", "Laba dibagi menurut aturan yang disepakati anggota"),
    ),
}


@dataclass(frozen=True, slots=True)
class Sold:
    """What a visit saw, in rupiah a month."""

    on: date
    turnover: int
    profit: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say of a group. `visits` newest first; `open_money` is paid and not accounted for."""

    formed_on: date | None
    members: int
    min_members: int
    vacant: Sequence[str]
    visits: Sequence[Sold]
    late_reports: int
    open_money: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records say to one point, and the sentence it rests on."""

    is_met: bool
    evidence: str


def next_stage(stage: str) -> Stage | None:
    """The stage above, None at the top."""
    at = ORDER.index(Stage(stage))
    return ORDER[at + 1] if at + 1 < len(ORDER) else None


def stage_below(stage: str) -> Stage | None:
    """The stage below, None at the bottom."""
    at = ORDER.index(Stage(stage))
    return ORDER[at - 1] if at else None


def measured(to: Stage, facts: Facts, *, today: date) -> dict[str, Answer]:
    """The answers of the records to the points of a stage that they can answer, by code."""
    answers = {
        "age": _age(facts, MONTHS[to], today),
        "sales": _visits(facts, [visit.turnover for visit in facts.visits], "Omzet"),
        "profit": _visits(facts, [visit.profit for visit in facts.visits], "Laba"),
        "offices": Answer(
            not facts.vacant,
            f"Kosong: {', '.join(facts.vacant).lower()}." if facts.vacant else "Ketiganya terisi.",
        ),
        "members": Answer(
            facts.members >= facts.min_members,
            f"{facts.members} orang; paling sedikit {facts.min_members}.",
        ),
        "reports": Answer(
            not facts.late_reports,
            f"{facts.late_reports} LPJ terlambat." if facts.late_reports else "Tidak ada yang terlambat.",
        ),
        "all_reports": Answer(
            not facts.open_money,
            f"Belum: Rp{number(facts.open_money)}." if facts.open_money else "Tidak ada sisa.",
        ),
    }
    return {point.code: answers[point.code] for point in CRITERIA[to] if point.is_measured}


def stage_problems(
    stage: str, to: str, *, checks: Mapping[str, bool], note: str, decided_on: date, today: date
) -> list[Problem]:
    """What keeps a group from the other stage: a point that is not met going up, a missing reason going down."""
    problems: list[Problem] = []
    if decided_on > today:
        problems.append(Problem("in_future", f"Tanggal {long_date(decided_on)} belum tiba.", "decided_on"))
    up = next_stage(stage)
    if to == up:
        problems += [
            Problem("not_met", f"Belum terpenuhi: {point.label[0].lower()}{point.label[1:]}.", point.code)
            for point in CRITERIA[up]
            if not checks.get(point.code)
        ]
    elif to == stage_below(stage):
        if len(note.strip()) < SHORTEST_REASON:
            problems.append(Problem("no_reason", "Tuliskan mengapa tahapnya diturunkan.", "note"))
    else:
        problems.append(Problem("one_step", "Tahap naik atau turun satu langkah saja.", "to"))
    return problems


def _age(facts: Facts, months: int, today: date) -> Answer:
    if facts.formed_on is None:
        return Answer(False, "Rapat pembentukannya belum dicatat.")
    whole = (today - facts.formed_on).days // DAYS_OF_A_MONTH
    return Answer(whole >= months, f"{whole} bulan sejak {long_date(facts.formed_on)}.")


def _visits(facts: Facts, amounts: list[int], what: str) -> Answer:
    last = amounts[:LOOKED_AT]
    if len(last) < LOOKED_AT:
        return Answer(False, f"Baru {len(last)} kunjungan yang dicatat.")
    return Answer(
        all(amount > 0 for amount in last),
        f"{what}: {', '.join(_money(amount) for amount in reversed(last))}.",
    )


def _money(amount: int) -> str:
    return f"Rp{number(amount)}" if amount >= 0 else f"rugi Rp{number(-amount)}"
