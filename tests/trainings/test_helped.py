"""Which families have been helped, and in which year first: the database keeps it true whatever writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import Household, RegistryCount
from tests.factories import GEBANG_RAYA, GEMBOR, HouseholdFactory, PersonFactory, UserFactory, area
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    EnrolmentFactory,
    PastTrainingFactory,
    head_of,
    listed_family,
)
from trainings.lifecycle import EnrolmentState
from trainings.models import Cohort, CohortCount, Enrolment, PastCount, PastTraining, Programme

pytestmark = pytest.mark.django_db


def helped_in(household: Household) -> int | None:
    household.refresh_from_db(fields=["helped_in"])
    return household.helped_in


def helped_families() -> int:
    counts = RegistryCount.objects.filter(helped=True).values_list("households", flat=True)
    return sum(counts)


def check(*arguments: str) -> str:
    """What both commands print when everything is true; they raise CommandError otherwise."""
    out = StringIO()
    call_command("check_trainings", *arguments, stdout=out)
    call_command("check_rollup", stdout=out)
    return out.getvalue()


def count_seats(cohort: Cohort) -> None:
    """The actions move the counter of seats; who writes rows around them has to."""
    taken = cohort.enrolments.filter(seat__isnull=False).count()
    Cohort.objects.filter(pk=cohort.pk).update(seats_taken=taken)


def past_counts() -> dict[tuple[int, str, str], int]:
    return {(row.year, row.area_id, row.state): row.n for row in PastCount.objects.exclude(n=0)}


def test_who_graduates_marks_the_family_and_who_fails_does_not() -> None:
    cohort = CohortFactory(programme__year=2015)
    passed, failed = (EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED) for _ in range(2))
    assert helped_in(passed.household) is None

    Enrolment.objects.filter(pk=passed.pk).update(state=EnrolmentState.GRADUATED)
    Enrolment.objects.filter(pk=failed.pk).update(state=EnrolmentState.FAILED)
    assert helped_in(passed.household) == 2015
    assert helped_in(failed.household) is None
    assert helped_families() == 1

    Enrolment.objects.filter(pk=passed.pk).update(state=EnrolmentState.ACCEPTED)  # taken back
    assert helped_in(passed.household) is None
    assert helped_families() == 0
    assert "sesuai" in check()


def test_the_first_year_counts_whether_of_a_programme_or_of_the_past() -> None:
    cohort = CohortFactory(programme__year=2015)
    enrolment = EnrolmentFactory(cohort=cohort, state=EnrolmentState.GRADUATED)
    person, family = enrolment.person, enrolment.household
    row = PastTrainingFactory(year=2013, person=person)
    assert helped_in(family) == 2013
    PastTraining.objects.filter(pk=row.pk).update(year=2014)
    assert helped_in(family) == 2014
    PastTraining.objects.filter(pk=row.pk).update(
        state="unmatched", household=None, person=None, family_number=None, matched_at=None, matched_by=None
    )
    assert helped_in(family) == 2015
    later = PastTrainingFactory(year=2016, person=person)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.FAILED)
    assert helped_in(family) == 2016
    PastTraining.objects.filter(pk=later.pk).delete()
    assert helped_in(family) is None
    assert "sesuai" in check()


def test_rows_of_the_past_help_only_while_they_are_matched() -> None:
    family = HouseholdFactory()
    waiting = PastTrainingFactory()
    PastTrainingFactory(state="dismissed", note="Nama orang lain")
    assert helped_families() == 0
    head = head_of(family)
    waiting.state, waiting.household, waiting.person = "matched", family, head
    waiting.family_number, waiting.matched_at, waiting.matched_by = 1, timezone.now(), UserFactory()
    waiting.save()
    assert helped_in(family) == 2014
    assert "sesuai" in check()


def test_bulk_writes_and_raw_sql_are_seen_too() -> None:
    cohort = CohortFactory(programme__year=2015)
    families = [listed_family(cohort) for _ in range(3)]
    Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            programme_id=cohort.programme_id,
            household=family,
            person=head_of(family),
            seat=seat,
            state=EnrolmentState.GRADUATED,
            registered_at=timezone.now(),
            registered_by=UserFactory(),
        )
        for seat, family in enumerate(families, 1)
    )
    assert [helped_in(family) for family in families] == [2015] * 3
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE trainings_enrolment SET state = 'accepted' WHERE household_id = %s", [families[0].pk]
        )
        cursor.execute("DELETE FROM trainings_enrolment WHERE household_id = %s", [families[1].pk])
    assert [helped_in(family) for family in families] == [None, None, 2015]
    count_seats(cohort)
    assert "sesuai" in check()


def test_an_enrolment_given_to_another_family_takes_its_help_along() -> None:
    enrolment = EnrolmentFactory(cohort__programme__year=2015, state=EnrolmentState.GRADUATED)
    other = HouseholdFactory()
    Enrolment.objects.filter(pk=enrolment.pk).update(household=other)
    assert helped_in(enrolment.household) is None
    assert helped_in(other) == 2015


def test_a_programme_of_another_year_moves_the_year_of_its_families() -> None:
    enrolment = EnrolmentFactory(cohort__programme__year=2015, state=EnrolmentState.GRADUATED)
    Programme.objects.update(budget=7)
    assert helped_in(enrolment.household) == 2015
    Programme.objects.update(year=2016)
    assert helped_in(enrolment.household) == 2016


def test_a_family_that_is_saved_as_it_was_read_keeps_what_came_meanwhile() -> None:
    enrolment = EnrolmentFactory(cohort__programme__year=2015, state=EnrolmentState.ACCEPTED)
    read = Household.objects.get(pk=enrolment.household_id)
    Enrolment.objects.update(state=EnrolmentState.GRADUATED)
    PersonFactory(household=read)
    read.rt = "009"
    read.save()
    read.refresh_from_db()
    assert (read.rt, read.helped_in, read.member_count) == ("009", 2015, 2)
    assert "sesuai" in check()


def test_the_mark_leaves_no_event_in_the_history_of_the_family() -> None:
    enrolment = EnrolmentFactory(state=EnrolmentState.ACCEPTED)
    before = enrolment.household.events.count()
    Enrolment.objects.update(state=EnrolmentState.GRADUATED)
    assert helped_in(enrolment.household)
    assert enrolment.household.events.count() == before


def test_the_past_is_counted_by_year_kelurahan_and_state() -> None:
    area(GEBANG_RAYA)
    rows = [PastTrainingFactory(year=year) for year in (2013, 2013, 2014)]
    PastTrainingFactory(year=2013, area=area(GEBANG_RAYA))
    assert past_counts() == {
        (2013, GEMBOR, "unmatched"): 2,
        (2013, GEBANG_RAYA, "unmatched"): 1,
        (2014, GEMBOR, "unmatched"): 1,
    }
    PastTraining.objects.filter(pk=rows[0].pk).update(
        state="dismissed", note="Ganda dalam berkas", matched_at=timezone.now(), matched_by=UserFactory()
    )
    PastTraining.objects.filter(area=GEBANG_RAYA).update(year=2014)
    rows[2].delete()
    assert past_counts() == {
        (2013, GEMBOR, "unmatched"): 1,
        (2013, GEMBOR, "dismissed"): 1,
        (2014, GEBANG_RAYA, "unmatched"): 1,
    }
    assert "sesuai" in check()


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["graduate", "fail", "match", "unmatch", "year", "delete", "give"]),
        st.integers(0, 3),
        st.integers(2012, 2016),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_after_any_run_of_changes_every_year_equals_a_recount(
    changes: list[tuple[str, int, int]], db: None
) -> None:
    with transaction.atomic():
        cohort = CohortFactory(programme__year=2015)
        enrolments = [EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED) for _ in range(4)]
        for change, who, year in changes:
            one = Enrolment.objects.filter(pk=enrolments[who].pk)
            person = enrolments[who].person
            if change == "graduate":
                Enrolment.objects.filter(pk__gte=enrolments[who].pk).update(state=EnrolmentState.GRADUATED)
            elif change == "fail":
                one.update(state=EnrolmentState.FAILED)
            elif change == "match" and not PastTraining.objects.filter(person=person, year=year).exists():
                PastTrainingFactory(person=person, year=year)
            elif change == "unmatch":
                PastTraining.objects.filter(person=person).delete()
            elif change == "year":
                Programme.objects.update(year=year)
            elif change == "delete":
                one.delete()
            elif change == "give":
                one.update(household=enrolments[(who + 1) % 4].household, family_number=who + 2)
        count_seats(cohort)
        assert "sesuai" in check()
        transaction.set_rollback(True)


def run_together(jobs: list[Callable[[], None]]) -> list[BaseException]:
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_the_earliest_year_and_none_waits_in_a_circle() -> None:
    cohort = CohortFactory(programme__year=2015)
    enrolments = [EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED) for _ in range(6)]
    courses = PastTrainingFactory().course
    imported = PastTraining.objects.get().past_import
    by = imported.uploaded_by
    start = threading.Barrier(3)

    def graduate() -> None:
        start.wait(timeout=30)
        Enrolment.objects.filter(cohort=cohort).update(state=EnrolmentState.GRADUATED)

    def match(year: int, *, backwards: bool) -> None:
        rows = [
            PastTraining(
                past_import=imported,
                row=number,
                year=year,
                course=courses,
                area=cohort.area,
                name=enrolment.person.name,
                name_key=enrolment.person.name_key,
                state="matched",
                household=enrolment.household,
                person=enrolment.person,
                family_number=1,
                matched_at=timezone.now(),
                matched_by=by,
            )
            for number, enrolment in enumerate(enrolments[::-1] if backwards else enrolments)
        ]
        start.wait(timeout=30)
        for row in rows[:2]:
            row.save()
        PastTraining.objects.bulk_create(rows[2:])

    failures = run_together(
        [graduate, lambda: match(2013, backwards=False), lambda: match(2014, backwards=True)]
    )
    assert not failures
    assert {helped_in(enrolment.household) for enrolment in enrolments} == {2013}
    assert "sesuai" in check()


PLANTED = {
    "a family that was not helped": "UPDATE households_household SET helped_in = 1999 WHERE helped_in IS NULL",
    "a family that was": "UPDATE households_household SET helped_in = NULL WHERE helped_in IS NOT NULL",
    "a participant too many": "UPDATE trainings_cohortcount SET n = n + 1 WHERE state = 'graduated'",
    "a row of the past that is missing": "DELETE FROM trainings_pastcount",
    "a seat that nobody holds": "UPDATE trainings_cohort SET seats_taken = 1",
    "a session too many": "UPDATE trainings_enrolment SET sessions_attended = 9 WHERE state = 'accepted'",
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_found_and_repaired(error: str) -> None:
    cohort = CohortFactory()
    EnrolmentFactory(cohort=cohort, state=EnrolmentState.GRADUATED)
    AttendanceFactory(enrolment=EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED))
    PastTrainingFactory()
    with connection.cursor() as cursor:
        cursor.execute(PLANTED[error])
    with pytest.raises(CommandError, match="1 perbedaan"):
        call_command("check_trainings", stdout=StringIO())
    out = StringIO()
    call_command("check_trainings", "--repair", stdout=out)
    assert "1 perbedaan dibetulkan" in out.getvalue()
    assert "sesuai" in check()
    assert CohortCount.objects.get(state="graduated").n == 1
