"""Pages of the groups and how to put more rows on each, for the test that counts their queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import GroupState, ProposalState
from kub.models import FiscalYear, Group, LedgerEntry, Membership
from tests.factories import PersonFactory
from tests.kub.factories import (
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    MembershipFactory,
    ProposalFactory,
    VisitFactory,
    graduate,
)
from tests.trainings.factories import PastTrainingFactory
from trainings.lifecycle import CohortState
from trainings.models import Cohort


def groups(ground: Any, number: int) -> None:
    for _ in range(number):
        GroupFactory(members=2)


def everything_of_a_group(ground: Any, number: int) -> None:
    """Members of today and of before, visits, proposals and grants of other years.

    Within one transaction all changes are of the same moment, so the history takes any hundred of them: there are
    fewer, so that it always tells of the group and of its members.
    """
    group, cohort = _group(), _finished(ground)
    for turn in range(number):
        MembershipFactory(group=group, person=graduate(cohort))
        if turn % 10 == 0:
            _leave(MembershipFactory(group=group, person=graduate(cohort)))
        VisitFactory(group=group)
        year = FiscalYearFactory(year=2030 + FiscalYear.objects.count())
        GrantFactory(proposal=ProposalFactory(group=group, year=year, state=ProposalState.RECOMMENDED))
    for turn in range(3):
        Group.objects.filter(pk=group.pk).update(address=f"Jl. Melati {turn + 3 * (number > 1)}")


def graduates(ground: Any, number: int) -> None:
    """Free ones, and ones who are in a group."""
    cohort = _finished(ground)
    for _ in range(number):
        graduate(cohort)
        MembershipFactory(group=_group(), person=graduate(cohort))


def groups_of_a_cohort(ground: Any, number: int) -> None:
    cohort = _finished(ground)
    for _ in range(number):
        GroupFactory(cohort=cohort, members=1)


def groups_of_a_family(ground: Any, number: int) -> None:
    """Members of the family in groups of their own, each with a grant of which something was paid."""
    for _ in range(number):
        family = 2 + Membership.objects.count() % 30_000
        person = PersonFactory(household=ground.household, family_number=family)
        PastTrainingFactory(person=person)
        group = GroupFactory(members=0)
        MembershipFactory(group=group, person=person)
        grant = GrantFactory(proposal=ProposalFactory(group=group, state=ProposalState.RECOMMENDED))
        instalment = grant.instalments.get(number=1)
        LedgerEntry.objects.create(
            grant=grant,
            kind="payment",
            amount=instalment.amount,
            instalment=instalment,
            booked_on=timezone.localdate(),
            document="SP2D 1",
            description="Termin 1",
            made_by=ground.cast.treasurer,
        )


def _group() -> Group:
    return Group.objects.filter(name="Utama").first() or GroupFactory(name="Utama", state=GroupState.FORMING)


def _finished(ground: Any) -> Cohort:
    Cohort.objects.filter(pk=ground.cohort.pk).update(state=CohortState.FINISHED)
    ground.cohort.refresh_from_db()
    return ground.cohort  # type: ignore[no-any-return]


def _leave(membership: Membership) -> None:
    Membership.objects.filter(pk=membership.pk).update(left_on=timezone.localdate(), leave_reason="work")


def _of_group(name: str, query: str = "") -> Callable[[Any], str]:
    return lambda ground: reverse(f"kub:{name}", args=[_group().pk]) + query


PAGES: dict[str, tuple[Callable[[Any], str], Callable[[Any, int], None]]] = {
    "groups": (lambda ground: reverse("kub:home"), groups),
    "group": (_of_group("group"), everything_of_a_group),
    "who may join": (_of_group("member_add"), graduates),
    "who may join, found by name": (_of_group("member_add", "?cari=suparman"), graduates),
    "offices": (_of_group("office"), everything_of_a_group),
    "a group of a cohort": (
        lambda ground: reverse("kub:group_from_cohort", args=[ground.cohort.pk]),
        graduates,
    ),
    "cohort with groups": (
        lambda ground: reverse("trainings:cohort", args=[ground.cohort.pk]),
        groups_of_a_cohort,
    ),
    "family with groups": (
        lambda ground: reverse("households:detail", args=[ground.household.pk]),
        groups_of_a_family,
    ),
}
