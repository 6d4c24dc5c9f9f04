"""Corrections of a household or one of its people: checked, with a reason, safe when two save at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from households.actions.identity import SHARED_NIK, told_of
from households.actions.versions import HOUSEHOLD_FIELDS, PERSON_FIELDS, version_of
from households.models import Household, Person, StatusChange
from households.models.registry import PersonQuerySet
from households.rules import (
    identity_problems,
    member_problems,
    place_problems,
    rank_group,
    rank_problems,
    reason_problems,
)
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.text import name_key

CHANGED_MEANWHILE = Problem(
    "changed_meanwhile",
    "Data ini baru saja diubah orang lain. Isian Anda belum disimpan dan masih ada di bawah; "
    "bandingkan dengan yang kini tercatat, lalu simpan lagi bila masih perlu.",
)
_COMPARED = (
    "birth_date_differs",
    "sex_differs",
)  # judged again when the other side of the comparison changes
NOTHING_CHANGED = Problem("nothing_changed", "Tidak ada isian yang berubah.")


@transaction.atomic
def correct_household(
    household: Household, *, by: User, reason: str, changes: Mapping[str, Any], seen: str, today: date
) -> Household:
    """Change fields of a household; another kelurahan makes it a move, kept as a StatusChange.

    `changes` maps names of HOUSEHOLD_FIELDS to values; `seen` is the version the user looked at.
    Raises Refused with every problem, or PermissionDenied.
    """
    require(by, Can.CORRECT_HOUSEHOLD)
    row = _locked(household.pk, by=by)
    _same_as_seen(row, seen)
    changed = _changed(row, changes, HOUSEHOLD_FIELDS)
    problems = reason_problems(reason) + _household_problems(row, changed, by=by)
    _refuse(problems if problems or changed else [NOTHING_CHANGED])
    moves = "area_id" in changed
    if {"rank", "rank_scale"} & changed.keys():
        row.rank_scale = row.rank_scale if row.rank is not None else ""
        row.rank_group = rank_group(row.rank, row.rank_scale)
        changed |= {"rank_scale": row.rank_scale, "rank_group": row.rank_group}
    with audited(by=by, action="move_household" if moves else "correct_household", note=reason.strip()):
        row.save(update_fields=sorted(changed))
        if moves:
            StatusChange.objects.create(
                household=row,
                kind=StatusChange.Kind.MOVE,
                reason=StatusChange.Reason.MOVED_INSIDE,
                evidence=reason.strip(),
                effective_on=today,
                made_by=by,
            )
    return row


def correct_person(
    person: Person,
    *,
    by: User,
    reason: str,
    changes: Mapping[str, Any],
    seen: str,
    today: date,
    accept_warnings: bool = False,
) -> Person:
    """Change fields of one member. `changes` maps PERSON_FIELDS to values; "" takes a NIK or KK away.

    Raises Refused with every problem (only warnings: unless `accept_warnings`), or PermissionDenied.
    """
    require(by, Can.CORRECT_HOUSEHOLD)
    with told_of(changes.get("nik") or "", by=by) as problems:
        household = _locked(person.household_id, by=by)
        row: Person = Person.objects.select_for_update().get(pk=person.pk, household=household)
        _same_as_seen(row, seen)
        was_head = row.relation == Person.Relation.HEAD
        changed = _changed(row, changes, PERSON_FIELDS)
        problems += reason_problems(reason) + _member_problems(row, changed, by=by, today=today)
        if was_head and row.relation != Person.Relation.HEAD:
            problems.append(_NO_HEAD_LEFT)
        _refuse(problems if problems or changed else [NOTHING_CHANGED], accept_warnings=accept_warnings)
        derive(row, new_numbers=bool({"nik", "kk"} & changed.keys()))
        with audited(by=by, action="correct_person", note=reason.strip()):
            row.save(update_fields=sorted({*changed, "name_key", "identity_notes"}))
    return row


def add_person(
    household: Household,
    *,
    by: User,
    reason: str,
    values: Mapping[str, Any],
    today: date,
    accept_warnings: bool = False,
) -> Person:
    """Add a member to a household. Raises Refused like correct_person, or PermissionDenied."""
    require(by, Can.CORRECT_HOUSEHOLD)
    with told_of(values.get("nik") or "", by=by) as problems:
        row = Person(household=_locked(household.pk, by=by))
        changed = _changed(row, values, PERSON_FIELDS)
        problems += reason_problems(reason) + _member_problems(row, changed, by=by, today=today)
        _refuse(problems, accept_warnings=accept_warnings)
        derive(row, new_numbers=True)
        with audited(by=by, action="add_person", note=reason.strip()):
            row.save()
    return row


_NO_HEAD_LEFT = Problem(
    "no_head_left",
    "Keluarga ini menjadi tanpa kepala rumah tangga; tetapkan kepala yang baru sesudah ini.",
    "relation",
    severity="warning",
)


def _locked(pk: int, *, by: User) -> Household:
    """The household, held until the transaction ends: corrections of one family wait for each other."""
    try:
        row: Household = Household.objects.visible_to(by).select_for_update(of=("self",)).get(pk=pk)
    except Household.DoesNotExist:
        raise PermissionDenied("outside the area") from None
    return row


def _same_as_seen(row: Household | Person, seen: str) -> None:
    if version_of(row) != seen:
        raise Refused(CHANGED_MEANWHILE)


def _changed(row: Household | Person, values: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Sets the values on the row (not saved) and returns those that differ from what it had."""
    unknown = values.keys() - set(fields)
    if unknown:
        raise ValueError(f"Not to be corrected: {sorted(unknown)}")
    changed = {
        name: value for name, value in values.items() if (value or None) != (getattr(row, name) or None)
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return changed


def _household_problems(row: Household, changed: dict[str, Any], *, by: User) -> list[Problem]:
    problems = place_problems(rt=row.rt, rw=row.rw)
    if "area_id" in changed and not Area.objects.visible_to(by).kelurahan().filter(code=row.area_id).exists():
        problems.append(
            Problem("area_out_of_reach", "Pilih kelurahan di dalam wilayah kerja Anda.", "area_id")
        )
    if {"rank", "rank_scale"} & changed.keys():
        if not by.has_perm(Can.CHANGE_STATUS.value):
            problems.append(Problem("rank_not_yours", "Peringkat hanya diubah oleh Dinas Sosial.", "rank"))
        problems += rank_problems(row.rank, row.rank_scale)
    return problems


def _member_problems(row: Person, changed: dict[str, Any], *, by: User, today: date) -> list[Problem]:
    others = Person.objects.exclude(pk=row.pk)
    is_head = row.relation == Person.Relation.HEAD
    problems = member_problems(
        name=row.name,
        birth_date=row.birth_date,
        is_head=is_head,
        has_other_head=is_head
        and others.filter(household=row.household_id, relation=Person.Relation.HEAD).exists(),
        today=today,
    )
    if {"nik", "kk", "birth_date", "birth_precision", "sex"} & changed.keys():
        problems += [
            problem
            for problem in _identity_problems(row)
            if problem.field in changed or problem.code in _COMPARED
        ]
    if changed.get("nik"):
        shared = with_same_nik(row)
        if shared.exists():
            problems.append(_shared_nik(shared.visible_to(by).first()))
    return problems


def _identity_problems(row: Person) -> list[Problem]:
    return identity_problems(
        nik=row.nik or "",
        kk=row.kk or "",
        birth_date=row.birth_date,
        birth_precision=row.birth_precision,
        sex=row.sex,
        home_prefix=settings.HOME_NIK_PREFIX,
    )


def with_same_nik(row: Person) -> PersonQuerySet:
    """Everybody else with the NIK of this person, wherever they live."""
    rows: PersonQuerySet = Person.objects.exclude(pk=row.pk)
    return rows.filter(nik=row.nik) if row.nik else rows.none()


def _shared_nik(other: Person | None) -> Problem:
    """Names the other person only to who may see them."""
    where = f"pada {other.name} (keluarga nomor {other.household_id})" if other else "di wilayah lain"
    return Problem(
        SHARED_NIK, f"NIK ini sudah tercatat {where}; periksa kartunya.", "nik", severity="warning"
    )


def _refuse(problems: list[Problem], *, accept_warnings: bool = False) -> None:
    """Raises unless there is no problem, or only warnings that the user has accepted."""
    if any(problem.is_error for problem in problems) or (problems and not accept_warnings):
        raise Refused(problems)


def derive(row: Person, *, new_numbers: bool) -> None:
    """What is written beside a person: the key the name is searched by, and the notes on the numbers.

    That a number came from a numeric cell stays noted until a number is entered anew.
    """
    row.name_key = name_key(row.name)
    notes = {problem.code for problem in _identity_problems(row)}
    if not new_numbers:
        notes |= {"numeric_cell"} & set(row.identity_notes)
    row.identity_notes = sorted(notes)
