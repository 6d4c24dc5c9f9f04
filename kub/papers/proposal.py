"""A proposal with its budget lines (RAB), as the group signs it."""

from __future__ import annotations

from datetime import date

from kub.lifecycle import ProposalState
from kub.models import Proposal
from kub.papers import parts
from kub.reports.people import members, officers_of
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.words import rupiah_in_words
from tangerang_poverty.papers.paper import Paper, Table

TITLE = "Usulan bantuan modal usaha"
DRAFT = "Usulan ini masih draf dan belum diajukan."


def proposal_paper(proposal: Proposal, *, clear: bool, today: date) -> Paper:
    """What the group asks for, its lines, its members. `clear` shows NIK and account as they are."""
    group, rows = proposal.group, members(proposal.group)
    lines = parts.budget_lines(list(proposal.lines.order_by("position")))
    whole = parts.total(lines)
    chair = officers_of([group.pk]).get(group.pk)
    return Paper(
        title=TITLE,
        facts=[*_facts(proposal, clear=clear), *_amounts(whole, today)],
        tables=[
            Table(
                "Rencana anggaran biaya",
                parts.budget_columns(decided=whole.granted is not None),
                lines,
                sums=[whole] if lines else [],
                empty="Belum ada rincian biaya.",
            ),
            Table(
                "Anggota", parts.member_columns(clear=clear), parts.numbered(rows), empty="Belum ada anggota."
            ),
        ],
        people=len(rows),
        notes=[
            *([DRAFT] if proposal.state == ProposalState.DRAFT else []),
            *([] if clear else [parts.MASKED_BOTH]),
        ],
        signatures=[
            parts.head_of_kelurahan(group),
            parts.chair_signs(group, chair.chair if chair else "", above=f"Tangerang, {long_date(today)}"),
        ],
    )


def _facts(proposal: Proposal, *, clear: bool) -> list[tuple[str, str]]:
    group = proposal.group
    return [
        *parts.group_facts(group),
        ("Bentuk kelompok", group.get_legal_form_display()),
        ("Tahun anggaran", str(proposal.year_id)),
        ("Bentuk bantuan", proposal.get_grant_form_display()),
        ("Untuk", proposal.purpose),
        ("Rekening", parts.account_fact(group, clear=clear)),
        ("Langkah", proposal.get_state_display()),
    ]


def _amounts(whole: parts.BudgetLine, today: date) -> list[tuple[str, str]]:
    found = [("Diusulkan", f"{rupiah(whole.amount)} ({rupiah_in_words(whole.amount)})")]
    if whole.granted is not None:
        found.append(("Disetujui", f"{rupiah(whole.granted)} ({rupiah_in_words(whole.granted)})"))
    return [*found, ("Keadaan", long_date(today))]
