"""Verification: beside the registry, several at once, all or none, and never by who registered."""

from __future__ import annotations

import pytest
from django.urls import reverse

from households.models import Household, Person
from tests.factories import GEBANG_RAYA, HouseholdFactory, area
from tests.trainings.factories import CohortFactory, EnrolmentFactory
from trainings.lifecycle import EnrolmentState
from trainings.models import Enrolment, Promotion

pytestmark = pytest.mark.django_db


@pytest.fixture
def verifier(cast, client):
    client.force_login(cast.verifier)
    return client


def decide(client, rows, step, reason=""):
    address = reverse("trainings:verify", args=[rows[0].cohort_id])
    data = {"peserta": [row.pk for row in rows], "langkah": step, "alasan": reason}
    return client.post(address, data, follow=True)


def states(cohort):
    return list(Enrolment.objects.filter(cohort=cohort).order_by("pk").values_list("state", flat=True))


def test_several_are_accepted_at_once(verifier, cast):
    cohort = CohortFactory()
    rows = [EnrolmentFactory(cohort=cohort) for _ in range(3)]
    assert "2 peserta diterima." in decide(verifier, rows[:2], "terima").content.decode()
    assert states(cohort) == ["accepted", "accepted", "registered"]
    rows[0].refresh_from_db()
    assert rows[0].decided_by == cast.verifier


def test_a_refusal_says_why_and_the_seat_goes_on(verifier):
    cohort = CohortFactory(quota=1)
    first = EnrolmentFactory(cohort=cohort)
    waiting = EnrolmentFactory(cohort=cohort, state=EnrolmentState.WAITING)
    assert "Tuliskan alasannya" in decide(verifier, [first], "tolak").content.decode()
    assert states(cohort) == ["registered", "waiting"]
    decide(verifier, [first], "tolak", "data keluarga ganda")
    assert states(cohort) == ["refused", "registered"]
    waiting.refresh_from_db()
    cohort.refresh_from_db()
    assert (waiting.seat, cohort.seats_taken) == (1, 1)
    assert Promotion.objects.get().enrolment == waiting
    assert "data keluarga ganda" in verifier.get(cohort.get_absolute_url()).content.decode()


def test_whom_the_registry_speaks_against_is_not_accepted_and_then_nobody_is(verifier):
    cohort = CohortFactory()
    good, dead, left = (EnrolmentFactory(cohort=cohort) for _ in range(3))
    Person.objects.filter(pk=dead.person_id).update(status=Person.Status.DIED)
    Household.objects.filter(pk=left.household_id).update(status=Household.Status.LEFT)
    answer = decide(verifier, [good, dead, left], "terima")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f"{dead.person}: Tercatat meninggal" in text
    assert f"{left.person}: Keluarga ini sudah keluar dari daftar" in text
    assert states(cohort) == ["registered"] * 3
    assert f'value="{good.pk}" id="peserta-{good.pk}" aria-label="Pilih {good.person}" checked' in text


def test_a_changed_registry_shows_on_the_list_and_on_the_participants_page(verifier):
    enrolment = EnrolmentFactory()
    Person.objects.filter(pk=enrolment.person_id).update(status=Person.Status.MOVED)
    for address in (enrolment.cohort.get_absolute_url(), enrolment.get_absolute_url()):
        assert "Tercatat pindah di data keluarga." in verifier.get(address).content.decode()


def test_a_family_that_moved_and_a_person_of_another_family_show_as_changes(verifier):
    cohort = CohortFactory()
    moved, joined = EnrolmentFactory(cohort=cohort), EnrolmentFactory(cohort=cohort)
    Household.objects.filter(pk=moved.household_id).update(area=area(GEBANG_RAYA))
    other = HouseholdFactory(head=False)
    Person.objects.filter(pk=joined.person_id).update(household=other)
    text = verifier.get(reverse("trainings:verify", args=[cohort.pk])).content.decode()
    assert "Kini tercatat di Kelurahan Gebang Raya." in text
    assert "Kini tercatat pada keluarga lain." in text


def test_who_registered_somebody_does_not_verify_them(client, cast):
    enrolment = EnrolmentFactory(registered_by=cast.staff)
    client.force_login(cast.staff)
    assert "Anda sendiri yang mendaftarkan" in decide(client, [enrolment], "terima").content.decode()
    client.force_login(cast.second_staff)
    decide(client, [enrolment], "terima")
    assert states(enrolment.cohort) == ["accepted"]


def test_an_acceptance_is_taken_back(verifier):
    enrolment = EnrolmentFactory()
    decide(verifier, [enrolment], "terima")
    decide(verifier, [enrolment], "periksa-lagi")
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.decided_at, enrolment.seat) == ("registered", None, 1)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [("terima", "sudah diterima"), ("hapus", "Pilih Terima, Tolak"), ("", "Pilih Terima, Tolak")],
)
def test_a_step_that_does_not_fit_changes_nothing(verifier, step, sentence):
    enrolment = EnrolmentFactory(state=EnrolmentState.ACCEPTED)
    assert sentence in decide(verifier, [enrolment], step).content.decode()
    assert states(enrolment.cohort) == ["accepted"]


def test_nobody_chosen_and_somebody_of_another_cohort(verifier):
    enrolment = EnrolmentFactory()
    stranger = EnrolmentFactory(
        cohort=CohortFactory(area=area(GEBANG_RAYA), programme=enrolment.cohort.programme)
    )
    address = reverse("trainings:verify", args=[enrolment.cohort_id])
    assert "Pilih dahulu peserta" in verifier.post(address, {"langkah": "terima"}).content.decode()
    data = {"langkah": "terima", "peserta": [enrolment.pk, stranger.pk, "x"]}
    assert "tidak ada dalam angkatan ini" in verifier.post(address, data).content.decode()
    assert states(enrolment.cohort) == ["registered"]


def test_a_family_that_was_refused_may_send_another_member(verifier, cast):
    enrolment = EnrolmentFactory()
    decide(verifier, [enrolment], "tolak", "sudah bekerja tetap")
    assert not Enrolment.objects.active().filter(household=enrolment.household).exists()
