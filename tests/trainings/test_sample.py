"""The trainings of the sample city: something in every state, true counts, and built once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from households.models import Wave
from tests.cast import make_cast
from tests.factories import GEMBOR, JATIUWUNG, HouseholdFactory, HouseholdRecordFactory, WaveFactory, area
from trainings import sample
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Certificate, Cohort, Enrolment, PastTraining, Programme

pytestmark = pytest.mark.django_db
FAMILIES = 15  # in each kelurahan that has any


@pytest.fixture
def city():
    """All areas, a few of them with families of the last list, and the people of the sample."""
    call_command("load_areas", stdout=StringIO())
    cast = make_cast()
    for user in cast.everybody().values():
        user.is_sample = True
        user.save()
    wave = WaveFactory(code=sample.WAVE)
    codes = sorted(
        Cohort._meta.get_field("area").related_model.objects.kelurahan().values_list("code", flat=True)
    )
    for code in {codes[0], codes[2], codes[6], codes[10], GEMBOR, JATIUWUNG}:
        for _ in range(FAMILIES * (3 if code == JATIUWUNG else 1)):
            HouseholdRecordFactory(household=HouseholdFactory(area=area(code)), wave=wave)
    return wave


def test_there_is_something_in_every_state_and_the_counts_are_true(city):
    sample.build(1)
    assert set(Programme.objects.values_list("state", flat=True)) == {
        ProgrammeState.CLOSED,
        ProgrammeState.RUNNING,
        ProgrammeState.OPEN,
    }
    assert set(Cohort.objects.values_list("state", flat=True)) == set(CohortState.values)
    found = set(Enrolment.objects.values_list("state", flat=True))
    assert found >= {
        EnrolmentState.REGISTERED,
        EnrolmentState.WAITING,
        EnrolmentState.ACCEPTED,
        EnrolmentState.GRADUATED,
    }
    assert Certificate.objects.exists()
    assert PastTraining.objects.filter(state=PastTraining.State.MATCHED).exists()
    said = StringIO()
    call_command("check_trainings", stdout=said)
    before = Enrolment.objects.count()
    sample.build(1)
    assert Enrolment.objects.count() == before


def test_without_a_city_nothing_is_built(db):
    sample.build(1)
    assert not Programme.objects.exists()
    assert not Wave.objects.exists()


def test_a_city_with_almost_nobody_is_built_all_the_same(city):
    from households.models import HouseholdRecord

    keep = HouseholdRecord.objects.filter(area=GEMBOR).values_list("pk", flat=True)[:1]
    HouseholdRecord.objects.exclude(pk__in=list(keep)).delete()
    sample.build(1)
    assert Programme.objects.count() == 3
