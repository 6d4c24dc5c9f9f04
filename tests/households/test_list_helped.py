"""Families helped with a course and not yet helped: one filter of the list, with true totals."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import HouseholdRecordFactory, WaveFactory
from tests.households.test_list import family, names, text

pytestmark = pytest.mark.django_db
LIST = reverse("households:list")


@pytest.mark.parametrize("who", ["staff", "officer_a"])
def test_helped_and_not_yet_helped_part_every_list(client, cast, who):
    wave = WaveFactory(code="PPLS2011")
    helped = family("Ali", helped_in=2014)
    HouseholdRecordFactory(household=helped, wave=wave)
    HouseholdRecordFactory(household=family("Budi"), wave=wave)
    family("Candra", status="left", helped_in=2013), family("Dodi")
    client.force_login(getattr(cast, who))
    for asked, sudah, belum in (
        ({}, ["Ali", "Candra"], ["Budi", "Dodi"]),
        ({"status": "on_list"}, ["Ali"], ["Budi", "Dodi"]),
        ({"gelombang": "PPLS2011"}, ["Ali"], ["Budi"]),
        ({"gelombang": "PPLS2011", "peringkat": "class:1"}, [], []),
        ({"gelombang": "PPLS2011", "status": "left"}, [], []),
        ({"cari": "ali"}, ["Ali"], []),
    ):
        for answer, expected in (("sudah", sudah), ("belum", belum)):
            response = client.get(LIST, asked | {"pelatihan": answer})
            assert names(response) == expected, (asked, answer)
            assert response.context["total"].number == len(expected), (asked, answer)
    assert "Pelatihan: Belum terbantu" in text(client.get(LIST, {"pelatihan": "belum"}))
    assert client.get(LIST, {"pelatihan": "mungkin"}).status_code == 404
