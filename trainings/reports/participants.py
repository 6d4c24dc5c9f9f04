"""The list of participants: what may be asked of it, which enrolments or rows of the past answer, how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from households.reports.listing import COUNTED_UP_TO, Total
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.text import name_key
from trainings.lifecycle import HOLDING_SEAT, EnrolmentState, ProgrammeState
from trainings.models import CohortCount, Enrolment, PastCount, PastTraining

ORDER = ("cohort__area_id", "person__name", "id")
PAST_ORDER = ("area_id", "name", "id")
PAST = "riwayat"


@dataclass(frozen=True, slots=True)
class Kind:
    """Participants of one kind: those in `states` (none named: in any), or at a session or more."""

    label: str
    states: tuple[EnrolmentState, ...] = ()
    attended: bool = False


# By the word in the address.
KINDS: dict[str, Kind] = {
    "terisi": Kind("Mendapat kursi", HOLDING_SEAT),
    "hadir": Kind("Pernah hadir", attended=True),
    "lulus": Kind("Lulus", (EnrolmentState.GRADUATED,)),
    "tidak-lulus": Kind("Tidak lulus", (EnrolmentState.FAILED,)),
    "belum-diperiksa": Kind("Belum diperiksa", (EnrolmentState.REGISTERED,)),
    "diterima": Kind("Diterima", (EnrolmentState.ACCEPTED,)),
    "cadangan": Kind("Cadangan", (EnrolmentState.WAITING,)),
    "mundur": Kind("Mundur", (EnrolmentState.WITHDRAWN,)),
    "ditolak": Kind("Ditolak", (EnrolmentState.REFUSED,)),
    PAST: Kind("Lulusan dari riwayat"),
}
ANY = Kind("Semua peserta")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list; everything may be empty. The area is where the cohort is held."""

    year: int | None = None
    area: Area | None = None
    kind: str = ""
    search: str = ""

    @property
    def is_past(self) -> bool:
        return self.kind == PAST


def enrolments(asked: Asked, *, user: User) -> Any:
    """The enrolments within the user's area that fit, not ordered. Drafts have none to show."""
    kind = KINDS.get(asked.kind, ANY)
    rows = Enrolment.objects.visible_to(user).exclude(programme__state=ProgrammeState.DRAFT)
    rows = rows.within(asked.area.code) if asked.area else rows
    rows = rows.filter(programme__year=asked.year) if asked.year else rows
    rows = rows.filter(state__in=kind.states) if kind.states else rows
    rows = rows.filter(sessions_attended__gt=0) if kind.attended else rows
    return _named(rows, asked.search, "person__name_key")


def past(asked: Asked, *, user: User) -> Any:
    """The graduates that spreadsheets name, within the user's area, not ordered; without those set aside."""
    rows = PastTraining.objects.visible_to(user).exclude(state=PastTraining.State.DISMISSED)
    rows = rows.within(asked.area.code) if asked.area else rows
    rows = rows.filter(year=asked.year) if asked.year else rows
    return _named(rows, asked.search, "name_key")


def total(asked: Asked, rows: Any, *, user: User) -> Total:
    """From the roll-up, or with a search counted up to a limit."""
    if asked.search:
        number = rows.order_by()[: COUNTED_UP_TO + 1].count()
        return Total(min(number, COUNTED_UP_TO), capped=number > COUNTED_UP_TO)
    counts: Any
    if asked.is_past:
        counts = PastCount.objects.visible_to(user).exclude(state=PastTraining.State.DISMISSED)
        counts = counts.filter(year=asked.year) if asked.year else counts
    else:
        kind = KINDS.get(asked.kind, ANY)
        counts = CohortCount.objects.visible_to(user).exclude(cohort__programme__state=ProgrammeState.DRAFT)
        counts = counts.filter(cohort__programme__year=asked.year) if asked.year else counts
        counts = counts.filter(state__in=kind.states) if kind.states else counts
        counts = counts.filter(attended=True) if kind.attended else counts
    counts = counts.within(asked.area.code) if asked.area else counts
    return Total(counts.aggregate(n=Sum("n"))["n"] or 0)


def _named(rows: Any, search: str, column: str) -> Any:
    """Those with every word of the search in their name."""
    fits = Q()
    for word in name_key(search).split():
        fits &= Q(**{f"{column}__contains": word})
    return rows.filter(fits)
