"""Groups: formed, confirmed, changed and dissolved; each is one transaction behind a lock of the group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from households.models import Person
from kub.joining import account_problems, founding_problems, size_problems, start_problems
from kub.lifecycle import GROUP_MOVES, LIVE_PROPOSALS, RUNNING_GRANTS, GroupState, ProposalState, take
from kub.models import Grant, Group, Membership, Policy, Proposal
from kub.reports.candidates import facts_of, held_people, problems_of
from kub.reports.groups import OFFICES
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.versions import fingerprint
from trainings.actions.programmes import CHANGED_MEANWHILE
from trainings.lifecycle import CohortState
from trainings.models import Cohort
from trainings.rules import reason_problems

GROUP_FIELDS = (
    "name",
    "kind_id",
    "area_id",
    "legal_form",
    "address",
    "formed_on",
    "meeting_place",
    "report_number",
    "bank_name",
    "account_number",
    "account_holder",
    "state",
)
NAME_TAKEN = Problem("name_taken", "KUB dengan nama ini sudah ada di kelurahan itu.", "name")
ACCOUNT_FIELDS = ("bank_name", "account_number", "account_holder")


def version_of(group: Group) -> str:
    """A token of what people may change in a group, for a form that two may have open."""
    return fingerprint(group, GROUP_FIELDS, purpose="kub.actions.groups")


def locked(group: Group, *, by: User) -> Group:
    """The group as it is now, held until the transaction ends. Raises PermissionDenied outside the area."""
    require(by, Can.MANAGE_GROUPS)
    rows = Group.objects.visible_to(by).select_related("area__parent")
    held: Group | None = rows.select_for_update(of=("self",), no_key=True).filter(pk=group.pk).first()
    if held is None:
        raise PermissionDenied("outside the area")
    return held


@transaction.atomic
def form_group(draft: Group, *, founders: Mapping[int, str], by: User, today: date) -> Group:
    """Form a group of some people (person pk → role), or an empty one, to be confirmed once it is complete.

    `draft` is not saved yet; its cohort, where it has one, is finished and of the same kecamatan. All or nothing;
    raises Refused with every problem, PermissionDenied outside the area.
    """
    require(by, Can.MANAGE_GROUPS)
    _inside(draft, by=by)
    draft.created_by, draft.state = by, GroupState.FORMING
    people = held_people(founders, by=by)
    problems = [*_draft_problems(draft, today=today), *_cohort_problems(draft)]
    problems += size_problems(len(founders), most=Policy.current().max_members)
    problems += _founder_problems(draft, people, founders)
    if problems:
        raise Refused(problems)
    with audited(by=by, action="form_group", note=f"{len(people)} anggota" if people else ""):
        _save(draft)
        joined_on = draft.formed_on or today
        Membership.objects.bulk_create(
            Membership(
                group=draft,
                person=person,
                household_id=person.household_id,
                family_number=person.family_number,
                role=founders[person.pk],
                joined_on=joined_on,
            )
            for person in people
        )
    return draft


@transaction.atomic
def activate(group: Group, *, by: User) -> None:
    """Confirm the founding: enough members, every office held once, the meeting recorded."""
    held = locked(group, by=by)
    problems = lacking(held)
    if problems and held.state in GROUP_MOVES["activate"].from_:
        raise Refused(problems)
    with audited(by=by, action="move_group", note=GROUP_MOVES["activate"].label):
        take(held, GROUP_MOVES["activate"], by=by)
    group.state = held.state


def lacking(group: Group) -> list[Problem]:
    """What a group lacks to be confirmed, or to be as the office wants it. Two queries."""
    policy = Policy.current()
    roles = list(group.memberships.live().values_list("role", flat=True))
    return start_problems(
        members=len(roles),
        least=policy.min_members,
        most=policy.max_members,
        vacant=[str(office.label) for office in OFFICES if office not in roles],
        founded=group.formed_on is not None and bool(group.report_number),
    )


@transaction.atomic
def change_group(changed: Group, *, by: User, today: date, seen: str = "", note: str = "") -> Group:
    """Keep the changed values of a group as `seen` ("" when there is no form). Raises Refused with every problem.

    The kelurahan stays in its kecamatan; the account needs a reason once money is on its way.
    """
    before = locked(changed, by=by)
    _inside(changed, by=by)
    if seen and seen != version_of(before):
        raise Refused(CHANGED_MEANWHILE)
    problems = _draft_problems(changed, today=today)
    if before.state == GroupState.DISSOLVED:
        problems.append(Problem("dissolved", "KUB ini sudah bubar."))
    if changed.area.parent_id != before.area.parent_id:
        problems.append(Problem("other_kecamatan", f"KUB tetap di Kecamatan {before.area.parent}.", "area"))
    if _account_of(changed) != _account_of(before) and money_on_its_way(before):
        problems += [
            Problem(one.code, "Hibahnya sedang berjalan: tuliskan mengapa rekeningnya berganti.", "note")
            for one in reason_problems(note)
        ]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_group", note=note.strip()):
        _save(changed, update_fields=[name.removesuffix("_id") for name in GROUP_FIELDS if name != "state"])
    return changed


def _save(group: Group, **how: Any) -> None:
    """Raises Refused when somebody gave another group this name at the same moment."""
    try:
        with transaction.atomic():
            group.save(**how)
    except IntegrityError as error:
        if "group_name_once_in_area" not in str(error):
            raise
        raise Refused(NAME_TAKEN) from error


@transaction.atomic
def dissolve(group: Group, *, dissolved_on: date, reason: str, by: User, today: date) -> None:
    """The group is no more: its members leave it that day. Refused while a proposal or grant is on its way."""
    held = locked(group, by=by)
    live = list(held.memberships.live())
    first = max([one.joined_on for one in live], default=None) or held.formed_on
    problems = reason_problems(reason)
    if dissolved_on > today:
        problems.append(Problem("dissolved_later", "Tanggal bubar belum tiba.", "dissolved_on"))
    elif first is not None and dissolved_on < first:
        problems.append(
            Problem("dissolved_before", "Tanggal bubar sebelum anggota terakhir masuk.", "dissolved_on")
        )
    problems += _open_business(held)
    if problems and held.state in GROUP_MOVES["dissolve"].from_:
        raise Refused(problems)
    with audited(by=by, action="move_group", note=f"{GROUP_MOVES['dissolve'].label}: {reason.strip()}"):
        take(
            held,
            GROUP_MOVES["dissolve"],
            by=by,
            dissolved_on=dissolved_on,
            dissolve_reason=without_numbers(reason.strip()),
        )
        held.memberships.live().update(left_on=dissolved_on, leave_reason=Membership.LeaveReason.DISSOLVED)
    group.state = held.state


def money_on_its_way(group: Group) -> bool:
    """Whether a grant of the group is decided and not yet closed."""
    return Grant.objects.filter(proposal__group=group, state__in=RUNNING_GRANTS).exists()


def _open_business(group: Group) -> list[Problem]:
    undecided = [state for state in LIVE_PROPOSALS if state != ProposalState.DECIDED]
    proposals = Proposal.objects.filter(group=group, state__in=undecided)
    grants = Grant.objects.filter(proposal__group=group, state__in=RUNNING_GRANTS)
    return [
        *(
            Problem(
                "proposal_open",
                f"Usulan tahun {one.year_id} masih {one.get_state_display().lower()}; "
                "tarik atau putuskan dahulu.",
            )
            for one in proposals
        ),
        *(
            Problem("grant_open", f"Hibah tahun {one.proposal.year_id} belum selesai dipertanggungjawabkan.")
            for one in grants.select_related("proposal")
        ),
    ]


def _inside(group: Group, *, by: User) -> None:
    if not Area.objects.visible_to(by).kelurahan().filter(pk=group.area_id).exists():
        raise PermissionDenied("outside the area")
    if group.cohort_id and not Cohort.objects.visible_to(by).filter(pk=group.cohort_id).exists():
        raise PermissionDenied("outside the area")


def _draft_problems(group: Group, *, today: date) -> list[Problem]:
    group.name = " ".join(group.name.split())
    problems = founding_problems(group.formed_on, today=today)
    problems += account_problems(
        group.account_number or "", bank=group.bank_name, holder=group.account_holder
    )
    try:
        group.full_clean(exclude=["created_by"])
    except ValidationError as error:
        problems += [
            Problem("invalid", message, "" if name == "__all__" else name)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    return problems


def _cohort_problems(group: Group) -> list[Problem]:
    cohort = group.cohort
    if cohort is None:
        return []
    problems = []
    if cohort.state != CohortState.FINISHED:
        problems.append(Problem("cohort_unfinished", "Kelulusan angkatan ini belum ditetapkan."))
    if cohort.area.parent_id != group.area.parent_id:
        problems.append(
            Problem("other_kecamatan", f"Angkatan ini dari Kecamatan {cohort.area.parent}.", "area")
        )
    return problems


def _founder_problems(group: Group, people: list[Person], founders: Mapping[int, str]) -> list[Problem]:
    """What is wrong with the founders, each problem with the name of whom it is about."""
    facts = facts_of([person.pk for person in people], group=None)
    problems = [
        Problem(one.code, f"{person.name}: {one.message}", one.field)
        for person in people
        for one in problems_of(facts[person.pk], group)
    ]
    families: dict[tuple[int, int], str] = {}
    offices: dict[str, str] = {}
    for person in people:
        family = (person.household_id, person.family_number)
        if family in families:
            message = f"{person.name} dan {families[family]} dari satu keluarga; hanya satu yang boleh."
            problems.append(Problem("family_in_group", message, "person"))
        families.setdefault(family, person.name)
        role = founders[person.pk]
        if role != Membership.Role.MEMBER and role in offices:
            office = Membership.Role(role).label
            message = f"{office} hanya satu orang: {offices[role]} atau {person.name}."
            problems.append(Problem("office_twice", message, "office"))
        offices.setdefault(role, person.name)
    return problems


def _account_of(group: Group) -> tuple[str, ...]:
    return tuple(getattr(group, name) or "" for name in ACCOUNT_FIELDS)
