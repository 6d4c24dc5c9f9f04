"""What people decide about one row of the past: whose it is, that it is nobody's, or that it is open again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from households.models import Person
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.lifecycle import EnrolmentState
from trainings.models import Enrolment, Finding, PastTraining
from trainings.past import match
from trainings.rules import reason_problems

NOTE_LENGTH = 250
UNMATCHED, MATCHED, DISMISSED = (
    PastTraining.State.UNMATCHED,
    PastTraining.State.MATCHED,
    PastTraining.State.DISMISSED,
)


def match_by_hand(row: PastTraining, *, person: Person, by: User, note: str = "") -> None:
    """Say that a waiting row speaks of this person. Of two at once the second is refused with what the first did."""
    require(by, Can.IMPORT_PAST)
    with transaction.atomic(), audited(by=by, action="match_past", note=note):
        match.hold()
        _lock_row(row, UNMATCHED)
        held = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        if held is None:  # the import that brought them was taken back
            raise Refused(Problem("gone", f"{person} sudah tidak ada di registri; pilih orang lain."))
        if problems := _twice(row, held):
            raise Refused(problems)
        _write(
            row,
            state=MATCHED,
            finding=Finding.HAND,
            person=held,
            household_id=held.household_id,
            family_number=held.family_number,
            matched_by=by,
            matched_at=timezone.now(),
            note=without_numbers(note.strip())[:NOTE_LENGTH],
        )


def dismiss(row: PastTraining, *, by: User, reason: str) -> None:
    """Set a waiting row aside that has no family in the registry, with the reason."""
    require(by, Can.IMPORT_PAST)
    if problems := reason_problems(reason):
        raise Refused(problems)
    note = without_numbers(reason.strip())[:NOTE_LENGTH]
    with transaction.atomic(), audited(by=by, action="dismiss_past", note=note):
        match.hold()
        _lock_row(row, UNMATCHED)
        _write(row, state=DISMISSED, matched_by=by, matched_at=timezone.now(), note=note)


def reopen(row: PastTraining, *, by: User) -> None:
    """Take a match or a setting aside back: the row waits again, for people and no longer for the search."""
    require(by, Can.IMPORT_PAST)
    with transaction.atomic(), audited(by=by, action="reopen_past"):
        match.hold()
        _lock_row(row, MATCHED, DISMISSED)
        _write(
            row,
            state=UNMATCHED,
            finding=Finding.REOPENED,
            person=None,
            household=None,
            family_number=None,
            matched_by=None,
            matched_at=None,
            note="",
        )


def _lock_row(row: PastTraining, *states: str) -> None:
    """Holds the row and reads it anew. Raises Refused with what somebody else has done with it meanwhile."""
    if not PastTraining.objects.select_for_update().filter(pk=row.pk).exists():
        raise Refused(Problem("gone", "Baris ini sudah tidak ada; impornya dibatalkan."))
    row.refresh_from_db()
    if row.state in states:
        return
    who = f" oleh {row.matched_by}" if row.matched_by else ""
    did = {
        MATCHED: f"Baris ini sudah dicocokkan dengan {row.person}{who}.",
        DISMISSED: f"Baris ini sudah dikesampingkan{who}.",
        UNMATCHED: "Baris ini sudah dibuka lagi.",
    }
    raise Refused(Problem("decided_meanwhile", did[PastTraining.State(row.state)]))


def _twice(row: PastTraining, person: Person) -> list[Problem]:
    """Why this person cannot be the row's: the same course of the same year stands with them already."""
    what = f"{row.course} {row.year}"
    aside = "Bila baris ini ganda, kesampingkan dengan alasan itu."
    past = PastTraining.objects.filter(person=person, course=row.course, year=row.year, state=MATCHED)
    passed = Enrolment.objects.filter(
        person=person, state=EnrolmentState.GRADUATED, programme__course=row.course, programme__year=row.year
    )
    if past.exists() or passed.exists():
        return [Problem("twice", f"{person} sudah tercatat mengikuti {what}. {aside}", "person")]
    return []


def _write(row: PastTraining, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values])
