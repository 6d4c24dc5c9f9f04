"""`load_areas`: the 118 official areas, again and again the same."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from tangerang_poverty.areas.management.commands.load_areas import load
from tangerang_poverty.areas.models import Area

pytestmark = pytest.mark.django_db


def test_the_city_its_13_kecamatan_and_104_kelurahan_are_written():
    call_command("load_areas")
    assert [Area.objects.filter(level=level).count() for level in Area.Level] == [1, 13, 104]
    assert not Area.objects.kelurahan().filter(tile_row=None).exists()


def test_running_it_again_changes_nothing():
    load()
    assert load() == (0, 0)


def test_a_fact_that_was_spoiled_is_mended_and_what_people_added_stays():
    load()
    Area.objects.filter(pk="36.71.02.1001").update(
        postal_code="00000", aliases=["Krocong"], boundary={"type": "Polygon", "coordinates": []}
    )
    assert load() == (0, 1)
    area = Area.objects.get(pk="36.71.02.1001")
    assert (area.postal_code, area.aliases) == ("15134", ["Krocong", "Kroncong"])
    assert area.boundary


def test_two_kelurahan_whose_tiles_were_swapped_get_their_own_back():
    load()
    first, second = Area.objects.kelurahan()[:2]
    tiles = (first.tile_row, first.tile_col), (second.tile_row, second.tile_col)
    Area.objects.filter(pk=first.pk).update(tile_row=99, tile_col=99)
    Area.objects.filter(pk=second.pk).update(tile_row=tiles[0][0], tile_col=tiles[0][1])
    Area.objects.filter(pk=first.pk).update(tile_row=tiles[1][0], tile_col=tiles[1][1])
    load()
    first.refresh_from_db()
    assert (first.tile_row, first.tile_col) == tiles[0]
