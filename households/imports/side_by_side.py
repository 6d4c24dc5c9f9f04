"""What each wave said of one family, side by side: codes in words, differences marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from households.imports.codebook import decode
from households.imports.layouts import LAYOUTS
from households.models import HouseholdRecord
from households.models.wave import RANK_SCALES
from households.rules import RankScale, rank_group_label

_SCALES = dict(RANK_SCALES)
SAME_SPELLING = 0.7  # two names at least this alike differ in spelling only

# The same question in the layouts that ask it, under the keys their cells are kept by.
THEMES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (label, frozenset(keys.split()))
    for label, keys in (
        ("Status bangunan", "status_rumah status_bangunan"),
        ("Lantai terluas", "jenis_lantai lantai_terluas"),
        ("Dinding terluas", "jenis_dinding dinding_terluas"),
        ("Atap terluas", "jenis_atap atap_terluas"),
        ("Sumber air minum", "sumber_air_minum"),
        ("Penerangan", "sumber_listrik sumber_penerangan_utama"),
        ("Bahan bakar memasak", "bahan_bakar_memasak"),
        ("Tempat buang air besar", "tempat_bab fasilitas_bab"),
        ("Pembuangan tinja", "tempat_tinja tempat_buang_tinja"),
    )
)
# Fields that have a row of their own above the rest.
SHOWN_ABOVE = frozenset({
    "address", "rt", "rw", "kelurahan", "kecamatan", "kelurahan_code", "kecamatan_code", "regency_code",
    "province_code", "area_code", "rank", "head_name", "member_count", "family_count",
})  # fmt: skip
ACRONYMS = frozenset({
    "ac", "art", "bab", "bdt", "bpjs", "hp", "kip", "kis", "kk", "kks", "krt", "ktp", "kur", "nik",
    "pkh", "pln", "rt", "rw", "sls", "tv", "umk", "wc",
})  # fmt: skip
LABELS = {"ruta_6": "Kode rumah tangga (ruta_6)"}  # where the header says nothing to who reads it
_THEMED = frozenset().union(*(keys for _, keys in THEMES))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a cell's text; `marked` where it differs from the other waves."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a label, a cell for each record (empty: not asked), and what the difference is called."""

    label: str
    cells: tuple[tuple[Part, ...], ...]
    difference: str

    @property
    def differs(self) -> bool:
        return bool(self.difference)

    @property
    def answered_by_all(self) -> bool:
        return all(self.cells)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The records of one family in the order of their waves. `rest` are cells no theme knows."""

    records: tuple[HouseholdRecord, ...]
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]

    @property
    def differences(self) -> int:
        return sum(row.differs for row in self.rows)

    @property
    def several(self) -> bool:
        return len(self.records) > 1


def compare(records: Iterable[HouseholdRecord]) -> Comparison:
    """`records` with their wave, area and people already fetched; one record gives plain rows."""
    found = tuple(records)
    rows = [
        _row("Kepala rumah tangga", [record.head_name for record in found], spelling=True),
        _row("Alamat", [record.address for record in found]),
        _row("RT / RW", [" / ".join(filter(None, (record.rt, record.rw))) for record in found]),
        _row("Kelurahan", [str(record.area) for record in found]),
        _members(found),
        _row(
            "Nama anggota",
            [", ".join(person.name for person in record.people.all()) for record in found],
        ),
        _row("Keluarga dalam rumah tangga", [str(record.family_count or "") for record in found]),
        _rank(found),
        _identifiers(found),
        *(_row(label, [_themed(record, keys) for record in found]) for label, keys in THEMES),
    ]
    keys = dict.fromkeys(key for record in found for key in _in_order(record))
    rest = [_row(_label(found, key), [_cell(record, key) for record in found]) for key in keys]
    return Comparison(found, tuple(filter(_said, rows)), tuple(filter(_said, rest)))


def _in_order(record: HouseholdRecord) -> list[str]:
    """The raw cells no row above shows, as the layout orders its columns; those it does not know come last."""
    layout = LAYOUTS.get(record.layout)
    columns = layout.columns if layout else {}
    order = {key: place for place, key in enumerate(columns)}
    left = [
        key
        for key in record.raw
        if key not in _THEMED and not (key in columns and columns[key].field in SHOWN_ABOVE)
    ]
    return sorted(left, key=lambda key: (order.get(key, len(order)), key))


def _said(row: Row) -> bool:
    return any(row.cells)


def _row(label: str, texts: list[str], *, difference: str = "berbeda", spelling: bool = False) -> Row:
    """Marks the words that not every record has. A record that was not asked differs from nobody."""
    words = [set(text.casefold().split()) for text in texts if text]
    common = set.intersection(*words) if words else set()
    differs = len({" ".join(text.casefold().split()) for text in texts if text}) > 1
    if spelling and differs:
        first, *others = (text.casefold() for text in texts if text)
        alike = all(SequenceMatcher(None, first, other).ratio() >= SAME_SPELLING for other in others)
        difference = "ejaan" if alike else difference
    cells = tuple(_parts(text, common) if differs else (Part(text, False),) if text else () for text in texts)
    return Row(label, cells, difference if differs else "")


def _parts(text: str, common: set[str]) -> tuple[Part, ...]:
    """The text in stretches: words that all records have, and words that they do not."""
    parts: list[Part] = []
    for word in text.split():
        marked = word.casefold() not in common
        if parts and parts[-1].marked == marked:
            parts[-1] = Part(f"{parts[-1].text} {word}", marked)
        else:
            parts.append(Part(word, marked))
    return tuple(parts)


def _members(records: tuple[HouseholdRecord, ...]) -> Row:
    counts = [record.member_count for record in records]
    change = counts[-1] - counts[0] if counts else 0
    difference = f"{'+' if change > 0 else '−'}{abs(change)} orang" if change else "berbeda"
    return _row("Anggota", [f"{count} orang" for count in counts], difference=difference)


def _rank(records: tuple[HouseholdRecord, ...]) -> Row:
    texts = []
    for record in records:
        exact = f", persentil {record.rank}" if record.rank_scale == RankScale.PERCENTILE else ""
        texts.append(rank_group_label(record.rank_group, record.rank_scale) + exact)
    several_scales = len({record.rank_scale for record in records if record.rank is not None}) > 1
    return _row("Peringkat", texts, difference="skala berbeda" if several_scales else "berbeda")


def _identifiers(records: tuple[HouseholdRecord, ...]) -> Row:
    texts = []
    for record in records:
        people = list(record.people.all())
        known = sum(1 for person in people if person.nik)
        has_nik = record.layout not in LAYOUTS or LAYOUTS[record.layout].has_nik
        texts.append(f"{known} dari {len(people)} orang" if has_nik else "")
    return _row("NIK", texts)


def _themed(record: HouseholdRecord, keys: frozenset[str]) -> str:
    return next((text for key in record.raw if key in keys and (text := _cell(record, key))), "")


def _cell(record: HouseholdRecord, key: str) -> str:
    """A raw cell in words where the code book has them, else as it was."""
    value = record.raw.get(key)
    return decode(record.layout, key, value) or ("" if value is None else str(value))


def _label(records: tuple[HouseholdRecord, ...], key: str) -> str:
    if key in LABELS:
        return LABELS[key]
    for record in records:
        layout = LAYOUTS.get(record.layout)
        if layout and key in layout.columns:
            return _sentence(layout.columns[key].header)
    return _sentence(key)


def _sentence(header: str) -> str:
    """ "nama_sls" → "Nama SLS": words with a capital at the beginning, acronyms in capitals."""
    words = header.replace("_", " ").replace("(", " (").split()
    written = [word.upper() if word.casefold() in ACRONYMS else word.lower() for word in words]
    sentence = " ".join(written)
    return sentence[:1].upper() + sentence[1:]
