"""Seats of a cohort: taken by a conditional UPDATE, given by number, handed on to the first of the waiting list."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import F
from django.utils import timezone

from trainings.lifecycle import ENROLMENT_MOVES, CohortState, take
from trainings.models import Cohort, Enrolment, Promotion
from trainings.reports.candidates import candidates
from trainings.rules import registry_problems
from trainings.selection import Waiting, ranked

_FIRST_FREE = """
    SELECT min(s.seat) FROM generate_series(1, %s) AS s(seat)
    WHERE NOT EXISTS (SELECT 1 FROM trainings_enrolment e WHERE e.cohort_id = %s AND e.seat = s.seat)
"""


def locked(cohort: Cohort) -> Cohort:
    """The cohort as it is now, held until the transaction ends: whatever moves its seats waits here.

    Every action on seats takes this lock first, so that two of them cannot wait for each other in a circle. It is
    one that rows which only point to the cohort (or, likewise locked, to the programme) need not wait for.
    """
    held: Cohort = Cohort.objects.for_list().select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    return held


def keep_programme(pk: int) -> None:
    """Holds the programme as it is until the transaction ends, together with others who do: whoever moves it or
    changes its terms waits. Taken before the cohort's lock, in the order of who takes both."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM trainings_programme WHERE id = %s FOR SHARE", [pk])


def take_seat(cohort: Cohort) -> int | None:
    """Takes a seat of a locked cohort and gives its number, the lowest that is free; None when all are taken."""
    free = Cohort.objects.filter(pk=cohort.pk, seats_taken__lt=F("quota"))
    if not free.update(seats_taken=F("seats_taken") + 1):
        return None
    cohort.seats_taken += 1
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_FREE, [cohort.quota, cohort.pk])
        row = cursor.fetchone()
    return int(row[0])


def hand_on(cohort: Cohort, seat: int, *, today: date) -> Promotion | None:
    """Gives a seat that came free to the first who waits and may still take it; gives it back when there is none."""
    following = first_waiting(cohort, today=today) if cohort.state != CohortState.FINISHED else None
    if following is None:
        Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") - 1)
        cohort.seats_taken -= 1
        return None
    return _promote(following, seat)


def fill(cohort: Cohort, *, today: date) -> list[Promotion]:
    """Gives the free seats of a locked cohort to those who wait, as far as both last."""
    made = []
    while (following := first_waiting(cohort, today=today)) is not None:
        seat = take_seat(cohort)
        if seat is None:
            break
        made.append(_promote(following, seat))
    return made


def waiting_list(cohort: Cohort) -> list[Enrolment]:
    """Those who wait, the first in line first. Their households and people come with them."""
    rows = {
        one.pk: one
        for one in cohort.enrolments.waiting().select_related(
            "person__household__area", "household", "registered_by"
        )
    }
    order = ranked(
        Waiting(
            one.pk, one.household.rank_scale, one.household.rank_group, timezone.localtime(one.registered_at)
        )
        for one in rows.values()
    )
    return [rows[one.enrolment_id] for one in order]


def first_waiting(cohort: Cohort, *, today: date) -> Enrolment | None:
    """The first of the waiting list whom the registry still knows as somebody who may take part."""
    line = waiting_list(cohort)
    facts = candidates(cohort.programme, [one.person for one in line], today=today) if line else {}
    terms = cohort.programme.eligibility
    return next((one for one in line if not registry_problems(terms, facts[one.person_id])), None)


def _promote(enrolment: Enrolment, seat: int) -> Promotion:
    take(enrolment, ENROLMENT_MOVES["promote"], seat=seat)
    return Promotion.objects.create(enrolment=enrolment, seat=seat)
