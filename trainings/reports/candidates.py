"""The facts about people that the rules of a programme look at, gathered for many families at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from django.db.models import Q

from households.models import Household, HouseholdRecord, Person, StatusChange
from tangerang_poverty.kit.formats import long_date
from trainings.lifecycle import ACTIVE, EnrolmentState, ProgrammeState
from trainings.models import Enrolment, PastTraining, Programme
from trainings.rules import Candidate, Passed, Taking, age_on

T = TypeVar("T")
Family = tuple[int, int]  # household and number of the family in it
_GOING_ON = (EnrolmentState.REGISTERED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED)


def candidates(programme: Programme, people: Sequence[Person], *, today: date) -> dict[int, Candidate]:
    """Facts by person. `people` come with their household; five queries, however many they are."""
    households = {person.household_id: person.household for person in people}
    listed = set(
        HouseholdRecord.objects.filter(wave=programme.wave_id, household__in=households)
        .order_by()
        .values_list("household_id", flat=True)
    )
    left = _left(household for household in households.values() if not household.is_listed)
    taking, passed = _taking_and_passed(programme, people)
    return {
        person.pk: Candidate(
            person_id=person.pk,
            name=person.name,
            age=age_on(person.birth_date, today),
            is_present=person.status == Person.Status.PRESENT,
            whereabouts=person.get_status_display(),
            is_listed=person.household.is_listed,
            left=left.get(person.household_id, ""),
            on_wave=person.household_id in listed,
            rank_scale=person.household.rank_scale,
            rank_group=person.household.rank_group,
            passed=_of(person, passed),
            taking=_of(person, taking),
        )
        for person in people
    }


def where(enrolment: Enrolment) -> str:
    """Where an enrolment stands, in a few words: "kursi 17", "daftar cadangan"."""
    if enrolment.seat is None:
        return "daftar cadangan"
    return f"kursi {enrolment.seat}"


def _left(households: Iterable[Household]) -> dict[int, str]:
    """When and why families left the list, as far as it was written down."""
    ids = [household.pk for household in households]
    if not ids:
        return {}
    exits = StatusChange.objects.filter(household__in=ids, kind=StatusChange.Kind.EXIT)
    return {
        change.household_id: f"pada {long_date(change.effective_on)}: {change.get_reason_display().lower()}"
        for change in exits.order_by("effective_on", "pk")
    }


def _taking_and_passed(
    programme: Programme, people: Sequence[Person]
) -> tuple[dict[Family | int, list[Taking]], dict[Family | int, list[Passed]]]:
    """What the families and the people take part in and have passed, by family and by person."""
    taking: dict[Family | int, list[Taking]] = defaultdict(list)
    passed: dict[Family | int, list[Passed]] = defaultdict(list)
    households = {person.household_id for person in people}
    ids = [person.pk for person in people]
    theirs = Q(household__in=households) | Q(person__in=ids)
    enrolments = Enrolment.objects.filter(theirs, state__in=ACTIVE).select_related(
        "person", "programme__course"
    )
    for one in enrolments.order_by("pk"):
        keys = ((one.household_id, one.family_number), one.person_id)
        same = one.programme_id == programme.pk
        going_on = one.state in _GOING_ON and one.programme.state != ProgrammeState.CLOSED
        if same or going_on:
            found = Taking(
                one.person_id, one.person.name, str(one.programme), where(one), same_programme=same
            )
            for key in keys:
                taking[key].append(found)
        elif one.state == EnrolmentState.GRADUATED:
            for key in keys:
                passed[key].append(
                    Passed(one.person_id, one.person.name, str(one.programme.course), one.programme.year)
                )
    past = PastTraining.objects.filter(theirs, state=PastTraining.State.MATCHED).select_related(
        "course", "person"
    )
    for row in past.order_by("pk"):
        if row.person is None or row.household_id is None or row.family_number is None:
            continue  # the database does not allow it for a matched row
        for key in ((row.household_id, row.family_number), row.person.pk):
            passed[key].append(Passed(row.person.pk, row.person.name, str(row.course), row.year))
    return taking, passed


def _of(person: Person, found: dict[Family | int, list[T]]) -> tuple[T, ...]:
    family = found.get((person.household_id, person.family_number), [])
    return tuple(dict.fromkeys([*family, *found.get(person.pk, [])]))
