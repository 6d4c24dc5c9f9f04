"""The figures people read, as frozen values; each comes from one grouped query on the roll-ups.

Everything is counted inside one area, which the caller has already fetched with `visible_to`.
"Families of a wave" are the rows its source listed, in the area *as that source recorded it*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, Sum

from households.models import Household, RegistryCount, Wave, WaveCount
from households.rules import CLASS_LABELS, RankScale, rank_group_label
from tangerang_poverty.areas.models import Area


@dataclass(frozen=True)
class WaveFigure:
    """One wave: what was published about the whole city, and what the registry holds in the area."""

    pk: int
    code: str
    name: str
    instrument: str
    year: int
    unit: str
    reported: int | None
    source: str
    source_url: str
    loaded: bool  # some area of the city has rows of this wave
    counted: int
    people: int


@dataclass(frozen=True)
class Compared:
    """An area's families in the two waves compared; `before` is None while there is only one wave."""

    area: Area
    before: int | None
    after: int

    @property
    def difference(self) -> int | None:
        return None if self.before is None else self.after - self.before

    @property
    def change(self) -> float | None:
        """The difference as a share of the earlier wave; None when there was nothing to change from."""
        return (self.after - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class RankGroup:
    """Families of one welfare group. `group` 0 stands for families without a usable rank."""

    scale: str
    group: int
    label: str
    households: int
    people: int
    helped: int  # of the families, by now: a member has finished a course
    share: float  # of the wave's families in the area, 0…1


@dataclass(frozen=True)
class Distribution:
    """A wave's families by welfare rank, on the wave's own scale; scales are never added up or compared."""

    wave: WaveFigure
    scale_label: str
    groups: tuple[RankGroup, ...]


@dataclass(frozen=True)
class Figures:
    """All figures of one dashboard page."""

    area: Area
    areas: tuple[Area, ...]  # the whole city, without boundaries; `has_boundary` is annotated
    waves: tuple[WaveFigure, ...]
    before: WaveFigure | None
    after: WaveFigure | None
    kelurahan: tuple[Compared, ...]
    distributions: tuple[Distribution, ...]
    today: int | None
    calculated_at: datetime

    @property
    def loaded(self) -> tuple[WaveFigure, ...]:
        return tuple(wave for wave in self.waves if wave.loaded)

    @cached_property
    def total(self) -> Compared:
        return Compared(self.area, *_sums(self.kelurahan, compares=self.before is not None))

    @cached_property
    def kecamatan(self) -> tuple[Compared, ...]:
        """The kecamatan inside the area; none when the area is a kelurahan: a part of one."""
        if self.area.level == Area.Level.KELURAHAN:
            return ()
        inside: dict[str, list[Compared]] = defaultdict(list)
        for row in self.kelurahan:
            inside[row.area.parent_id or ""].append(row)
        return tuple(
            Compared(area, *_sums(inside[area.code], compares=self.before is not None))
            for area in self.areas
            if area.level == Area.Level.KECAMATAN and area.code.startswith(self.area.code)
        )

    @property
    def has_boundaries(self) -> bool:
        return any(area.has_boundary for area in self.areas)  # type: ignore[attr-defined]


class UnknownWave(LookupError):
    """A wave was asked for that does not exist or holds no rows."""


def figures(*, area: Area, now: datetime, from_code: str = "", to_code: str = "") -> Figures:
    """Figures of an area. Without codes the last two waves that hold rows are compared.

    Raises UnknownWave for a code that is no loaded wave.
    """
    waves_found = list(Wave.objects.all())
    groups = _group_counts(area, waves_found)
    waves = tuple(_wave_figure(wave, groups.get(wave.pk, [])) for wave in waves_found)
    before, after = _chosen(waves, from_code, to_code)
    areas = tuple(
        Area.objects.filter(code__startswith=_city(area))
        .defer("boundary")
        .annotate(has_boundary=ExpressionWrapper(Q(boundary__isnull=False), output_field=BooleanField()))
        .order_by("code")
    )
    shown = [wave for wave in (before, after) if wave]
    return Figures(
        area=area,
        areas=areas,
        waves=waves,
        before=before,
        after=after,
        kelurahan=_by_kelurahan(area, areas, before, after),
        distributions=tuple(d for wave in shown for d in _distributions(wave, groups.get(wave.pk, []))),
        today=_today(area, waves),
        calculated_at=now,
    )


def _group_counts(area: Area, waves: Iterable[Wave]) -> dict[int, list[dict[str, Any]]]:
    """Families and people of the area, and families of the city, by wave, rank scale and rank group. One query."""
    inside = Q(area__code__startswith=area.code)
    rows = (
        WaveCount.objects.within(_city(area))
        .filter(wave_id__in=[wave.pk for wave in waves])
        .values("wave_id", "rank_scale", "rank_group")
        .annotate(
            n=Sum("households", filter=inside, default=0),
            people_sum=Sum("people", filter=inside, default=0),
            helped_sum=Sum("helped", filter=inside, default=0),
            in_city=Sum("households"),
        )
        .order_by("wave_id", "rank_scale", "rank_group")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["wave_id"]].append(row)
    return found


def _city(area: Area) -> str:
    """Code of the city an area lies in: its first two parts."""
    return ".".join(area.code.split(".")[:2])


def _wave_figure(wave: Wave, groups: Sequence[Mapping[str, Any]]) -> WaveFigure:
    return WaveFigure(
        pk=wave.pk,
        code=wave.code,
        name=wave.name,
        instrument=wave.instrument,
        year=wave.year,
        unit=wave.get_unit_display(),
        reported=wave.reported_total,
        source=wave.reported_source,
        source_url=wave.reported_url,
        loaded=any(group["in_city"] for group in groups),
        counted=sum(group["n"] for group in groups),
        people=sum(group["people_sum"] for group in groups),
    )


def _chosen(
    waves: Sequence[WaveFigure], from_code: str, to_code: str
) -> tuple[WaveFigure | None, WaveFigure | None]:
    """The two waves to compare, the earlier first; (None, wave) when there is only one, or twice the same."""
    loaded = {wave.code: wave for wave in waves if wave.loaded}  # in the order of their reference dates
    for code in (from_code, to_code):
        if code and code not in loaded:
            raise UnknownWave(code)
    codes = list(loaded)
    if not codes:
        return None, None
    last = to_code or next(code for code in reversed(codes) if code != from_code or len(codes) == 1)
    earlier, later = codes[: codes.index(last)], codes[codes.index(last) + 1 :]
    first = from_code or (earlier[-1] if earlier else later[0] if later else last)
    if first == last:
        return None, loaded[last]
    first, last = sorted((first, last), key=codes.index)
    return loaded[first], loaded[last]


def _by_kelurahan(
    area: Area, areas: Iterable[Area], before: WaveFigure | None, after: WaveFigure | None
) -> tuple[Compared, ...]:
    """Every kelurahan of the area with its families in the two waves, those without any too. One query."""
    rows = (
        WaveCount.objects.within(area.code)
        .filter(wave_id__in=[wave.pk for wave in (before, after) if wave])
        .values_list("area_id", "wave_id")
        .annotate(n=Sum("households"))
    )
    counted = {(code, wave): n for code, wave, n in rows}
    return tuple(
        Compared(
            place,
            counted.get((place.code, before.pk), 0) if before else None,
            counted.get((place.code, after.pk), 0) if after else 0,
        )
        for place in areas
        if place.level == Area.Level.KELURAHAN and place.code.startswith(area.code)
    )


def _distributions(wave: WaveFigure, groups: Iterable[Mapping[str, Any]]) -> list[Distribution]:
    """One for each scale found in the wave. Every class has its row; deciles go up to the last one found."""
    counts: dict[str, dict[int, tuple[int, int, int]]] = defaultdict(dict)
    for row in groups:
        if row["n"]:
            counts[row["rank_scale"]][row["rank_group"]] = (row["n"], row["people_sum"], row["helped_sum"])
    found = []
    for scale, by_group in counts.items():
        top = len(CLASS_LABELS) if scale == RankScale.CLASS else max(by_group)
        shown = [*range(1, top + 1), *([0] if 0 in by_group else [])]
        found.append(
            Distribution(
                wave,
                SCALE_LABELS[RankScale(scale)],
                tuple(_rank_group(wave, scale, group, *by_group.get(group, (0, 0, 0))) for group in shown),
            )
        )
    return found


def _rank_group(
    wave: WaveFigure, scale: str, group: int, households: int, people: int, helped: int
) -> RankGroup:
    return RankGroup(
        scale=scale,
        group=group,
        label=rank_group_label(group or None, scale),
        households=households,
        people=people,
        helped=helped,
        share=households / wave.counted if wave.counted else 0.0,
    )


SCALE_LABELS = {
    RankScale.CLASS: "kelas kesejahteraan",
    RankScale.PERCENTILE: "desil, dari persentil",
    RankScale.DECILE: "desil",
    RankScale.NONE: "tanpa peringkat",
}


def _today(area: Area, waves: Iterable[WaveFigure]) -> int | None:
    """Families on the list today, or None while that would mislead.

    The registry keeps the families of every wave, and until the waves are linked the same family stands in it
    once for each wave. So the number says something only while just one wave is loaded, the last.
    """
    known = [wave.loaded for wave in waves if wave.loaded or wave.reported is not None]
    if sum(known) != 1 or not known[-1]:
        return None
    counts = RegistryCount.objects.within(area.code).filter(status=Household.Status.ON_LIST)
    return counts.aggregate(n=Sum("households"))["n"] or 0


def _sums(rows: Iterable[Compared], *, compares: bool) -> tuple[int | None, int]:
    rows = list(rows)
    return (sum(row.before or 0 for row in rows) if compares else None), sum(row.after for row in rows)
