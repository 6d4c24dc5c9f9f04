"""The dashboard's figures equal a count of the rows themselves, inside the area that was asked for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import Household, HouseholdRecord, Wave
from households.rules import rank_group
from tangerang_poverty.dashboard.figures import Figures, UnknownWave, figures
from tests.dashboard.lists import PLACES, Row, listed, waves
from tests.factories import (
    CITY,
    GEBANG_RAYA,
    GEMBOR,
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    ImportBatchFactory,
    area,
    area_tree,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)


def of(code: str, **asked: str) -> Figures:
    return figures(area=area(code), now=NOW, **asked)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(PLACES),
        st.sampled_from([None, 1, 2, 3, 9]),
        st.sampled_from(["class", "percentile", "decile"]),
        st.integers(0, 8),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, place=st.sampled_from([CITY, PERIUK, *PLACES]))
def test_every_figure_equals_a_count_of_the_rows(rows: list[Row], place: str, db: None) -> None:
    with transaction.atomic():
        listed(rows)
        found = of(place)
        inside = [row for row in rows if row[1].startswith(place)]
        codes = ["PPLS2008", "PPLS2011", "PBDT2015"]
        by_wave = Counter(codes[row[0]] for row in inside)

        assert {wave.code: wave.counted for wave in found.waves} == {code: by_wave[code] for code in codes}
        assert sum(wave.people for wave in found.waves) == sum(row[4] for row in inside)
        loaded = [code for code in codes if any(codes[row[0]] == code for row in rows)]
        assert [wave.code for wave in found.loaded] == loaded

        shown = [wave for wave in (found.before, found.after) if wave]
        assert [wave.code for wave in shown] == loaded[-2:]
        for line in found.kelurahan:
            counts = [sum(r[1] == line.area.code and codes[r[0]] == w.code for r in rows) for w in shown]
            assert [n for n in (line.before, line.after) if n is not None] == (counts or [0])
        for wave in shown:
            ranked = Counter(
                (row[3], rank_group(row[2], row[3]) or 0) for row in inside if codes[row[0]] == wave.code
            )
            said = {
                (group.scale, group.group): group.households
                for distribution in found.distributions
                if distribution.wave == wave
                for group in distribution.groups
                if group.households
            }
            assert said == dict(ranked)
        transaction.set_rollback(True)


def test_kecamatan_and_city_are_the_sums_of_their_kelurahan() -> None:
    listed(
        [(0, GEMBOR, 1, "class", 2)] * 3 + [(0, JATIUWUNG, 1, "class", 2), (1, GEBANG_RAYA, 2, "class", 1)]
    )
    found = of(CITY)
    assert {row.area.name: (row.before, row.after) for row in found.kecamatan} == {
        "Periuk": (3, 1),
        "Cibodas": (1, 0),
    }
    assert (found.total.before, found.total.after, found.total.difference) == (4, 1, -3)
    assert found.total.change == pytest.approx(-0.75)


def test_a_kelurahan_shows_no_sum_of_its_kecamatan_because_it_is_only_a_part() -> None:
    listed([(0, GEMBOR, 1, "class", 2), (0, GEBANG_RAYA, 1, "class", 2)])
    found = of(GEMBOR)
    assert found.kecamatan == ()
    assert found.total.after == 1


@pytest.mark.parametrize(
    ("asked", "compared"),
    [
        ({}, ("PPLS2011", "PBDT2015")),
        ({"from_code": "PPLS2008"}, ("PPLS2008", "PBDT2015")),
        ({"to_code": "PPLS2011"}, ("PPLS2008", "PPLS2011")),
        ({"from_code": "PBDT2015", "to_code": "PPLS2008"}, ("PPLS2008", "PBDT2015")),
        ({"from_code": "PBDT2015"}, ("PPLS2011", "PBDT2015")),
        ({"to_code": "PPLS2008"}, ("PPLS2008", "PPLS2011")),
        ({"from_code": "PPLS2011", "to_code": "PPLS2011"}, (None, "PPLS2011")),
    ],
)
def test_two_waves_are_compared_the_earlier_first(
    asked: dict[str, str], compared: tuple[str | None, str]
) -> None:
    listed([(wave, GEMBOR, 1, "class", 1) for wave in range(3)])
    found = of(CITY, **asked)
    assert (found.before and found.before.code, found.after and found.after.code) == compared


@pytest.mark.parametrize("code", ["TIDAKADA", "PBDT2015"])
def test_a_wave_without_rows_cannot_be_compared(code: str) -> None:
    listed([(0, GEMBOR, 1, "class", 1), (1, GEMBOR, 1, "class", 1)])
    with pytest.raises(UnknownWave):
        of(CITY, to_code=code)


def test_a_wave_is_loaded_for_everybody_also_where_it_listed_nobody() -> None:
    listed([(0, GEMBOR, 1, "class", 1), (1, JATIUWUNG, 1, "class", 1)])
    found = of(GEMBOR)
    assert (found.total.before, found.total.after, found.total.difference) == (1, 0, -1)


def test_there_is_no_percentage_of_nothing() -> None:
    listed([(0, JATIUWUNG, 1, "class", 1), (1, GEMBOR, 1, "class", 1)])
    assert of(GEMBOR).total.change is None


def test_ranks_keep_the_scale_of_their_wave_and_those_without_one_stand_apart() -> None:
    listed(
        [
            (0, GEMBOR, 1, "class", 4),
            (0, GEMBOR, 3, "class", 4),
            (0, GEMBOR, None, "class", 4),
            (1, GEMBOR, 15, "percentile", 4),
        ]
    )
    first, second = of(CITY).distributions
    assert (first.scale_label, second.scale_label) == ("kelas kesejahteraan", "desil, dari persentil")
    assert [(group.label, group.households) for group in first.groups] == [
        ("Sangat miskin", 1),
        ("Miskin", 0),
        ("Hampir miskin", 1),
        ("Tanpa peringkat", 1),
    ]
    assert [(group.label, group.households) for group in second.groups] == [("Desil 1", 0), ("Desil 2", 1)]
    assert sum(group.share for group in first.groups) == pytest.approx(1)


def test_today_is_told_only_while_one_wave_is_loaded_and_no_later_one_is_known() -> None:
    area_tree()
    first, second, _ = waves()
    batch = ImportBatchFactory(wave=first)
    for number in range(3):
        household = HouseholdFactory()
        HouseholdRecord.objects.create(
            wave=first,
            batch=batch,
            source_key=str(number),
            source_row=1,
            household=household,
            area=household.area,
        )
    assert of(CITY).today == 3
    Household.objects.filter(pk=household.pk).update(status=Household.Status.LEFT)
    assert of(CITY).today == 2

    Wave.objects.filter(pk=second.pk).update(reported_total=52_000, reported_source="Koran")
    assert of(CITY).today is None

    Wave.objects.filter(pk=second.pk).update(reported_total=None, reported_source="")
    HouseholdRecord.objects.create(
        wave=second,
        batch=ImportBatchFactory(wave=second),
        source_key="x",
        source_row=1,
        household=HouseholdFactory(),
        area=area(GEMBOR),
    )
    assert of(CITY).today is None


def test_the_number_of_queries_does_not_grow_with_the_families() -> None:
    listed([(0, GEMBOR, 1, "class", 1), (1, GEMBOR, 1, "class", 1)])
    city = area(CITY)
    with CaptureQueriesContext(connection) as few:
        figures(area=city, now=NOW)
    batch = ImportBatchFactory(wave=Wave.objects.get(code="PPLS2008"))
    for number in range(30):
        household = HouseholdFactory(area=area(PLACES[number % 3]))
        HouseholdRecord.objects.create(
            wave=batch.wave,
            batch=batch,
            source_key=f"n{number}",
            source_row=1,
            household=household,
            area=household.area,
        )
    with CaptureQueriesContext(connection) as many:
        figures(area=city, now=NOW)
    assert len(few) == len(many) == 4
