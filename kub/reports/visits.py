"""The visits of a group, as its page and the phone show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kub.models import Group, Membership, Policy, Visit
from kub.reports.stages import OFFICES

ORDER = ("-visited_on", "-id")
PLACES = {role: place for place, role in enumerate(OFFICES)}


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with the names of those who were at work, and the change of the sales since the one before."""

    visit: Visit
    present: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When somebody was there last, when it is time again, how the days since then are judged."""

    last: date | None
    days: int
    kind: str
    planned: date | None
    is_missed: bool  # the planned day has passed

    @property
    def words(self) -> str:
        return f"{self.days} hari lalu" if self.last else f"{self.days} hari sejak dibentuk"


def members(group: Group) -> list[Membership]:
    """The members of today: the offices first, then by name."""
    rows = group.memberships.live().select_related("person")
    return sorted(rows, key=lambda one: (PLACES.get(one.role, len(PLACES)), one.person.name, one.pk))


def for_list(rows: Any) -> Any:
    """With what a line names."""
    return rows.select_related("made_by").prefetch_related("present__person")


def lines(visits: Sequence[Visit]) -> list[VisitLine]:
    """For rows of `for_list`."""
    return [
        VisitLine(visit, sorted(member.person.name for member in visit.present.all())) for visit in visits
    ]


def rhythm(group: Group, *, today: date) -> Rhythm:
    """Two queries."""
    policy = Policy.current()
    last = group.visits.order_by("-visited_on", "-pk").first()
    since = last.visited_on if last else group.formed_on or today
    days = (today - since).days
    kind = "bad" if days >= policy.visit_alarm_days else "warn" if days >= policy.visit_warn_days else "good"
    planned = last.next_visit_on if last else None
    return Rhythm(last.visited_on if last else None, days, kind, planned, bool(planned and planned < today))
