"""The members of a group: who joins, who leaves, who holds an office; a change of office is a new row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from households.models import Person
from kub.actions.groups import locked
from kub.joining import below_problems, joined_problems, left_problems, size_problems
from kub.lifecycle import MOVED_MEANWHILE, GroupState
from kub.models import Group, Membership, Policy
from kub.reports.candidates import facts_of, held_people, problems_of, unfit
from kub.reports.groups import OFFICES
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused

DISSOLVED = Problem("dissolved", "KUB ini sudah bubar.")


@transaction.atomic
def add_member(
    group: Group,
    *,
    person: Person,
    joined_on: date,
    by: User,
    today: date,
    role: str = Membership.Role.MEMBER,
) -> Membership:
    """Somebody joins. Raises Refused with every problem, PermissionDenied outside the area of either."""
    held = locked(group, by=by)
    (joining,) = held_people([person.pk], by=by)
    live = list(held.memberships.live().select_related("person"))
    problems = [DISSOLVED] if held.state == GroupState.DISSOLVED else []
    problems += problems_of(facts_of([joining.pk], group=held)[joining.pk], held)
    problems += joined_problems(joined_on, formed_on=held.formed_on, today=today)
    problems += size_problems(len(live) + 1, most=Policy.current().max_members)
    problems += [
        Problem("office_twice", f"{one.get_role_display()} sudah dijabat {one.person}.", "role")
        for one in live
        if one.role == role and one.holds_office
    ]
    if problems:
        raise Refused(problems)
    office = "" if role == Membership.Role.MEMBER else f" sebagai {Membership.Role(role).label.lower()}"
    with audited(by=by, action="join_group", note=f"{joining}{office}"):
        return Membership.objects.create(
            group=held,
            person=joining,
            household_id=joining.household_id,
            family_number=joining.family_number,
            role=role,
            joined_on=joined_on,
        )


@transaction.atomic
def leave(
    membership: Membership,
    *,
    left_on: date,
    reason: str,
    by: User,
    today: date,
    note: str = "",
    confirm_below: bool = False,
) -> Membership:
    """Somebody leaves, with the reason. Below the least number of members it has to be confirmed.

    Raises Refused with every problem, the one to confirm as a warning.
    """
    held = locked(membership.group, by=by)
    now = _live(held, membership)
    problems = left_problems(left_on, joined_on=now.joined_on, today=today)
    if reason not in LEAVE_REASONS:
        problems.append(Problem("no_leave_reason", "Pilih alasan keluar.", "reason"))
    if reason == Membership.LeaveReason.OTHER and not note.strip():
        problems.append(Problem("no_leave_note", "Tuliskan alasannya pada keterangan.", "note"))
    if not problems and not confirm_below and held.state == GroupState.ACTIVE:
        left = held.memberships.live().count() - 1
        problems += below_problems(now.person.name, left=left, least=Policy.current().min_members)
    if problems:
        raise Refused(problems)
    why = "; ".join(filter(None, (str(Membership.LeaveReason(reason).label).lower(), note.strip())))
    with audited(by=by, action="leave_group", note=f"{now.person}: {why}"):
        now.left_on, now.leave_reason, now.leave_note = left_on, reason, without_numbers(note.strip())
        now.save(update_fields=["left_on", "leave_reason", "leave_note"])
    return now


# What somebody may give as a reason; the others are written by a change of office and by the end of a group.
LEAVE_REASONS = tuple(
    choice
    for choice in Membership.LeaveReason
    if choice not in (Membership.LeaveReason.OFFICE, Membership.LeaveReason.DISSOLVED)
)


@transaction.atomic
def give_offices(
    group: Group, *, officers: Mapping[str, Membership | None], on: date, by: User, today: date
) -> int:
    """Hand out offices (role → membership, None: nobody holds it); whoever loses one stays as a member.

    Offices that are not named stay as they are. Raises Refused with every problem. Gives how many people have
    another place than before.
    """
    held = locked(group, by=by)
    live = {one.pk: one for one in held.memberships.live().select_related("person")}
    given = {role: live[one.pk] for role, one in officers.items() if one is not None and one.pk in live}
    if len(given) < sum(one is not None for one in officers.values()) or not set(officers) <= set(OFFICES):
        raise Refused(MOVED_MEANWHILE)
    roles = {pk: Membership.Role.MEMBER if one.role in officers else one.role for pk, one in live.items()}
    problems = [DISSOLVED] if held.state == GroupState.DISSOLVED else []
    for role, one in given.items():
        if roles[one.pk] != Membership.Role.MEMBER:
            problems.append(Problem("two_offices", f"{one.person} hanya dapat memegang satu jabatan.", role))
        roles[one.pk] = role
    changed = [one for pk, one in live.items() if one.role != roles[pk]]
    problems += _unfit_problems(held, changed)
    for one in changed:
        problems += [
            Problem(found.code, f"{one.person}: {found.message}", "on")
            for found in left_problems(on, joined_on=one.joined_on, today=today)
        ]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="give_office", note=_in_words(changed, roles)):
        _replace(changed, roles, on=on)
    return len(changed)


def _in_words(changed: list[Membership], roles: Mapping[int, str]) -> str:
    """ "Ketua: Siti; Anggota: Aminah": who has which place from now on."""
    return "; ".join(f"{Membership.Role(roles[one.pk]).label}: {one.person}" for one in changed)


def _unfit_problems(group: Group, changed: list[Membership]) -> list[Problem]:
    """A new row asks again what the database asks of every new member."""
    found = unfit([one.person_id for one in changed], group) if changed else {}
    return [
        Problem(problem.code, f"{one.person}: {problem.message}")
        for one in changed
        for problem in found[one.person_id]
    ]


def _replace(changed: list[Membership], roles: Mapping[int, str], *, on: date) -> None:
    """Ends these rows and begins new ones in the new office. All end first: an office has one live holder."""
    Membership.objects.filter(pk__in=[one.pk for one in changed]).update(
        left_on=on, leave_reason=Membership.LeaveReason.OFFICE
    )
    Membership.objects.bulk_create(
        Membership(
            group_id=one.group_id,
            person_id=one.person_id,
            household_id=one.household_id,
            family_number=one.family_number,
            role=roles[one.pk],
            joined_on=on,
        )
        for one in changed
    )


def _live(group: Group, membership: Membership) -> Membership:
    """The membership as it is now. Raises Refused when it has ended meanwhile."""
    rows = group.memberships.live().select_related("person")
    now: Membership | None = rows.filter(pk=membership.pk).first()
    if now is None:
        raise Refused(MOVED_MEANWHILE)
    return now
