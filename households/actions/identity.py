"""Opening a NIK or KK number, and finding a family by one: nothing of either without a line in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from households.models import Household, Person
from households.rules import reason_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit import log
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.kit.problems import Problem, Refused

SHARED_NIK = "nik_shared"  # code of the problem that tells it


@dataclass(frozen=True, slots=True)
class Identity:
    """The two numbers of a person in clear, "" where there is none."""

    nik: str
    kk: str


@transaction.atomic
def reveal_identity(person: Person, *, by: User, reason: str) -> Identity:
    """Hand out NIK and KK of a person. Raises Refused without a reason, or PermissionDenied."""
    require(by, Can.REVEAL_IDENTITY)
    seen = Person.objects.visible_to(by).select_related("household").get(pk=person.pk)
    problems = reason_problems(reason)
    if problems:
        raise Refused(problems)
    log.record(
        by=by,
        action=AccessLog.Action.REVEAL,
        what="NIK dan nomor KK seorang anggota keluarga",
        reason=reason.strip(),
        with_identities=True,
        area_id=seen.household.area_id,
        subject=seen,
    )
    return Identity(nik=seen.nik or "", kk=seen.kk or "")


@transaction.atomic
def find_by_identity(number: str, *, by: User) -> list[Household]:
    """Families within the user's area with a member of this NIK or KK (16 digits); logged, masked."""
    require(by, Can.VIEW_HOUSEHOLDS)
    holders = Person.objects.visible_to(by).filter(Q(nik=number) | Q(kk=number)).values("household")
    found = list(Household.objects.visible_to(by).filter(pk__in=holders).for_list()[:50])
    log.record(
        by=by,
        action=AccessLog.Action.SEARCH,
        what=f"Mencari {mask(number)} sebagai NIK atau nomor KK",
        rows=len(found),
        subject=found[0] if len(found) == 1 else None,
    )
    return found


@contextmanager
def told_of(number: str, *, by: User) -> Iterator[list[Problem]]:
    """One transaction; put what was found wrong with a member into the list.

    Whoever learns that a NIK stands with somebody else has searched by it, whether they then save or not: a line in
    the log. A refusal takes the transaction with it, so its line is written afterwards.
    """
    found: list[Problem] = []
    try:
        with transaction.atomic():
            yield found
            _note_told(found, number, by=by)
    except Refused as refusal:
        _note_told(refusal.problems, number, by=by)
        raise


def _note_told(problems: Iterable[Problem], number: str, *, by: User) -> None:
    if any(problem.code == SHARED_NIK for problem in problems):
        note_shared_nik(number, by=by)


def note_shared_nik(number: str, *, by: User) -> None:
    """The line for a NIK that was filled in and stands with somebody else."""
    what = f"Mengisi {mask(number)}, sudah tercatat pada orang lain"
    log.record(by=by, action=AccessLog.Action.SEARCH, what=what)
