"""What the groups mean to a family: the ones its members belong to, what those were given, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from households.models import Household
from households.reports.household import Event
from kub.lifecycle import EntryKind, GroupState
from kub.models import Group, LedgerEntry, Membership, Proposal
from kub.reports.group import Money, money
from kub.reports.groups import STATE_KINDS
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import rupiah


@dataclass(frozen=True, slots=True)
class Stay:
    """A member of the family in a group, from a day to another (None: still), whatever office they had; `href` ""
    where the reader may not open the group. `money` is what the group asked for and got."""

    group: Group
    who: str
    role: str
    since: date
    until: date | None
    reason: str
    badge: str
    href: str
    money: list[Money] = field(default_factory=list)

    def had_part(self, day: date) -> bool:
        """Whether the member belonged to the group that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class FamilyGroups:
    """The stays, the latest first, and the family's timeline with what the groups add to it."""

    stays: list[Stay]
    events: list[Event]

    @property
    def years(self) -> str:
        """ "2008–2015", from the first event to the last."""
        years = sorted({event.on.year for event in self.events})
        return "–".join(str(year) for year in dict.fromkeys((years[0], years[-1]))) if years else ""


def family_groups(household: Household, events: Iterable[Event], *, user: User) -> FamilyGroups:
    """Of the household, and of people who live in it now. `events` are those the registry knows of.

    Three queries, one for a family without a group.
    """
    stays = _stays(household, user)
    added: list[Event] = []
    if stays:
        groups = {stay.group.pk for stay in stays}
        proposals = Proposal.objects.filter(group__in=groups).for_list().order_by("-year_id", "-pk")
        for proposal in proposals:
            line = money(proposal)
            for stay in stays:
                if stay.group.pk == proposal.group_id:
                    stay.money.append(line)
        added = [*_comings_and_goings(stays), *_payments(stays)]
    ordered = sorted([*events, *added], key=lambda event: event.on, reverse=True)
    return FamilyGroups(stays, ordered)


def _stays(household: Household, user: User) -> list[Stay]:
    # By key and not over the person's household: each side is then answered from an index of its own.
    theirs = Q(household=household) | Q(person__in=[person.pk for person in household.people.all()])
    rows = Membership.objects.filter(theirs).select_related("group__area", "group__kind", "person")
    began: dict[tuple[int, int], date] = {}
    stays = []
    for row in rows.order_by("joined_on", "pk"):
        key = (row.group_id, row.person_id)
        since = began.pop(key, row.joined_on)
        if row.leave_reason == Membership.LeaveReason.OFFICE:
            began[key] = since
        else:
            stays.append(_stay(row, since, user))
    return sorted(stays, key=lambda stay: (stay.until is None, stay.since), reverse=True)


def _stay(row: Membership, since: date, user: User) -> Stay:
    group = row.group
    inside = group.area_id.startswith(user.area_id or "-") and user.has_perm(Can.VIEW_GROUPS)
    return Stay(
        group=group,
        who=row.person.name,
        role=row.get_role_display(),
        since=since,
        until=row.left_on,
        reason=row.get_leave_reason_display() if row.left_on else "",
        badge=STATE_KINDS[GroupState(group.state)],
        href=group.get_absolute_url() if inside else "",
    )


def _comings_and_goings(stays: Sequence[Stay]) -> list[Event]:
    events = []
    for stay in stays:
        where = f"{stay.group.kind}, {stay.group.area.label}."
        events.append(Event(stay.since, "group", f"{stay.who} masuk KUB {stay.group}", where))
        if stay.until is not None:
            title = f"{stay.who} keluar dari KUB {stay.group}"
            events.append(Event(stay.until, "group", title, f"{stay.reason}."))
    return events


def _payments(stays: Sequence[Stay]) -> list[Event]:
    """What a group was paid while the family had a part in it; without what was taken back."""
    groups = {stay.group.pk for stay in stays}
    rows = LedgerEntry.objects.filter(
        grant__proposal__group__in=groups, kind=EntryKind.PAYMENT, reverses=None, reversed_by=None
    )
    paid = rows.values_list("grant__proposal__group", "booked_on", "amount", "instalment__number", "document")
    events = []
    for group, booked_on, amount, number, document in paid:
        named = next((stay for stay in stays if stay.group.pk == group and stay.had_part(booked_on)), None)
        if named is not None:
            title = f"KUB {named.group} menerima hibah {rupiah(amount)}"
            events.append(Event(booked_on, "grant", title, f"Termin {number}, {document}."))
    return events
