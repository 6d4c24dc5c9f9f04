"""Who may join a business group and what a group must have, judged by pure functions: facts in, sentences out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem

ACCOUNT_DIGITS = (5, 20)


@dataclass(frozen=True, slots=True)
class Joining:
    """The facts about one person that decide over their joining; `family` names those who are in already."""

    person_id: int
    name: str
    is_present: bool
    whereabouts: str  # "Meninggal", "Pindah" when not present
    is_graduate: bool
    kecamatan: str  # code
    kecamatan_name: str
    group_id: int | None = None  # the group they are in now
    group_name: str = ""
    family: Sequence[str] = field(default=())


def joining_problems(
    facts: Joining, *, kecamatan: str, kecamatan_name: str, group_id: int | None
) -> list[Problem]:
    """Everything that keeps a person from joining, all at once. `group_id` is None for a group yet to be formed."""
    if facts.group_id is not None and facts.group_id == group_id:
        return [Problem("already_member", "Sudah anggota KUB ini.", "person")]
    problems = standing_problems(facts, kecamatan=kecamatan, kecamatan_name=kecamatan_name)
    if facts.group_id is not None:
        problems.append(Problem("in_group", f"Masih anggota KUB {facts.group_name}.", "person"))
    if facts.family:
        names = ", ".join(facts.family)
        problems.append(
            Problem("family_in_group", f"Keluarga ini sudah mempunyai anggota: {names}.", "person")
        )
    return problems


def standing_problems(facts: Joining, *, kecamatan: str, kecamatan_name: str) -> list[Problem]:
    """What is asked of a member as long as they are one: here, a graduate, of the group's kecamatan."""
    problems = []
    if not facts.is_present:
        where = facts.whereabouts.lower()
        problems.append(Problem("gone", f"Tercatat {where} di data keluarga.", "person"))
    if not facts.is_graduate:
        problems.append(Problem("not_graduate", "Belum lulus pelatihan.", "person"))
    if facts.kecamatan != kecamatan:
        message = f"Tinggal di Kecamatan {facts.kecamatan_name}; KUB ini di Kecamatan {kecamatan_name}."
        problems.append(Problem("other_kecamatan", message, "person"))
    return problems


def size_problems(members: int, *, most: int) -> list[Problem]:
    """A group never has more members than the office lays down."""
    if members <= most:
        return []
    return [
        Problem("too_many_members", f"Anggota KUB paling banyak {most} orang, ini menjadi {members} orang.")
    ]


def below_problems(name: str, *, left: int, least: int) -> list[Problem]:
    """A warning, to be confirmed: whoever leaves leaves too few behind."""
    if left >= least:
        return []
    return [
        Problem(
            "below_minimum",
            f"Setelah {name} keluar, anggotanya tinggal {left} orang, kurang dari {least}. "
            "KUB ini akan tampil dalam daftar perlu perhatian.",
            severity="warning",
        )
    ]


def start_problems(
    *, members: int, least: int, most: int, vacant: Collection[str], founded: bool
) -> list[Problem]:
    """What a forming group still lacks. `vacant`: offices without a holder; `founded`: its meeting is recorded."""
    problems = []
    if members < least:
        problems.append(
            Problem("too_few_members", f"Anggotanya {members} orang; paling sedikit {least} orang.")
        )
    problems += size_problems(members, most=most)
    problems += [Problem("office_vacant", f"{office} belum ada.", "office") for office in vacant]
    if not founded:
        problems.append(
            Problem("not_founded", "Tanggal rapat dan nomor berita acara pembentukan belum diisi.")
        )
    return problems


def joined_problems(joined_on: date, *, formed_on: date | None, today: date) -> list[Problem]:
    """Somebody joins between the founding of the group, where that is known, and today."""
    if joined_on > today:
        return [Problem("joined_later", "Tanggal masuk belum tiba.", "joined_on")]
    if formed_on is not None and joined_on < formed_on:
        formed = long_date(formed_on)
        return [
            Problem("joined_before", f"Tanggal masuk sebelum KUB dibentuk ({formed}).", "joined_on"),
        ]
    return []


def left_problems(left_on: date, *, joined_on: date, today: date, field: str = "left_on") -> list[Problem]:
    """Somebody leaves, or changes office, between the day they began and today."""
    if left_on > today:
        return [Problem("left_later", "Tanggal ini belum tiba.", field)]
    if left_on < joined_on:
        return [Problem("left_before", f"Tanggal ini sebelum {long_date(joined_on)}, saat ia mulai.", field)]
    return []


def founding_problems(formed_on: date | None, *, today: date) -> list[Problem]:
    """The founding meeting has been held already."""
    if formed_on is None or formed_on <= today:
        return []
    return [Problem("formed_later", "Tanggal rapat pembentukan belum tiba.", "formed_on")]


def account_problems(number: str, *, bank: str, holder: str) -> list[Problem]:
    """An account is told whole: its number in digits, its bank and whose it is; or not at all."""
    problems = []
    if number and not (number.isascii() and number.isdigit()):
        problems.append(Problem("account_not_digits", "Nomor rekening berupa angka saja.", "account_number"))
    elif number and not ACCOUNT_DIGITS[0] <= len(number) <= ACCOUNT_DIGITS[1]:
        message = f"Nomor rekening antara {ACCOUNT_DIGITS[0]} dan {ACCOUNT_DIGITS[1]} angka."
        problems.append(Problem("account_length", message, "account_number"))
    if number and not bank.strip():
        problems.append(Problem("no_bank", "Sebutkan banknya.", "bank_name"))
    if number and not holder.strip():
        problems.append(Problem("no_holder", "Sebutkan atas nama siapa rekening ini.", "account_holder"))
    return problems


def parted(number: int, *, least: int, most: int) -> list[int]:
    """How many people to put into each group: as few groups as hold all, about equal, none too small.

    A single group when there are not enough for one, [] for nobody. Who finds no room is left over.
    """
    if number <= 0:
        return []
    groups = -(-number // most)
    while groups > 1 and number // groups < least:
        groups -= 1
    share, more = divmod(number, groups)
    return [min(most, share + (place < more)) for place in range(groups)]
