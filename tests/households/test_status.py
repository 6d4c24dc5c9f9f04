"""Changes of status: out of the list and back, with reason and evidence, two people at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from households.household_lifecycle import ENTRY, EXIT, STATUS_MOVES, open_move
from households.models import Household, StatusChange
from tests.factories import HouseholdFactory
from tests.households.filled_forms import address, form_of, last_change, send, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return HouseholdFactory()


class TestStatus:
    def test_a_family_leaves_with_reason_evidence_and_date_and_comes_back(self, client, cast, family):
        client.force_login(cast.staff)
        url = address("status", family)
        response = send(client, url, reason="better_off", evidence="BA 18/2026", effective_on="2026-01-12")
        assert response.status_code == 302
        family.refresh_from_db()
        assert family.status == Household.Status.LEFT
        change = StatusChange.objects.get()
        assert (change.kind, change.reason, change.evidence) == ("exit", "better_off", "BA 18/2026")
        assert (change.effective_on, change.made_by) == (date(2026, 1, 12), cast.staff)
        assert send(client, url, reason="mistake", evidence="keliru").status_code == 302
        family.refresh_from_db()
        assert family.status == Household.Status.ON_LIST
        assert StatusChange.objects.count() == 2
        assert last_change(family).note == "Koreksi status yang keliru; keliru"

    @pytest.mark.parametrize(
        "changes",
        [
            {"reason": "", "evidence": "BA 1"},
            {"reason": "newly_poor", "evidence": "BA 1"},
            {"reason": "died", "evidence": " "},
            {"reason": "died", "evidence": "BA 1", "effective_on": "kemarin"},
            {"reason": "died", "evidence": "BA 1", "effective_on": str(timezone.localdate() + timedelta(2))},
        ],
    )
    def test_wrong_input_changes_nothing(self, client, cast, family, changes):
        client.force_login(cast.staff)
        assert send(client, address("status", family), **changes).status_code == 422
        family.refresh_from_db()
        assert family.status == Household.Status.ON_LIST
        assert not StatusChange.objects.exists()

    def test_of_two_who_press_at_once_the_second_is_told(self, client, cast, family):
        client.force_login(cast.staff)
        url = address("status", family)
        opened = form_of(client, url) | {"reason": "died", "evidence": "BA 1"}
        assert client.post(url, opened).status_code == 302
        response = client.post(url, opened)
        assert response.status_code == 422
        assert "sudah diubah orang lain" in text(response)
        assert StatusChange.objects.count() == 1

    def test_each_status_has_one_way_on_and_its_opposite_back(self):
        for move in STATUS_MOVES:
            assert open_move(move.to).to == move.from_
            assert move.kind in StatusChange.Kind
            assert {move.from_, move.to} == set(Household.Status)
            assert all(reason in StatusChange.Reason for reason in move.reasons)
        assert open_move("on_list") is EXIT
        assert open_move("left") is ENTRY
