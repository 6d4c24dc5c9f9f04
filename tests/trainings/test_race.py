"""Seats under real processes: twenty of them race, and every seat is given exactly once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tangerang_poverty.kit.problems import Refused
from tests.cast import make_cast
from tests.trainings import race
from tests.trainings.factories import CohortFactory, EnrolmentFactory, head_of, listed_family, member
from trainings.actions import enrolments
from trainings.actions.programmes import move_programme
from trainings.models import Enrolment

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 20


@pytest.fixture
def cast():
    return make_cast()


def racing(tasks):
    results = race.run(str(connection.settings_dict["NAME"]), tasks)
    assert [one for one in results if "error" in one] == []
    return results


def registering(cast, cohort, people, **more):
    return [
        {"action": "register", "user": cast.officer_a.pk, "cohort": cohort.pk, "row": person.pk, **more}
        for person in people
    ]


def seats_are_exact(cohort):
    """The counter is the rows, every seat is inside the quota and given once."""
    cohort.refresh_from_db()
    seats = list(cohort.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    assert len(seats) == len(set(seats)) == cohort.seats_taken <= cohort.quota
    assert all(1 <= seat <= cohort.quota for seat in seats)
    return sorted(seats)


def test_twenty_processes_race_for_the_last_ten_of_fifty_seats(cast):
    cohort = CohortFactory(quota=50)
    for _ in range(40):
        EnrolmentFactory(cohort=cohort)
    families = [listed_family(cohort) for _ in range(RACERS)]
    results = racing(registering(cast, cohort, map(head_of, families)))
    assert seats_are_exact(cohort) == list(range(1, 51))
    assert Counter(one["seat"] is None for one in results) == {True: 10, False: 10}
    assert cohort.enrolments.waiting().count() == 10


def test_twenty_processes_register_twenty_members_of_one_family_and_one_gets_through(cast):
    cohort = CohortFactory(quota=50)
    family = listed_family(cohort)
    people = [head_of(family), *(member(family) for _ in range(RACERS - 1))]
    results = racing(registering(cast, cohort, people))
    refused = [one["refused"] for one in results if "refused" in one]
    assert len(refused) == RACERS - 1
    assert all("Keluarga ini sudah mempunyai peserta" in sentence for sentence in refused)
    assert seats_are_exact(cohort) == [1]


def test_one_attempt_sent_twenty_times_registers_once_and_everybody_hears_the_same(cast):
    cohort = CohortFactory(quota=50)
    person = head_of(listed_family(cohort))
    results = racing(registering(cast, cohort, [person] * RACERS, key=str(uuid.uuid4())))
    assert {(one["enrolment"], one["seat"]) for one in results} == {(Enrolment.objects.get().pk, 1)}


def test_ten_leave_while_ten_come_and_no_seat_is_lost_or_given_twice(cast):
    cohort = CohortFactory(quota=10)
    leaving = [EnrolmentFactory(cohort=cohort) for _ in range(10)]
    coming = [head_of(listed_family(cohort)) for _ in range(10)]
    results = racing(
        [
            *(
                {"action": "withdraw", "user": cast.officer_a.pk, "cohort": cohort.pk, "row": one.pk}
                for one in leaving
            ),
            *registering(cast, cohort, coming),
        ]
    )
    assert not [one for one in results if "refused" in one]
    assert seats_are_exact(cohort) == list(range(1, 11))
    assert not cohort.enrolments.waiting().exists()


def test_two_who_take_the_same_person_off_do_it_once(cast):
    cohort = CohortFactory(quota=2)
    leaving, _ = EnrolmentFactory(cohort=cohort), EnrolmentFactory(cohort=cohort)
    for _ in range(2):
        EnrolmentFactory(cohort=cohort, state="waiting")
    task = {"action": "withdraw", "user": cast.officer_a.pk, "cohort": cohort.pk, "row": leaving.pk}
    results = racing([task] * RACERS)
    assert len([one for one in results if one.get("promoted")]) == 1
    assert seats_are_exact(cohort) == [1, 2]
    assert cohort.enrolments.waiting().count() == 1


def test_quotas_that_change_while_people_register_and_leave_lose_and_double_nothing(cast):
    cohort = CohortFactory(quota=4)
    leaving = [EnrolmentFactory(cohort=cohort) for _ in range(4)]
    coming = [head_of(listed_family(cohort)) for _ in range(10)]
    tasks = registering(cast, cohort, coming)
    tasks += [
        {"action": "withdraw", "user": cast.officer_a.pk, "cohort": cohort.pk, "row": one.pk}
        for one in leaving
    ]
    tasks += [
        {"action": "quota", "user": cast.staff.pk, "cohort": cohort.pk, "quotas": {cohort.area_id: quota}}
        for quota in (4, 5, 6, 7, 8, 9)
    ]
    racing(tasks)
    seats = seats_are_exact(cohort)
    assert len(seats) == min(cohort.quota, 10)
    assert cohort.enrolments.waiting().count() == 10 - len(seats)


def test_a_registration_that_meets_the_closing_waits_for_it_and_is_refused(cast):
    """It has begun while the window was open: what counts is what the programme says when the seat is given."""
    cohort = CohortFactory()
    person, refused = head_of(listed_family(cohort)), []

    def register():
        try:
            enrolments.register(
                person, cohort=cohort, by=cast.officer_a, key=uuid.uuid4(), today=timezone.localdate()
            )
        except Refused as refusal:
            refused.extend(problem.code for problem in refusal.problems)
        finally:
            connection.close()

    racer = threading.Thread(target=register)
    with transaction.atomic():
        move_programme(cohort.programme, "unopen", by=cast.staff, today=timezone.localdate())
        racer.start()
        racer.join(timeout=1)  # as far as it gets
    racer.join()
    assert refused == ["not_open"]
    assert not Enrolment.objects.exists()
