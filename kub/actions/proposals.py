"""A proposal from its draft to the recommendation: written, submitted, verified in the field, recommended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.crypto import salted_hmac

from kub.actions.steps import begin, duties, is_closed, locked, note_problems, step
from kub.checklists import FIELD_CHECKS, field_check_problems
from kub.lifecycle import MOVED_MEANWHILE, PROPOSAL_MOVES, GroupState, ProposalState
from kub.models import (
    Ceiling,
    FieldCheck,
    FiscalYear,
    GrantForm,
    Group,
    Membership,
    Policy,
    Proposal,
    ProposalLine,
    RecipientRule,
)
from kub.rules import (
    GroupFacts,
    LineDraft,
    amount_problems,
    date_problems,
    group_problems,
    line_problems,
    recipient_problems,
)
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.programmes import CHANGED_MEANWHILE

OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)


def version_of(proposal: Proposal) -> str:
    """A token of what people may change in a draft, for a form that two may have open."""
    lines = proposal.lines.values_list("position", "item", "quantity", "unit", "unit_price")
    seen = [proposal.state, proposal.grant_form, proposal.purpose, list(lines)]
    return salted_hmac("kub.actions.proposals", repr(seen), algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def make_proposal(
    group: Group, *, year: FiscalYear, grant_form: str, purpose: str, by: User, request_key: uuid.UUID
) -> Proposal:
    """A draft of the group for a year, with the lines its kind begins with. Sent twice it is made once."""
    require(by, Can.PREPARE_PROPOSALS)
    held = (
        Group.objects.visible_to(by).select_for_update(of=("self",), no_key=True).filter(pk=group.pk).first()
    )
    if held is None:
        raise PermissionDenied("outside the area")
    there: Proposal | None = Proposal.objects.filter(request_key=request_key).first()
    if there is not None:
        if (there.group_id, there.created_by_id) != (held.pk, by.pk):
            raise Refused(MOVED_MEANWHILE)
        return there
    problems = []
    if held.state != GroupState.ACTIVE:
        problems.append(Problem("not_active", "KUB ini belum disahkan atau sudah bubar.", "group"))
    if is_closed(year.pk):
        problems.append(Problem("year_closed", f"Tahun anggaran {year.pk} sudah ditutup.", "year"))
    if Proposal.objects.live().filter(group=held, year=year).exists():
        problems.append(
            Problem("already_proposed", f"{held} sudah mempunyai usulan untuk tahun {year.pk}.", "year")
        )
    problems += _wording_problems(grant_form, purpose)
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_proposal"):
        proposal: Proposal = Proposal.objects.create(
            group=held,
            year=year,
            kind=held.kind,
            grant_form=grant_form,
            purpose=purpose.strip(),
            request_key=request_key,
            created_by=by,
        )
        ProposalLine.objects.bulk_create(
            ProposalLine(
                proposal=proposal,
                position=position,
                item=line.item,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
            )
            for position, line in enumerate(held.kind.template.all(), 1)
        )
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def save_lines(
    proposal: Proposal,
    lines: Sequence[LineDraft],
    *,
    grant_form: str,
    purpose: str,
    by: User,
    seen: str = "",
) -> Proposal:
    """The whole budget of a draft anew, in the order given. `seen` is the version looked at, "" without a form."""
    require(by, Can.PREPARE_PROPOSALS)
    held = locked(proposal, by=by)
    if held.state != ProposalState.DRAFT:
        raise Refused(Problem("not_draft", "RAB hanya diubah selama usulan masih draf."))
    if seen and seen != version_of(held):
        raise Refused(CHANGED_MEANWHILE)
    problems = [*_wording_problems(grant_form, purpose), *line_problems(lines)]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_proposal"):
        held.lines.all().delete()
        ProposalLine.objects.bulk_create(
            ProposalLine(
                proposal=held,
                position=position,
                item=line.item.strip(),
                quantity=line.quantity,
                unit=line.unit.strip(),
                unit_price=line.unit_price,
            )
            for position, line in enumerate(lines, 1)
        )
        Proposal.objects.filter(pk=held.pk).update(grant_form=grant_form, purpose=purpose.strip())
    held.refresh_from_db(fields=["amount", "grant_form", "purpose"])
    return held


@transaction.atomic
def submit(proposal: Proposal, *, by: User, note: str = "") -> Proposal:
    """Submits a draft. Raises Refused with everything that keeps it from being submitted."""
    move = PROPOSAL_MOVES["submit"]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    problems = [*duties(held, move, by=by), *standing_problems(held), *note_problems(note)]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal"):
        step(held, move, by=by, note=note)
    return held


@transaction.atomic
def verify(
    proposal: Proposal,
    *,
    visited_on: date,
    checks: Mapping[str, bool],
    members_met: int,
    by: User,
    today: date,
    note: str = "",
) -> Proposal:
    """Records the visit in the field and verifies; refused while a required point is not met."""
    move = PROPOSAL_MOVES["verify"]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    policy = Policy.current()
    problems = [
        *duties(held, move, by=by),
        *date_problems(visited_on, earliest=None, today=today, what="Kunjungan pada", field="visited_on"),
        *field_check_problems(checks, members_met=members_met, minimum=min(3, policy.min_members)),
        *standing_problems(held),
        *note_problems(note),
    ]
    members = held.group.memberships.live().count()
    if members_met > members:
        problems.append(Problem("many_met", f"Anggota KUB ini hanya {members} orang.", "members_met"))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal"):
        FieldCheck.objects.create(
            proposal=held,
            visited_on=visited_on,
            checks={point.code: bool(checks.get(point.code)) for point in FIELD_CHECKS},
            members_met=members_met,
            note=without_numbers(note.strip()),
            made_by=by,
        )
        step(held, move, by=by, note=note)
    return held


@transaction.atomic
def move_back(proposal: Proposal, name: str, *, by: User, note: str) -> Proposal:
    """Returns a proposal to be mended (`return`), asks for another verification (`send_back`) or withdraws it
    (`withdraw`); each with its reason."""
    move = PROPOSAL_MOVES[name]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    problems = note_problems(note, required="Tuliskan alasannya.")
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal", note=note.strip()):
        step(held, move, by=by, note=note)
    return held


@transaction.atomic
def recommend(proposal: Proposal, *, by: User, note: str = "") -> Proposal:
    """Recommends what has been verified, after looking once more at ceiling, group and rules."""
    move = PROPOSAL_MOVES["recommend"]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    problems = [*standing_problems(held), *note_problems(note)]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal"):
        step(held, move, by=by, note=note)
    return held


def standing_problems(proposal: Proposal) -> list[Problem]:
    """What speaks against a proposal as things stand: its sum, its group, the rule of who may get what, its year."""
    group, policy = proposal.group, Policy.current()
    live = list(group.memberships.live().values_list("role", flat=True))
    facts = GroupFacts(
        is_active=group.state == GroupState.ACTIVE,
        members=len(live),
        min_members=policy.min_members,
        max_members=policy.max_members,
        vacant=tuple(office.label for office in OFFICES if office not in live),
        has_account=bool(group.account_number),
    )
    ceiling = Ceiling.objects.filter(kind=proposal.kind_id, year=proposal.year_id).first()
    rule = RecipientRule.objects.filter(legal_form=group.legal_form, grant_form=proposal.grant_form).first()
    problems = amount_problems(
        proposal.amount,
        ceiling=ceiling.amount if ceiling else None,
        kind=str(proposal.kind),
        year=proposal.year_id,
    )
    problems += group_problems(facts, needs_account=proposal.grant_form == GrantForm.CASH)
    problems += recipient_problems(
        allowed=rule.allowed if rule else None,
        legal_form=group.get_legal_form_display(),
        grant_form=proposal.get_grant_form_display(),
        basis=rule.legal_basis if rule else "",
    )
    if is_closed(proposal.year_id):
        problems.append(Problem("year_closed", f"Tahun anggaran {proposal.year_id} sudah ditutup.", "year"))
    return problems


def _wording_problems(grant_form: str, purpose: str) -> list[Problem]:
    problems = []
    if grant_form not in GrantForm.values:
        problems.append(Problem("no_form", "Pilih bentuk bantuan: uang atau barang.", "grant_form"))
    if not purpose.strip():
        problems.append(Problem("no_purpose", "Tuliskan untuk apa bantuannya.", "purpose"))
    elif len(purpose.strip()) > 250:
        problems.append(Problem("long_purpose", "Kegunaan paling panjang 250 huruf.", "purpose"))
    return problems
