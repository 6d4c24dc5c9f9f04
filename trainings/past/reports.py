"""What the pages of the past show: counts of a file, its rows, and workbooks of those that are rejected or wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.kit.pages import KeysetPage, keyset_page
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from trainings.lifecycle import PastImportState
from trainings.models import Course, Finding, PastImport, PastTraining, StagedPast
from trainings.past.columns import TITLES
from trainings.past.parse import EARLIEST_YEAR

PROBLEM_COLUMN = "Masalah"
FIRST_ROWS = 6
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that mean the same to whoever decides whether to apply; `word` stands in addresses."""

    word: str
    label: str
    remark: str
    kind: str
    findings: tuple[Finding, ...]


GROUPS = (
    Group("cocok", "Cocok", "keluarganya ditemukan", "good", (Finding.NIK, Finding.NAME)),
    Group(
        "pilih", "Perlu dipilih", "lebih dari satu kemungkinan", "warn", (Finding.SEVERAL, Finding.OTHER_NIK)
    ),
    Group("tidak", "Tidak ditemukan", "menunggu dicocokkan", "info", (Finding.NONE,)),
    Group("sama", "Sudah ada", "dilewati", "", (Finding.SAME,)),
    Group("ditolak", "Ditolak", "harus diperbaiki", "bad", (Finding.REJECTED,)),
)
BY_WORD = {group.word: group for group in GROUPS}


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure of a file: a group, how many rows, and whether they can still be looked at here."""

    group: Group
    number: int
    opens: bool


@dataclass(frozen=True, slots=True)
class NamedCourse:
    """A course the file names: what it will be called, on how many rows, and which known one it is, if any."""

    key: str
    text: str
    rows: int
    course: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of the past: rows by state within the reader's area, and the files with their rows in effect."""

    matched: int
    waiting: int
    dismissed: int
    imports: list[PastImport]


def overview(user: User) -> Overview:
    """Two queries."""
    rows = PastTraining.objects.visible_to(user).order_by().values_list("state").annotate(n=Count("id"))
    counts: dict[str, int] = dict(rows)
    state = PastTraining.State
    return Overview(
        counts.get(state.MATCHED, 0),
        counts.get(state.UNMATCHED, 0),
        counts.get(state.DISMISSED, 0),
        list(PastImport.objects.visible_to(user).for_list()),
    )


def counted(past_import: PastImport) -> list[Counted]:
    """The figures of a file as they were judged last. Staged rows open; those taken over stand in the list."""
    findings: dict[str, int] = past_import.summary.get("findings", {})
    open_all = past_import.state == PastImportState.STAGED
    keeps = open_all or past_import.state == PastImportState.APPLIED
    return [
        Counted(
            group,
            number := sum(findings.get(finding.value, 0) for finding in group.findings),
            opens=bool(number) and (open_all or (keeps and group.word in ("sama", "ditolak"))),
        )
        for group in GROUPS
    ]


def now_counts(past_import: PastImport) -> dict[str, int]:
    """Rows in effect by state, for a file that was applied; and those that people decided, under "hand"."""
    rows = past_import.rows.order_by()
    by_state: dict[str, int] = dict(rows.values_list("state").annotate(n=Count("id")))
    by_hand = rows.filter(finding=Finding.HAND) | rows.filter(state=PastTraining.State.DISMISSED)
    return {**by_state, "hand": by_hand.count()}


def courses_of(past_import: PastImport) -> list[NamedCourse]:
    """The courses a file names, the most frequent first."""
    return [NamedCourse(one["key"], one["text"], one["rows"], one["course"]) for one in past_import.courses]


def new_courses(past_import: PastImport) -> list[str]:
    """Those that would be added to the list of courses."""
    return [one.text for one in courses_of(past_import) if one.course is None]


def course_choices() -> list[tuple[int, str]]:
    """All courses, also those no longer taught."""
    return list(Course.objects.order_by("name").values_list("pk", "name"))


def staged_page(
    past_import: PastImport, group: Group | None, *, cursor: str = "", size: int = PAGE_SIZE
) -> KeysetPage[StagedPast]:
    """Rows of a file in its own order."""
    rows = past_import.staged.select_related("area__parent", "course", "person__household__area")
    if group is not None:
        rows = rows.filter(finding__in=group.findings)
    return keyset_page(rows.defer("cells", "extra"), order=["id"], size=size, cursor=cursor)


def left_out(past_import: PastImport) -> int:
    """How many rows the workbook of rejected rows has."""
    return sum(one.number for one in counted(past_import) if one.group.word in ("sama", "ditolak"))


def rejected_sheets(past_import: PastImport, *, with_identities: bool) -> list[Sheet]:
    """The rows that are not taken over, in the file's own sheets and columns, what is wrong in a last column.

    Rows that are there already stand on a sheet of their own. A NIK is in clear only with `with_identities`.
    """
    note = f"Perbaiki baris di sini, lalu unggah kembali. Kolom {PROBLEM_COLUMN} boleh dibiarkan."
    made: list[Sheet] = []
    for finding, suffix in ((Finding.REJECTED, ""), (Finding.SAME, " (sudah ada)")):
        for sheet in past_import.sheets:
            rows = past_import.staged.filter(finding=finding, sheet=sheet["name"]).order_by("id")
            if rows.exists():
                made.append(
                    Sheet(
                        f"{sheet['name'][:18]}{suffix}",
                        [*sheet["columns"], PROBLEM_COLUMN],
                        _lines(rows.iterator(), sheet, with_identities=with_identities),
                        notes=[note] if not made else [],
                    )
                )
    return made or [Sheet("Kosong", [*TITLES, PROBLEM_COLUMN], [])]


def _lines(
    rows: Iterator[StagedPast], sheet: dict[str, Any], *, with_identities: bool
) -> Iterator[Sequence[str]]:
    for row in rows:
        cells = [*row.cells]
        if sheet["nik"] is not None and row.nik:
            cells[sheet["nik"]] = row.nik if with_identities else mask(row.nik)
        said = [problem["message"] for problem in row.problems if problem["error"]]
        if row.same_as:
            said.append(f"Sudah ada: {row.same_as}.")
        yield [*cells, " ".join(said)]


def rows_sheet(rows: Iterable[PastTraining], *, notes: Sequence[str]) -> Sheet:
    """Rows of the past for the desk: who, when, where, and whose they were found to be. NIK masked."""
    header = [*TITLES, "Keadaan", "Hasil pencarian", "Anggota", "Catatan"]
    lines: Iterator[Sequence[Cell]] = (
        [
            row.year,
            str(row.course),
            row.area.parent.name if row.area.parent else "",
            row.area.name,
            row.name,
            mask(row.nik or ""),
            str(row.get_state_display()),
            str(row.get_finding_display()),
            row.person.name if row.person else "",
            row.note,
        ]
        for row in rows
    )
    return Sheet("Riwayat", header, lines, notes=notes)


def template_sheets(year: int) -> list[Sheet]:
    """The workbook to fill in, with rows that show how."""
    rows: list[Sequence[Cell]] = [
        [year - 1, "Kue kering", "Periuk", "Gembor", "Siti Aminah", "9971015204750001"],
        [year - 2, "Pijat refleksi", "Cibodas", "Jatiuwung", "Suparman", None],
    ]
    notes = [
        "Hapus kedua baris contoh, lalu isi satu baris untuk setiap lulusan.",
        f"Tahun: empat angka, {EARLIEST_YEAR} atau sesudahnya.",
        "Kecamatan boleh kosong, kecuali bila nama kelurahannya ada di beberapa kecamatan.",
        "NIK boleh kosong. Simpan sebagai teks: Excel membulatkan angka 16 digit.",
        "Kolom lain boleh ditambahkan; isinya membantu mencocokkan orang bernama sama.",
    ]
    return [Sheet("Riwayat", TITLES, rows, notes=notes)]
