"""What a meeting decided about a proposal, the agreement that follows, and how a grant ends."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from kub.actions.proposals import standing_problems
from kub.actions.steps import begin, duties, is_closed, locked, locked_grant, note_problems, step
from kub.lifecycle import GRANT_MOVES, PROPOSAL_MOVES, EntryKind, GrantState, ReportState
from kub.models import (
    Budget,
    Ceiling,
    Decree,
    Grant,
    GrantForm,
    Instalment,
    LedgerEntry,
    Proposal,
    ProposalLine,
)
from kub.rules import (
    amount_problems,
    budget_problems,
    date_problems,
    granted_problems,
    instalment_problems,
    year_problems,
)
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused


@transaction.atomic
def decide(
    proposal: Proposal,
    *,
    decree: Decree,
    budget: Budget,
    granted: Mapping[int, int] | None = None,
    by: User,
    note: str = "",
) -> Grant:
    """Gives a grant by a decree, out of a budget. `granted` is rupiah for each line (its pk), None for all of them
    as proposed; a line it does not name gets nothing. Of two decisions at once the second sees what is left."""
    move = PROPOSAL_MOVES["decide"]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    lines = list(held.lines.all())
    given = {line.pk: line.amount if granted is None else granted.get(line.pk, 0) for line in lines}
    amount = sum(given.values())
    purse = Budget.objects.select_for_update(no_key=True).select_related("year").get(pk=budget.pk)
    ceiling = Ceiling.objects.filter(kind=held.kind_id, year=held.year_id).first()
    problems = [
        *duties(held, move, by=by),
        *granted_problems([(line.item, given[line.pk], line.amount) for line in lines]),
        *amount_problems(
            amount,
            ceiling=ceiling.amount if ceiling else None,
            kind=str(held.kind),
            year=held.year_id,
        ),
        *budget_problems(amount, left=purse.left, name=purse.account_code),
        *[one for one in standing_problems(held) if one.field != "amount"],
        *year_problems(decree.decided_on, closed=is_closed(decree.decided_on.year), budget_year=held.year_id),
        *note_problems(note),
    ]
    if purse.year_id != held.year_id or decree.year_id != held.year_id:
        problems.append(
            Problem(
                "mixed_years",
                f"Usulan, SK dan anggaran harus dari tahun yang sama, yaitu {held.year_id}.",
                "budget",
            )
        )
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal", note=note.strip()):
        for line in lines:
            ProposalLine.objects.filter(pk=line.pk).update(granted=given[line.pk])
        grant = Grant.objects.create(proposal=held, decree=decree, budget=purse)
        LedgerEntry.objects.create(
            grant=grant,
            kind=EntryKind.DECISION,
            amount=amount,
            booked_on=decree.decided_on,
            document=decree.number,
            description=f"Keputusan {decree}",
            made_by=by,
        )
        step(held, move, by=by, note=note)
    grant.refresh_from_db()
    return grant


@transaction.atomic
def refuse(proposal: Proposal, *, by: User, note: str) -> Proposal:
    """The meeting refused it; the reason is kept."""
    move = PROPOSAL_MOVES["refuse"]
    held = locked(proposal, by=by)
    begin(held, move, by=by)
    problems = [
        *duties(held, move, by=by),
        *note_problems(note, required="Tuliskan alasan penolakan menurut rapat."),
    ]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_proposal", note=note.strip()):
        step(held, move, by=by, note=note)
    return held


@transaction.atomic
def make_decree(decree: Decree, *, by: User, today: date) -> Decree:
    """Records the decree of a meeting; the decisions follow it one by one."""
    require(by, Can.DECIDE_PROPOSALS)
    problems = [
        *date_problems(decree.meeting_on, earliest=None, today=today, what="Rapat", field="meeting_on"),
        *date_problems(
            decree.decided_on, earliest=decree.meeting_on, today=today, what="SK", field="decided_on"
        ),
        *year_problems(
            decree.decided_on, closed=is_closed(decree.decided_on.year), budget_year=decree.year_id
        ),
    ]
    decree.number = " ".join(decree.number.split())
    if not decree.number:
        problems.append(Problem("no_number", "Nomor SK wajib diisi.", "number"))
    elif Decree.objects.filter(number__iexact=decree.number).exists():
        problems.append(Problem("number_there", f"SK {decree.number} sudah dicatat.", "number"))
    if problems:
        raise Refused(problems)
    decree.created_by = by
    with audited(by=by, action="move_grant"):
        decree.save(force_insert=True)
    return decree


@transaction.atomic
def agree(
    grant: Grant, *, number: str, agreed_on: date, instalments: Sequence[int], by: User, today: date
) -> Grant:
    """Records the agreement (NPHD) with the instalments the grant is paid in."""
    move = GRANT_MOVES["agree"]
    held = locked_grant(grant, by=by)
    begin(held, move, by=by)
    number = " ".join(number.split())
    problems = [
        *date_problems(
            agreed_on, earliest=held.decree.decided_on, today=today, what="Perjanjian", field="agreed_on"
        ),
        *instalment_problems(
            instalments,
            decided=held.decided,
            is_goods=held.proposal.grant_form == GrantForm.GOODS,
        ),
        *year_problems(agreed_on, closed=is_closed(agreed_on.year)),
    ]
    if not number:
        problems.append(Problem("no_number", "Nomor perjanjian wajib diisi.", "number"))
    elif len(number) > 60:
        problems.append(Problem("long_number", "Nomor perjanjian paling panjang 60 huruf.", "number"))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_grant"):
        step(held, move, by=by, agreement_number=number, agreed_on=agreed_on)
        Instalment.objects.bulk_create(
            Instalment(grant=held, number=turn, amount=amount) for turn, amount in enumerate(instalments, 1)
        )
    return held


@transaction.atomic
def cancel(grant: Grant, *, reason: str, by: User, today: date) -> Grant:
    """Gives a grant up before anything is paid: the whole sum goes back to the budget."""
    move = GRANT_MOVES["cancel"]
    held = locked_grant(grant, by=by)
    begin(held, move, by=by)
    problems = [
        *note_problems(reason, required="Tuliskan alasan pembatalan."),
        *year_problems(today, closed=is_closed(today.year)),
    ]
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_grant", note=reason.strip()):
        _release(held, held.decided, reason=reason, by=by, today=today)
        step(held, move, by=by, note=reason)
    held.refresh_from_db(fields=["decided"])
    return held


@transaction.atomic
def release_rest(
    grant: Grant, *, reason: str, by: User, today: date, request_key: uuid.UUID | None = None
) -> Grant:
    """Ends the paying of a grant early: what is not yet paid goes back to the budget, with its reason."""
    require(by, Can.DECIDE_PROPOSALS)
    held = locked_grant(grant, by=by)
    if request_key and LedgerEntry.objects.filter(request_key=request_key, grant=held).exists():
        return held
    problems = note_problems(reason, required="Tuliskan alasannya.")
    problems += year_problems(today, closed=is_closed(today.year))
    if held.state != GrantState.PAYING or not held.unpaid:
        problems.append(Problem("nothing_to_release", "Tidak ada termin yang belum dibayar untuk dilepas."))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="book", note=reason.strip()):
        _release(held, held.unpaid, reason=reason, by=by, today=today, request_key=request_key)
        finish_if_accounted(held, by=by)
    return held


@transaction.atomic
def close(grant: Grant, *, by: User, note: str = "") -> Grant:
    """Ends a grant of which every rupiah is accounted for."""
    move = GRANT_MOVES["close"]
    held = locked_grant(grant, by=by)
    begin(held, move, by=by)
    problems = note_problems(note)
    if problems:
        raise Refused(problems)
    with audited(by=by, action="move_grant"):
        step(held, move, by=by, note=note)
    return held


def finish_if_accounted(grant: Grant, *, by: User) -> None:
    """Moves a locked grant on when nothing of it is left to pay or to account for; back when that is true no more."""
    grant.refresh_from_db(fields=["decided", "paid", "accounted", "refunded", "state"])
    complete = grant.paid > 0 and not grant.unpaid and not grant.held and _all_reports_accepted(grant)
    if complete and grant.state == GrantState.PAYING:
        step(grant, GRANT_MOVES["account"], by=by)
    elif not complete and grant.state == GrantState.ACCOUNTED:
        step(grant, GRANT_MOVES["unaccount"], by=by)


def _all_reports_accepted(grant: Grant) -> bool:
    """A report without receipts tells of money that was refunded; there is nothing in it to accept."""
    open_ones = grant.reports.exclude(state=ReportState.ACCEPTED)
    return not open_ones.filter(receipts__isnull=False).exists()


def _release(
    grant: Grant, amount: int, *, reason: str, by: User, today: date, request_key: uuid.UUID | None = None
) -> None:
    LedgerEntry.objects.create(
        grant=grant,
        kind=EntryKind.RELEASE,
        amount=amount,
        booked_on=today,
        description=without_numbers(f"Dilepas: {reason.strip()}")[:250],
        made_by=by,
        request_key=request_key or uuid.uuid4(),
    )
    grant.instalments.filter(paid=0).update(released_at=timezone.now())
