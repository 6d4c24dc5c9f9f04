"""From the training to a business that lasts: how many people came how far, and who they are.

Each step holds only people of the step before, so the funnel never widens. A person counts where, and in the year in
which, they were trained. Graduates whom only a spreadsheet of earlier years names, matched with their family, were
there from the first step to the third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from households.models import Person
from kub.lifecycle import GrantState, GroupState
from kub.models import Membership, Visit
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.text import name_key
from trainings.lifecycle import HOLDING_SEAT, EnrolmentState, ProgrammeState
from trainings.models import Enrolment, PastTraining

# By the word in the address, in order; what a step means, in the words of the page.
STEPS: dict[str, tuple[str, str]] = {
    "terdaftar": ("Terdaftar", "mendapat kursi pelatihan"),
    "hadir": ("Hadir", "sekurangnya satu pertemuan"),
    "lulus": ("Lulus", "lulus pelatihan"),
    "kub": ("Dalam KUB", "menjadi anggota KUB"),
    "didanai": ("Didanai", "KUB-nya menerima hibah selama ia anggota"),
    "lpj": ("LPJ lengkap", "hibah itu dipertanggungjawabkan seluruhnya"),
    "aktif": ("Aktif", "masih anggota, KUB-nya aktif dan berjualan menurut kunjungan terakhir"),
}
ORDER = ("name", "id")
ACCOUNTED = (GrantState.ACCOUNTED, GrantState.CLOSED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list. `step` is a word of STEPS; `stopped`: only who has not come to the next step."""

    area: Area
    step: str = "terdaftar"
    year: int | None = None
    stopped: bool = False
    search: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: so many people, and their share of the step before (None: there is none, or nobody was there)."""

    word: str
    label: str
    meaning: str
    people: int
    share: float | None


def funnel(area: Area, *, year: int | None = None) -> tuple[Step, ...]:
    """All steps of an area, of one year of training or of all. One query."""
    reached = _reached(area, year)
    counts = (
        Person.objects.filter(reached["terdaftar"])
        .order_by()
        .aggregate(**{word: Count("pk", filter=fits) for word, fits in reached.items()})
    )
    steps, before = [], 0
    for word, (label, meaning) in STEPS.items():
        people = counts[word]
        steps.append(Step(word, label, meaning, people, people / before if before else None))
        before = people
    return tuple(steps)


def people(asked: Asked) -> Any:
    """The people who came as far as the step, not ordered."""
    reached = _reached(asked.area, asked.year)
    rows = Person.objects.filter(reached[asked.step])
    words = list(STEPS)
    if asked.stopped and asked.step != words[-1]:
        rows = rows.exclude(reached[words[words.index(asked.step) + 1]])
    for word in name_key(asked.search).split():
        rows = rows.filter(name_key__contains=word)
    return rows


def trainings_of(people: Sequence[Person], asked: Asked) -> dict[int, list[Any]]:
    """By person: what they were counted for, enrolments and rows of the past, the last year first. Two queries."""
    found: dict[int, list[Any]] = {person.pk: [] for person in people}
    rows = _enrolled(asked.area, asked.year).filter(person__in=people)
    for enrolment in rows.select_related("cohort__programme__course", "cohort__area"):
        found[enrolment.person_id].append(enrolment)
    for past in _past(asked.area, asked.year).filter(person__in=people).select_related("course", "area"):
        found[past.person_id or 0].append(past)
    return {pk: sorted(lines, key=_year_of, reverse=True) for pk, lines in found.items()}


def groups_of(people: Sequence[Person]) -> dict[int, Membership]:
    """By person: the group they belong to, else the last one they belonged to. One query."""
    rows = Membership.objects.filter(person__in=people).select_related("group")
    return {one.person_id: one for one in rows.order_by(F("left_on").asc(nulls_last=True), "joined_on", "pk")}


def _year_of(line: Any) -> int:
    year: int = line.cohort.programme.year if isinstance(line, Enrolment) else line.year
    return year


def _enrolled(area: Area, year: int | None) -> Any:
    """Who had a seat, or came and then left."""
    rows = Enrolment.objects.within(area.code).exclude(programme__state=ProgrammeState.DRAFT)
    rows = rows.filter(programme__year=year) if year else rows
    return rows.filter(Q(state__in=HOLDING_SEAT) | Q(sessions_attended__gt=0))


def _past(area: Area, year: int | None) -> Any:
    rows = PastTraining.objects.within(area.code).filter(state=PastTraining.State.MATCHED)
    return rows.filter(year=year) if year else rows


def _reached(area: Area, year: int | None) -> dict[str, Q]:
    """What a person must fulfil to have come to each step."""
    enrolled, past = _enrolled(area, year).order_by(), _past(area, year).order_by().values("person_id")
    passed = Q(state=EnrolmentState.GRADUATED)

    def among(rows: Any) -> Q:
        return Q(pk__in=rows.order_by().values("person_id"))

    found = {
        "terdaftar": among(enrolled) | Q(pk__in=past),
        "hadir": among(enrolled.filter(Q(sessions_attended__gt=0) | passed)) | Q(pk__in=past),
        "lulus": among(enrolled.filter(passed)) | Q(pk__in=past),
    }
    found["kub"] = found["lulus"] & among(Membership.objects.all())
    found["didanai"] = found["lulus"] & among(_funded())
    found["lpj"] = found["lulus"] & among(_funded(*ACCOUNTED))
    found["aktif"] = found["lulus"] & among(_selling(_funded(*ACCOUNTED)))
    return found


def _funded(*states: GrantState) -> Any:
    """Memberships that lasted until the group's grant (in one of these states) was agreed on, or began later; its
    money has come and not all gone back. One filter, so that all of it is about one grant."""
    grant = "group__proposals__grant"
    in_state = Q(**{f"{grant}__state__in": states}) if states else Q()
    return Membership.objects.filter(
        Q(left_on=None) | Q(left_on__gte=F(f"{grant}__agreed_on")),
        in_state,
        **{f"{grant}__paid__gt": F(f"{grant}__refunded")},
    )


def _selling(memberships: Any) -> Any:
    """Of these the live ones, in groups that are active and sold something when they were last visited."""
    visits = Visit.objects.filter(group=OuterRef("group")).order_by("-visited_on", "-pk")
    live = memberships.filter(left_on=None, group__state=GroupState.ACTIVE)
    return live.alias(sold=Subquery(visits.values("turnover")[:1])).filter(sold__gt=0)
