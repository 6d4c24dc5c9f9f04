"""Groups under real processes: one person wanted by many, the last place of a group, one name twice."""

from __future__ import annotations

import pytest
from django.db import connection

from kub.models import BusinessKind, Group, Membership, Policy
from tests.cast import make_cast
from tests.factories import GEMBOR
from tests.kub import race
from tests.kub.factories import BusinessKindFactory, GroupFactory, graduate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return make_cast()


def racing(tasks):
    results = race.run(str(connection.settings_dict["NAME"]), tasks)
    assert [one for one in results if "error" in one] == []
    return results


def test_a_person_wanted_by_six_groups_joins_one_and_the_others_hear_which(cast):
    groups = GroupFactory.create_batch(6, members=1)
    person = graduate()
    results = racing(
        [{"action": "join", "user": cast.staff.pk, "row": group.pk, "person": person.pk} for group in groups]
    )
    joined = Membership.objects.live().get(person=person)
    assert [one["refused"] for one in results if "refused" in one] == [
        f"Masih anggota KUB {joined.group}."
    ] * 5


def test_six_race_for_the_last_place_of_a_group(cast):
    Policy(min_members=3, max_members=4).save()
    group = GroupFactory(members=3)
    people = [graduate() for _ in range(6)]
    results = racing(
        [{"action": "join", "user": cast.staff.pk, "row": group.pk, "person": person.pk} for person in people]
    )
    assert group.memberships.live().count() == 4
    assert len([one for one in results if "member" in one]) == 1
    assert all("paling banyak 4 orang" in one["refused"] for one in results if "refused" in one)


def test_one_name_at_the_same_moment_makes_one_group(cast):
    if not BusinessKind.objects.exists():
        BusinessKindFactory()
    task = {"action": "form", "user": cast.staff.pk, "name": "Melati Rasa", "area": GEMBOR}
    results = racing([task] * 5)
    assert Group.objects.count() == 1
    assert {one["refused"] for one in results if "refused" in one} == {
        "KUB dengan nama ini sudah ada di kelurahan itu."
    }
