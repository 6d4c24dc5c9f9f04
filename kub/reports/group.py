"""What the page of a group shows: its members and those who left, its proposals and grants, its last visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kub.lifecycle import GrantState, GroupState, ProposalState
from kub.models import Grant, Group, Membership, Proposal, Visit
from kub.reports.groups import OFFICES
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import Change, changes_of

VISITS_SHOWN = 5
CHANGES_SHOWN = 15
GROUP = f"{str(Group._meta.verbose_name).capitalize()} "
PROPOSAL_KINDS = {
    ProposalState.DRAFT: "",
    ProposalState.SUBMITTED: "info",
    ProposalState.VERIFIED: "info",
    ProposalState.RECOMMENDED: "info",
    ProposalState.DECIDED: "good",
    ProposalState.REFUSED: "bad",
    ProposalState.WITHDRAWN: "",
}
GRANT_KINDS = {
    GrantState.DECIDED: "info",
    GrantState.AGREED: "info",
    GrantState.PAYING: "info",
    GrantState.ACCOUNTED: "good",
    GrantState.CLOSED: "good",
    GrantState.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the group: `since` is when they joined, whatever office they have held; `href` "" where the
    reader may not open the family."""

    membership: Membership
    since: date
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class Money:
    """A proposal of the group with what came of it. The amounts of a grant are None before the decision."""

    proposal: Proposal
    state: str
    badge: str
    decided: int | None
    paid: int | None
    accounted: int | None


@dataclass(frozen=True, slots=True)
class GroupPage:
    """Everything but the history. `officers` are the three offices in order, None where one is vacant."""

    members: list[Member]
    former: list[Member]
    officers: list[tuple[str, Member | None]]
    money: list[Money]
    visits: list[Visit]

    @property
    def is_changing(self) -> bool:
        """Whether somebody has left."""
        return bool(self.former)


def group_page(group: Group, *, user: User) -> GroupPage:
    """Three queries, whatever the size of the group."""
    rows = group.memberships.select_related("person__household__area").order_by("joined_on", "pk")
    members, former = _people(rows, user)
    by_role = {one.membership.role: one for one in members}
    return GroupPage(
        members=members,
        former=former,
        officers=[(str(office.label), by_role.get(office)) for office in OFFICES],
        money=[money(proposal) for proposal in group.proposals.for_list().order_by("-year_id", "-pk")],
        visits=list(group.visits.select_related("made_by").order_by("-visited_on", "-pk")[:VISITS_SHOWN]),
    )


def history(group: Group) -> list[Change]:
    """What was done to a group and its members, newest first: what was done at once, as one entry."""
    told: dict[tuple[object, ...], Change] = {}
    for change in changes_of(group, parts=(Membership,)):
        key = (change.at, change.action, change.note)
        own = [one for one in change.fields if one.old] if change.subject.startswith(GROUP) else []
        before = told.get(key, replace(change, fields=()))
        told[key] = replace(before, fields=(*before.fields, *own))
    return list(told.values())[:CHANGES_SHOWN]


def money(proposal: Proposal) -> Money:
    """A proposal that came with its grant, as one line."""
    grant: Grant | None = getattr(proposal, "grant", None)
    if grant is None:
        badge = PROPOSAL_KINDS[ProposalState(proposal.state)]
        return Money(proposal, proposal.get_state_display(), badge, None, None, None)
    badge = GRANT_KINDS[GrantState(grant.state)]
    return Money(proposal, grant.get_state_display(), badge, grant.decided, grant.paid, grant.accounted)


def _people(rows: Iterable[Membership], user: User) -> tuple[list[Member], list[Member]]:
    """Those of today, officers first, and those who left, the last one first. Rows come in the order of time."""
    opens, own = user.has_perm(Can.VIEW_HOUSEHOLDS), user.area_id or "-"
    began: dict[int, date] = {}  # when the stay that a person's last row belongs to began
    live: list[Member] = []
    gone: list[Member] = []
    for row in rows:
        since = began.pop(row.person_id, row.joined_on)
        if row.leave_reason == Membership.LeaveReason.OFFICE:
            began[row.person_id] = since
            continue
        family = row.person.household
        href = family.get_absolute_url() if opens and family.area_id.startswith(own) else ""
        member = Member(row, since, ", ".join(filter(None, (family.rt_rw, family.area.label))), href)
        (live if row.left_on is None else gone).append(member)
    offices = {str(role): place for place, role in enumerate(OFFICES)}
    live.sort(key=lambda one: (offices.get(one.membership.role, 9), one.membership.person.name))
    gone.sort(key=lambda one: (one.membership.left_on, one.membership.pk), reverse=True)
    return live, gone


def is_open(group: Group) -> bool:
    """Whether its members and its particulars may still change."""
    return group.state != GroupState.DISSOLVED


__all__: Sequence[str] = ("GroupPage", "Member", "Money", "group_page", "is_open", "money")
