"""The list of families: who sees which, what search and filters find, pages, and what never stands in an address."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Household, Person
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.factories import (
    CIBODAS,
    GEBANG_RAYA,
    GEMBOR,
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    HouseholdRecordFactory,
    PersonFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db
LIST = reverse("households:list")


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def family(name: str, code: str = GEMBOR, **fields) -> Household:
    return HouseholdFactory(area=area(code), head__name=name, head__name_key=name.lower(), **fields)


def names(response) -> list[str]:
    """The families of the list in their order."""
    assert response.status_code == 200
    rows = re.findall(
        r'<th scope="row">\s*<a class="bk-n" href="[^"]+">([^<]*)</a>', response.content.decode()
    )
    return [unescape(name) for name in rows]


def text(response) -> str:
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


class TestScope:
    @pytest.mark.parametrize(
        ("who", "seen"),
        [
            ("officer_a", ["Ali"]),
            ("officer_b", ["Candra"]),
            ("kecamatan_officer", ["Ali", "Budi"]),
            ("staff", ["Ali", "Budi", "Candra"]),
        ],
    )
    def test_everybody_sees_the_families_of_their_own_area(self, client, cast, who, seen):
        family("Ali", GEMBOR), family("Budi", GEBANG_RAYA), family("Candra", JATIUWUNG)
        client.force_login(getattr(cast, who))
        response = client.get(LIST)
        assert names(response) == seen
        assert f"{len(seen)} keluarga" in text(response)

    def test_an_officer_is_offered_no_area_and_staff_all(self, client, cast):
        client.force_login(cast.officer_a)
        assert 'name="wilayah"' not in client.get(LIST).content.decode()
        client.force_login(cast.staff)
        page = client.get(LIST).content.decode()
        assert f'value="{PERIUK}"' in page
        assert f'value="{JATIUWUNG}"' in page

    @pytest.mark.parametrize("query", [{"wilayah": JATIUWUNG}, {"gelombang": "TIDAKADA"}, {"mutu": "x"}])
    def test_a_filter_out_of_reach_does_not_exist(self, client, cast, query):
        client.force_login(cast.officer_a)
        assert client.get(LIST, query).status_code == 404

    def test_who_may_not_see_families_is_refused(self, client, cast):
        client.force_login(cast.leadership)
        assert client.get(LIST).status_code == 403
        assert client.post(reverse("households:search"), {"cari": "ali"}).status_code == 403

    def test_a_stranger_is_sent_to_the_sign_in(self, client):
        assert client.get(LIST).status_code == 302


class TestSearch:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("rohmat", ["Rohmat Hidayat"]),
            ("HIDAYAT rohmat", ["Rohmat Hidayat"]),
            ("Bpk. Rohmat", ["Rohmat Hidayat"]),
            ("melati", ["Siti Aminah"]),
            ("Gg. Melati", ["Siti Aminah"]),
            ("002/007", ["Siti Aminah"]),
            ("RT 2 RW 7", ["Siti Aminah"]),
            ("aminah RT 2 RW 7", ["Siti Aminah"]),
            ("rohmat RT 2 RW 7", []),
            ("100%", []),
        ],
    )
    def test_names_addresses_and_rt_rw(self, staff, asked, found):
        family("Rohmat Hidayat")
        family("Siti Aminah", address="Gg. Melati No. 5", rt="002", rw="007")
        assert names(staff.get(LIST, {"cari": asked})) == found

    def test_a_member_leads_to_the_family(self, staff):
        home = family("Rohmat Hidayat")
        PersonFactory(household=home, name="Yusuf", name_key="yusuf")
        family("Siti Aminah")
        assert names(staff.get(LIST, {"cari": "yusuf"})) == ["Rohmat Hidayat"]

    @pytest.mark.parametrize("asked", ["rohmad hidayat", "rohmt hidayt"])
    def test_a_misspelt_name_is_answered_with_names_like_it(self, staff, asked):
        family("Rohmat Hidayat"), family("Dewi Lestari")
        response = staff.get(LIST, {"cari": asked})
        assert names(response) == []
        assert "Mungkin yang dimaksud" in text(response)
        assert "Rohmat Hidayat" in text(response)
        assert "Dewi Lestari" not in text(response)

    def test_similar_names_end_at_the_own_area_too(self, client, cast):
        family("Rohmat Hidayat", JATIUWUNG)
        client.force_login(cast.officer_a)
        assert "Rohmat Hidayat" not in text(client.get(LIST, {"cari": "rohmad hidayat"}))

    def test_the_search_form_leads_to_an_address_with_the_filters_that_are_set(self, staff):
        response = staff.post(
            reverse("households:search"),
            {"cari": " ali ", "status": "left", "wilayah": "", "urut": "wilayah"},
        )
        assert response.status_code == 302
        assert response["Location"] == f"{LIST}?cari=ali&status=left"

    def test_what_is_typed_stays_text(self, staff):
        page = staff.get(LIST, {"cari": "<script>alert(1)</script>"}).content.decode()
        assert "<script>alert(1)" not in page

    def test_a_name_stays_text(self, staff):
        family('<img src=x onerror="alert(1)">')
        page = staff.get(LIST).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


class TestSearchByNumber:
    def test_a_nik_opens_its_family_and_stands_in_no_address(self, staff, cast):
        home = family("Ali")
        number = home.people.get().nik
        response = staff.post(
            reverse("households:search"), {"cari": f"{number[:4]} {number[4:10]} {number[10:]}"}
        )
        assert response.status_code == 302
        assert response["Location"] == home.get_absolute_url()
        assert "no-store" in response["Cache-Control"]
        line = AccessLog.objects.get()
        assert (line.by, line.action, line.rows) == (cast.staff, AccessLog.Action.SEARCH, 1)
        assert number not in line.what
        assert "********" in line.what

    def test_a_card_number_of_two_families_lists_both(self, staff):
        first, second = family("Ali"), family("Budi")
        Person.objects.update(kk="9971010101150001")
        response = staff.post(reverse("households:search"), {"cari": "9971010101150001"})
        assert response.status_code == 200
        page = response.content.decode()
        assert first.get_absolute_url() in page
        assert second.get_absolute_url() in page
        assert "9971010101150001" not in page

    def test_a_number_of_another_area_is_not_found_but_the_search_is_logged(self, client, cast):
        number = family("Candra", JATIUWUNG).people.get().nik
        client.force_login(cast.officer_a)
        response = client.post(reverse("households:search"), {"cari": number})
        assert response.status_code == 200
        assert "Candra" not in text(response)
        assert number not in text(response)
        assert AccessLog.objects.get().rows == 0

    @pytest.mark.parametrize(
        "shape",
        ["'{}", "‘{}", "\u200b{}", "NIK {}", "nik: {}", "Kartu KK {} (baru)"],
    )
    def test_however_it_is_typed_it_is_found_and_logged(self, staff, shape):
        home = family("Ali")
        response = staff.post(reverse("households:search"), {"cari": shape.format(home.people.get().nik)})
        assert response["Location"] == home.get_absolute_url()
        assert AccessLog.objects.count() == 1

    @pytest.mark.parametrize("mark", [" ", ".", "-", "/", "_", "–", ",", "\u200b"])
    def test_whatever_parts_its_digits_it_is_found(self, staff, mark):
        home = family("Ali")
        number = home.people.get().nik
        parted = mark.join(number[at : at + 4] for at in range(0, 16, 4))
        response = staff.post(reverse("households:search"), {"cari": parted, "status": "left"})
        assert response["Location"] == home.get_absolute_url()

    def test_a_number_with_a_digit_too_many_stands_in_no_address_either(self, staff):
        number = family("Ali").people.get().nik + "0"
        response = staff.post(reverse("households:search"), {"cari": number, "status": "left"}, follow=True)
        assert response.redirect_chain == [(f"{LIST}?status=left", 302)]
        assert "terdiri atas 16 angka" in text(response)
        for address in (f"'{number}", f"NIK {number}"):
            page = staff.get(LIST, {"cari": address}).content.decode()
            assert number not in page
            assert "tidak dicari lewat alamat" in page

    def test_a_number_in_the_address_is_in_no_download(self, staff):
        number = family("Ali").people.get().nik
        answer = staff.post(f"{reverse('households:export')}?cari='{number}", {})
        assert answer.status_code == 200
        b"".join(answer.streaming_content)
        assert number not in AccessLog.objects.get().what

    def test_a_number_in_the_address_is_not_searched_and_not_repeated(self, staff):
        number = family("Ali").people.get().nik
        response = staff.get(LIST, {"cari": number})
        assert number not in response.content.decode()
        assert "tidak dicari lewat alamat" in text(response)


class TestFilters:
    def test_area_rank_and_status(self, staff):
        family("Ali", GEMBOR, rank=1, rank_group=1)
        family("Budi", GEBANG_RAYA, status="left")
        family("Candra", JATIUWUNG, rank=None, rank_scale="", rank_group=None)
        assert names(staff.get(LIST, {"wilayah": PERIUK})) == ["Ali", "Budi"]
        assert names(staff.get(LIST, {"wilayah": CIBODAS})) == ["Candra"]
        assert names(staff.get(LIST, {"peringkat": "class:1"})) == ["Ali"]
        assert names(staff.get(LIST, {"peringkat": ":0"})) == ["Candra"]
        assert names(staff.get(LIST, {"status": "left"})) == ["Budi"]
        assert "1 keluarga" in text(staff.get(LIST, {"status": "left"}))

    def test_a_wave_means_area_and_rank_as_it_recorded_them(self, staff):
        wave = WaveFactory(code="PPLS2011", reference_date=date(2011, 9, 30))
        moved = family("Ali", GEMBOR, rank=3, rank_group=3)
        HouseholdRecordFactory(household=moved, wave=wave, area=area(JATIUWUNG), rank=1, rank_group=1)
        HouseholdRecordFactory(household=family("Budi"), wave=wave)
        family("Candra")
        assert names(staff.get(LIST, {"gelombang": "PPLS2011"})) == ["Ali", "Budi"]
        opened = staff.get(LIST, {"gelombang": "PPLS2011", "wilayah": JATIUWUNG, "peringkat": "class:1"})
        assert names(opened) == ["Ali"]
        assert "1 keluarga" in text(opened)
        assert names(staff.get(LIST, {"gelombang": "PPLS2011", "peringkat": "class:3"})) == []

    def test_an_officers_total_of_a_wave_counts_what_the_list_shows(self, client, cast):
        wave = WaveFactory(code="PPLS2011")
        HouseholdRecordFactory(household=family("Ali", GEMBOR), wave=wave)
        # recorded in Gembor, since moved out of the officer's sight
        HouseholdRecordFactory(household=family("Budi", JATIUWUNG), wave=wave, area=area(GEMBOR))
        client.force_login(cast.officer_a)
        response = client.get(LIST, {"gelombang": "PPLS2011"})
        assert names(response) == ["Ali"]
        assert "1 keluarga" in text(response)

    def test_a_kecamatan_as_a_whole_is_named_as_one(self, staff):
        family("Ali")
        page = text(staff.get(LIST, {"wilayah": PERIUK}))
        assert "Seluruh Kecamatan Periuk" in page
        assert "Seluruh Kota Tangerang" in page

    def test_each_filter_in_use_can_be_taken_off(self, staff):
        family("Ali")
        page = staff.get(LIST, {"wilayah": GEMBOR, "status": "on_list"}).content.decode()
        assert 'href="?status=on_list"' in page
        assert f'href="?wilayah={GEMBOR}"' in page

    def test_the_line_of_the_total_says_everything_that_is_asked(self, staff):
        family("Ali", rank=1, rank_group=1)
        asked = {"cari": "ali", "wilayah": GEMBOR, "peringkat": "class:1", "status": "on_list"}
        page = text(staff.get(LIST, asked | {"mutu": "tanpa-nik"}))
        head = page[page.index("<h1>") : page.index("</div>", page.index("<h1>"))]
        for words in (
            "di Kelurahan Gembor",
            "Cari: ali",
            "Peringkat: Sangat miskin",
            "Status: ",
            "Mutu data: ",
        ):
            assert words in head, words
        assert "Peringkat: " not in text(staff.get(LIST))

    def test_after_a_search_alone_it_is_the_search_that_is_taken_off(self, staff):
        family("Ali")
        assert "Hapus pencarian" in text(staff.get(LIST, {"cari": "zzz"}))
        assert "Hapus saringan" in text(staff.get(LIST, {"cari": "zzz", "status": "left"}))


class TestOrder:
    def test_by_rank_the_poorest_first_and_those_without_last(self, staff):
        family("Ali", rank=3, rank_group=3)
        family("Budi", rank=None, rank_scale="", rank_group=None)
        family("Candra", rank=1, rank_group=1)
        assert names(staff.get(LIST, {"urut": "peringkat"})) == ["Candra", "Ali", "Budi"]

    def test_by_name_over_all_areas(self, staff):
        family("Candra", GEMBOR), family("Ali", JATIUWUNG), family("Budi", GEBANG_RAYA)
        assert names(staff.get(LIST, {"urut": "nama"})) == ["Ali", "Budi", "Candra"]


class TestPages:
    @pytest.mark.parametrize("order", ["wilayah", "nama", "peringkat"])
    def test_pages_show_every_family_once(self, staff, order):
        for number in range(103):
            rank = number % 4 or None
            family(f"Keluarga {number % 7}", rank=rank, rank_scale="class" if rank else "", rank_group=rank)
        seen: list[str] = []
        address = f"{LIST}?urut={order}"
        for size in (50, 50, 3):
            response = staff.get(address)
            page = response.content.decode()
            found = re.findall(r'<a class="bk-n" href="(/keluarga/\d+/)">', page)
            assert len(found) == size
            seen += found
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = LIST + unescape(following[1]) if following else ""
        assert address == ""
        assert len(set(seen)) == 103

    def test_as_many_queries_for_fifty_families_as_for_one(self, staff):
        family("Ali")
        staff.get(LIST)
        with CaptureQueriesContext(
            connection,
        ) as few:
            staff.get(LIST)
        for number in range(49):
            family(f"Budi {number}")
        with CaptureQueriesContext(connection) as many:
            assert len(names(staff.get(LIST))) == 50
        assert len(few) == len(many)


class TestNumberNobodyHas:
    def test_the_answer_has_the_box_for_the_next_search(self, staff):
        page = staff.post(reverse("households:search"), {"cari": "9971011204750001"}).content.decode()
        assert "Tidak ada anggota keluarga" in page
        assert f'action="{reverse("households:search")}"' in page
        assert 'name="cari"' in page
        assert "9971011204750001" not in page


class TestEmpty:
    def test_an_empty_registry_says_where_families_come_from(self, staff):
        assert "datang dari impor gelombang" in text(staff.get(LIST))

    def test_nothing_found_says_what_to_do(self, staff):
        family("Ali")
        response = staff.get(LIST, {"status": "left"})
        assert "longgarkan saringannya" in text(response)


def test_a_search_by_a_whole_name_names_the_member_and_leaves_out_those_who_share_only_its_words(
    cast: Cast,
) -> None:
    meant = HouseholdFactory(head__name="Rohmat Hidayat")
    PersonFactory(household=meant, name="Siti Aminah")
    other = HouseholdFactory(head__name="Siti Maesaroh")
    PersonFactory(household=other, name="Aminah Putri")
    client = Client()
    client.force_login(cast.officer_a)
    answer = client.get(reverse("households:list"), {"cari": "siti aminah"})
    assert [row.head for row in answer.context["rows"]] == ["Rohmat Hidayat"]
    assert "Anggota: Siti Aminah" in answer.content.decode()
    turned = client.get(reverse("households:list"), {"cari": "aminah siti"})
    assert len(turned.context["rows"]) == 2


def test_while_several_waves_are_loaded_the_list_offers_each_of_them(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.staff)
    family = HouseholdFactory(head__name="Rohmat")
    HouseholdRecordFactory(household=family, wave=WaveFactory(code="PPLS2008", name="PPLS 2008"))
    hint = "belum dipadankan"
    assert hint not in client.get(reverse("households:list")).content.decode()
    HouseholdRecordFactory(household=family, wave=WaveFactory(code="PPLS2011", name="PPLS 2011"))
    text = client.get(reverse("households:list"), {"cari": "rohmat"}).content.decode()
    assert hint in text
    assert "?cari=rohmat&amp;gelombang=PPLS2011" in text
    assert hint not in client.get(reverse("households:list"), {"gelombang": "PPLS2011"}).content.decode()
