"""What the records say of a group when its stage is judged, and the decisions there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from kub.lifecycle import Stage
from kub.models import AccountabilityReport, Grant, Group, Membership, Policy, StageReview
from kub.reports.accountability import WRITTEN
from kub.stages import CRITERIA, LOOKED_AT, Answer, Criterion, Facts, Sold, measured, next_stage

OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)


@dataclass(frozen=True, slots=True)
class Line:
    """A point of the checklist; `answer` is None where a person has to vouch for it."""

    criterion: Criterion
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Past:
    """A decision of the past with the points that were met, by their labels."""

    review: StageReview
    met: Sequence[str]

    @property
    def is_up(self) -> bool:
        stages = list(Stage.values)
        return stages.index(self.review.to_stage) > stages.index(self.review.from_stage)


def facts_of(group: Group, *, today: date) -> Facts:
    """Four queries."""
    roles = list(group.memberships.live().values_list("role", flat=True))
    visits = group.visits.order_by("-visited_on", "-pk")[:LOOKED_AT]
    late = AccountabilityReport.objects.filter(
        grant__proposal__group=group, state__in=WRITTEN, due_on__lt=today
    )
    held = Grant.objects.filter(proposal__group=group).aggregate(
        held=Sum(F("paid") - F("accounted") - F("refunded"))
    )["held"]
    return Facts(
        formed_on=group.formed_on,
        members=len(roles),
        min_members=Policy.current().min_members,
        vacant=[office.label for office in OFFICES if office not in roles],
        visits=[Sold(visit.visited_on, visit.turnover, visit.profit) for visit in visits],
        late_reports=late.count(),
        open_money=held or 0,
    )


def checklist(group: Group, *, today: date) -> list[Line]:
    """The points of the stage above; empty at the top."""
    to = next_stage(group.stage)
    if to is None:
        return []
    answers = measured(to, facts_of(group, today=today), today=today)
    return [Line(point, answers.get(point.code)) for point in CRITERIA[to]]


def decisions(group: Group) -> list[Past]:
    """All of them, the latest first."""
    labels = {point.code: point.label for points in CRITERIA.values() for point in points}
    rows = group.stage_reviews.select_related("made_by").order_by("-pk")
    return [
        Past(review, [labels[code] for code, is_met in review.checks.items() if is_met and code in labels])
        for review in rows
    ]
