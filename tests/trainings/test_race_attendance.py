"""Attendance and graduation under real processes: one mark stands, one decision is made, numbers follow each other."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import make_cast
from tests.factories import area, official_kelurahan
from tests.trainings import race
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    SessionFactory,
)
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Attendance, Certificate, Graduation
from trainings.reports.graduation import standings, version_of

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 20


@pytest.fixture
def cast():
    return make_cast()


def racing(tasks):
    results = race.run(str(connection.settings_dict["NAME"]), tasks)
    assert [one for one in results if "error" in one] == []
    return results


def running(people=1, **values):
    """A cohort with one session today."""
    cohort = CohortFactory(state=CohortState.RUNNING, **values)
    for _ in range(people):
        EnrolmentFactory(cohort=cohort, state=EnrolmentState.ACCEPTED)
    SessionFactory(cohort=cohort, held_on=timezone.localdate())
    return cohort


def over(by, people, **values):
    """A cohort that can be decided: everybody was at its one session."""
    cohort = running(people, **values)
    session = cohort.sessions.get()
    for person in cohort.enrolments.all():
        AttendanceFactory(session=session, enrolment=person)
    cohort.sessions.update(recorded_at=timezone.now(), recorded_by=by)
    return cohort


def deciding(cohort, by):
    seen = version_of(standings(cohort))
    return {"action": "decide", "user": by.pk, "cohort": cohort.pk, "seen": seen}


def test_twenty_who_mark_the_same_person_leave_one_mark_and_the_others_hear_of_it(cast):
    cohort = running()
    person = cohort.enrolments.get()
    tasks = [
        {
            "action": "mark",
            "user": (cast.officer_a, cast.staff)[turn % 2].pk,
            "cohort": cohort.pk,
            "row": person.pk,
            "mark": "HTIA"[turn % 4],
        }
        for turn in range(RACERS)
    ]
    results = racing(tasks)
    mark = Attendance.objects.get().mark
    assert sum(one.get("added", 0) for one in results) == 1
    for task, result in zip(tasks, results, strict=True):
        assert ("refused" in result) == (task["mark"] != mark)
        assert "kini tercatat" in result.get("refused", "kini tercatat")
    person.refresh_from_db()
    assert person.sessions_attended == (mark in "HT")


def test_twenty_who_decide_the_same_cohort_decide_once(cast):
    cohort = over(cast.staff, 3)
    results = racing([deciding(cohort, cast.staff)] * RACERS)
    assert len([one for one in results if "graduation" in one]) == 1
    assert {one["refused"] for one in results if "refused" in one} == {
        "Kelulusan angkatan ini sudah ditetapkan."
    }
    assert Graduation.objects.count() == 1
    assert Certificate.objects.count() == 3


def test_cohorts_of_one_programme_decided_at_once_share_no_number(cast):
    programme = ProgrammeFactory(state=ProgrammeState.RUNNING)
    cohorts = [
        over(cast.staff, 2, programme=programme, area=area(code)) for code in official_kelurahan()[:10]
    ]
    results = racing([deciding(cohort, cast.staff) for cohort in cohorts])
    assert len([one for one in results if "graduation" in one]) == 10
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 21))
