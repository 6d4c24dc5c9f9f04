"""What may be done next with a proposal or grant: by the reader, or by whom else, and why not by the reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import (
    DUTY_OF_MOVE,
    GRANT_MOVES,
    PROPOSAL_MOVES,
    DutyKind,
    EntryKind,
    GrantState,
    ReportState,
    moves_from,
)
from kub.models import AccountabilityReport, Grant, LedgerEntry, Proposal, Step
from kub.reports.grants import InstalmentView
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import ROLE_LABELS, ROLES, Can, Role
from tangerang_poverty.kit.formats import long_date

# A move of the proposal that has a form of its own, and what its button says.
OWN_FORM = {"decide": "Catat keputusan"}
LEFT_OUT = ("refuse",)  # recorded on the form of the decision
# What is left to do for each duty, in the order of the steps.
NOUNS = {
    DutyKind.SUBMIT: "pengajuan",
    DutyKind.VERIFY: "verifikasi",
    DutyKind.DECIDE: "keputusan",
    DutyKind.PAY: "pembayaran",
}
# By state: what comes next, whose it is.
NEXT = {
    "draft": ("Pengajuan", Can.SUBMIT_PROPOSALS),
    "submitted": ("Verifikasi", Can.VERIFY_PROPOSALS),
    "verified": ("Rekomendasi", Can.RECOMMEND_PROPOSALS),
    "recommended": ("Keputusan", Can.DECIDE_PROPOSALS),
}
NEXT_OF_GRANT = {
    GrantState.DECIDED: ("Perjanjian", Can.SIGN_AGREEMENTS),
    GrantState.ACCOUNTED: ("Penutupan", Can.CLOSE_GRANTS),
}
PAYMENT = ("Pembayaran", Can.PAY_GRANTS)
REST = ("Setoran sisa", Can.PAY_GRANTS)
WRITING = ("Penyusunan LPJ", Can.PREPARE_REPORTS)
EXAMINATION = ("Pemeriksaan LPJ", Can.EXAMINE_REPORTS)
AS_A_TITLE = (Role.OFFICE_HEAD,)  # written with a capital within a sentence


@dataclass(frozen=True, slots=True)
class Action:
    """A way on that is open to the reader: a page that asks and carries it out."""

    label: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence below the steps; `kind` as of a note, `symbol` its icon."""

    text: str
    kind: str = ""
    symbol: str = "lock"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the next step depends on. `own` is the reader's duty on this proposal and since when."""

    proposal: Proposal
    grant: Grant | None
    reports: Sequence[AccountabilityReport]
    instalments: Sequence[InstalmentView]
    user: User
    own: tuple[DutyKind, date] | None

    def may(self, can: Can | None, duty: DutyKind | None = None) -> bool:
        """Whether the reader has the permission, and no other duty in the way of this one."""
        free = duty is None or self.own is None or self.own[0] == duty
        return can is not None and free and self.user.has_perm(can.value)


def own_duty(
    user: User, taken: Iterable[Step], entries: Iterable[LedgerEntry]
) -> tuple[DutyKind, date] | None:
    """The reader's duty and the day it was last done, from the steps and payments. The same as the table of duties."""
    found = [
        (DUTY_OF_MOVE[step.move], timezone.localdate(step.at))
        for step in taken
        if step.by_id == user.pk and step.move in DUTY_OF_MOVE
    ]
    paid = [
        (DutyKind.PAY, entry.booked_on)
        for entry in entries
        if entry.kind == EntryKind.PAYMENT and entry.made_by_id == user.pk
    ]
    done = [*found, *paid]
    return done[-1] if done else None


def actions_of(standing: Standing) -> list[Action]:
    """The pages that are open to the reader, the one that leads on first and filled."""
    found = _of_grant(standing, standing.grant) if standing.grant else _of_proposal(standing)
    return [Action(label, url, index == 0) for index, (label, url) in enumerate(found)][::-1]


def _of_proposal(standing: Standing) -> list[tuple[str, str]]:
    proposal = standing.proposal
    found = []
    for move in moves_from(PROPOSAL_MOVES, proposal.state):
        if move.name in LEFT_OUT or not standing.may(move.needs, DUTY_OF_MOVE.get(move.name)):
            continue
        if move.name in OWN_FORM:
            found.append((OWN_FORM[move.name], reverse("kub:decide", args=[proposal.pk])))
        else:
            found.append((move.label, reverse("kub:proposal_move", args=[proposal.pk, move.name])))
    return found


def _of_grant(standing: Standing, grant: Grant) -> list[tuple[str, str]]:
    found = []
    for report in standing.reports:
        if report.state == ReportState.SUBMITTED and standing.may(Can.EXAMINE_REPORTS):
            found.append((f"Periksa LPJ termin {report.instalment.number}", report.get_absolute_url()))
        elif report.state in (ReportState.DRAFT, ReportState.RETURNED) and standing.may(Can.PREPARE_REPORTS):
            found.append((f"Susun LPJ termin {report.instalment.number}", report.get_absolute_url()))
    found += [
        (f"Catat pembayaran termin {one.number}", one.pay_url) for one in standing.instalments if one.pay_url
    ]
    if grant.state == GrantState.PAYING:
        found += _of_the_rest(standing, grant)
    for move in moves_from(GRANT_MOVES, grant.state):
        if standing.may(move.needs):
            url = reverse("kub:agreement", args=[grant.pk])
            url = url if move.name == "agree" else reverse("kub:grant_move", args=[grant.pk, move.name])
            found.append((move.label, url))
    return found


def _of_the_rest(standing: Standing, grant: Grant) -> list[tuple[str, str]]:
    """What the group kept goes back to the treasury, what was not paid back to the budget."""
    found = []
    if is_rest_held(standing, grant) and standing.may(Can.PAY_GRANTS, DutyKind.PAY):
        found.append(("Catat setoran sisa", reverse("kub:refund", args=[grant.pk])))
    if grant.unpaid and standing.may(Can.DECIDE_PROPOSALS):
        found.append(("Lepas sisa", reverse("kub:release", args=[grant.pk])))
    return found


def is_rest_held(standing: Standing, grant: Grant) -> bool:
    """Whether every report is accepted and the group still holds some of what it was paid."""
    return grant.held > 0 and all(report.state == ReportState.ACCEPTED for report in standing.reports)


def notes_of(standing: Standing, taken: Sequence[Step]) -> list[Note]:
    """Why it ended; else why the reader does not take the next step, and who does."""
    ended = _ended(standing, taken)
    if ended is not None:
        return [ended]
    notes = []
    returned = taken[-1] if taken and taken[-1].move in ("return", "send_back") else None
    if returned is not None:
        notes.append(Note(f"Dikembalikan oleh {returned.by}: {returned.note}", "warn", "undo"))
    separation = _separation(standing)
    following = _following(standing)
    if separation is not None:
        notes.append(Note(separation))
    elif following is not None and not standing.user.has_perm(following[1].value):
        notes.append(
            Note(
                f"Langkah berikutnya, {following[0][0].lower()}{following[0][1:]}, dikerjakan {_who(following[1])}."
            )
        )
    return notes


def _ended(standing: Standing, taken: Sequence[Step]) -> Note | None:
    state = standing.grant.state if standing.grant else standing.proposal.state
    words = {"refused": "Ditolak dalam rapat", "withdrawn": "Ditarik kembali", "cancelled": "Dibatalkan"}
    if state not in words:
        return None
    last = next((step for step in reversed(taken) if step.to_state == state), None)
    return Note(f"{words[state]}{f': {last.note}' if last and last.note else '.'}", "bad", "close")


def _separation(standing: Standing) -> str | None:
    """That the reader has done one of the four duties, so that others do those still to come."""
    if standing.own is None:
        return None
    own, day = standing.own
    state = standing.grant.state if standing.grant else standing.proposal.state
    to_come = {
        "draft": (DutyKind.SUBMIT, DutyKind.VERIFY, DutyKind.DECIDE, DutyKind.PAY),
        "submitted": (DutyKind.VERIFY, DutyKind.DECIDE, DutyKind.PAY),
        "verified": (DutyKind.DECIDE, DutyKind.PAY),
        "recommended": (DutyKind.DECIDE, DutyKind.PAY),
        GrantState.DECIDED: (DutyKind.PAY,),
        GrantState.AGREED: (DutyKind.PAY,),
        GrantState.PAYING: (DutyKind.PAY,)
        if any(one.lock or one.is_next for one in standing.instalments)
        else (),
    }.get(state, ())
    nouns = [NOUNS[duty] for duty in to_come if duty != own]
    if not nouns:
        return None
    return (
        f"Anda {own.label} usulan ini pada {long_date(day)}, jadi {listed(nouns)}nya dikerjakan orang lain."
    )


def _following(standing: Standing) -> tuple[str, Can] | None:
    """What comes next, and the permission for it."""
    grant = standing.grant
    if grant is None:
        return NEXT.get(standing.proposal.state)
    if grant.state in (GrantState.AGREED, GrantState.PAYING):
        states = {report.state for report in standing.reports}
        if ReportState.SUBMITTED in states:
            return EXAMINATION
        if states & {ReportState.DRAFT, ReportState.RETURNED}:
            return WRITING
        return REST if is_rest_held(standing, grant) and not grant.unpaid else PAYMENT
    return NEXT_OF_GRANT.get(GrantState(grant.state))


def _who(can: Can) -> str:
    """The roles that have a permission, within a sentence."""
    names = [
        ROLE_LABELS[role] if role in AS_A_TITLE else ROLE_LABELS[role][0].lower() + ROLE_LABELS[role][1:]
        for role, cans in ROLES.items()
        if can in cans
    ]
    return listed(names, "atau")


def listed(words: Sequence[str], last: str = "dan") -> str:
    """ "a", "a dan b", "a, b dan c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
