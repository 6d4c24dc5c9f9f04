"""Programmes: made, changed, opened, started and closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.versions import fingerprint
from trainings.lifecycle import (
    PROGRAMME_MOVES,
    CohortState,
    ProgrammeState,
    take,
)
from trainings.models import Course, Programme
from trainings.reports.programme import repeating, unfinished

# What may still be changed in which state; a draft may change in everything.
_ALWAYS = ("account_code", "budget")
_TO_PASS = ("min_attendance", "min_score")
_WHILE_OPEN = (
    *_ALWAYS,
    "registration_opens_on",
    "registration_closes_on",
    "default_quota",
    *_TO_PASS,
)
PROGRAMME_FIELDS = (
    "year",
    "course_id",
    "wave_id",
    "account_code",
    "budget",
    "default_quota",
    "class_up_to",
    "decile_up_to",
    "min_age",
    "max_age",
    "years_between",
    "course_gap_years",
    "registration_opens_on",
    "registration_closes_on",
    "min_attendance",
    "min_score",
    "state",
)
CHANGED_MEANWHILE = Problem(
    "changed_meanwhile",
    "Data ini baru saja diubah orang lain. Isian Anda belum disimpan dan masih ada di bawah; "
    "bandingkan dengan halamannya, lalu simpan lagi bila masih perlu.",
)
SAME_PROGRAMME = Problem("invalid", "Program dengan keterampilan ini pada tahun itu sudah ada.", "course")
CHANGEABLE: dict[str, tuple[str, ...] | None] = {
    ProgrammeState.DRAFT: None,
    ProgrammeState.OPEN: _WHILE_OPEN,
    ProgrammeState.RUNNING: (*_ALWAYS, *_TO_PASS),
    ProgrammeState.CLOSED: (),
}


def require_whole_city(by: User) -> None:
    """A programme concerns all kelurahan, so whoever moves it works for the whole city. Raises PermissionDenied."""
    require(by, Can.MANAGE_PROGRAMMES)
    if by.area_id != settings.CITY_CODE:
        raise PermissionDenied("A programme concerns the whole city.")


def version_of(programme: Programme) -> str:
    """A token of what people may change in a programme, for a form that two may have open."""
    return fingerprint(programme, PROGRAMME_FIELDS, purpose="trainings.actions.programmes")


@transaction.atomic
def save_programme(programme: Programme, *, by: User, seen: str = "") -> Programme:
    """Make a programme, or keep the changed values of one as `seen`. Raises Refused with every problem."""
    require_whole_city(by)
    is_new = programme.pk is None
    other_course = not is_new and _unchanged_where_fixed(programme, seen)
    try:
        programme.full_clean()
    except ValidationError as error:
        raise Refused(_problems_of(error)) from error
    try:
        with transaction.atomic(), audited(by=by, action="make_programme" if is_new else "change_programme"):
            if other_course:
                _take_leaves_back(programme)
            programme.save()
    except IntegrityError as error:  # somebody else made the same one at the same moment
        raise Refused(SAME_PROGRAMME) from error
    return programme


@transaction.atomic
def make_course(name: str, *, by: User) -> Course:
    """The course of this name, made when there is none; letter case and spaces do not make another one."""
    require_whole_city(by)
    tidy = " ".join(name.split())
    if not tidy:
        raise Refused(Problem("no_course", "Tuliskan nama keterampilannya.", "course"))
    there = Course.objects.filter(name__iexact=tidy).first()
    if there is not None:
        return there
    try:
        with transaction.atomic(), audited(by=by, action="make_course"):
            return Course.objects.create(name=tidy)
    except IntegrityError as error:  # made by somebody else at the same moment
        message = f"Keterampilan {tidy} baru saja dibuat orang lain; simpan sekali lagi."
        raise Refused(Problem("course_there", message, "course")) from error


@transaction.atomic
def move_programme(programme: Programme, name: str, *, by: User, today: date) -> None:
    """Take a move of the table. Raises Refused with every problem, or PermissionDenied."""
    move = PROGRAMME_MOVES[name]
    require_whole_city(by)
    now = (
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course", "wave")
        .get(pk=programme.pk)
    )
    problems = _MOVE_PROBLEMS[name](now, today)
    if problems and now.state in move.from_:
        raise Refused(problems)
    with audited(by=by, action="move_programme", note=move.label):
        take(now, move, by=by)
    programme.state = now.state


def _open_problems(programme: Programme, today: date) -> list[Problem]:
    problems = []
    if not programme.cohorts.filter(quota__gt=0).exists():
        problems.append(Problem("no_cohorts", "Tetapkan dahulu kuota tiap kelurahan."))
    if programme.registration_closes_on < today:
        problems.append(Problem("window_over", "Tanggal penutupan pendaftaran sudah lewat; ubah dahulu."))
    return problems + _repeat_problems(programme)


def _repeat_problems(programme: Programme) -> list[Problem]:
    """Said for the first few kelurahan: another course repeats in all of them."""
    found = repeating(programme)
    if not found:
        return []
    more = f" Begitu juga {len(found) - 3} kelurahan lain." if len(found) > 3 else ""
    words = " ".join(problem.message for problem in found[:3])
    advice = "Jadikan kuotanya nol, lalu mintalah pengecualian dengan alasan."
    return [Problem("course_repeats", f"{words}{more} {advice}", "course")]


def _unopen_problems(programme: Programme, today: date) -> list[Problem]:
    if not programme.cohorts.filter(enrolments__isnull=False).exists():
        return []
    return [
        Problem("has_participants", "Sudah ada peserta, jadi program ini tidak kembali menjadi rancangan.")
    ]


def _reopen_problems(programme: Programme, today: date) -> list[Problem]:
    if programme.registration_closes_on >= today:
        return []
    return [Problem("window_over", "Tanggal penutupan pendaftaran sudah lewat; buka lagi tidak ada gunanya.")]


def _close_problems(programme: Programme, today: date) -> list[Problem]:
    left = unfinished(programme)
    if not left:
        return []
    names = ", ".join(left[:3]) + (f", dan {len(left) - 3} lagi" if len(left) > 3 else "")
    return [Problem("cohorts_unfinished", f"Kelulusan belum ditetapkan di {names}.")]


def _no_problems(programme: Programme, today: date) -> list[Problem]:
    return []


_MOVE_PROBLEMS = {
    "open": _open_problems,
    "unopen": _unopen_problems,
    "start": _no_problems,
    "reopen": _reopen_problems,
    "close": _close_problems,
}


def changeable(programme: Programme) -> tuple[str, ...] | None:
    """The fields that may still be changed; None: all. Once a kelurahan is decided, what it takes to pass is fixed:
    all kelurahan of a programme are judged alike."""
    free = CHANGEABLE[programme.state]
    if free is None or not set(free) & {*_TO_PASS}:
        return free
    decided = programme.cohorts.filter(state=CohortState.FINISHED).exists()
    return tuple(name for name in free if name not in _TO_PASS) if decided else free


def _unchanged_where_fixed(programme: Programme, seen: str) -> bool:
    """Refuses a save over a later change, and changes that the state of the programme no longer lets be made.

    Gives whether it becomes another course, or that of another year.
    """
    before = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    free = changeable(before)
    if seen != version_of(before):
        raise Refused(CHANGED_MEANWHILE)
    if free is None:
        return (before.course_id, before.year) != (programme.course_id, programme.year)
    fixed = [
        field
        for field in Programme._meta.concrete_fields
        if field.editable
        and field.name not in free
        and getattr(before, field.attname) != getattr(programme, field.attname)
    ]
    if fixed:
        word = before.get_state_display().lower()
        raise Refused(
            Problem("fixed", f"Tidak dapat diubah pada keadaan {word}: {field.verbose_name}.", field.name)
            for field in fixed
        )
    return False


def _take_leaves_back(programme: Programme) -> None:
    """Leave to repeat a course was given for that course in that year, by who has the right."""
    leaves = programme.cohorts.filter(override_at__isnull=False)
    leaves.update(override_at=None, override_by=None, override_reason="")


def _problems_of(error: ValidationError) -> list[Problem]:
    by_field: dict[str, Any] = error.message_dict
    return [
        Problem("invalid", message, "" if name == "__all__" else name)
        for name, messages in by_field.items()
        for message in messages
    ]
