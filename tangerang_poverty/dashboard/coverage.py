"""Which families of the last list have been helped with a course, and which have not yet, by welfare rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from tangerang_poverty.dashboard.figures import Figures, RankGroup, WaveFigure
from tangerang_poverty.dashboard.links import Links
from tangerang_poverty.kit.formats import percent


@dataclass(frozen=True)
class CoverageRow:
    """A line of the table: each number opens its families; `bar` is the helped part in percent as SVG wants it."""

    label: str
    households: SafeString
    helped: SafeString
    not_helped: SafeString
    share: str
    bar: str


@dataclass(frozen=True)
class Coverage:
    """The families of one list by rank group, those of every scale it uses, and all of them."""

    wave: WaveFigure
    rows: list[CoverageRow]
    total: CoverageRow


def groups_of(figures: Figures) -> list[RankGroup]:
    """The rank groups of the last list that have a family in the area."""
    return [
        group
        for distribution in figures.distributions
        if distribution.wave == figures.after
        for group in distribution.groups
        if group.households
    ]


def coverage(figures: Figures, links: Links) -> Coverage | None:
    """None while no list is loaded, or none of its families lives in the area."""
    groups = groups_of(figures)
    if figures.after is None or not groups:
        return None
    return Coverage(
        wave=figures.after,
        rows=[_row(group.label, [group], figures, links, group=group) for group in groups],
        total=_row("Semua", groups, figures, links),
    )


def _row(
    label: str,
    groups: Sequence[RankGroup],
    figures: Figures,
    links: Links,
    *,
    group: RankGroup | None = None,
) -> CoverageRow:
    households, helped = (sum(one.households for one in groups), sum(one.helped for one in groups))

    def opening(value: int, pelatihan: str = "") -> SafeString:
        return links.count(value, figures.after, figures.area, group, helped=pelatihan)

    share = helped / households if households else 0.0
    return CoverageRow(
        label=label,
        households=opening(households),
        helped=opening(helped, "sudah"),
        not_helped=opening(households - helped, "belum"),
        share=percent(share),
        bar=f"{share * 100:.1f}%",
    )
