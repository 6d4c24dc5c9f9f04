"""What an import found: counts, rows with their problems, and the rejected rows as a workbook to correct."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from households.imports import differences
from households.imports.differences import Difference
from households.imports.layouts import LAYOUTS
from households.models import (
    ImportBatch,
    PersonRecord,
    StagedHousehold,
    StagedPerson,
    StagedProblem,
    Verdict,
)
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.pages import KeysetPage, keyset_page
from tangerang_poverty.kit.spreadsheets.write import Sheet

CONSEQUENCES = frozenset(
    {"household_rejected"}
)  # not problems of their own: the household's row names the cause
MASALAH = "Masalah"
PLACE_FIELDS = ("kelurahan", "kelurahan_code", "area_code")


def counted(batch: ImportBatch) -> dict[str, Any]:
    """Counts of the staged rows as kept in `batch.summary`.

    {"households": {verdict: n}, "people": {verdict: n}, "problems": [[code, on_people, n, is_error, example]],
     "areas": {area code or "": {verdict: n}}}; areas count households. Problems: the most frequent first, those of
    people's rows apart from those of households' rows.
    """
    households = StagedHousehold.objects.filter(batch=batch)
    people = StagedPerson.objects.filter(batch=batch)
    areas: dict[str, dict[str, int]] = {}
    for area, verdict, count in households.values_list("area", "verdict").annotate(n=Count("id")).order_by():
        areas.setdefault(area or "", {})[verdict] = count
    problems = (
        StagedProblem.objects.filter(batch=batch)
        .values_list("code", "is_person")
        .annotate(n=Count("id"), error=BoolOr("is_error"), example=Min("message"))
        .order_by("-n", "code")
    )
    return {
        "households": dict(households.values_list("verdict").annotate(n=Count("id")).order_by()),
        "people": dict(people.values_list("verdict").annotate(n=Count("id")).order_by()),
        "problems": [list(found) for found in problems],
        "areas": areas,
    }


def writable(summary: dict[str, Any]) -> int:
    """Rows that would be written, as kept in the summary."""
    return sum(
        count
        for level in ("households", "people")
        for verdict, count in summary.get(level, {}).items()
        if verdict != Verdict.REJECTED
    )


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """One tile of the wizard."""

    verdict: str
    label: str
    households: int
    people: int


def by_verdict(batch: ImportBatch) -> list[VerdictCount]:
    """New, changed, same and rejected, in this order, with zeros."""
    households, people = batch.summary.get("households", {}), batch.summary.get("people", {})
    return [
        VerdictCount(
            verdict.value, str(verdict.label), households.get(verdict.value, 0), people.get(verdict.value, 0)
        )
        for verdict in Verdict
    ]


@dataclass(frozen=True, slots=True)
class ProblemCount:
    """How often a problem occurs, with one of its sentences."""

    code: str
    count: int
    is_error: bool
    example: str
    on_people: bool


def by_problem(batch: ImportBatch) -> list[ProblemCount]:
    """The most frequent first. Errors rejected their rows, the others came with a note."""
    return [
        ProblemCount(code, count, is_error, example, on_people)
        for code, on_people, count, is_error, example in batch.summary.get("problems", [])
        if code not in CONSEQUENCES
    ]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Households of a kelurahan by verdict; without `area` those whose kelurahan is not known."""

    area: Area | None
    new: int
    changed: int
    same: int
    rejected: int


def by_kelurahan(batch: ImportBatch) -> list[AreaCount]:
    """Every kelurahan in the file, the one with most rejected households first."""
    counts: dict[str, dict[str, int]] = batch.summary.get("areas", {})
    areas = Area.objects.select_related("parent").in_bulk([code for code in counts if code])
    rows = [
        AreaCount(areas.get(code), *(found.get(verdict.value, 0) for verdict in Verdict))
        for code, found in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.rejected, row.area.code if row.area else ""))


@dataclass(slots=True)
class StagedRow:
    """A staged row, its problems and how it differs from the registry; `bad` are the headers at fault."""

    row: StagedHousehold | StagedPerson
    is_person: bool
    problems: list[StagedProblem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def bad(self) -> set[str]:
        return {problem.column for problem in self.problems if problem.column}


def households_page(
    batch: ImportBatch,
    *,
    verdict: str = "",
    problem: str = "",
    area: str | None = None,
    cursor: str = "",
    size: int = 50,
) -> KeysetPage[StagedRow]:
    """Staged households in the order of the file; `area` "" stands for those of unknown kelurahan."""
    rows = StagedHousehold.objects.filter(batch=batch).select_related("area__parent")
    if area is not None:
        rows = rows.filter(area=area) if area else rows.filter(area=None)
    return _page(batch, rows, False, verdict, problem, cursor, size)


def people_page(
    batch: ImportBatch,
    *,
    verdict: str = "",
    problem: str = "",
    at_fault: bool = False,
    cursor: str = "",
    size: int = 50,
) -> KeysetPage[StagedRow]:
    """Staged people in the order of the file; `at_fault` leaves out who was rejected with the household only."""
    rows = StagedPerson.objects.filter(batch=batch)
    if at_fault:
        own = StagedProblem.objects.filter(
            batch=batch, is_person=True, is_error=True, sheet=OuterRef("sheet"), row=OuterRef("row")
        )
        rows = rows.filter(Exists(own.exclude(code__in=CONSEQUENCES)))
    return _page(batch, rows, True, verdict, problem, cursor, size)


def _page(
    batch: ImportBatch,
    rows: QuerySet[Any],
    is_person: bool,
    verdict: str,
    problem: str,
    cursor: str,
    size: int,
) -> KeysetPage[StagedRow]:
    if verdict:
        rows = rows.filter(verdict=verdict)
    if problem:
        named = StagedProblem.objects.filter(
            batch=batch, code=problem, is_person=is_person, sheet=OuterRef("sheet"), row=OuterRef("row")
        )
        rows = rows.filter(Exists(named))
    page = keyset_page(rows.defer("raw"), order=["id"], size=size, cursor=cursor)
    staged = [StagedRow(row, is_person) for row in page.items]
    _add_problems(batch, staged)
    found = differences.of_people(page.items) if is_person else differences.of_households(page.items)
    for one in staged:
        one.differences = found[one.row.pk]
    return KeysetPage(staged, page.next_cursor, page.previous_cursor)


def _add_problems(batch: ImportBatch, staged: list[StagedRow]) -> None:
    places = {(one.row.sheet, one.row.row, one.is_person): one for one in staged}
    problems = StagedProblem.objects.filter(batch=batch, row__in={one.row.row for one in staged}).order_by(
        "-is_error", "id"
    )
    for problem in problems:
        found = places.get((problem.sheet, problem.row, problem.is_person))
        if found:
            found.problems.append(problem)


def rejected_rows(batch: ImportBatch) -> int:
    """Rows the workbook of rejected rows has people in."""
    return StagedPerson.objects.filter(batch=batch, verdict=Verdict.REJECTED).count()


def rejected_sheets(batch: ImportBatch) -> list[Sheet]:
    """The rejected rows in the file's own sheets and columns, each with its problems in a last column.

    The household of a rejected member comes along, so that the corrected workbook can be uploaded as it is.
    Identifiers stand in it in clear: the caller logs the download.
    """
    return [
        Sheet(
            sheet["name"],
            [*(header for header, *_ in sheet["columns"]), MASALAH],
            list(_rejected(batch, sheet)),
            notes=[f"Perbaiki baris di sini, lalu unggah kembali. Kolom {MASALAH} boleh dibiarkan."],
        )
        for sheet in batch.summary.get("sheets", [])
    ]


def recorded_cards(batch: ImportBatch) -> dict[str, list[str]]:
    """Family cards by household key as the batch's wave has them already, in the order of their families."""
    found: dict[str, list[str]] = {}
    people = PersonRecord.objects.filter(household_record__wave=batch.wave_id, kk__isnull=False)
    order = ("household_record__source_key", "family_number", "number")
    for key, card in people.order_by(*order).values_list("household_record__source_key", "kk"):
        cards = found.setdefault(key, [])
        if card not in cards:
            cards.append(card)
    return found


def _rejected(batch: ImportBatch, sheet: dict[str, Any]) -> Iterator[list[str]]:
    problems: dict[tuple[int, bool], list[str]] = {}
    undecided = set()  # rows of households whose place the file leaves open
    for problem in StagedProblem.objects.filter(batch=batch, sheet=sheet["name"], is_error=True).order_by(
        "row", "id"
    ):
        problems.setdefault((problem.row, problem.is_person), []).append(problem.message)
        if problem.code == "two_kelurahan":
            undecided.add(problem.row)
    people = StagedPerson.objects.filter(batch=batch, verdict=Verdict.REJECTED)
    if sheet["level"] == "household":
        with_rejected = people.filter(household_key=OuterRef("source_key"))
        households = StagedHousehold.objects.filter(batch=batch, sheet=sheet["name"])
        wanted = households.filter(Exists(with_rejected)) | households.filter(verdict=Verdict.REJECTED)
        for one in wanted.order_by("row"):
            yield _line(sheet, one, None, problems.get((one.row, False), []), open_place=one.row in undecided)
        return
    owners: dict[str | int, StagedHousehold] = {}
    if sheet["level"] == "both":
        homes = StagedHousehold.objects.filter(batch=batch, sheet=sheet["name"])
        owners = {one.source_key or one.row: one for one in homes}
    for person in people.filter(sheet=sheet["name"]).order_by("row"):
        owner = owners.get(person.household_key or person.row)
        said = problems.get((person.row, True), [])
        if owner is not None:
            said = said + problems.get((owner.row, False), [])
        yield _line(sheet, owner, person, said, open_place=owner is not None and owner.row in undecided)


def _line(
    sheet: dict[str, Any],
    household: StagedHousehold | None,
    person: StagedPerson | None,
    said: list[str],
    *,
    open_place: bool = False,
) -> list[str]:
    """The row's cells under the sheet's headers; an open place is left empty, so that somebody decides it."""
    kept = {
        "source_key": household.source_key if household else "",
        "head_name": household.head_name if household else "",
        "household_key": person.household_key if person else "",
        "name": person.name if person else "",
        "nik": (person.nik or "") if person else "",
        "kk": (person.kk or "") if person else "",
    }
    kept |= dict.fromkeys(PLACE_FIELDS, "") if open_place else {}
    raw = {**(household.raw if household else {}), **(person.raw if person else {})}
    cells = [kept[name] if name in kept else raw.get(key, "") for _, key, name, _ in sheet["columns"]]
    return [*cells, " ".join(dict.fromkeys(said))]


def layout_label(batch: ImportBatch) -> str:
    """The layout in words, "" while it is not known."""
    layout = LAYOUTS.get(batch.layout)
    return layout.label if layout else ""
