"""Money under real processes: the last of the budget, one payment sent many times, a server killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import uuid

import pytest
from django.db import connection

from kub.lifecycle import EntryKind, GrantState
from kub.models import AccountabilityReport, Budget, Grant, LedgerEntry, Step
from kub.reports import books
from tests.cast import make_cast
from tests.kub import race
from tests.kub.factories import (
    BudgetFactory,
    DecreeFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    ReportFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    return make_cast()


def racing(tasks):
    results = race.run(database(), tasks)
    assert [one for one in results if "error" in one] == []
    assert books.differences() == []
    return results


def database():
    return str(connection.settings_dict["NAME"])


def test_eight_decisions_race_for_the_last_of_the_budget_and_it_is_never_exceeded(cast):
    DecreeFactory()
    BudgetFactory(allotted=65_000_000)
    rows = [ProposalFactory(group=GroupFactory(members=5), state="recommended") for _ in range(8)]
    results = racing([{"action": "decide", "user": cast.head.pk, "row": row.pk} for row in rows])
    refused = [one["refused"] for one in results if "refused" in one]
    assert len(refused) == 5
    assert all("melebihi sisa anggaran 5.1.4.05.01, yaitu Rp5.000.000" in sentence for sentence in refused)
    assert Budget.objects.get().decided == 60_000_000
    assert Grant.objects.count() == 3


def test_one_proposal_decided_by_eight_at_once_is_decided_once(cast):
    DecreeFactory()
    row = ProposalFactory(state="recommended")
    results = racing([{"action": "decide", "user": cast.head.pk, "row": row.pk}] * 8)
    assert len([one for one in results if "grant" in one]) == 1
    assert Budget.objects.get().decided == 20_000_000


def test_one_payment_sent_ten_times_is_one_entry_and_everybody_hears_of_it(cast):
    first = GrantFactory().instalments.get(number=1)
    task = {"action": "pay", "user": cast.treasurer.pk, "row": first.pk, "key": str(uuid.uuid4())}
    results = racing([task] * 10)
    assert {one["entry"] for one in results} == {LedgerEntry.objects.get(kind=EntryKind.PAYMENT).pk}


def test_ten_payments_of_one_instalment_pay_it_once(cast):
    first = GrantFactory().instalments.get(number=1)
    results = racing([{"action": "pay", "user": cast.treasurer.pk, "row": first.pk}] * 10)
    assert len([one for one in results if "entry" in one]) == 1
    assert all("sudah dibayar" in one["refused"] for one in results if "refused" in one)


def test_refunds_that_race_give_back_no_more_than_there_is(cast):
    report = ReportFactory(paid_by=cast.treasurer)
    task = {"action": "refund", "user": cast.treasurer.pk, "row": report.grant_id, "amount": 5_000_000}
    results = racing([task] * 6)
    assert len([one for one in results if "entry" in one]) == 2
    assert Grant.objects.get().held == 2_000_000


def test_a_server_killed_between_the_entry_and_the_state_leaves_nothing_and_the_retry_pays(cast):
    grant = GrantFactory()
    first, key = grant.instalments.get(number=1), str(uuid.uuid4())
    task = {"action": "pay", "user": cast.treasurer.pk, "row": first.pk, "key": key}
    with subprocess.Popen(
        race.command(database()), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=race.ROOT
    ) as server:
        server.stdin.write(json.dumps([task | {"hold": True}]))
        server.stdin.close()
        assert server.stdout.readline() == "booked\n"
        os.kill(server.pid, signal.SIGKILL)
    assert books.differences() == []
    assert not LedgerEntry.objects.filter(kind=EntryKind.PAYMENT).exists()
    assert not AccountabilityReport.objects.exists()
    assert "entry" in racing([task])[0]
    grant.refresh_from_db()
    assert (grant.paid, grant.state, Step.objects.count()) == (12_000_000, GrantState.PAYING, 1)
