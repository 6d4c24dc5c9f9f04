"""States of groups, proposals, grants and their reports, and the moves between them: one table for each."""

from __future__ import annotations

from django.db import models

from tangerang_poverty.accounts.permissions import Can
from trainings.lifecycle import MOVED_MEANWHILE, Move, moves_from, take


class GroupState(models.TextChoices):
    FORMING = "forming", "Dibentuk"
    ACTIVE = "active", "Aktif"
    DISSOLVED = "dissolved", "Bubar"


class Stage(models.TextChoices):
    """How far a group stands on its own feet."""

    GROWING = "tumbuh", "Tumbuh"
    DEVELOPING = "berkembang", "Berkembang"
    INDEPENDENT = "mandiri", "Mandiri"


class ProposalState(models.TextChoices):
    DRAFT = "draft", "Draf"
    SUBMITTED = "submitted", "Diajukan"
    VERIFIED = "verified", "Diverifikasi"
    RECOMMENDED = "recommended", "Direkomendasi"
    DECIDED = "decided", "Diputuskan"
    REFUSED = "refused", "Ditolak"
    WITHDRAWN = "withdrawn", "Ditarik"


class GrantState(models.TextChoices):
    DECIDED = "decided", "Diputuskan"
    AGREED = "agreed", "Perjanjian"
    PAYING = "paying", "Pencairan"
    ACCOUNTED = "accounted", "LPJ lengkap"
    CLOSED = "closed", "Selesai"
    CANCELLED = "cancelled", "Dibatalkan"


class ReportState(models.TextChoices):
    DRAFT = "draft", "Disusun"
    SUBMITTED = "submitted", "Menunggu diperiksa"
    RETURNED = "returned", "Dikembalikan"
    ACCEPTED = "accepted", "Diterima"


class EntryKind(models.TextChoices):
    """What an entry of the ledger says about the money of a grant."""

    DECISION = "decision", "Keputusan"
    RELEASE = "release", "Pelepasan sisa"
    PAYMENT = "payment", "Pembayaran"
    ACCOUNTED = "accounted", "LPJ diterima"
    REFUND = "refund", "Setor kembali"


class DutyKind(models.TextChoices):
    """What nobody does two of on one proposal."""

    SUBMIT = "submit", "mengajukan"
    VERIFY = "verify", "memverifikasi"
    DECIDE = "decide", "memutuskan"
    PAY = "pay", "membayar"


# Proposals that still may come to something, of which a group has one in a year.
LIVE_PROPOSALS = tuple(
    state for state in ProposalState.values if state not in (ProposalState.REFUSED, ProposalState.WITHDRAWN)
)
RUNNING_GRANTS = (GrantState.DECIDED, GrantState.AGREED, GrantState.PAYING, GrantState.ACCOUNTED)


def _table(*moves: Move) -> dict[str, Move]:
    return {move.name: move for move in moves}


GROUP_MOVES = _table(
    Move("activate", ("forming",), "active", Can.MANAGE_GROUPS, "Sahkan pembentukan"),
    Move("dissolve", ("forming", "active"), "dissolved", Can.MANAGE_GROUPS, "Bubarkan"),
)
PROPOSAL_MOVES = _table(
    Move("submit", ("draft",), "submitted", Can.SUBMIT_PROPOSALS, "Ajukan"),
    Move("verify", ("submitted",), "verified", Can.VERIFY_PROPOSALS, "Verifikasi"),
    Move("return", ("submitted",), "draft", Can.VERIFY_PROPOSALS, "Kembalikan untuk diperbaiki"),
    Move("recommend", ("verified",), "recommended", Can.RECOMMEND_PROPOSALS, "Rekomendasikan"),
    Move("send_back", ("verified",), "submitted", Can.RECOMMEND_PROPOSALS, "Minta verifikasi ulang"),
    Move("decide", ("recommended",), "decided", Can.DECIDE_PROPOSALS, "Putuskan"),
    Move("refuse", ("recommended",), "refused", Can.DECIDE_PROPOSALS, "Tolak"),
    Move("withdraw", ("draft", "submitted"), "withdrawn", Can.SUBMIT_PROPOSALS, "Tarik usulan"),
)
GRANT_MOVES = _table(
    Move("agree", ("decided",), "agreed", Can.SIGN_AGREEMENTS, "Catat perjanjian"),
    Move("cancel", ("decided", "agreed"), "cancelled", Can.DECIDE_PROPOSALS, "Batalkan hibah"),
    Move("begin", ("agreed",), "paying"),
    Move("unbegin", ("paying",), "agreed"),
    Move("account", ("paying",), "accounted"),
    Move("unaccount", ("accounted",), "paying"),
    Move("close", ("accounted",), "closed", Can.CLOSE_GRANTS, "Selesaikan"),
)
REPORT_MOVES = _table(
    Move("submit", ("draft", "returned"), "submitted", Can.PREPARE_REPORTS, "Kirim LPJ"),
    Move("return", ("submitted",), "returned", Can.EXAMINE_REPORTS, "Kembalikan"),
    Move("accept", ("submitted",), "accepted", Can.EXAMINE_REPORTS, "Terima LPJ"),
    Move("unaccept", ("accepted",), "returned"),
)

# Whose step is also a duty that excludes the others; the database writes it down (kub/models/triggers.py).
DUTY_OF_MOVE = {
    "submit": DutyKind.SUBMIT,
    "verify": DutyKind.VERIFY,
    "decide": DutyKind.DECIDE,
    "refuse": DutyKind.DECIDE,
}

__all__ = [
    "DUTY_OF_MOVE",
    "GRANT_MOVES",
    "GROUP_MOVES",
    "LIVE_PROPOSALS",
    "MOVED_MEANWHILE",
    "PROPOSAL_MOVES",
    "REPORT_MOVES",
    "RUNNING_GRANTS",
    "DutyKind",
    "EntryKind",
    "GrantState",
    "GroupState",
    "Move",
    "ProposalState",
    "ReportState",
    "Stage",
    "moves_from",
    "take",
]
