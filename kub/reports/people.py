"""Who belongs to a group and who leads it, as papers and lists name them: few queries, however many groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kub.lifecycle import GroupState
from kub.models import Group, Membership

ROLES = tuple(Membership.Role)  # in the order in which a list of members names them


@dataclass(frozen=True, slots=True)
class Officers:
    """The names of who holds an office today; "" where it is vacant."""

    chair: str = ""
    secretary: str = ""
    treasurer: str = ""

    @property
    def number(self) -> int:
        return sum(bool(name) for name in (self.chair, self.secretary, self.treasurer))


def officers_of(groups: Iterable[int]) -> dict[int, Officers]:
    """The officers of many groups at once; a group with none is left out."""
    rows = Membership.objects.live().filter(group__in=groups).exclude(role=Membership.Role.MEMBER)
    found: dict[int, dict[str, str]] = {}
    for group, role, name in rows.values_list("group_id", "role", "person__name"):
        found.setdefault(group, {})[role] = name
    return {group: Officers(**names) for group, names in found.items()}


def members(group: Group) -> list[Membership]:
    """The members of today: officers first, then by name."""
    return _sorted(group, Q(left_on=None))


def founders(group: Group) -> list[Membership]:
    """The members with whom the group was founded, in the offices they had then.

    Of a group that is being formed those of today. Whoever is written down only later than the day of the meeting
    was there nevertheless: then the first day on which anybody joined counts.
    """
    if group.state == GroupState.FORMING or group.formed_on is None:
        return members(group)
    joined = group.memberships.order_by("joined_on").values_list("joined_on", flat=True).first()
    return _sorted(group, _on(max(group.formed_on, joined or group.formed_on)))


def _on(day: date) -> Q:
    return Q(joined_on__lte=day) & (Q(left_on=None) | Q(left_on__gt=day))


def _sorted(group: Group, condition: Q) -> list[Membership]:
    rows = group.memberships.filter(condition).select_related("person", "household__area")
    return sorted(rows, key=lambda row: (ROLES.index(Membership.Role(row.role)), row.person.name, row.pk))
