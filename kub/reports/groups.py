"""The list of business groups: what may be asked of it, which groups answer, and what a row of it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from households.reports.listing import COUNTED_UP_TO, Total
from kub.flags import Flag
from kub.lifecycle import GroupState
from kub.models import BusinessKind, Group, Membership
from kub.reports.flags import flags_by_group
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area

ANY_FLAG = "ada"
ORDER = ("area_id", "name", "id")
OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)
STATE_KINDS = {GroupState.FORMING: "info", GroupState.ACTIVE: "good", GroupState.DISSOLVED: ""}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list; everything may be empty. `flag` is the code of one, or ANY_FLAG."""

    area: Area | None = None
    kind: BusinessKind | None = None
    stage: str = ""
    state: str = ""
    flag: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One group as the list shows it; `badge` is the kind of its state badge, the worst flags come first."""

    group: Group
    badge: str
    members: int
    officers: dict[str, str]  # role → name
    flags: Sequence[Flag]

    @property
    def chair(self) -> str:
        return self.officers.get(Membership.Role.CHAIR, "")


def groups(asked: Asked, *, user: User, today: date) -> Any:
    """The groups within the user's area that fit, not ordered."""
    rows = Group.objects.visible_to(user)
    rows = rows.within(asked.area.code) if asked.area else rows
    rows = rows.filter(kind=asked.kind) if asked.kind else rows
    rows = rows.filter(stage=asked.stage) if asked.stage else rows
    rows = rows.filter(state=asked.state) if asked.state else rows
    for word in asked.search.split():
        rows = rows.filter(name__icontains=word)
    return rows.filter(pk__in=_flagged(rows, asked.flag, today)) if asked.flag else rows


def _flagged(rows: Any, flag: str, today: date) -> list[int]:
    by_group = flags_by_group(rows, today=today)
    return [
        pk for pk, flags in by_group.items() if flag == ANY_FLAG or any(one.code == flag for one in flags)
    ]


def total(rows: Any) -> Total:
    """Counted up to a limit."""
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Total(min(number, COUNTED_UP_TO), capped=number > COUNTED_UP_TO)


def lines(found: Sequence[Group], *, today: date) -> list[Line]:
    """What the list says of these groups. The number of queries does not depend on how many they are."""
    live = Membership.objects.live().filter(group__in=found).order_by()
    counts = dict(live.values_list("group").annotate(Count("pk")))
    officers: dict[int, dict[str, str]] = {}
    for group, role, name in live.filter(role__in=OFFICES).values_list("group", "role", "person__name"):
        officers.setdefault(group, {})[role] = name
    flags = flags_by_group(Group.objects.filter(pk__in=[one.pk for one in found]), today=today)
    return [
        Line(
            group,
            STATE_KINDS[GroupState(group.state)],
            counts.get(group.pk, 0),
            officers.get(group.pk, {}),
            flags.get(group.pk, ()),
        )
        for group in found
    ]
