"""What the registry may hold, judged by pure functions: facts in, problems out."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from tangerang_poverty.kit.identifiers import Kind, identifier_problems
from tangerang_poverty.kit.problems import Problem

RT_RW = re.compile(r"^\d{3}$")
SHORTEST_REASON = 5  # letters; less explains nothing to who reads the history
YOUNGEST_HEAD = 12  # years
OLDEST_AGE = 115  # years; older than anybody verified in Indonesia


class RankScale(StrEnum):
    """How a source ranks welfare; 1 is the poorest on every scale."""

    CLASS = "class"  # PPLS: 1 sangat miskin, 2 miskin, 3 hampir miskin
    PERCENTILE = "percentile"  # BDT: 1…100
    DECILE = "decile"  # PBDT, DTSEN: 1…10
    NONE = ""


CLASS_LABELS = {1: "Sangat miskin", 2: "Miskin", 3: "Hampir miskin"}
_TOP = {RankScale.CLASS: 3, RankScale.PERCENTILE: 100, RankScale.DECILE: 10}


def rank_group(rank: int | None, scale: str) -> int | None:
    """The group a rank falls in: the class itself, or the decile. None when unknown or off the scale."""
    if rank is None or scale == RankScale.NONE or not 1 <= rank <= _TOP[RankScale(scale)]:
        return None
    return (rank + 9) // 10 if scale == RankScale.PERCENTILE else rank


def rank_group_label(group: int | None, scale: str) -> str:
    """A group in words: "Miskin" (class) or "Desil 2"; "Tanpa peringkat" when unknown."""
    if group is None or scale == RankScale.NONE:
        return "Tanpa peringkat"
    return CLASS_LABELS[group] if scale == RankScale.CLASS else f"Desil {group}"


def place_problems(*, rt: str, rw: str) -> list[Problem]:
    """RT and RW are empty or three digits."""
    return [
        Problem(f"{field}_shape", f"{field.upper()} {value!r} harus tiga angka, misalnya 004.", field)
        for field, value in (("rt", rt), ("rw", rw))
        if value and not RT_RW.match(value)
    ]


def birth_problems(birth_date: date | None, *, today: date) -> list[Problem]:
    """A birth date is not in the future and not longer ago than anybody has lived."""
    if birth_date is None:
        return []
    if birth_date > today:
        return [Problem("birth_future", "Tanggal lahir ada di masa depan.", "birth_date")]
    if today.year - birth_date.year > OLDEST_AGE:
        return [Problem("birth_too_old", f"Umur menjadi lebih dari {OLDEST_AGE} tahun.", "birth_date")]
    return []


def reason_problems(reason: str) -> list[Problem]:
    """A change by hand says why, in words that the history can show."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return []
    return [Problem("no_reason", "Tuliskan alasannya, misalnya “menurut Kartu Keluarga”.", "reason")]


def rank_problems(rank: int | None, scale: str) -> list[Problem]:
    """A rank names its scale and lies on it; no rank needs no scale."""
    if rank is None:
        return []
    if scale == RankScale.NONE:
        return [Problem("rank_without_scale", "Pilih skala dari peringkat ini.", "rank_scale")]
    if rank_group(rank, scale) is None:
        top = _TOP[RankScale(scale)]
        return [Problem("rank_off_scale", f"Peringkat pada skala ini antara 1 dan {top}.", "rank")]
    return []


def identity_problems(
    *, nik: str, kk: str, birth_date: date | None, birth_precision: str, sex: str, home_prefix: str
) -> list[Problem]:
    """What is wrong or odd about the two numbers of one person; both are optional."""
    numbers: list[tuple[str, Kind]] = [(nik, "nik"), (kk, "kk")]
    return [
        problem
        for text, kind in numbers
        for problem in identifier_problems(
            text,
            kind=kind,
            birth_date=birth_date,
            birth_precision=birth_precision,
            sex=sex,
            home_prefix=home_prefix,
        )
    ]


def member_problems(
    *, name: str, birth_date: date | None, is_head: bool, has_other_head: bool, today: date
) -> list[Problem]:
    """A member has a name and a possible birth date, and a household has one head."""
    problems = birth_problems(birth_date, today=today)
    if not name.strip():
        problems.append(Problem("no_name", "Nama wajib diisi.", "name"))
    if is_head and has_other_head:
        problems.append(
            Problem(
                "two_heads",
                "Keluarga ini sudah mempunyai kepala rumah tangga; ubah dahulu hubungan kepala yang lama.",
                "relation",
            )
        )
    if is_head and birth_date and birth_date <= today and today.year - birth_date.year < YOUNGEST_HEAD:
        problems.append(
            Problem(
                "young_head", f"Kepala rumah tangga ini belum {YOUNGEST_HEAD} tahun.", "birth_date", "warning"
            )
        )
    return problems


def status_problems(*, evidence: str, effective_on: date, today: date) -> list[Problem]:
    """A change of status names its evidence and does not lie in the future."""
    problems = []
    if not evidence.strip():
        problems.append(Problem("no_evidence", "Sebutkan buktinya, misalnya nomor berita acara.", "evidence"))
    if effective_on > today:
        problems.append(Problem("not_yet", "Tanggal berlakunya belum tiba.", "effective_on"))
    return problems
