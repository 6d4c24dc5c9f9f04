"""Money through the actions: paid once, locked until accounted for, reversed and never edited; the books balance."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from kub.actions import decisions, ledger, reports
from kub.lifecycle import EntryKind, GrantState, ReportState
from kub.models import AccountabilityReport, Budget, Ceiling, FiscalYear, Grant, LedgerEntry
from kub.reports import books
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.kit.problems import Refused
from tests.factories import UserFactory
from tests.kub.factories import (
    BudgetFactory,
    DecreeFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    ReceiptFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _balanced():
    """After each of these tests the books balance."""
    yield
    assert books.differences() == []


@pytest.fixture
def today():
    return timezone.localdate()


def payment(grant, number=1, *, by, today, key=None, document="04512/LS/2015", booked_on=None):
    return ledger.pay(
        grant.instalments.get(number=number),
        document=document,
        booked_on=booked_on or today,
        request_key=key or uuid.uuid4(),
        by=by,
        today=today,
    )


def accounted(grant, cast, today, *, number=1, amount=None):
    """Receipts over the whole instalment, sent by the officer and accepted by the staff."""
    report = AccountabilityReport.objects.get(grant=grant, instalment__number=number)
    ReceiptFactory(report=report, amount=amount or report.instalment.amount)
    reports.submit_report(report, by=cast.officer_a)
    return reports.accept_report(report, by=cast.staff, today=today)


def sentences(refusal):
    return " ".join(str(problem) for problem in refusal.value.problems)


def test_a_decision_books_what_the_lines_give(cast, today):
    proposal = ProposalFactory(state="recommended")
    oven, material = proposal.lines.all()
    grant = decisions.decide(
        proposal,
        decree=DecreeFactory(),
        budget=BudgetFactory(),
        granted={oven.pk: 10_000_000, material.pk: 7_500_000},
        by=cast.head,
    )
    assert (grant.decided, grant.state) == (17_500_000, GrantState.DECIDED)
    assert Budget.objects.get().decided == 17_500_000
    assert [step.move for step in proposal.steps.all()] == ["decide"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"granted": -1}, "tidak boleh negatif"),
        ({"granted": 10_000_001}, "melebihi yang diusulkan"),
        ({"ceiling": 19_999_999}, "melebihi plafon"),
        ({"allotted": 19_999_999}, "melebihi sisa anggaran"),
        ({"closed": True}, "sudah ditutup"),
    ],
)
def test_a_decision_is_refused_with_a_sentence(cast, change, words):
    proposal = ProposalFactory(state="recommended")
    decree, budget = DecreeFactory(), BudgetFactory()
    granted = {line.pk: change.get("granted", line.amount) for line in proposal.lines.all()}
    Ceiling.objects.update(amount=change.get("ceiling", 25_000_000))
    Budget.objects.update(allotted=change.get("allotted", 1_000_000_000))
    if change.get("closed"):
        FiscalYear.objects.update(closed_at=timezone.now(), closed_by=cast.staff)
    with pytest.raises(Refused) as refusal:
        decisions.decide(proposal, decree=decree, budget=budget, granted=granted, by=cast.head)
    assert words in sentences(refusal)
    assert not Grant.objects.exists()


def test_a_second_decision_that_the_budget_no_longer_bears_is_refused(cast):
    first, second = (ProposalFactory(state="recommended") for _ in range(2))
    Budget.objects.update(allotted=30_000_000)
    decree, budget = DecreeFactory(), BudgetFactory()
    decisions.decide(first, decree=decree, budget=budget, by=cast.head)
    with pytest.raises(Refused) as refusal:
        decisions.decide(second, decree=decree, budget=budget, by=cast.head)
    assert "sisa anggaran 5.1.4.05.01, yaitu Rp10.000.000" in sentences(refusal)


def test_instalments_add_up_to_the_decision(cast, today):
    grant = GrantFactory(state=GrantState.DECIDED)
    agreement = {"number": "1/NPHD", "agreed_on": today, "by": cast.head, "today": today}
    with pytest.raises(Refused) as refusal:
        decisions.agree(grant, instalments=[12_000_000, 7_000_000], **agreement)
    assert "Jumlah termin Rp19.000.000, padahal yang diputuskan Rp20.000.000." in sentences(refusal)
    decisions.agree(grant, instalments=[12_000_000, 8_000_000], **agreement)
    assert list(grant.instalments.values_list("number", "amount")) == [(1, 12_000_000), (2, 8_000_000)]


def test_the_same_request_pays_once(cast, today):
    grant, key = GrantFactory(), uuid.uuid4()
    first = payment(grant, by=cast.treasurer, today=today, key=key)
    again = payment(grant, by=cast.treasurer, today=today, key=key)
    assert first.pk == again.pk
    assert LedgerEntry.objects.filter(kind=EntryKind.PAYMENT).count() == 1
    with pytest.raises(Refused) as refusal:
        payment(GrantFactory(), by=cast.treasurer, today=today, key=key)
    assert "sudah dipakai untuk pembukuan lain" in sentences(refusal)


def test_paying_twice_with_another_request_is_refused(cast, today):
    grant = GrantFactory()
    payment(grant, by=cast.treasurer, today=today)
    with pytest.raises(Refused) as refusal:
        payment(grant, by=cast.treasurer, today=today)
    assert "Termin 1 sudah dibayar." in sentences(refusal)


def test_the_second_instalment_waits_for_the_report_of_the_first(cast, today):
    grant = GrantFactory()
    with pytest.raises(Refused) as refusal:
        payment(grant, 2, by=cast.treasurer, today=today)
    assert "Termin 2 terbuka setelah LPJ termin 1 diterima." in sentences(refusal)
    payment(grant, by=cast.treasurer, today=today)
    with pytest.raises(Refused):
        payment(grant, 2, by=cast.treasurer, today=today)
    accounted(grant, cast, today)
    payment(grant, 2, by=cast.treasurer, today=today)
    accounted(grant, cast, today, number=2)
    grant.refresh_from_db()
    assert (grant.state, grant.held, grant.unpaid) == (GrantState.ACCOUNTED, 0, 0)
    assert decisions.close(grant, by=cast.head).state == GrantState.CLOSED


def test_who_decided_does_not_pay(cast, today):
    proposal = ProposalFactory(state="recommended")
    head = UserFactory(role=Role.OFFICE_HEAD)
    head.groups.add(*cast.treasurer.groups.all())
    grant = decisions.decide(proposal, decree=DecreeFactory(), budget=BudgetFactory(), by=head)
    decisions.agree(
        grant, number="1/NPHD", agreed_on=today, instalments=[20_000_000], by=cast.head, today=today
    )
    with pytest.raises(Refused) as refusal:
        payment(grant, by=head, today=today)
    assert "Anda memutuskan usulan ini" in sentences(refusal)
    assert "dikerjakan orang lain" in sentences(refusal)


def test_a_payment_belongs_to_an_open_year_and_to_its_own(cast, today):
    grant = GrantFactory()
    with pytest.raises(Refused) as refusal:
        payment(grant, by=cast.treasurer, today=today, booked_on=date(today.year + 1, 1, 2))
    assert "tidak dalam tahun anggaran" in sentences(refusal)
    closed = FiscalYearFactory(year=today.year - 1)
    FiscalYear.objects.filter(pk=closed.pk).update(closed_at=timezone.now(), closed_by=cast.staff)
    with pytest.raises(Refused) as refusal:
        payment(grant, by=cast.treasurer, today=today, booked_on=date(today.year - 1, 6, 3))
    assert f"Tahun anggaran {today.year - 1} sudah ditutup" in sentences(refusal)


def test_a_payment_opens_a_report_that_is_due(cast, today):
    grant = GrantFactory()
    FiscalYear.objects.update(lpj_days=30, lpj_latest_on=date(today.year + 1, 12, 31))
    payment(grant, by=cast.treasurer, today=today)
    report = AccountabilityReport.objects.get()
    assert (report.due_on, report.state) == (today + timedelta(days=30), ReportState.DRAFT)


def test_a_mistaken_payment_is_reversed_and_can_be_made_anew(cast, today):
    grant, key = GrantFactory(), uuid.uuid4()
    wrong = payment(grant, by=cast.treasurer, today=today)
    back = [
        ledger.reverse(
            wrong, reason="Salah kelompok", booked_on=today, request_key=key, by=cast.treasurer, today=today
        )
        for _ in range(2)
    ]
    assert back[0].pk == back[1].pk
    grant.refresh_from_db()
    assert (grant.paid, grant.state, grant.reports.count()) == (0, GrantState.AGREED, 0)
    payment(grant, by=cast.treasurer, today=today)
    assert [entry.amount for entry in grant.entries.all()] == [
        20_000_000,
        12_000_000,
        -12_000_000,
        12_000_000,
    ]


def test_a_payment_with_a_written_report_stands(cast, today):
    grant = GrantFactory()
    wrong = payment(grant, by=cast.treasurer, today=today)
    ReceiptFactory(report=AccountabilityReport.objects.get())
    with pytest.raises(Refused) as refusal:
        ledger.reverse(
            wrong, reason="Salah", booked_on=today, request_key=uuid.uuid4(), by=cast.treasurer, today=today
        )
    assert "LPJ termin 1 sudah berisi kuitansi" in sentences(refusal)


def test_an_acceptance_taken_back_returns_the_report(cast, today):
    grant = GrantFactory(shares=(100,))
    payment(grant, by=cast.treasurer, today=today)
    entry = accounted(grant, cast, today)
    grant.refresh_from_db()
    assert grant.state == GrantState.ACCOUNTED
    ledger.reverse(
        entry, reason="Kuitansi palsu", booked_on=today, request_key=uuid.uuid4(), by=cast.staff, today=today
    )
    grant.refresh_from_db()
    report = AccountabilityReport.objects.get()
    assert (grant.accounted, grant.state, report.state) == (0, GrantState.PAYING, ReportState.RETURNED)


def test_what_is_left_is_refunded_and_then_the_grant_is_accounted_for(cast, today):
    grant = GrantFactory(shares=(100,))
    payment(grant, by=cast.treasurer, today=today)
    accounted(grant, cast, today, amount=19_700_000)
    give = {"document": "STS 1", "booked_on": today, "by": cast.treasurer, "today": today}
    with pytest.raises(Refused) as refusal:
        ledger.refund(grant, amount=300_001, request_key=uuid.uuid4(), **give)
    assert "melebihi sisa kas kelompok, yaitu Rp300.000" in sentences(refusal)
    ledger.refund(grant, amount=300_000, request_key=uuid.uuid4(), **give)
    grant.refresh_from_db()
    assert (grant.refunded, grant.state) == (300_000, GrantState.ACCOUNTED)


def test_more_receipts_than_money_count_for_what_was_paid(cast, today):
    grant = GrantFactory(shares=(100,))
    payment(grant, by=cast.treasurer, today=today)
    assert accounted(grant, cast, today, amount=21_000_000).amount == 20_000_000


def test_who_sent_a_report_does_not_accept_it(cast, today):
    grant = GrantFactory()
    payment(grant, by=cast.treasurer, today=today)
    report = AccountabilityReport.objects.get()
    ReceiptFactory(report=report)
    reports.submit_report(report, by=cast.staff)
    with pytest.raises(Refused) as refusal:
        reports.accept_report(report, by=cast.staff, today=today)
    assert "Anda mengirim LPJ ini" in sentences(refusal)


def test_a_grant_cancelled_before_payment_gives_the_budget_back(cast, today):
    grant = GrantFactory()
    decisions.cancel(grant, reason="KUB mengundurkan diri", by=cast.head, today=today)
    grant.refresh_from_db()
    assert (grant.decided, grant.state, Budget.objects.get().decided) == (0, GrantState.CANCELLED, 0)


def test_what_is_not_paid_is_released_and_the_rest_is_brought_to_an_end(cast, today):
    grant = GrantFactory()
    payment(grant, by=cast.treasurer, today=today)
    accounted(grant, cast, today)
    decisions.release_rest(grant, reason="Usaha berhenti", by=cast.head, today=today)
    grant.refresh_from_db()
    assert (grant.decided, grant.state, Budget.objects.get().decided) == (
        12_000_000,
        GrantState.ACCOUNTED,
        12_000_000,
    )


def test_a_nik_typed_into_a_reason_is_not_kept(cast, today):
    nik = "9971051708450001"
    grant = GrantFactory(shares=(100,))
    wrong = payment(grant, by=cast.treasurer, today=today)
    reason = {"reason": f"Milik {nik}", "booked_on": today, "by": cast.treasurer, "today": today}
    back = ledger.reverse(wrong, request_key=uuid.uuid4(), **reason)
    decisions.cancel(grant, reason=f"Milik {nik}", by=cast.head, today=today)
    kept = [back.description, *grant.entries.values_list("description", flat=True)]
    kept += grant.proposal.steps.values_list("note", flat=True)
    assert any("Milik" in text for text in kept)
    assert not any(nik in text for text in kept)


def test_nobody_moves_money_outside_their_area(cast, today):
    from tests.factories import JATIUWUNG, area

    grant = GrantFactory(
        proposal=ProposalFactory(group=GroupFactory(area=area(JATIUWUNG)), state="recommended")
    )
    cast.treasurer.area = area()
    cast.treasurer.save()
    with pytest.raises(PermissionDenied):
        payment(grant, by=cast.treasurer, today=today)


def test_the_command_finds_a_total_that_is_false(cast, today, capsys):
    grant = GrantFactory()
    payment(grant, by=cast.treasurer, today=today)
    call_command("check_ledger")
    assert "Buku hibah seimbang: 1 hibah, 2 baris." in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kub_grant DISABLE TRIGGER USER")
        cursor.execute("UPDATE kub_grant SET paid = paid - 1")
        with pytest.raises(CommandError):
            call_command("check_ledger")
        cursor.execute("UPDATE kub_grant SET paid = paid + 1")
        cursor.execute("ALTER TABLE kub_grant ENABLE TRIGGER USER")
    assert "jumlah hibah dan buku besar" in capsys.readouterr().err
