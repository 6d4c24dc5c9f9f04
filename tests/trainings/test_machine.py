"""Any order of registering, leaving, promoting and verifying leaves the seats exact and a family once."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from households.models import Person
from tangerang_poverty.kit.problems import Refused
from tests.cast import make_cast
from tests.trainings.factories import CohortFactory, head_of, listed_family, member
from trainings.actions import enrolments, verification
from trainings.actions.cohorts import change_cohort
from trainings.actions.seats import first_waiting
from trainings.lifecycle import ACTIVE, HOLDING_SEAT
from trainings.models import CohortCount, Enrolment

pytestmark = pytest.mark.django_db
PLACES = st.integers(0, 6)


class Seats(RuleBasedStateMachine):
    """A cohort of three seats, seven families of two, and everything that moves a seat."""

    @initialize()
    def begin(self):
        self.block = transaction.atomic()
        self.block.__enter__()
        self.cast, self.today = make_cast(), timezone.localdate()
        self.cohort = CohortFactory(quota=3)
        self.people = []
        for turn in range(7):
            family = listed_family(self.cohort, rank=turn % 3 + 1, rank_group=turn % 3 + 1)
            self.people.append((head_of(family), member(family)))

    def teardown(self):
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def tried(self, action, *args, **values):
        """Does it; a refusal must change nothing, which the invariants see."""
        with suppress(Refused), transaction.atomic():
            action(*args, **values)

    def rows(self, *states):
        return list(Enrolment.objects.filter(cohort=self.cohort, state__in=states or ACTIVE).order_by("pk"))

    @rule(place=PLACES, second=st.booleans())
    def register(self, place, second):
        person = self.people[place][second]
        self.tried(
            enrolments.register,
            person,
            cohort=self.cohort,
            by=self.cast.officer_a,
            key=uuid.uuid4(),
            today=self.today,
        )

    @precondition(lambda self: self.rows())
    @rule(place=PLACES)
    def withdraw(self, place):
        rows = self.rows()
        self.tried(
            enrolments.withdraw,
            rows[place % len(rows)],
            by=self.cast.officer_a,
            reason="work",
            today=self.today,
        )

    @precondition(lambda self: self.rows("registered"))
    @rule(place=PLACES, several=st.booleans())
    def accept(self, place, several):
        rows = self.rows("registered")
        chosen = {row.pk for row in rows} if several else {rows[place % len(rows)].pk}
        self.tried(verification.accept, self.cohort, chosen, by=self.cast.staff, today=self.today)

    @precondition(lambda self: self.rows("registered", "waiting"))
    @rule(place=PLACES, several=st.booleans())
    def refuse(self, place, several):
        rows = self.rows("registered", "waiting")
        chosen = {row.pk for row in rows[:2]} if several else {rows[place % len(rows)].pk}
        self.tried(
            verification.refuse,
            self.cohort,
            chosen,
            by=self.cast.staff,
            reason="data ganda",
            today=self.today,
        )

    @precondition(lambda self: self.rows("accepted"))
    @rule(place=PLACES)
    def reconsider(self, place):
        rows = self.rows("accepted")
        self.tried(verification.reconsider, self.cohort, {rows[place % len(rows)].pk}, by=self.cast.staff)

    @rule(quota=st.integers(0, 6))
    def change_quota(self, quota):
        self.tried(
            change_cohort,
            self.cohort,
            quota=quota,
            venue="",
            instructor="",
            by=self.cast.staff,
            today=self.today,
        )

    @rule(place=PLACES)
    def somebody_dies(self, place):
        Person.objects.filter(pk=self.people[place][0].pk).update(status=Person.Status.DIED)

    @invariant()
    def seats_are_exact(self):
        if not hasattr(self, "cohort"):
            return
        self.cohort.refresh_from_db()
        seats = [row.seat for row in self.rows(*HOLDING_SEAT)]
        assert len(seats) == len(set(seats)) == self.cohort.seats_taken <= self.cohort.quota
        assert all(seat is not None and 1 <= seat <= self.cohort.quota for seat in seats)

    @invariant()
    def a_family_takes_part_once(self):
        if hasattr(self, "cohort"):
            families = [(row.household_id, row.family_number) for row in self.rows()]
            assert len(families) == len(set(families))

    @invariant()
    def nobody_waits_beside_a_free_seat(self):
        if hasattr(self, "cohort") and self.cohort.seats_left:
            assert first_waiting(self.cohort, today=self.today) is None

    @invariant()
    def the_roll_up_is_true(self):
        if hasattr(self, "cohort"):
            kept = {row.state: row.n for row in CohortCount.objects.filter(cohort=self.cohort) if row.n}
            states = list(Enrolment.objects.filter(cohort=self.cohort).values_list("state", flat=True))
            assert kept == {state: states.count(state) for state in set(states)}


def test_seats_and_families_hold_whatever_happens():
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=10, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
