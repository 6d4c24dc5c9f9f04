"""Pages with figures of groups and grants, with how to put more rows on each, for the count of their queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import ReportState
from kub.models import FiscalYear
from tests.factories import GEBANG_RAYA, GEMBOR, area
from tests.kub.factories import (
    BusinessKindFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    VisitFactory,
)
from tests.kub.money import moved, paid
from tests.trainings.factories import PastTrainingFactory

FIRST_YEAR = 2030


def years(ground: Any, number: int) -> None:
    """Each with a kind of its own, a grant that is paid in part and a report that is late."""
    for turn in range(number):
        year = FiscalYearFactory(year=FIRST_YEAR + FiscalYear.objects.count())
        kind = BusinessKindFactory(name=f"Usaha {year.pk}")
        group = GroupFactory(members=0, kind=kind, area=area(GEMBOR if turn % 2 else GEBANG_RAYA))
        proposal = ProposalFactory(group=group, year=year, state="recommended")
        paid(grant=GrantFactory(proposal=proposal), due_on=timezone.localdate() - timedelta(days=turn + 1))
        VisitFactory(group=group)


def people(ground: Any, number: int) -> None:
    """Members of groups, some of whom were trained twice."""
    for _ in range(number):
        group = GroupFactory(members=1)
        PastTrainingFactory(person=group.memberships.get().person)


def sent(ground: Any, number: int) -> None:
    for _ in range(number):
        proposal = ProposalFactory(group=GroupFactory(members=0), state="recommended")
        moved(paid(grant=GrantFactory(proposal=proposal)), ReportState.SUBMITTED)


def open_to_pay(ground: Any, number: int) -> None:
    for _ in range(number):
        GrantFactory(proposal=ProposalFactory(group=GroupFactory(members=0), state="recommended"))


def drafts(ground: Any, number: int) -> None:
    """What waits for whom: drafts, and groups nobody has been to."""
    for _ in range(number):
        ProposalFactory(group=GroupFactory(members=0))


def _at(name: str, query: str = "") -> Callable[[Any], str]:
    return lambda ground: reverse(name) + query


PAGES: dict[str, tuple[Callable[[Any], str], str, Callable[[Any, int], None]]] = {
    "dashboard with groups and grants": (_at("dashboard:home"), "staff", years),
    "dashboard with work to do": (_at("dashboard:home"), "officer_a", drafts),
    "recapitulation of groups and grants": (_at("kub:recap"), "staff", years),
    "the same of a kelurahan": (_at("kub:recap"), "officer_a", years),
    "people behind the funnel": (_at("kub:people", "?langkah=kub"), "staff", people),
    "reports that are late": (_at("kub:reports"), "staff", years),
    "reports to examine": (_at("kub:reports", "?keadaan=diperiksa"), "verifier", sent),
    "instalments to pay": (_at("kub:payable"), "treasurer", open_to_pay),
}
