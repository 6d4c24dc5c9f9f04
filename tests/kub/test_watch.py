"""The flags from the records, the page of what needs attention, the reminders of reports."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kub.actions import decisions, ledger
from kub.flags import Code
from kub.lifecycle import GroupState, ReportState
from kub.models import AccountabilityReport, Membership, Receipt
from kub.reports.flags import flags_of_group
from tests.factories import JATIUWUNG, area
from tests.kub.factories import (
    GrantFactory,
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    ReceiptFactory,
    ReportFactory,
    StepFactory,
    VisitFactory,
    graduate,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def flags(group):
    return {flag.code: flag for flag in flags_of_group(group, today=TODAY)}


@pytest.fixture
def group(cast):
    """Does well: visited ten days ago, and sold something."""
    group = GroupFactory()
    VisitFactory(group=group, visited_on=ago(10))
    return group


@pytest.fixture
def report(group):
    return ReportFactory(grant=GrantFactory(proposal=ProposalFactory(group=group, state="recommended")))


class TestFlagsFromTheRecords:
    def test_a_group_that_does_well(self, group, report):
        assert flags(group) == {}

    def test_no_visit_since_the_money(self, cast):
        group = GroupFactory()
        VisitFactory(group=group, visited_on=ago(95))
        report = ReportFactory(grant__proposal__group=group)
        flag = flags(group)[Code.NO_VISIT]
        assert (flag.severity, flag.label) == ("bad", "Belum dikunjungi 95 hari")
        assert f"Modal Rp{report.grant.paid // 1_000_000}.000.000 dibayar" in flag.evidence
        assert flag.url == reverse("kub:visits", args=[group.pk])

    def test_no_sales_at_the_last_two_of_three(self, group):
        VisitFactory(group=group, visited_on=ago(5), turnover=0)
        assert Code.NO_SALES not in flags(group)
        VisitFactory(group=group, visited_on=ago(2), turnover=0)
        assert flags(group)[Code.NO_SALES].severity == "bad"

    def test_members_and_offices(self, group):
        group.memberships.filter(role__in=["chair", "member"]).update(left_on=TODAY, leave_reason="moved")
        found = flags(group)
        assert found[Code.FEW_MEMBERS].label == "Anggota tinggal 2"
        assert found[Code.OFFICE_VACANT].label == "Jabatan ketua kosong"

    def test_a_report_that_is_late(self, group, report):
        AccountabilityReport.objects.filter(pk=report.pk).update(due_on=ago(4))
        flag = flags(group)[Code.REPORT_LATE]
        assert flag.label == "LPJ terlambat 4 hari"
        assert flag.url == report.get_absolute_url()
        AccountabilityReport.objects.filter(pk=report.pk).update(
            state=ReportState.SUBMITTED,
            submitted_at=timezone.now(),
            submitted_by=report.grant.proposal.created_by,
        )
        assert Code.REPORT_LATE not in flags(group)

    def test_a_group_that_asked_too_soon(self, cast):
        group = GroupFactory(formed_on=ago(20))
        proposal = ProposalFactory(group=group)
        assert "sedang disusun" in flags(group)[Code.YOUNG_GROUP].evidence
        StepFactory(proposal=proposal)
        type(proposal).objects.filter(pk=proposal.pk).update(state="submitted")
        flag = flags(group)[Code.YOUNG_GROUP]
        assert flag.label == "Usulan pada umur 20 hari"
        assert flag.url == proposal.get_absolute_url()
        type(proposal).objects.filter(pk=proposal.pk).update(state="refused")
        assert Code.YOUNG_GROUP not in flags(group)

    def test_one_person_in_two_groups_by_two_rows(self, group):
        twin = graduate()
        MembershipFactory(group=group, person=twin)
        other = GroupFactory(name="Mawar", members=0)
        again = graduate()
        type(again).objects.filter(pk=again.pk).update(nik=twin.nik)
        elsewhere = MembershipFactory(group=other, person=again)
        assert f"{twin.name}: NIK yang sama" in flags(group)[Code.TWO_GROUPS].evidence
        assert twin.nik not in flags(group)[Code.TWO_GROUPS].evidence
        Membership.objects.filter(pk=elsewhere.pk).update(left_on=TODAY, leave_reason="moved")
        assert Code.TWO_GROUPS not in flags(group)

    def test_nobody_is_their_own_twin_for_want_of_a_nik(self, group):
        for membership in (*group.memberships.all()[:2], *GroupFactory().memberships.all()[:2]):
            type(membership.person).objects.filter(pk=membership.person_id).update(nik=None)
        assert Code.TWO_GROUPS not in flags(group)

    def test_too_much_on_a_line_until_it_is_accepted(self, group, report):
        oven = report.grant.proposal.lines.get(position=1)
        ReceiptFactory(report=report, line=oven, amount=10_150_000)
        flag = flags(group)[Code.OVER_PLAN]
        assert flag.label == "Melebihi RAB Rp150.000"
        assert flag.url == f"{report.get_absolute_url()}#rincian-{oven.pk}"
        AccountabilityReport.objects.filter(pk=report.pk).update(
            state=ReportState.ACCEPTED,
            submitted_at=timezone.now(),
            submitted_by=report.grant.proposal.created_by,
            examined_at=timezone.now(),
            examined_by=group.created_by,
        )
        assert Code.OVER_PLAN not in flags(group)

    def test_a_receipt_that_cannot_be_read(self, group, report):
        ReceiptFactory(report=report, amount=420_000)
        Receipt.objects.update(unreadable=True)
        flag = flags(group)[Code.UNREADABLE]
        assert (flag.label, flag.url) == (
            "Kuitansi 1 tidak terbaca",
            f"{report.get_absolute_url()}#kuitansi-1",
        )

    @pytest.mark.parametrize("state", [GroupState.FORMING, GroupState.DISSOLVED])
    def test_only_groups_at_work_are_warned_of(self, cast, state):
        ended = {"dissolved_on": TODAY, "dissolve_reason": "Bubar"} if state == "dissolved" else {}
        assert flags(GroupFactory(members=1, state=state, **ended)) == {}


def attention(client, **query):
    return client.get(reverse("kub:attention"), query)


class TestAttention:
    def test_the_worst_first_each_with_its_evidence(self, client, cast):
        mild = GroupFactory(name="Anggrek")
        VisitFactory(group=mild, visited_on=ago(65))
        bad = GroupFactory(name="Zaitun", members=2)
        well = GroupFactory(name="Mawar")
        VisitFactory(group=well)
        client.force_login(cast.staff)
        text = attention(client).content.decode()
        assert "2 KUB" in text
        assert text.index("Zaitun") < text.index("Anggrek")
        assert "Mawar" not in text
        assert f"Kunjungan terakhir {ago(65).day} " in text
        assert reverse("kub:visits", args=[mild.pk]) in text
        assert bad.get_absolute_url() in text

    def test_one_kind_of_warning(self, client, cast):
        GroupFactory(name="Zaitun", members=2, formed_on=ago(10))
        GroupFactory(name="Anggrek")
        client.force_login(cast.staff)
        text = attention(client, tanda="anggota-kurang").content.decode()
        assert "Zaitun" in text
        assert "Anggrek" not in text
        assert "Tidak ada KUB aktif" in attention(client, tanda="lpj-terlambat").content.decode()

    def test_it_ends_at_the_own_area(self, client, cast):
        GroupFactory(name="Zaitun")
        GroupFactory(name="Cempaka", area=area(JATIUWUNG))
        client.force_login(cast.officer_b)
        text = attention(client).content.decode()
        assert "Cempaka" in text
        assert "Zaitun" not in text
        client.force_login(cast.staff)
        text = attention(client, wilayah=JATIUWUNG).content.decode()
        assert "Zaitun" not in text

    @pytest.mark.parametrize("query", [{"tanda": "apa"}, {"wilayah": "36.71.99"}])
    def test_a_filter_that_is_none(self, client, cast, query):
        client.force_login(cast.staff)
        assert attention(client, **query).status_code == 404

    def test_page_by_page(self, client, cast, monkeypatch):
        monkeypatch.setattr("kub.views.watch.PAGE_SIZE", 1)
        GroupFactory(name="Anggrek")
        GroupFactory(name="Zaitun")
        client.force_login(cast.staff)
        text = attention(client, tanda="tanpa-kunjungan").content.decode()
        assert "Halaman 1 dari 2" in text
        assert "?tanda=tanpa-kunjungan&amp;hal=2" in text
        assert "Zaitun" in attention(client, tanda="tanpa-kunjungan", hal="2").content.decode()

    def test_who_may_not_see_groups(self, client, cast):
        client.force_login(cast.leadership)
        assert attention(client).status_code == 403


class TestReminders:
    def listed(self, client, **query):
        return client.get(reverse("kub:reminders"), query).content.decode()

    def due(self, report, days):
        AccountabilityReport.objects.filter(pk=report.pk).update(due_on=TODAY + timedelta(days=days))

    @pytest.fixture
    def staff(self, cast, client):
        client.force_login(cast.staff)
        return client

    @pytest.mark.parametrize(
        ("days", "words"),
        [(14, "14 hari lagi"), (6, "6 hari lagi"), (1, "besok"), (0, "hari ini"), (-3, "lewat 3 hari")],
    )
    def test_a_message_to_send(self, staff, group, report, days, words):
        self.due(report, days)
        ReceiptFactory(report=report, amount=11_700_000)
        text = self.listed(staff)
        chair = group.memberships.get(role="chair").person.name
        assert f"Yth. {chair}, KUB {group.name}, Kelurahan Gembor." in text
        assert f"({words})." in text
        assert "LPJ termin 1 hibah" in text
        assert "Yang belum ada kuitansinya Rp300.000." in text

    def test_not_earlier_than_the_office_wants(self, staff, report):
        self.due(report, 15)
        assert "Tidak ada LPJ yang perlu diingatkan." in self.listed(staff)

    def test_one_that_was_sent_needs_none(self, staff, report):
        self.due(report, -3)
        AccountabilityReport.objects.filter(pk=report.pk).update(
            state=ReportState.SUBMITTED,
            submitted_at=timezone.now(),
            submitted_by=report.grant.proposal.created_by,
        )
        assert "Tidak ada LPJ yang perlu diingatkan." in self.listed(staff)

    def test_money_that_was_given_back_owes_no_report(self, staff, cast, group, report):
        self.due(report, -3)
        decisions.release_rest(report.grant, reason="Usaha berhenti", by=cast.head, today=TODAY)
        ledger.refund(
            report.grant,
            amount=report.grant.paid,
            document="STS 1",
            booked_on=TODAY,
            request_key=uuid.uuid4(),
            by=cast.treasurer,
            today=TODAY,
        )
        assert "Tidak ada LPJ yang perlu diingatkan." in self.listed(staff)
        assert Code.REPORT_LATE not in flags(group)

    def test_one_that_was_returned_says_why(self, staff, group, report):
        self.due(report, -3)
        AccountabilityReport.objects.filter(pk=report.pk).update(
            state=ReportState.RETURNED,
            submitted_at=timezone.now(),
            submitted_by=report.grant.proposal.created_by,
            examined_at=timezone.now(),
            examined_by=group.created_by,
            note="Kuitansi oven buram.",
        )
        text = self.listed(staff)
        assert "dikembalikan pemeriksa untuk diperbaiki: Kuitansi oven buram. Tenggatnya" in text

    def test_late_ones_and_those_that_are_soon(self, staff, report):
        self.due(report, -3)
        other = ReportFactory()
        self.due(other, 5)
        assert other.get_absolute_url() not in self.listed(staff, keadaan="terlambat")
        assert report.get_absolute_url() not in self.listed(staff, keadaan="segera")
        text = self.listed(staff)
        assert text.index(report.get_absolute_url()) < text.index(other.get_absolute_url())

    def test_it_ends_at_the_own_area(self, client, cast, report):
        self.due(report, -3)
        client.force_login(cast.officer_b)
        assert report.get_absolute_url() not in self.listed(client)
        client.force_login(cast.officer_a)
        assert report.get_absolute_url() in self.listed(client)

    def test_a_group_without_a_chair(self, staff, group, report):
        self.due(report, -3)
        group.memberships.filter(role="chair").update(left_on=TODAY, leave_reason="moved")
        assert "Yth. pengurus, KUB" in self.listed(staff)


class TestOnThePageOfAGrant:
    def test_the_warnings_stand_there_while_it_runs(self, client, cast, group, report):
        client.force_login(cast.staff)
        address = report.grant.get_absolute_url()
        assert "Tanda peringatan" not in client.get(address).content.decode()
        AccountabilityReport.objects.filter(pk=report.pk).update(due_on=ago(4))
        text = client.get(address).content.decode()
        assert "LPJ terlambat 4 hari" in text
        assert "Tanda peringatan" in text

    def test_not_once_it_has_ended(self, client, cast):
        proposal = ProposalFactory(group=GroupFactory(members=1), state="refused")
        StepFactory(proposal=proposal, move="refuse", from_state="recommended", to_state="refused")
        client.force_login(cast.staff)
        assert "Tanda peringatan" not in client.get(proposal.get_absolute_url()).content.decode()
