"""Who may take part, judged by pure functions: facts in, every problem out, as sentences for the officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from households.rules import RankScale, rank_group_label
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Problem

SHORTEST_REASON = 5  # letters; less explains nothing to who reads the history
LARGEST_QUOTA = 1_000  # seats; more is a slip of the finger


@dataclass(frozen=True, slots=True)
class EligibilityTerms:
    """What a programme asks of a family and its member. A limit of None does not apply."""

    year: int
    class_up_to: int | None
    decile_up_to: int | None
    min_age: int | None
    max_age: int | None
    years_between: int
    list_name: str


@dataclass(frozen=True, slots=True)
class CompletionTerms:
    """What it takes to pass: a share of the sessions in percent and, where one is stated, a score."""

    min_attendance: int
    min_score: int | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A course somebody of the family has passed."""

    person_id: int
    name: str
    course: str
    year: int


@dataclass(frozen=True, slots=True)
class Taking:
    """An enrolment the family holds now; `where` says it: "kursi 17", "daftar cadangan"."""

    person_id: int
    name: str
    programme: str
    where: str
    same_programme: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """The facts about one person and their family that the rules look at."""

    person_id: int
    name: str
    age: int | None  # in years on the day the registration is made
    is_present: bool
    whereabouts: str  # "Meninggal", "Pindah" when not present
    is_listed: bool  # the family has not left the list
    left: str  # "pada 3 Juni 2015: pindah ke luar kota", as far as known
    on_wave: bool  # the family stands in the programme's list
    rank_scale: str
    rank_group: int | None
    passed: Sequence[Passed] = field(default=())
    taking: Sequence[Taking] = field(default=())


def eligibility_problems(terms: EligibilityTerms, candidate: Candidate) -> list[Problem]:
    """Everything that keeps this person from taking part, all at once; none means welcome."""
    return [
        *registry_problems(terms, candidate),
        *_age_problems(terms, candidate),
        *_taking_problems(candidate),
        *_passed_problems(terms, candidate),
    ]


def registry_problems(terms: EligibilityTerms, candidate: Candidate) -> list[Problem]:
    """What the registry says against it; asked again of those who are enrolled, for the registry changes."""
    problems = []
    if not candidate.is_present:
        problems.append(
            Problem("gone", f"Tercatat {candidate.whereabouts.lower()} di data keluarga.", "person")
        )
    if not candidate.is_listed:
        when = f" {candidate.left}" if candidate.left else ""
        problems.append(Problem("left_list", f"Keluarga ini sudah keluar dari daftar{when}.", "household"))
    elif not candidate.on_wave:
        problems.append(
            Problem("not_on_list", f"Keluarga ini tidak tercatat dalam {terms.list_name}.", "household")
        )
    return problems + _rank_problems(terms, candidate)


def _rank_problems(terms: EligibilityTerms, candidate: Candidate) -> list[Problem]:
    is_class = candidate.rank_scale == RankScale.CLASS
    limit = terms.class_up_to if is_class else terms.decile_up_to
    if candidate.rank_scale == RankScale.NONE or candidate.rank_group is None:
        if terms.class_up_to is None and terms.decile_up_to is None:
            return []
        return [Problem("no_rank", "Peringkat keluarga ini belum diketahui.", "household")]
    if limit is None or candidate.rank_group <= limit:
        return []
    top = rank_group_label(limit, candidate.rank_scale).lower()
    own = rank_group_label(candidate.rank_group, candidate.rank_scale).lower()
    return [
        Problem("rank_above", f"Peringkat keluarga {own}; program ini untuk {top} ke bawah.", "household")
    ]


def _age_problems(terms: EligibilityTerms, candidate: Candidate) -> list[Problem]:
    if terms.min_age is None and terms.max_age is None:
        return []
    if candidate.age is None:
        return [
            Problem("no_age", "Tanggal lahir belum diketahui; lengkapi dahulu di data keluarga.", "person")
        ]
    if terms.min_age is not None and candidate.age < terms.min_age:
        return [
            Problem("too_young", f"Umur {candidate.age} tahun; paling muda {terms.min_age} tahun.", "person")
        ]
    if terms.max_age is not None and candidate.age > terms.max_age:
        return [
            Problem("too_old", f"Umur {candidate.age} tahun; paling tua {terms.max_age} tahun.", "person")
        ]
    return []


def _taking_problems(candidate: Candidate) -> list[Problem]:
    problems = []
    for taking in candidate.taking:
        own = taking.person_id == candidate.person_id
        if taking.same_programme:
            message = (
                f"Sudah terdaftar: {taking.where}."
                if own
                else f"Keluarga ini sudah mempunyai peserta: {taking.name}, {taking.where}."
            )
            problems.append(Problem("family_taking", message, "household"))
        else:
            who = "Masih" if own else f"{taking.name}, anggota keluarga ini, masih"
            problems.append(Problem("taking_other", f"{who} mengikuti {taking.programme}.", "household"))
    return problems


def _passed_problems(terms: EligibilityTerms, candidate: Candidate) -> list[Problem]:
    """The last course passed in the family, when it is too recent."""
    recent = [passed for passed in candidate.passed if passed.year + terms.years_between > terms.year]
    if not recent:
        return []
    last = max(recent, key=lambda passed: (passed.year, passed.person_id == candidate.person_id))
    again = last.year + terms.years_between
    if last.person_id == candidate.person_id:
        message = f"Lulus {last.course} tahun {last.year}. Boleh ikut lagi mulai {again}."
    else:
        message = (
            f"{last.name}, anggota keluarga ini, lulus {last.course} tahun {last.year}. "
            f"Keluarga ini boleh ikut lagi mulai {again}."
        )
    return [Problem("passed_recently", message, "household")]


def age_on(born: date | None, day: date) -> int | None:
    """Whole years; None when the birth date is unknown. A date known to the year alone counts from its first day."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def window_problems(*, is_open: bool, opens_on: date, closes_on: date, today: date) -> list[Problem]:
    """Participants are registered while the programme is open and between two days, both included."""
    if not is_open:
        return [Problem("not_open", "Pendaftaran program ini tidak sedang dibuka.")]
    if today < opens_on:
        return [Problem("too_early", f"Pendaftaran baru dibuka {long_date(opens_on)}.")]
    if today > closes_on:
        return [Problem("too_late", f"Pendaftaran sudah ditutup {long_date(closes_on)}.")]
    return []


def reason_problems(reason: str) -> list[Problem]:
    """A decision against somebody says why, in words that they can be told."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return []
    return [Problem("no_reason", "Tuliskan alasannya dengan beberapa kata.", "reason")]


def quota_problems(quota: int, *, taken: int) -> list[Problem]:
    """A quota is a plausible number, and never below the seats that are taken."""
    if quota < taken:
        return [
            Problem(
                "quota_below_taken",
                f"Kuota {quota} kurang dari {taken} kursi yang sudah terisi. "
                "Catat dahulu peserta yang mundur, atau pilih kuota yang lebih besar.",
                "quota",
            )
        ]
    if quota > LARGEST_QUOTA:
        return [Problem("quota_too_large", f"Kuota paling banyak {LARGEST_QUOTA} kursi.", "quota")]
    return []


def repeat_problems(course: str, last_year: int | None, *, year: int, gap: int, area: str) -> list[Problem]:
    """The same course does not come back to a kelurahan for some years. `last_year` None: it never was there."""
    if last_year is None or last_year + gap < year or last_year >= year:
        return []
    return [
        Problem(
            "course_repeats",
            f"{course} sudah diadakan di {area} tahun {last_year}; boleh lagi mulai {last_year + gap + 1}.",
            "area",
        )
    ]
