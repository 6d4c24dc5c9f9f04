"""Programmes: made, changed, opened, started and closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.versions import fingerprint
from trainings.lifecycle import (
    PROGRAMME_MOVES,
    ProgrammeState,
    take,
)
from trainings.models import Course, Programme
from trainings.reports.programme import unfinished

# What may still be changed in which state; a draft may change in everything.
_ALWAYS = ("account_code", "budget")
_WHILE_OPEN = (
    *_ALWAYS,
    "registration_opens_on",
    "registration_closes_on",
    "default_quota",
    "min_attendance",
    "min_score",
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
CHANGEABLE: dict[str, tuple[str, ...] | None] = {
    ProgrammeState.DRAFT: None,
    ProgrammeState.OPEN: _WHILE_OPEN,
    ProgrammeState.RUNNING: (*_ALWAYS, "min_attendance", "min_score"),
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
    if not is_new:
        _unchanged_where_fixed(programme, seen)
    try:
        programme.full_clean()
    except ValidationError as error:
        raise Refused(_problems_of(error)) from error
    with audited(by=by, action="make_programme" if is_new else "change_programme"):
        programme.save()
    return programme


@transaction.atomic
def make_course(name: str, *, by: User) -> Course:
    """The course of this name, made when there is none; letter case and spaces do not make another one."""
    require_whole_city(by)
    tidy = " ".join(name.split())
    if not tidy:
        raise Refused(Problem("no_course", "Tuliskan nama keterampilannya.", "course"))
    return Course.objects.filter(name__iexact=tidy).first() or Course.objects.create(name=tidy)


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
    return problems


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


def _unchanged_where_fixed(programme: Programme, seen: str) -> None:
    """Refuses a save over a later change, and changes that the state of the programme no longer lets be made."""
    before = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
    free = CHANGEABLE[before.state]
    if seen != version_of(before):
        raise Refused(CHANGED_MEANWHILE)
    if free is None:
        return
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


def _problems_of(error: ValidationError) -> list[Problem]:
    by_field: dict[str, Any] = error.message_dict
    return [
        Problem("invalid", message, "" if name == "__all__" else name)
        for name, messages in by_field.items()
        for message in messages
    ]
