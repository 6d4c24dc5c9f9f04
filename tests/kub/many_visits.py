"""Pages of reports, visits, stages and warnings, and how to put more rows on each, for the test that counts queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import ProposalState
from kub.models import AccountabilityReport, Group, StageReview, Visit
from tests.factories import UserFactory
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


def visits(ground: Any, number: int) -> None:
    """Each by somebody else, with a member who was at work, and a decision about the stage."""
    group = _group()
    for turn in range(number):
        member = MembershipFactory(group=group, person=graduate(ground.cohort))
        day = timezone.localdate() - timedelta(days=turn)
        VisitFactory(group=group, visited_on=day).present.add(member)
        StageReview.objects.create(
            group=group, from_stage="tumbuh", to_stage="berkembang", checks={"books": True},
            decided_on=day, made_by=UserFactory(),
        )  # fmt: skip


def receipts(ground: Any, number: int) -> None:
    """Each for a line of its own, uploaded by somebody else."""
    report = _report()
    oven = report.grant.proposal.lines.first()
    for _ in range(number):
        ReceiptFactory(report=report, line=oven, amount=1_000)


def groups_with_everything(ground: Any, number: int) -> None:
    """Groups that carry every warning: never visited, too few, too young, a report that is late and spent too much."""
    for _ in range(number):
        group = GroupFactory(members=1, formed_on=timezone.localdate() - timedelta(days=20))
        VisitFactory.create_batch(2, group=group, turnover=0)
        proposal = ProposalFactory(group=group, state=ProposalState.RECOMMENDED)
        StepFactory(proposal=proposal)
        due = timezone.localdate() - timedelta(days=3)
        report = ReportFactory(grant=GrantFactory(proposal=proposal), due_on=due)
        ReceiptFactory(report=report, unreadable=True)


def _group() -> Group:
    return Group.objects.filter(name="Dikunjungi").first() or GroupFactory(name="Dikunjungi")


def _report() -> AccountabilityReport:
    return AccountabilityReport.objects.first() or ReportFactory()


def _visit() -> Visit:
    return Visit.objects.filter(group=_group()).first() or VisitFactory(group=_group())


def _of_group(name: str) -> Callable[[Any], str]:
    return lambda ground: reverse(f"kub:{name}", args=[_group().pk])


PAGES: dict[str, tuple[Callable[[Any], str], Callable[[Any, int], None]]] = {
    "visits": (_of_group("visits"), visits),
    "a visit on a phone": (_of_group("visit_new"), visits),
    "a visit corrected": (lambda ground: reverse("kub:visit_edit", args=[_visit().pk]), visits),
    "stage of a group": (_of_group("stage"), visits),
    "report with its receipts": (lambda ground: _report().get_absolute_url(), receipts),
    "groups that need attention": (lambda ground: reverse("kub:attention"), groups_with_everything),
    "reminders of reports": (lambda ground: reverse("kub:reminders"), groups_with_everything),
}
