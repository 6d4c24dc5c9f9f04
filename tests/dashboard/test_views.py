"""The dashboard as its readers meet it: numbers that open their families, scope, states, map, workbook."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from households.models import ImportBatch, SampleLoad, Wave
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.dashboard.lists import PLACES, listed
from tests.factories import (
    CIBODAS,
    CITY,
    GEBANG_RAYA,
    GEMBOR,
    JATIUWUNG,
    PERIUK,
    ImportBatchFactory,
    UserFactory,
    area,
)

pytestmark = pytest.mark.django_db

HOME = "/"
NUMBER_LINK = re.compile(r'<a class="bk-n" href="(/keluarga/\?[^"]+)">([\d.]+)</a>')
# Gembor falls from 4 to 2, Gebang Raya stays at 1, Jatiuwung rises from 0 to 3
ROWS = [
    (0, GEMBOR, 1, "class", 3),
    (0, GEMBOR, 2, "class", 3),
    (0, GEMBOR, 3, "class", 3),
    (0, GEMBOR, None, "class", 3),
    (0, GEBANG_RAYA, 2, "class", 3),
    (1, GEMBOR, 11, "percentile", 3),
    (1, GEMBOR, 12, "percentile", 3),
    (1, GEBANG_RAYA, 30, "percentile", 3),
    (1, JATIUWUNG, 5, "percentile", 3),
    (1, JATIUWUNG, None, "", 3),
    (1, JATIUWUNG, 40, "percentile", 3),
]


def page(user: User, url: str = HOME, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def text(html: str) -> str:
    """What can be read on it, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def main(html: str) -> str:
    return html[html.index("<main") :]


@pytest.mark.parametrize("who", ["staff", "kecamatan_officer", "officer_a", "officer_b", "treasurer"])
@pytest.mark.parametrize("asked", ["", "?tampil=jumlah"])
def test_every_number_opens_exactly_that_many_families(cast: Cast, who: str, asked: str) -> None:
    listed(ROWS)
    user = cast.everybody()[who]
    links = NUMBER_LINK.findall(page(user, f"{HOME}{asked}"))
    assert links
    client = Client()
    client.force_login(user)
    for href, number in links:
        opened = client.get(unescape(href))
        assert opened.status_code == 200, href
        assert opened.context["total"].number == int(number.replace(".", "")), href
        assert len(opened.context["rows"]) == int(number), href  # the total may come from the same roll-up


def test_a_tile_of_the_count_map_opens_its_families_and_one_of_the_change_map_its_kelurahan(
    cast: Cast,
) -> None:
    listed(ROWS)
    counts = page(cast.staff, "/?tampil=jumlah")
    tile = re.search(
        r'<a class="tr-\d+ tc-\d+[^>]*href="([^"]+)" title="Jatiuwung, Cibodas: 3 keluarga"', counts
    )
    assert tile
    client = Client()
    client.force_login(cast.staff)
    assert client.get(unescape(tile[1])).context["total"].number == 3

    changes = page(cast.staff)
    tile = re.search(r'href="([^"]+)" title="Gembor, Periuk: 4 menjadi 2"', changes)
    assert tile
    assert "Dasbor Kelurahan Gembor" in page(cast.staff, unescape(tile[1]))


def test_reported_totals_stand_beside_their_source_with_the_counted_ones_below(cast: Cast) -> None:
    listed(ROWS)
    Wave.objects.filter(code="PPLS2008").update(reported_total=55_000, reported_source="Antara 2015")
    Wave.objects.filter(code="PPLS2011").update(reported_total=52_000, reported_source="Antara 2015")
    read = text(page(cast.staff))
    assert "PPLS 2008 55.000 PPLS 2011 52.000 Dilaporkan se-kota. Sumber: Antara 2015." in read
    assert "turun 3.000 keluarga (−5,5\xa0%)" in page(cast.staff)
    assert "Terhitung dalam registri 5 → 6 selisih +1 (+20,0 %)" in read
    # the reader of one kelurahan sees what was published too, beside the numbers of their own
    assert "PPLS 2008 55.000, PPLS 2011 52.000 (Antara 2015)" in text(page(cast.officer_a))


def test_a_reported_total_opens_families_only_where_the_registry_holds_exactly_as_many(cast: Cast) -> None:
    listed(ROWS)
    Wave.objects.filter(code="PPLS2008").update(reported_total=5, reported_source="Koran")
    Wave.objects.filter(code="PPLS2011").update(reported_total=7, reported_source="Koran")
    headline = page(cast.staff).partition('class="bk-fall"')[2].partition("bk-src")[0]
    assert [number for _, number in NUMBER_LINK.findall(headline)] == ["5"]


def test_an_officer_sees_the_numbers_of_their_own_kelurahan_only(cast: Cast) -> None:
    listed(ROWS)
    read = text(main(page(cast.officer_a)))
    assert "Dasbor Kelurahan Gembor" in read
    assert "PPLS 2008 4 PPLS 2011 2" in read
    for name in ("Jatiuwung", "Gebang Raya", "Cibodas"):
        assert name not in read


def test_the_map_of_a_kecamatan_says_nothing_of_the_others(cast: Cast) -> None:
    listed(ROWS)
    html = page(cast.kecamatan_officer)
    assert 'title="Gembor, Periuk: 4 menjadi 2"' in html
    assert 'title="Jatiuwung, Cibodas"></span>' in html
    assert "wilayah=36.71.09" not in html


@pytest.mark.parametrize("name", ["home", "excel", "map"])
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer_a", JATIUWUNG),
        ("officer_a", PERIUK),
        ("officer_a", CITY),
        ("kecamatan_officer", CIBODAS),
        ("kecamatan_officer", "36.71.0"),
        ("staff", "99.99"),
    ],
)
def test_an_area_outside_ones_own_is_not_found(cast: Cast, name: str, who: str, code: str) -> None:
    listed(ROWS)
    page(cast.everybody()[who], f"{reverse(f'dashboard:{name}')}?wilayah={code}", status=404)


def test_a_wave_nobody_loaded_is_not_found(cast: Cast) -> None:
    listed(ROWS)
    page(cast.staff, "/?dari=PBDT2015", status=404)


def test_leadership_reads_and_drills_but_opens_no_family(cast: Cast) -> None:
    listed(ROWS)
    html = page(cast.leadership, "/?tampil=jumlah")
    assert "/keluarga/" not in main(html)
    assert "Terhitung" in html or "terhitung" in html
    assert f'href="/?wilayah={GEMBOR}"' in html
    assert text(main(page(cast.leadership))).count("Kota 5 6 +1") == 1


def test_drilling_keeps_the_waves_and_leads_back(cast: Cast) -> None:
    listed([*ROWS, (2, GEMBOR, 1, "decile", 2)])
    html = page(cast.staff, "/?dari=PPLS2008&ke=PPLS2011")
    assert f'href="/?dari=PPLS2008&amp;ke=PPLS2011&amp;wilayah={PERIUK}"' in html
    drilled = page(cast.staff, f"/?dari=PPLS2008&ke=PPLS2011&wilayah={PERIUK}")
    read = text(drilled)
    assert "Gembor 4 2 −2 −50,0 %" in read
    assert "Gebang Raya 1 1 0 0,0 %" in read
    assert "Kecamatan 5 3 −2 −40,0 %" in read
    assert f'href="/?dari=PPLS2008&amp;ke=PPLS2011&amp;wilayah={CITY}"' in drilled


def test_the_waves_are_chosen_in_a_plain_form(cast: Cast) -> None:
    listed([*ROWS, (2, GEMBOR, 1, "decile", 2)])
    html = page(cast.staff)
    assert '<option value="PPLS2011" selected>' in html
    assert '<option value="PBDT2015" selected>' in html
    assert "<form" in html
    assert f'<input type="hidden" name="wilayah" value="{CITY}">' in html


def test_without_any_list_the_page_says_so_and_who_may_import_gets_the_button(cast: Cast) -> None:
    assert "Belum ada daftar keluarga" in page(cast.staff)
    assert reverse("households:import_upload") in page(cast.staff)
    assert reverse("households:import_upload") not in main(page(cast.officer_a))
    page(cast.staff, reverse("dashboard:excel"), status=404)


def test_while_the_sample_loads_the_empty_page_says_so(cast: Cast) -> None:
    SampleLoad.objects.create(scale=1, state=SampleLoad.State.RUNNING)
    read = text(page(cast.staff))
    assert "Data contoh sedang dimuat" in read
    assert "Belum ada daftar keluarga" not in read


def test_one_wave_alone_shows_counts_and_today_but_no_change(cast: Cast) -> None:
    listed([row for row in ROWS if row[0] == 0])
    html = page(cast.staff)
    read = text(main(html))
    assert "PPLS 2008 · " in read
    assert "hari ini" in read
    for word in ("turun", "Selisih", "dibandingkan", "Bandingkan"):
        assert word not in read
    assert 'title="Gembor, Periuk: 4 keluarga"' in html


def test_with_two_unlinked_waves_the_page_explains_why_there_is_no_number_of_today(cast: Cast) -> None:
    listed(ROWS)
    assert "belum dipadankan" in page(cast.staff)
    assert "hari ini menurut registri" not in page(cast.staff)


def test_an_area_without_families_shows_zeros_that_open_nothing(cast: Cast) -> None:
    listed([row for row in ROWS if row[1] != GEBANG_RAYA])
    html = page(cast.staff, f"/?wilayah={GEBANG_RAYA}")
    assert "tetap 0 keluarga" in html
    assert "Belum ada keluarga di Kelurahan Gebang Raya" in html
    assert not NUMBER_LINK.findall(html)


def test_an_account_without_an_area_sees_no_number(cast: Cast) -> None:
    listed(ROWS)
    nobody = UserFactory(role=Role.LEADERSHIP, area=None)
    assert "belum mempunyai wilayah kerja" in page(nobody)
    page(nobody, reverse("dashboard:excel"), status=404)


def test_every_kelurahan_of_the_city_stands_on_the_map_once_at_its_official_tile(cast: Cast) -> None:
    call_command("load_areas", verbosity=0)
    listed(ROWS)
    html = page(cast.staff)
    drawn = re.findall(r'<a class="tr-(\d+) tc-(\d+) [^>]*?wilayah=([\d.]+)" title="([^,]+), ([^:]+):', html)
    path = Path(settings.BASE_DIR) / "tangerang_poverty" / "areas" / "data" / "areas.csv"
    with path.open(encoding="utf-8", newline="") as file:
        official = list(csv.DictReader(file))
    names = {row["code"]: row["name"] for row in official}
    assert sorted(drawn) == sorted(
        (row["tile_row"], row["tile_col"], row["code"], row["name"], names[row["parent"]])
        for row in official
        if row["level"] == "kelurahan"
    )
    assert len(drawn) == 104


def workbook(user: User, url: str) -> dict[str, list[tuple[object, ...]]]:
    client = Client()
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    file = load_workbook(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in file}


def test_the_workbook_holds_the_figures_of_the_page_and_is_logged(cast: Cast) -> None:
    listed(ROWS)
    sheets = workbook(cast.staff, reverse("dashboard:excel"))
    assert list(sheets)[:4] == ["Ringkasan", "Kecamatan", "Kelurahan", "Peringkat"]
    assert list(sheets)[4:7] == ["Pelatihan", "Pelatihan kelurahan", "Terbantu"]
    assert list(sheets)[7:] == ["Corong", "KUB", "Hibah", "Hibah kelurahan", "Keterangan"]
    assert [row[1:] for row in sheets["Kecamatan"]] == [
        ("Kecamatan", "PPLS 2008", "PPLS 2011", "Selisih", "Selisih (%)"),
        ("Periuk", 5, 3, -2, -40),
        ("Cibodas", 0, 3, 3, None),
        ("Jumlah", 5, 6, 1, 20),
    ]
    assert sheets["Kelurahan"][1] == (GEMBOR, "Periuk", "Gembor", 4, 2, -2, -50)
    assert [row[2:4] for row in sheets["Peringkat"] if row[0] == "PPLS 2008"] == [
        ("Sangat miskin", 1),
        ("Miskin", 2),
        ("Hampir miskin", 1),
        ("Tanpa peringkat", 1),
    ]
    line = AccessLog.objects.get()
    assert (line.by, line.action, line.with_identities) == (cast.staff, AccessLog.Action.DOWNLOAD, False)
    assert line.what == "Dasbor Kota Tangerang"


def test_the_workbook_of_an_officer_holds_their_kelurahan_and_no_sum_of_a_kecamatan(cast: Cast) -> None:
    listed(ROWS)
    sheets = workbook(cast.officer_a, reverse("dashboard:excel"))
    assert "Kecamatan" not in sheets
    assert sheets["Kelurahan"][1:] == [(GEMBOR, "Periuk", "Gembor", 4, 2, -2, -50)]


def test_a_workbook_of_sample_data_says_so(cast: Cast) -> None:
    listed(ROWS)
    SampleLoad.objects.create(scale=1, state=SampleLoad.State.DONE)
    assert any(
        "DATA CONTOH" in str(row) for row in workbook(cast.staff, reverse("dashboard:excel"))["Keterangan"]
    )


def square(x: float, y: float) -> dict[str, object]:
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_the_map_of_boundaries_appears_only_when_they_are_loaded(cast: Cast) -> None:
    listed(ROWS)
    address = reverse("dashboard:map")
    assert address not in page(cast.staff)
    page(cast.staff, address, status=404)
    for number, code in enumerate(PLACES):
        Area.objects.filter(pk=code).update(boundary=square(106.6 + number / 100, -6.2))

    assert f'hx-get="{address}' in page(cast.staff)
    client = Client()
    client.force_login(cast.staff)
    fragment = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.count("<path") == 3
    assert 'aria-label="Gembor, Periuk: 4 menjadi 2, selisih −2"' in fragment
    assert "<html" in page(cast.staff, address)
    # somebody else's kelurahan is drawn, but says nothing
    own = page(cast.kecamatan_officer, address)
    assert own.count('<path class="tr-') == 3
    assert "Jatiuwung" not in text(main(own))


def test_an_import_waits_for_whoever_may_apply_it_and_not_for_who_handed_it_in(cast: Cast) -> None:
    batch = ImportBatchFactory(
        state=ImportBatch.State.SUBMITTED, submitted_by=cast.staff, submitted_at=timezone.now()
    )
    address = reverse("households:import_detail", args=[batch.pk])
    waits = "Impor menunggu diterapkan"
    assert waits in page(cast.second_staff)
    assert address in page(cast.second_staff)
    assert "Rina Marlina" in page(cast.verifier)
    for user in (cast.staff, cast.officer_a, cast.leadership, cast.administrator):
        assert waits not in page(user)
    ImportBatch.objects.update(uploaded_by=cast.second_staff)
    assert waits not in page(cast.second_staff)  # nor for who uploaded it


def test_an_import_whose_worker_stopped_is_named_to_who_may_go_on_with_it(cast: Cast) -> None:
    batch = ImportBatchFactory(state=ImportBatch.State.STAGING)
    assert "Impor terhenti" not in page(cast.staff)  # it has only just been uploaded
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_at=timezone.now() - timedelta(hours=1))
    assert "Impor terhenti" in page(cast.staff)
    assert "Impor terhenti" not in page(cast.head)


def test_what_was_read_waits_for_who_uploaded_it(cast: Cast) -> None:
    ImportBatchFactory(state=ImportBatch.State.STAGED, uploaded_by=cast.staff)
    assert "Impor siap ditinjau" in page(cast.staff)
    assert "Impor siap ditinjau" not in page(cast.second_staff)


def test_an_officer_is_told_of_records_to_complete_and_the_number_opens_them(cast: Cast) -> None:
    listed(ROWS)  # none of these families has members, RT or RW
    html = page(cast.officer_a)
    found = re.search(r'<a href="(/keluarga/\?mutu=tanpa-kepala)"><b>(\d+)</b>', html)
    assert found
    client = Client()
    client.force_login(cast.officer_a)
    assert client.get(found[1]).context["total"].number == int(found[2]) == 6
    assert "mutu=" not in page(cast.staff)


def test_nothing_waiting_is_said(cast: Cast) -> None:
    listed(ROWS)
    assert "Tidak ada yang menunggu Anda." in page(cast.staff)


def test_the_page_asks_the_database_as_often_for_many_families_as_for_few(cast: Cast) -> None:
    listed(ROWS)
    client = Client()
    client.force_login(cast.staff)
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(HOME)
    area("36.71.01.1001")
    listed_more = [(wave, code, 2, "class", 1) for wave in (0, 1) for code in PLACES for _ in range(25)]
    listed(listed_more, first=1_000)
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(few) == len(many)
