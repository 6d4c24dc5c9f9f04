"""Who a row of the past may speak of: the people of the registry that whoever matches it by hand is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Prefetch
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from households.models import HouseholdRecord, Person
from households.models.registry import PersonQuerySet
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit import log
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.identifiers import mask, number_in
from tangerang_poverty.kit.text import name_key
from trainings.models import PastTraining

ALIKE = 0.4  # trigram similarity of two name keys; two letters wrong in a short name still count
MOST = 12  # of each kind


@dataclass(slots=True)
class Suggested:
    """A person and every reason why it may be them; the strongest first."""

    person: Person
    why: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)  # the waves their family stands on, the newest first


def candidates(row: PastTraining, *, user: User) -> list[Suggested]:
    """People within the user's area: by NIK, by the same name (own kelurahan first), by a similar one in the kelurahan.

    Of those who fit alike, whoever stands on the newest list comes first. As many queries for one as for many.
    """
    found: dict[int, Suggested] = {}
    if row.nik_usable and row.nik:
        for person in _people(user).filter(nik=row.nik).order_by("pk")[:MOST]:
            _add(found, person, "NIK sama")
    same = _people(user).filter(household__search_key__contains=row.name_key, name_key=row.name_key)
    namesakes = sorted(
        same.order_by("pk")[: 4 * MOST], key=lambda person: person.household.area_id != row.area_id
    )
    for person in namesakes[:MOST]:
        here = person.household.area_id == row.area_id
        _add(found, person, "nama dan kelurahan sama" if here else "nama sama, kelurahan lain")
    alike = (
        _people(user)
        .filter(household__area=row.area_id)
        .exclude(name_key=row.name_key)
        .annotate(likeness=TrigramSimilarity("name_key", row.name_key))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "pk")
    )
    for person in alike[:MOST]:
        _add(found, person, "nama mirip di kelurahan yang sama")
    for one in found.values():
        _doubts(one, row)
    return _with_lists(list(found.values()))


def search(typed: str, *, user: User) -> list[Suggested]:
    """People within the user's area by the words of a name or by a whole NIK, whose search is logged."""
    if nik := number_in(typed):
        people = list(_people(user).filter(nik=nik).order_by("pk")[:MOST])
        what = f"Mencari {mask(nik)} untuk mencocokkan riwayat pelatihan"
        log.record(by=user, action=AccessLog.Action.SEARCH, what=what, rows=len(people))
        return _with_lists([Suggested(person, ["NIK sama dengan yang dicari"]) for person in people])
    words = name_key(typed).split()
    if not words:
        return []
    rows = _people(user)
    for word in words:
        rows = rows.filter(household__search_key__contains=word, name_key__contains=word)
    found = rows.order_by("name_key", "pk")[: 2 * MOST]
    return _with_lists([Suggested(person, ["nama sesuai pencarian"]) for person in found])


def next_waiting(row: PastTraining, *, user: User) -> PastTraining | None:
    """The row to go on with: the next that waits in the order of the list, else the first."""
    waiting = PastTraining.objects.visible_to(user).waiting().exclude(pk=row.pk)
    order = ("area_id", "name_key", "id")
    after = TupleGreaterThan(Tuple(*map(F, order)), (row.area_id, row.name_key, row.pk))
    found: PastTraining | None = (
        waiting.filter(after).order_by(*order).first() or waiting.order_by(*order).first()
    )
    return found


def _people(user: User) -> PersonQuerySet:
    past = PastTraining.objects.filter(state=PastTraining.State.MATCHED).select_related("course")
    rows: PersonQuerySet = Person.objects.visible_to(user)
    return rows.select_related("household__area__parent").prefetch_related(
        Prefetch("past_trainings", past.order_by("-year"))
    )


def _with_lists(people: list[Suggested]) -> list[Suggested]:
    """Says on which lists they stand; the order stays, but of equal reasons the newest list goes first."""
    records = HouseholdRecord.objects.filter(household__in=[one.person.household_id for one in people])
    waves: dict[int, list[tuple[date, str]]] = {}
    for household, on, name in records.values_list("household", "wave__reference_date", "wave__name"):
        waves.setdefault(household, []).append((on, name))
    for one in people:
        one.lists = [name for _, name in sorted(waves.get(one.person.household_id, []), reverse=True)]
    reasons = [one.why[0] for one in people]
    newest = {household: max(found)[0].toordinal() for household, found in waves.items()}
    return sorted(
        people, key=lambda one: (reasons.index(one.why[0]), -newest.get(one.person.household_id, 0))
    )


def _add(found: dict[int, Suggested], person: Person, why: str) -> None:
    found.setdefault(person.pk, Suggested(person)).why.append(why)


def _doubts(one: Suggested, row: PastTraining) -> None:
    """What speaks against it."""
    if row.nik_usable and one.person.nik and one.person.nik != row.nik:
        one.why.append("tetapi NIK-nya lain")
    if one.person.status != Person.Status.PRESENT:
        one.why.append(f"tercatat {one.person.get_status_display().lower()}")
