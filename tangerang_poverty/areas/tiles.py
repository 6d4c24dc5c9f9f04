"""The tile map: one equal cell for each kelurahan, thick borders between kecamatan, colours in steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.formats import number, signed

NICE = (1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000)
OTHERS = "t-none"  # a tile that says nothing


@dataclass(frozen=True)
class ColourScale:
    """Classes of the tile map, fitted to the numbers shown. `steps` are (lowest, highest, class)."""

    steps: tuple[tuple[int | None, int | None, str], ...]
    signs: bool

    def css(self, value: int) -> str:
        for low, high, css in self.steps:
            if (low is None or value >= low) and (high is None or value <= high):
                return css
        raise ValueError(f"{value} lies between the steps {self.steps}")  # steps cover every whole number

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(class, range in words) of each step."""
        say = signed if self.signs else number
        words = []
        for low, high, css in self.steps:
            if low is None:
                said = f"≤ {say(high or 0)}"
            elif high is None:
                said = f"≥ {say(low)}"
            elif low == high:
                said = "tetap" if self.signs and low == 0 else say(low)
            else:
                said = f"{say(low)} … {say(high)}"
            words.append((css, said))
        return words


def change_scale(differences: Iterable[int]) -> ColourScale:
    """Three steps of falling, unchanged, three of rising; each side split into thirds at round numbers."""
    values = list(differences)
    d1, d2 = _thirds([-value for value in values if value < 0])
    u1, u2 = _thirds([value for value in values if value > 0])
    return ColourScale(
        (
            (None, -d2, "t-d3"),
            (-d2 + 1, -d1, "t-d2"),
            (-d1 + 1, -1, "t-d1"),
            (0, 0, "t-0"),
            (1, u1 - 1, "t-u1"),
            (u1, u2 - 1, "t-u2"),
            (u2, None, "t-u3"),
        ),
        signs=True,
    )


def count_scale(counts: Iterable[int]) -> ColourScale:
    """No family, then three steps of many; grey, because many is neither good nor bad by itself."""
    n1, n2 = _thirds([count for count in counts if count > 0])
    return ColourScale(
        ((0, 0, "t-n0"), (1, n1 - 1, "t-n1"), (n1, n2 - 1, "t-n2"), (n2, None, "t-n3")), signs=False
    )


def _thirds(values: list[int]) -> tuple[int, int]:
    """Two round bounds, 2 or more and different, that split the values into about thirds."""
    if not values:
        return 2, 3
    values.sort()
    first = max(2, _round(values[len(values) // 3]))
    second = _round(values[len(values) * 2 // 3])
    return first, max(first + 1, second)


def _round(value: int) -> int:
    return min((nice for nice in NICE), key=lambda nice: abs(nice - value)) if value <= NICE[-1] else value


@dataclass(frozen=True)
class Place:
    """Where a kelurahan stands on the map."""

    area: Area
    kecamatan: str
    kecamatan_label: str  # on the first tile of the kecamatan's widest run, else ""
    cell: str
    borders: str

    def css(self, colour: str) -> str:
        """Its classes, with the one of its colour."""
        return f"{self.cell} {colour} {self.borders}".strip()


def placed(areas: Iterable[Area]) -> list[Place]:
    """Every kelurahan that has a tile, in reading order; `areas` hold the kecamatan too, for their names."""
    areas = list(areas)
    names = {area.code: area.name for area in areas}
    on_map = sorted(
        (area for area in areas if area.tile_row is not None), key=lambda a: (a.tile_row, a.tile_col)
    )
    cells = {(area.tile_row, area.tile_col): area.parent_id or "" for area in on_map}
    labelled = _widest_runs(cells)
    places = []
    for area in on_map:
        cell = (area.tile_row or 0, area.tile_col or 0)
        places.append(
            Place(
                area=area,
                kecamatan=names.get(area.parent_id or "", ""),
                kecamatan_label=names.get(cells[cell], "") if cell in labelled else "",
                cell=f"tr-{cell[0]} tc-{cell[1]}",
                borders=" ".join(_borders(cells, cell)),
            )
        )
    return places


def _borders(cells: Mapping[tuple[int | None, int | None], str], cell: tuple[int, int]) -> list[str]:
    """Thick edges where the neighbour is of another kecamatan; between two tiles one draws it."""
    row, col = cell
    above, left = cells.get((row - 1, col)), cells.get((row, col - 1))
    below, right = cells.get((row + 1, col)), cells.get((row, col + 1))
    own = cells[cell]
    return [
        css
        for css, drawn in (
            ("et", above != own),
            ("er", right is None),
            ("eb", below is None),
            ("el", left != own),
        )
        if drawn
    ]


def _widest_runs(cells: Mapping[tuple[int | None, int | None], str]) -> set[tuple[int, int]]:
    """The first cell of each kecamatan's longest row of neighbouring tiles, the upper one of equals."""
    best: dict[str, tuple[int, tuple[int, int]]] = {}
    start: tuple[int, int] | None = None
    for cell in sorted((row or 0, col or 0) for row, col in cells):
        previous = (cell[0], cell[1] - 1)
        if start is None or cells.get(previous) != cells[cell]:
            start = cell
        length = cell[1] - start[1] + 1
        if length > best.get(cells[cell], (0, start))[0]:
            best[cells[cell]] = (length, start)
    return {cell for _, cell in best.values()}
