"""The family's page shows the groups of its members and what those were given, in a card and in its timeline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from households.models import Household
from kub.actions import members as actions
from kub.lifecycle import GroupState, ProposalState
from kub.models import Grant, Group, LedgerEntry
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.factories import JATIUWUNG, HouseholdFactory, area
from tests.kub.factories import GrantFactory, GroupFactory, MembershipFactory, ProposalFactory
from tests.kub.group_pages import page, text

pytestmark = pytest.mark.django_db


def card(user: User, family: Household) -> str:
    _, _, after = page(user, family.get_absolute_url()).partition('aria-labelledby="kub"')
    assert after
    return after.partition("</section>")[0]


def timeline(user: User, family: Household) -> str:
    _, _, after = page(user, family.get_absolute_url()).partition('aria-labelledby="perjalanan"')
    return text(after.partition("</section>")[0])


def funded(group: Group) -> Grant:
    """A grant of the group of which the first instalment is paid."""
    grant: Grant = GrantFactory(proposal=ProposalFactory(group=group, state=ProposalState.RECOMMENDED))
    pay(grant)
    grant.refresh_from_db()
    return grant


def pay(grant: Grant, **more: object) -> LedgerEntry:
    instalment = grant.instalments.get(number=1)
    values = {
        "kind": "payment",
        "amount": instalment.amount,
        "instalment": instalment,
        "booked_on": timezone.localdate(),
        "document": "SP2D 04512",
        "description": "Termin 1",
        "made_by": grant.decree.created_by,
    }
    return LedgerEntry.objects.create(grant=grant, **(values | more))


def test_a_family_without_a_group_says_so(cast: Cast) -> None:
    assert "Belum ada anggota keluarga ini yang masuk KUB." in text(card(cast.officer_a, HouseholdFactory()))


def test_a_member_stands_with_the_group_its_grant_and_the_way_there(cast: Cast) -> None:
    group = GroupFactory(name="Melati")
    chair = group.memberships.get(role="chair")
    grant = funded(group)
    html = card(cast.officer_a, chair.household)
    read = text(html)
    assert f"Melati {group.kind}, Kelurahan Gembor Aktif {chair.person} Ketua" in read
    assert "diputuskan Rp20.000.000, dibayar Rp12.000.000, dilaporkan Rp0" in read
    assert group.get_absolute_url() in html
    assert grant.proposal.get_absolute_url() in html
    told = timeline(cast.officer_a, chair.household)
    assert f"{chair.person} masuk KUB Melati" in told
    assert "KUB Melati menerima hibah Rp12.000.000 Termin 1, SP2D 04512." in told


def test_a_payment_that_was_taken_back_is_not_told(cast: Cast) -> None:
    group = GroupFactory(name="Melati")
    grant = funded(group)
    entry = grant.entries.get(kind="payment")
    pay(grant, amount=-entry.amount, reverses=entry, description="Pembalikan")
    assert "menerima hibah" not in timeline(cast.officer_a, group.memberships.first().household)


def test_what_a_group_asks_for_stands_before_the_decision(cast: Cast) -> None:
    group = ProposalFactory(state=ProposalState.SUBMITTED).group
    read = text(card(cast.officer_a, group.memberships.first().household))
    assert "Diajukan diusulkan Rp20.000.000" in read


def test_who_left_stands_with_the_reason_and_gets_nothing_of_what_came_later(cast: Cast) -> None:
    group = GroupFactory(name="Melati", members=6)
    gone = group.memberships.filter(role="member").first()
    left = timezone.localdate() - timedelta(days=20)
    actions.leave(gone, left_on=left, reason="moved", by=cast.staff, today=timezone.localdate())
    funded(group)
    assert ": pindah" in text(card(cast.officer_a, gone.household))
    told = timeline(cast.officer_a, gone.household)
    assert f"{gone.person} keluar dari KUB Melati Pindah." in told
    assert "menerima hibah" not in told


def test_another_office_is_no_coming_and_going(cast: Cast) -> None:
    group = GroupFactory()
    member = group.memberships.filter(role="member").first()
    today = timezone.localdate()
    actions.give_offices(group, officers={"chair": member}, on=today, by=cast.staff, today=today)
    told = timeline(cast.officer_a, member.household)
    assert told.count("masuk KUB") == 1
    assert "keluar dari KUB" not in told
    assert "Ketua" in text(card(cast.officer_a, member.household))


def test_what_a_member_did_elsewhere_before_moving_here_stands_here_too(cast: Cast) -> None:
    membership = MembershipFactory(group=GroupFactory(area=area(JATIUWUNG), members=0))
    home = HouseholdFactory()
    membership.person.__class__.objects.filter(pk=membership.person_id).update(household=home, relation=3)
    html = card(cast.officer_a, home)
    assert membership.group.name in html
    assert membership.group.get_absolute_url() not in html  # the group is not in the officer's area
    assert membership.group.get_absolute_url() in card(cast.staff, home)


def test_a_dissolved_group_stays_on_the_familys_page(cast: Cast) -> None:
    group = GroupFactory(name="Melati", members=1)
    family = group.memberships.get().household
    day = date(2026, 1, 5)
    group.memberships.update(joined_on=day, left_on=day, leave_reason="dissolved")
    Group.objects.filter(pk=group.pk).update(
        state=GroupState.DISSOLVED, dissolved_on=day, dissolve_reason="Selesai"
    )
    assert "Bubar" in text(card(cast.officer_a, family))


@pytest.mark.parametrize("who", ["officer_a", "kecamatan_officer", "staff", "verifier", "head", "treasurer"])
def test_everybody_who_sees_the_family_sees_the_card(cast: Cast, who: str) -> None:
    membership = GroupFactory(members=1).memberships.get()
    assert membership.person.name in card(cast.everybody()[who], membership.household)


def test_names_stay_text(cast: Cast) -> None:
    group = GroupFactory(name="<b>Melati</b>", members=1)
    assert "<b>Melati" not in page(cast.staff, group.memberships.get().household.get_absolute_url())
