"""The lists of proposals and grants: what may be asked of them, which rows answer, how many and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from kub.lifecycle import GrantState, ProposalState
from kub.models import Grant, Proposal
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.text import name_key

# By the word in the address: label, states of the proposal, states of the grant.
STATES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "draf": ("Draf", (ProposalState.DRAFT,), ()),
    "diajukan": ("Diajukan, belum diverifikasi", (ProposalState.SUBMITTED,), ()),
    "diverifikasi": ("Diverifikasi, belum direkomendasi", (ProposalState.VERIFIED,), ()),
    "direkomendasi": ("Direkomendasi, menunggu keputusan", (ProposalState.RECOMMENDED,), ()),
    "diputuskan": ("Diputuskan, menunggu perjanjian", (), (GrantState.DECIDED,)),
    "perjanjian": ("Perjanjian ada, menunggu pencairan", (), (GrantState.AGREED,)),
    "pencairan": ("Pencairan dan LPJ", (), (GrantState.PAYING,)),
    "lpj-lengkap": ("LPJ lengkap", (), (GrantState.ACCOUNTED,)),
    "selesai": ("Selesai", (), (GrantState.CLOSED,)),
    "ditolak": ("Ditolak", (ProposalState.REFUSED,), ()),
    "ditarik": ("Ditarik", (ProposalState.WITHDRAWN,), ()),
    "dibatalkan": ("Dibatalkan", (), (GrantState.CANCELLED,)),
}
OF_GRANTS = {word: label for word, (label, _, grants) in STATES.items() if grants}
OF_PROPOSALS = {word: label for word, (label, _, _) in STATES.items()}
# By the word in the address: label and the columns of a keyset, all in one direction.
PROPOSAL_ORDERS = {
    "": ("Terbaru dahulu", ("-id",)),
    "wilayah": ("Wilayah", ("group__area_id", "id")),
    "terbesar": ("Usulan terbesar", ("-amount", "-id")),
}
GRANT_ORDERS = {
    "": ("Terbaru dahulu", ("-id",)),
    "wilayah": ("Wilayah", ("proposal__group__area_id", "id")),
    "terbesar": ("Hibah terbesar", ("-decided", "-id")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a list; everything may be empty. The area is that of the group."""

    search: str = ""
    state: str = ""
    year: int | None = None
    area: Area | None = None
    kind: int | None = None
    form: str = ""
    budget: int | None = None
    order: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything is asked for besides the order."""
        return any((self.search, self.state, self.year, self.area, self.kind, self.form, self.budget))


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows a list has and their amounts."""

    number: int = 0
    asked: int = 0
    decided: int = 0
    paid: int = 0
    accounted: int = 0

    @property
    def unpaid(self) -> int:
        return self.decided - self.paid


def proposals(asked: Asked, *, user: User) -> Any:
    """The proposals inside the user's area that fit, not ordered."""
    rows = _fitting(Proposal.objects.visible_to(user), asked, "")
    if asked.state:
        _, mine, grants = STATES[asked.state]
        rows = rows.filter(state__in=mine) if mine else rows.filter(grant__state__in=grants)
    return rows


def grants(asked: Asked, *, user: User) -> Any:
    """The grants inside the user's area that fit, not ordered."""
    rows = _fitting(Grant.objects.visible_to(user), asked, "proposal__")
    if asked.state:
        rows = rows.filter(state__in=STATES[asked.state][2])
    return rows.filter(budget=asked.budget) if asked.budget else rows


def _fitting(rows: Any, asked: Asked, prefix: str) -> Any:
    fits = Q()
    if asked.year:
        fits &= Q(**{f"{prefix}year": asked.year})
    if asked.area:
        fits &= Q(**{f"{prefix}group__area__code__startswith": asked.area.code})
    if asked.kind:
        fits &= Q(**{f"{prefix}kind": asked.kind})
    if asked.form:
        fits &= Q(**{f"{prefix}grant_form": asked.form})
    for word in name_key(asked.search).split():
        fits &= Q(**{f"{prefix}group__name__icontains": word})
    return rows.filter(fits)


def sums_of_proposals(rows: Any) -> Sums:
    found = rows.order_by().aggregate(number=Count("pk"), asked=Sum("amount", default=0))
    return Sums(**found)


def sums_of_grants(rows: Any) -> Sums:
    found = rows.order_by().aggregate(
        number=Count("pk"),
        decided_=Sum("decided", default=0),
        paid_=Sum("paid", default=0),
        accounted_=Sum("accounted", default=0),
    )
    return Sums(**{name.rstrip("_"): value for name, value in found.items()})
