"""The columns of the list of families, declared once: the page shows some of them, the workbook all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse

from households.models import Household, HouseholdRecord, Person
from households.models.registry import HouseholdQuerySet
from households.models.wave import RANK_SCALES
from households.rules import rank_group_label
from tangerang_poverty.kit.formats import partial_date
from tangerang_poverty.kit.identifiers import mask
from tangerang_poverty.kit.spreadsheets.read import Cell

_SCALES = dict(RANK_SCALES)
_STATUSES = dict(Household.Status.choices)
_WAVES = Subquery(
    HouseholdRecord.objects.filter(household=OuterRef("pk"))
    .order_by()
    .values("household")
    .annotate(names=StringAgg("wave__name", ", ", order_by="wave__reference_date"))
    .values("names")
)


def _head() -> FilteredRelation:
    """Made anew for each query: Django writes the alias into the condition of the one it is given."""
    return FilteredRelation("people", condition=Q(people__relation=Person.Relation.HEAD))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it reads (`fields`, names for `values`) and the cell it makes of it.

    `page` is where the page shows it: "" not at all, "always", "wide" where there is room, or "below"
    the family's name; `title` is a shorter header for it.
    `identity` marks a column whose clear value only goes to who may see identities.
    """

    key: str
    header: str
    fields: tuple[str, ...]
    cell: Callable[..., Cell]
    page: str = ""
    title: str = ""
    number: bool = False
    identity: bool = False

    @property
    def css(self) -> str:
        """The classes of its cells on the page: numbers to the right, "wide" ones only where there is room."""
        return f"{'bk-r' if self.number else ''} {'is-opt' if self.page == 'wide' else ''}".strip()


def _same(value: Cell) -> Cell:
    return value


def _masked(value: str | None) -> Cell:
    return mask(value or "")


def _place(kelurahan: str, kecamatan: str | None) -> str:
    return f"{kelurahan}, {kecamatan}" if kecamatan else kelurahan


def _spot(rt: str, rw: str, address: str) -> str:
    numbered = " / ".join(f"{name} {value}" for name, value in (("RT", rt), ("RW", rw)) if value)
    return ", ".join(filter(None, (numbered, address)))


def _text(choices: dict[Any, str]) -> Callable[[Any], Cell]:
    return lambda value: choices.get(value, "")


def _rank_group(group: int | None, scale: str) -> str:
    return rank_group_label(group, scale)


COLUMNS: tuple[Column, ...] = (
    Column("number", "Nomor keluarga", ("id",), _same),
    Column("head", "Kepala rumah tangga", ("head_name",), _same, page="always"),
    Column("place", "Wilayah", ("area__name", "area__parent__name"), _place, page="wide"),
    Column("kecamatan", "Kecamatan", ("area__parent__name",), _same),
    Column("kelurahan", "Kelurahan", ("area__name",), _same),
    Column("code", "Kode kelurahan", ("area_id",), _same),
    Column("spot", "Alamat lengkap", ("rt", "rw", "address"), _spot, page="below"),
    Column("address", "Alamat", ("address",), _same),
    Column("rt", "RT", ("rt",), _same),
    Column("rw", "RW", ("rw",), _same),
    Column("sex", "Jenis kelamin kepala", ("head__sex",), _text(dict(Person.Sex.choices))),
    Column("birth", "Tanggal lahir kepala", ("head__birth_date", "head__birth_precision"), partial_date),
    Column("nik", "NIK kepala", ("head__nik",), _same, identity=True),
    Column("kk", "Nomor KK kepala", ("head__kk",), _same, identity=True),
    Column("education", "Pendidikan kepala", ("head__education",), _same),
    Column("occupation", "Pekerjaan kepala", ("head__occupation",), _same),
    Column("members", "Anggota", ("member_count",), _same, page="wide", number=True),
    Column("rank", "Peringkat", ("rank",), _same, number=True),
    Column("scale", "Skala peringkat", ("rank_scale",), _text(_SCALES)),
    Column(
        "group",
        "Kelompok peringkat",
        ("rank_group", "rank_scale"),
        _rank_group,
        page="always",
        title="Peringkat",
    ),
    Column("status", "Status", ("status",), _text(_STATUSES), page="wide"),
    Column("helped", "Tahun pelatihan pertama", ("helped_in",), _same, number=True),
    Column("waves", "Gelombang", ("waves",), _same),
)
PAGE_COLUMNS = tuple(column for column in COLUMNS if column.page in ("always", "wide"))
SHEET_COLUMNS = tuple(column for column in COLUMNS if column.key not in ("place", "spot"))
_BELOW = next(column for column in COLUMNS if column.page == "below")


_HEAD_COLUMN, *_MIDDLE, _STATUS = PAGE_COLUMNS  # the page writes the first and the last in ways of their own
EMPTY = "—"
NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class PageRow:
    """One family on the page, ready to be written: a template that decides cell by cell takes twice the time.

    `cells` are what stands between the head and the status: (CSS classes, text). `members` are the people other
    than the head that a search is about, `concerned` those whom a problem of the data is about.
    """

    url: str
    head: Cell
    below: Cell
    cells: tuple[tuple[str, Cell], ...]
    status: Cell
    listed: bool
    members: str
    concerned: str


def page_values(rows: HouseholdQuerySet) -> Any:
    """What a page of the list reads, as dictionaries: one query, no model instances."""
    fields = {field for column in (*PAGE_COLUMNS, _BELOW) for field in column.fields}
    return rows.values(*sorted(fields | {"id", "area_id", "rank_order"}))


def page_rows(
    found: Iterable[dict[str, Any]],
    *,
    members: Mapping[int, Sequence[str]] = MappingProxyType({}),
    concerned: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> list[PageRow]:
    """`members` are the people a search is about, by household; the head needs no second mention.

    `concerned` are those whom the problem asked for is about, the head among them.
    """
    beginning, _, end = reverse("households:detail", args=[0]).rpartition("0")
    return [
        _page_row(
            values,
            f"{beginning}{values['id']}{end}",
            members.get(values["id"], ()),
            concerned.get(values["id"], ()),
        )
        for values in found
    ]


def _page_row(values: dict[str, Any], url: str, members: Sequence[str], concerned: Sequence[str]) -> PageRow:
    def cell(column: Column) -> Cell:
        return column.cell(*(values[field] for field in column.fields))

    return PageRow(
        url,
        cell(_HEAD_COLUMN) or "Tanpa kepala",
        cell(_BELOW),
        tuple((column.css, cell(column) or EMPTY) for column in _MIDDLE),
        cell(_STATUS),
        values["status"] == Household.Status.ON_LIST,
        ", ".join(name for name in members if name != values["head_name"]),
        _some(concerned),
    )


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f", dan {more} lagi" if more > 0 else "")


def sheet_rows(rows: HouseholdQuerySet, *, with_identities: bool) -> Iterator[list[Cell]]:
    """Cells of the workbook in the order of SHEET_COLUMNS, streamed from the database."""
    fields = list(dict.fromkeys(field for column in SHEET_COLUMNS for field in column.fields))
    at = {field: index for index, field in enumerate(fields)}
    as_read = itemgetter(*(at[column.fields[0]] for column in SHEET_COLUMNS))
    made = [
        (place, _masked if hide else column.cell, [at[field] for field in column.fields])
        for place, column in enumerate(SHEET_COLUMNS)
        if (hide := column.identity and not with_identities) or column.cell is not _same
    ]
    found = rows.annotate(head=_head(), waves=_WAVES).values_list(*fields).iterator(chunk_size=2_000)
    for row in found:
        line = list(as_read(row))
        for place, cell, indexes in made:
            line[place] = cell(*[row[index] for index in indexes])
        yield line
