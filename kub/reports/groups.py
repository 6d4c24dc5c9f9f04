"""The list of business groups: what may be asked of it, which groups answer, and what a row of it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from households.reports.listing import COUNTED_UP_TO, Total
from kub.lifecycle import GroupState
from kub.models import BusinessKind, Group, Membership
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area

ORDER = ("area_id", "name", "id")
OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)
STATE_KINDS = {GroupState.FORMING: "info", GroupState.ACTIVE: "good", GroupState.DISSOLVED: ""}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list; everything may be empty."""

    area: Area | None = None
    kind: BusinessKind | None = None
    stage: str = ""
    state: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One group as the list shows it; `badge` is the kind of its state badge."""

    group: Group
    badge: str
    members: int
    officers: dict[str, str]  # role → name

    @property
    def chair(self) -> str:
        return self.officers.get(Membership.Role.CHAIR, "")


def groups(asked: Asked, *, user: User) -> Any:
    """The groups within the user's area that fit, not ordered."""
    rows = Group.objects.visible_to(user)
    rows = rows.within(asked.area.code) if asked.area else rows
    rows = rows.filter(kind=asked.kind) if asked.kind else rows
    rows = rows.filter(stage=asked.stage) if asked.stage else rows
    rows = rows.filter(state=asked.state) if asked.state else rows
    for word in asked.search.split():
        rows = rows.filter(name__icontains=word)
    return rows


def total(rows: Any) -> Total:
    """Counted up to a limit."""
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Total(min(number, COUNTED_UP_TO), capped=number > COUNTED_UP_TO)


def lines(found: Sequence[Group]) -> list[Line]:
    """What the list says of these groups. Two queries, however many they are."""
    live = Membership.objects.live().filter(group__in=found).order_by()
    counts = dict(live.values_list("group").annotate(Count("pk")))
    officers: dict[int, dict[str, str]] = {}
    for group, role, name in live.filter(role__in=OFFICES).values_list("group", "role", "person__name"):
        officers.setdefault(group, {})[role] = name
    return [
        Line(
            group,
            STATE_KINDS[GroupState(group.state)],
            counts.get(group.pk, 0),
            officers.get(group.pk, {}),
        )
        for group in found
    ]
