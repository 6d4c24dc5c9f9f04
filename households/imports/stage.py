"""Staging: reads the kept files of a batch row by row and copies what they say, with every problem, aside.

Everything happens in one transaction: a killed worker leaves the batch without rows, and its files to start again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from households.imports import judge, reports
from households.imports.cells import Finding, Findings
from households.imports.copying import Copier
from households.imports.layouts import Layout
from households.imports.layouts.recognise import HEADER_WITHIN, named
from households.imports.parse import HouseholdRow, PersonRow, RowParser
from households.imports.source import LeftAside, SourceFile, SourceTable, tables
from households.imports.workbench import Stopped, Workbench, at_work
from households.lifecycle import move
from households.models import ImportBatch, ImportFile, Verdict
from tangerang_poverty.areas.resolver import AreaResolver
from tangerang_poverty.kit.encrypted import encrypt
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.spreadsheets.read import Unreadable

SHEET_NAME = 40
TICK_EVERY = 500  # rows
HOUSEHOLD_COLUMNS = (
    "batch_id", "sheet", "row", "source_key", "area_id", "kecamatan_text", "kelurahan_text", "address", "rt", "rw",
    "head_name", "family_count", "rank", "rank_scale", "rank_group", "raw", "verdict",
)  # fmt: skip
PERSON_COLUMNS = (
    "batch_id", "sheet", "row", "household_key", "number", "name", "tidy_name", "name_key", "sex", "birth_date",
    "birth_precision", "birth_place", "nik", "kk", "nik_usable", "kk_usable", "identity_notes", "relation",
    "family_number", "education", "occupation", "disability", "raw", "verdict",
)  # fmt: skip
PROBLEM_COLUMNS = ("batch_id", "sheet", "row", "is_person", "code", "is_error", "column", "value", "message")
logger = logging.getLogger("berdikari.imports")


def stage(batch_id: int) -> None:
    """Read and judge a batch that was uploaded or whose staging was interrupted. Does nothing in another state.

    Ends in the state staged, refused (with the reasons) or, when somebody stopped it, uploaded again.
    """
    with at_work(batch_id, heeds_stop=True) as bench:
        if bench is None:
            return  # another worker has it
        batch = ImportBatch.objects.select_related("wave").get(pk=batch_id)
        if batch.state not in (ImportBatch.State.UPLOADED, ImportBatch.State.STAGING):
            return
        move(batch, "begin", attempts=batch.attempts + 1)
        staging = _Staging(batch, bench)
        try:
            bench.say("Membuka berkas")
            with transaction.atomic():
                staging.run()
        except Stopped:
            ImportBatch.objects.filter(pk=batch_id, state=batch.State.STAGING).update(
                state=batch.State.UPLOADED, attempts=0
            )
        except Unreadable as unreadable:  # damaged further on than where the layout was recognised
            refuse(batch, (unreadable.problem,))
        except Refused as refused:
            refuse(batch, refused.problems)
        except (OperationalError, InterfaceError):
            raise  # the database went away, the file is not to blame: it is read again when asked for
        except Exception:  # a cell nobody thought of must not leave people waiting for ever
            logger.exception("Import %s could not be checked, %s.", batch_id, staging.place)
            refuse(batch, (_unexpected(staging.place),))


def _unexpected(place: str) -> Problem:
    return Problem(
        "unexpected",
        f"Pemeriksaan terhenti karena kesalahan yang tidak terduga, {place}. Perbaiki isi yang tidak lazim di "
        "sekitarnya, misalnya sel yang sangat panjang, lalu unggah lagi. Bila tetap terhenti, minta pengelola sistem "
        "melihat catatan pekerja.",
    )


def refuse(batch: ImportBatch, problems: tuple[Problem, ...]) -> None:
    """Nothing of a refused batch is kept but the reasons."""
    refusal = [{"code": problem.code, "message": problem.message} for problem in problems]
    files = list(batch.files.all())
    with transaction.atomic():
        batch.state = ImportBatch.State.STAGING
        move(batch, "refuse", refusal=refusal)
        batch.files.update(is_live=False)
    for file in files:
        file.file.delete(save=False)


def sources(batch: ImportBatch) -> list[SourceFile]:
    """The kept files of a batch in their order."""
    files: list[ImportFile] = list(batch.files.order_by("position"))
    return [SourceFile(Path(file.file.path), file.name) for file in files]


@dataclass
class _Seen:
    """A household of a joined or household sheet as it was met first."""

    sheet: str
    row: int
    said: int
    area: str | None
    place: str
    cards: list[str] = field(default_factory=list)


class _Staging:
    """One run over the files of a batch."""

    def __init__(self, batch: ImportBatch, bench: Workbench) -> None:
        self.batch, self.bench = batch, bench
        self.seen: dict[str, _Seen] = {}
        self.resolver = AreaResolver()
        self.sheets: list[dict[str, Any]] = []
        self.names: set[str] = set()
        self.notes: list[str] = []
        self.cards: dict[str, list[str]] = {}
        self.place = "waktu berkas dibuka"

    def run(self) -> None:
        with connection.cursor() as cursor:
            self.households = Copier(cursor, "households_stagedhousehold", HOUSEHOLD_COLUMNS)
            self.people = Copier(cursor, "households_stagedperson", PERSON_COLUMNS)
            self.problems = Copier(
                cursor, "households_stagedproblem", [f'"{name}"' for name in PROBLEM_COLUMNS]
            )
            layout = self._read()
            for copier in (self.households, self.people, self.problems):
                copier.flush()
            if not self.households.count and not self.people.count:
                raise Refused(self._only_headers())
            self.place = "waktu isi berkas dibandingkan dengan registri"
            self.bench.say("Membandingkan dengan registri")
            judge.inside_file(cursor, self.batch, layout)
            judge.against_registry(cursor, self.batch, layout)
            summary = {**reports.counted(self.batch), "sheets": self.sheets, "notes": self.notes}
            move(
                self.batch,
                "staged",
                layout=layout.key,
                staged_at=timezone.now(),
                summary=summary,
                attempts=0,
            )

    def _only_headers(self) -> Problem:
        files, sheets = sources(self.batch), [sheet["name"] for sheet in self.sheets]
        return Problem(
            "empty",
            f"Berkas {named([file.name for file in files], sheets)} hanya berisi judul kolom, tanpa satu baris data "
            f"pun di bawahnya. Judul kolom harus ada dalam {HEADER_WITHIN} baris pertama.",
        )

    def _read(self) -> Layout:
        layout: Layout | None = None
        done = 0
        for table in tables(sources(self.batch), layout=self.batch.layout):
            if isinstance(table, LeftAside):
                self._note(table.name, table.warning)
                continue
            for warning in table.recognised.warnings if layout is None else ():
                self._note(table.sheet.name, warning)
            layout = table.recognised.layout
            self._describe(table)
            self.bench.say(f"Membaca lembar {table.sheet.name}"[:60], total=table.expected_rows)
            done += self._read_table(table, layout)
        if layout is None:
            raise Refused(Problem("unknown_layout", "Susunan kolom berkas ini tidak dikenali."))
        return layout

    def _describe(self, table: SourceTable) -> None:
        """The columns as the file has them, so that rejected rows can be given back in the same ones."""
        sheet = table.sheet
        columns = []
        for index, header in sorted(sheet.headers.items()):
            column = sheet.columns.get(index)
            if column is not None:
                columns.append([header, column.key, column.field, column.level])
            elif index in sheet.extra:
                columns.append([header, sheet.extra[index], "", ""])
        name = self._own_name(sheet.name)
        self.sheets.append({"name": name, "level": sheet.sheet.level, "columns": columns})

    def _note(self, sheet: str, warning: Problem) -> None:
        """What holds for a sheet as a whole: a problem of its row 0, and a sentence of its own on the page."""
        message = without_numbers(warning.message)
        self.notes.append(message)
        self._problem(without_numbers(sheet)[:SHEET_NAME], 0, False, Finding(warning.code, message))

    def _own_name(self, name: str) -> str:
        """The sheet's name, told apart from that of an earlier sheet: rows are known by sheet and row."""
        own, turn = name[:SHEET_NAME], 2
        while own in self.names:
            own, turn = f"{name[: SHEET_NAME - 5]} ({turn})", turn + 1
        self.names.add(own)
        return own

    def _read_table(self, table: SourceTable, layout: Layout) -> int:
        parser = RowParser(
            table.sheet,
            layout,
            resolve=self.resolver.resolve,
            today=timezone.localdate(),
            reference=self.batch.wave.reference_date,
            home_prefix=settings.HOME_NIK_PREFIX,
            usual_width=table.usual_width,
        )
        name, level = self.sheets[-1]["name"], table.sheet.sheet.level
        if not self.cards and "kk" in parser.of_person.fields and "relation" not in parser.of_person.fields:
            self.cards = reports.recorded_cards(self.batch)
        number = 0
        try:
            for number, row in table.rows:
                cells = parser.padded(row)
                if level != "person":
                    self._household(parser, name, number, cells)
                if level != "household":
                    self._person(parser, name, number, cells)
                if number % TICK_EVERY == 0:
                    self.bench.tick(number)
        finally:
            self.place = f"di lembar {name} dekat baris {_dotted(number)}"
        return number

    def _household(self, parser: RowParser, sheet: str, number: int, cells: list[Any]) -> None:
        key = parser.key(cells, "source_key", parser.of_household)
        said = parser.same_household(cells)
        first = self.seen.get(key) if key else None
        if first is not None and first.said == said:
            return
        row, found = parser.household(cells)
        if first is not None:
            self._repeated(first, row, sheet, number)
            return
        cards = list(self.cards.get(row.source_key, ()))
        self.seen[row.source_key] = _Seen(sheet, number, said, row.area, row.kelurahan, cards)
        self._report(sheet, number, False, found)
        rejected = any(finding.is_error for finding in found)
        self.households.add(
            (self.batch.pk, sheet, number, *row, (Verdict.REJECTED if rejected else Verdict.NEW).value)
        )

    def _repeated(self, first: _Seen, row: HouseholdRow, sheet: str, number: int) -> None:
        """The same household once more with other contents: in another kelurahan it is not to be decided here."""
        if first.area and row.area and first.area != row.area:
            finding = Finding(
                "two_kelurahan",
                f"Rumah tangga {row.source_key} ada di dua kelurahan: {first.place} (baris {_dotted(first.row)}) "
                f"dan {row.kelurahan} (baris {_dotted(number)}). Tulis kelurahan yang benar.",
                value=row.kelurahan,
                is_error=True,
            )
            self._problem(first.sheet, first.row, False, finding)
            return
        finding = Finding(
            "household_differs",
            f"Isi rumah tangga {row.source_key} di baris {_dotted(number)} berbeda dengan baris "
            f"{_dotted(first.row)}; yang dipakai baris {_dotted(first.row)}.",
        )
        self._problem(first.sheet, first.row, False, finding)

    def _person(self, parser: RowParser, sheet: str, number: int, cells: list[Any]) -> None:
        row, found = parser.person(cells)
        if row.kk and "relation" not in parser.of_person.fields:
            row = self._by_card(row)
        self._report(sheet, number, True, found)
        rejected = any(finding.is_error for finding in found)
        values = row._replace(
            nik=encrypt(row.nik, purpose="nik") if row.nik else None,  # type: ignore[arg-type]
            kk=encrypt(row.kk, purpose="kk") if row.kk else None,  # type: ignore[arg-type]
        )
        self.people.add(
            (self.batch.pk, sheet, number, *values, (Verdict.REJECTED if rejected else Verdict.NEW).value)
        )

    def _by_card(self, row: PersonRow) -> PersonRow:
        """Where relations are to the head of a family card, only the first card's hold for the household."""
        first = self.seen.get(row.household_key)
        if first is None:
            return row
        if row.kk not in first.cards:
            first.cards.append(row.kk)
        family = first.cards.index(row.kk) + 1
        return row._replace(family_number=family, relation=row.relation if family == 1 else None)

    def _report(self, sheet: str, number: int, is_person: bool, found: Findings) -> None:
        for finding in found:
            shown = replace(
                finding,
                value=without_numbers(finding.value),
                message=without_numbers(finding.message),
            )
            self._problem(sheet, number, is_person, shown)

    def _problem(self, sheet: str, number: int, is_person: bool, finding: Finding) -> None:
        self.problems.add(
            (
                self.batch.pk,
                sheet,
                number,
                is_person,
                finding.code[:40],
                finding.is_error,
                finding.column[:80],
                finding.value,
                finding.message[:300],
            )
        )


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
