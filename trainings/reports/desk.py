"""What the officer's desk shows: families found, who of them may be registered, and every reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from households.models import Household, Person
from households.models.registry import HouseholdQuerySet
from households.reports.listing import ListFilters, families
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.kit.problems import Problem
from tangerang_poverty.kit.text import name_key, parse_address
from trainings.lifecycle import ACTIVE
from trainings.models import Cohort, Enrolment
from trainings.reports.candidates import candidates
from trainings.rules import Candidate, eligibility_problems

SHOWN = 12  # families on one page of the desk
SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class MemberCard:
    """One person: who they are in a line, and what keeps them from being registered (nothing: welcome)."""

    person: Person
    line: str
    nik: str  # masked, "" when there is none
    problems: tuple[Problem, ...]
    taking: str  # where they are registered already: "kursi 17"

    @property
    def may(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class FamilyCard:
    """One family found: the member it is about, the others, and where they live."""

    household: Household
    place: str
    first: MemberCard | None
    others: tuple[MemberCard, ...]

    @property
    def welcome_others(self) -> int:
        return sum(other.may for other in self.others)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought. `elsewhere`: nothing on the programme's list fits, so these stand outside it."""

    cards: list[FamilyCard]
    more: bool
    elsewhere: bool


def found_by_words(cohort: Cohort, words: str, *, user: User, today: date) -> Found:
    """Families of the cohort's kelurahan with a member, an address or an RT/RW like these words.

    Those on the programme's list first; only when there is none, the others with the reason.
    """
    rows = families(ListFilters(search=words, area=cohort.area), user=user, today=today)
    on_list = list(_for_desk(rows.on_list(cohort.programme.wave_id))[: SHOWN + 1])
    households = on_list or list(_for_desk(rows)[: SHOWN + 1])
    key = name_key(parse_address(words).street)
    cards = _cards(cohort, households[:SHOWN], today=today, about=key.split())
    return Found(cards, more=len(households) > SHOWN, elsewhere=bool(households) and not on_list)


def found_by_number(cohort: Cohort, households: Sequence[Household], number: str, *, today: date) -> Found:
    """Cards of the families that hold a NIK or KK; `households` come from `find_by_identity`, scoped and logged."""
    here = [household for household in households if household.area_id == cohort.area_id]
    return Found(
        _cards(cohort, _of_programme(cohort, here), today=today, about=[], number=number),
        more=False,
        elsewhere=False,
    )


def suggested(cohort: Cohort, *, user: User, today: date) -> list[FamilyCard]:
    """The poorest families of the list that have no participant yet and somebody who may be registered."""
    taking = Enrolment.objects.filter(
        household=OuterRef("pk"), programme=cohort.programme_id, state__in=ACTIVE
    )
    rows: HouseholdQuerySet = Household.objects.visible_to(user).within(cohort.area_id)
    rows = rows.on_list(cohort.programme.wave_id).filter(~Exists(taking), status=Household.Status.ON_LIST)
    cards = _cards(cohort, list(_for_desk(rows)[: SUGGESTED * 2]), today=today, about=[])
    return [card for card in cards if card.first is not None and card.first.may][:SUGGESTED]


def _for_desk(rows: HouseholdQuerySet) -> HouseholdQuerySet:
    return rows.for_list().order_by("rank_order", "head_name", "id").prefetch_related("people")


def _of_programme(cohort: Cohort, households: Sequence[Household]) -> list[Household]:
    """Those on the programme's list, or all when none is; with their people."""
    ids = [household.pk for household in households]
    rows: HouseholdQuerySet = Household.objects.filter(pk__in=ids)
    return list(_for_desk(rows.on_list(cohort.programme.wave_id))) or list(_for_desk(rows))


def _cards(
    cohort: Cohort, households: Sequence[Household], *, today: date, about: Sequence[str], number: str = ""
) -> list[FamilyCard]:
    people = [_with(person, household) for household in households for person in household.people.all()]
    facts = candidates(cohort.programme, people, today=today) if people else {}
    return [_card(cohort, household, facts, about=about, number=number) for household in households]


def _with(person: Person, household: Household) -> Person:
    person.household = household  # already read; spares a query for each person
    return person


def _card(
    cohort: Cohort, household: Household, facts: dict[int, Candidate], *, about: Sequence[str], number: str
) -> FamilyCard:
    members = [_member(cohort, person, facts[person.pk]) for person in household.people.all()]
    members.sort(key=lambda member: _relevance(member, about, number))
    place = " · ".join(filter(None, (household.rt_rw, household.rank_label.lower())))
    return FamilyCard(household, place, members[0] if members else None, tuple(members[1:]))


def _relevance(member: MemberCard, about: Sequence[str], number: str) -> tuple[bool, bool, bool, int]:
    """Who the search is about first, then who may be registered, then the head of the family."""
    person = member.person
    is_meant = (bool(about) and all(word in person.name_key for word in about)) or (
        bool(number) and person.nik == number
    )
    return (not is_meant, not member.may, person.relation != Person.Relation.HEAD, person.pk)


def _member(cohort: Cohort, person: Person, facts: Candidate) -> MemberCard:
    own = [one for one in facts.taking if one.same_programme and one.person_id == person.pk]
    return MemberCard(
        person=person,
        line=_line(person, facts.age),
        nik=mask(person.nik or ""),
        problems=tuple(eligibility_problems(cohort.programme.eligibility, facts)),
        taking=own[0].where if own else "",
    )


def _line(person: Person, age: int | None) -> str:
    """ "Perempuan, 41 tahun · kepala rumah tangga", as far as known."""
    years = f"{age} tahun" if age is not None else "umur belum diketahui"
    body = ", ".join(filter(None, (person.get_sex_display(), years)))
    relation = person.get_relation_display().lower() if person.relation else ""
    return " · ".join(filter(None, (body, relation)))
