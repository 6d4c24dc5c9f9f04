"""A group once it is there: changed, dissolved, and what its page and its history say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kub.actions import groups as actions
from kub.lifecycle import GrantState, GroupState, ProposalState
from kub.models import Group
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import GEBANG_RAYA, JATIUWUNG, area
from tests.kub.factories import (
    GrantFactory,
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    VisitFactory,
)
from tests.kub.group_pages import ALL, finished, founders, page, particulars, send, text, today, url

pytestmark = pytest.mark.django_db


class TestChanged:
    def change(self, group: Group, user: Any, *, status: int = 302, **more: Any) -> str:
        html = page(user, url("group_edit", group))
        seen = html.partition('name="seen" value="')[2].partition('"')[0]
        kept = {"bank_name": group.bank_name, "account_holder": group.account_holder}
        data = particulars(name=group.name, legal_form="informal", seen=seen) | kept | more
        return send(user, url("group_edit", group), data, status=status)

    def test_keeps_what_is_typed_and_the_account_stays_hidden(self, cast: Cast) -> None:
        group = GroupFactory(account_number=None, bank_name="", account_holder="")
        self.change(
            group,
            cast.officer_a,
            name="Melati Baru",
            bank_name="Bank BJB",
            account_number="00.1234-5678 90",
            account_holder="KUB Melati Baru",
        )
        group.refresh_from_db()
        assert (group.name, group.account_number) == ("Melati Baru", "001234567890")
        for address in (group.get_absolute_url(), url("group_edit", group)):
            html = page(cast.officer_a, address)
            assert "001234567890" not in html
            assert "7890" in html

    def test_an_empty_account_stays_and_the_box_takes_it_away(self, cast: Cast) -> None:
        group = GroupFactory(account_number="0011223344")
        self.change(group, cast.officer_a)
        group.refresh_from_db()
        assert group.account_number == "0011223344"
        self.change(group, cast.officer_a, drop_account="on")
        group.refresh_from_db()
        assert (group.account_number, group.bank_name) == (None, "")

    def test_another_account_needs_a_reason_while_money_is_on_its_way(self, cast: Cast) -> None:
        group = GrantFactory().proposal.group
        more = {"bank_name": "Bank BJB", "account_number": "9988776655", "account_holder": "KUB Melati"}
        html = self.change(group, cast.staff, status=422, **more)
        assert "tuliskan mengapa rekeningnya berganti" in text(html)
        self.change(group, cast.staff, note="Bank lama tutup cabang", **more)
        assert any(change.note == "Bank lama tutup cabang" for change in changes_of(group))

    def test_a_save_over_a_later_change_is_refused(self, cast: Cast) -> None:
        group = GroupFactory()
        html = page(cast.officer_a, url("group_edit", group))
        seen = html.partition('name="seen" value="')[2].partition('"')[0]
        self.change(group, cast.staff, name="Diubah Staf")
        data = particulars(name="Diubah Petugas", legal_form="informal", seen=seen)
        html = send(cast.officer_a, url("group_edit", group), data, status=422)
        assert "baru saja diubah orang lain" in text(html)
        group.refresh_from_db()
        assert group.name == "Diubah Staf"

    def test_it_stays_in_its_kecamatan(self, cast: Cast) -> None:
        group = GroupFactory()
        self.change(group, cast.staff, area=GEBANG_RAYA)
        group.refresh_from_db()
        assert group.area_id == GEBANG_RAYA
        html = self.change(group, cast.staff, area=JATIUWUNG, status=422)
        assert "Kelurahan" in text(html)
        group.area = area(JATIUWUNG)
        with pytest.raises(Refused, match="KUB tetap di Kecamatan Periuk"):
            actions.change_group(group, by=cast.staff, today=today())


class TestDissolved:
    def test_members_leave_that_day_and_are_free_again(self, cast: Cast) -> None:
        group = GroupFactory()
        person = group.memberships.first().person
        assert "5 orang" in text(page(cast.officer_a, url("group_dissolve", group)))
        data = {"dissolved_on": str(today()), "reason": "Usahanya tidak berjalan"}
        read = text(send(cast.officer_a, url("group_dissolve", group), data))
        assert "Usahanya tidak berjalan" in read
        group.refresh_from_db()
        assert (group.state, group.dissolved_on) == (GroupState.DISSOLVED, today())
        assert {one.leave_reason for one in group.memberships.all()} == {"dissolved"}
        MembershipFactory(person=person, group=GroupFactory(members=0))
        html = page(cast.officer_a, group.get_absolute_url())
        assert url("member_add", group) not in html
        with pytest.raises(Refused, match="KUB ini sudah bubar"):
            actions.change_group(group, by=cast.staff, today=today())

    def test_needs_a_reason_and_a_day_that_can_be(self, cast: Cast) -> None:
        group = GroupFactory(formed_on=today() - timedelta(days=10))
        for day in (today() + timedelta(days=1), today() - timedelta(days=11)):
            data = {"dissolved_on": str(day), "reason": "x"}
            read = text(send(cast.officer_a, url("group_dissolve", group), data, status=422))
            assert "Tuliskan alasannya" in read
            assert "Tanggal bubar" in read

    def test_waits_for_open_proposals_and_grants(self, cast: Cast) -> None:
        group = ProposalFactory(state=ProposalState.SUBMITTED).group
        data = {"dissolved_on": str(today()), "reason": "Usahanya tidak berjalan"}
        read = text(send(cast.staff, url("group_dissolve", group), data, status=422))
        assert "masih diajukan; tarik atau putuskan dahulu." in read
        funded = GrantFactory().proposal.group
        read = text(send(cast.staff, url("group_dissolve", funded), data, status=422))
        assert "belum selesai dipertanggungjawabkan." in read
        GrantFactory._meta.model.objects.update(state=GrantState.CANCELLED)
        send(cast.staff, url("group_dissolve", funded), data)


def test_the_page_shows_warnings_money_and_visits(cast: Cast) -> None:
    group = GroupFactory(members=4)
    proposal = ProposalFactory(group=group, state=ProposalState.SUBMITTED)
    html = page(cast.officer_a, group.get_absolute_url())
    read = text(html)
    assert "Belum pernah dikunjungi" in read
    assert "Anggota tinggal 4" in read
    assert proposal.get_absolute_url() in html
    assert "Diajukan Rp20.000.000" in read
    assert url("visit_new", group) in html
    VisitFactory(group=group, turnover=3_000_000, problem="Oven rusak")
    read = text(page(cast.treasurer, group.get_absolute_url()))
    assert "Rp3.000.000" in read
    assert "Oven rusak" in read


def test_the_history_says_who_did_what_in_words_and_hides_the_account(cast: Cast) -> None:
    cohort, people = finished(5)
    send(cast.officer_a, url("group_from_cohort", cohort), particulars() | founders(people, *ALL))
    group = Group.objects.get()
    send(cast.officer_a, url("group_move", group), {})
    group.refresh_from_db()
    group.bank_name, group.account_number, group.account_holder = "Bank BJB", "0011223344", "KUB"
    actions.change_group(group, by=cast.staff, today=today())
    leaving = {"left_on": str(today()), "reason": "moved", "note": "ke Bekasi", "accept": "1"}
    gone = group.memberships.filter(role="member").first()
    send(cast.officer_a, url("member_leave", gone), leaving)
    html = page(cast.staff, group.get_absolute_url())
    read = text(html.partition('aria-labelledby="riwayat"')[2].partition("</section>")[0])
    assert f"Anggota KUB keluar {gone.person}: pindah; ke Bekasi" in read
    assert "Keadaan: Dibentuk → Aktif" in read
    assert f"{cast.officer_a} KUB dibentuk 5 anggota" in read
    assert read.count("KUB dibentuk") == 1
    group.account_number = "5566778899"
    actions.change_group(group, by=cast.staff, today=today())
    html = page(cast.staff, group.get_absolute_url())
    assert "******3344 → ******8899" in text(html)
    assert "001122" not in html
