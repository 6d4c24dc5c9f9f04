"""The page of one family: what it shows, its history, and the opening of a NIK or KK number."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import Person, StatusChange
from tangerang_poverty.audit.history import audited
from tangerang_poverty.audit.models import AccessLog
from tests.factories import (
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    HouseholdRecordFactory,
    ImportBatchFactory,
    PersonFactory,
    PersonRecordFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def text(response) -> str:
    plain = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(plain))


def page(client, family) -> str:
    response = client.get(family.get_absolute_url())
    assert response.status_code == 200
    return text(response)


def recorded(family, code: str, on: date, **fields):
    wave = WaveFactory(code=code, name=code, reference_date=on)
    return HouseholdRecordFactory(household=family, wave=wave, batch=ImportBatchFactory(wave=wave), **fields)


class TestPage:
    def test_shows_place_figures_and_members_with_masked_numbers(self, staff):
        family = HouseholdFactory(head__name="Rohmat Hidayat", head__nik="9971011204750001")
        PersonFactory(
            household=family,
            name="Siti Maesaroh",
            relation=Person.Relation.SPOUSE,
            nik=None,
            birth_date=date(1971, 1, 1),
            birth_precision="year",
            family_number=2,
        )
        shown = page(staff, family)
        assert "Keluarga Rohmat Hidayat" in shown
        assert "RT 004 / RW 011, Kelurahan Gembor, Kecamatan Periuk" in shown
        assert "2 2 keluarga, 1 dapur" in shown
        assert "9971********0001" in shown
        assert "9971011204750001" not in staff.get(family.get_absolute_url()).content.decode()
        assert "tahun 1971" in shown
        assert "2 perlu dilengkapi" in shown
        assert "1 NIK, 1 tanggal lahir" in shown

    def test_one_record_is_a_plain_list(self, staff):
        family = HouseholdFactory()
        recorded(family, "PPLS2008", date(2008, 9, 30), raw={"jenis_lantai": "2"})
        shown = page(staff, family)
        assert "Lantai terluas Tanah" in shown
        assert "Beda" not in shown
        assert "Atap terluas" not in shown

    def test_two_records_stand_side_by_side_with_the_differences_marked(self, staff):
        family = HouseholdFactory(head__name="Rohmat Hidayat")
        recorded(family, "PPLS2008", date(2008, 9, 30), head_name="Rohmad Hidajat", raw={"jenis_lantai": "2"})
        recorded(
            family,
            "BDT2015",
            date(2015, 9, 30),
            layout="bdt2015_person",
            rank=7,
            rank_scale="percentile",
            rank_group=1,
            member_count=3,
            raw={"lantai_terluas": "02"},
        )
        markup = staff.get(family.get_absolute_url()).content.decode()
        assert "<mark>Rohmad Hidajat</mark>" in markup
        shown = page(staff, family)
        assert "ejaan" in shown
        assert "Tanah Keramik" in shown
        assert "skala berbeda" in shown
        assert "Desil 1, persentil 7" in shown
        assert "+2 orang" in shown

    def test_cells_without_a_theme_are_kept_under_their_headers(self, staff):
        family = HouseholdFactory()
        recorded(family, "PPLS2008", date(2008, 9, 30), raw={"status_kerja": "<b>buruh</b>", "asing": "x"})
        shown = page(staff, family)
        assert "Isian lain, 2 baris" in shown
        assert "<b>buruh</b>" in shown  # as text: the markup is escaped
        assert "<b>buruh</b>" not in staff.get(family.get_absolute_url()).content.decode()

    def test_other_cells_stand_in_the_order_of_the_file_without_those_shown_above(self, staff):
        family = HouseholdFactory()
        cells = {
            "no_kip": "7",
            "kelas": "6",
            "alamat": "KP. GEMBOR",
            "ijazah": "SD",
            "kabupaten_kota": "Tangerang",
        }
        recorded(
            family, "PPLS2011", date(2011, 9, 30), layout="ppls2011_bnba", raw=cells | {"nama_sls": "RT 4"}
        )
        shown = page(staff, family)
        rest = shown[shown.index("Isian lain, 5 baris") :]
        places = [rest.index(label) for label in ("Kabupaten kota", "Ijazah", "Kelas", "Nama SLS", "No KIP")]
        assert places == sorted(places)
        assert "KP. GEMBOR" not in rest

    def test_no_door_leads_where_there_is_nothing(self, staff):
        family = HouseholdFactory(head__nik=None, head__kk=None)
        assert "meminta alasan" not in page(staff, family)
        PersonFactory(household=family, nik="9971011204750001")
        assert "meminta alasan" in page(staff, family)

    def test_all_changes_are_offered_only_when_there_are_any(self, staff, monkeypatch):
        family = HouseholdFactory()
        assert "Semua perubahan" in page(staff, family)
        monkeypatch.setattr("households.views.household.changes_of", lambda *_, **__: [])
        assert "Semua perubahan" not in page(staff, family)

    @pytest.mark.parametrize(
        ("who", "leads"), [("officer_a", False), ("kecamatan_officer", True), ("staff", True)]
    )
    def test_every_crumb_leads_to_a_page_its_reader_may_open(self, client, cast, who, leads):
        family = HouseholdFactory()
        client.force_login(cast.everybody()[who])
        shown = client.get(family.get_absolute_url()).content.decode()
        trail = re.findall(r'href="([^"]+)"', shown[shown.index("bk-crumb") : shown.index("<h1>")])
        assert [client.get(unescape(href)).status_code for href in trail] == [200] * len(trail)
        assert any(href.endswith(f"wilayah={PERIUK}") for href in trail) is leads

    def test_the_way_of_the_family_is_newest_first(self, staff, cast):
        family = HouseholdFactory()
        recorded(family, "PPLS2008", date(2008, 9, 30))
        StatusChange.objects.create(
            household=family,
            kind="exit",
            reason="better_off",
            evidence="BA 18/2015",
            effective_on=date(2015, 10, 12),
            made_by=cast.staff,
        )
        shown = page(staff, family)
        assert shown.index("12 Oktober 2015 Keluar dari daftar") < shown.index(
            "Pertama tercatat dalam PPLS2008"
        )
        assert "BA 18/2015. Dicatat oleh Rina Marlina." in shown
        assert "2008–2015" in shown

    def test_another_area_does_not_exist(self, client, cast):
        client.force_login(cast.officer_a)
        other = HouseholdFactory(area=area(JATIUWUNG))
        assert client.get(other.get_absolute_url()).status_code == 404
        assert client.get(reverse("households:history", args=[other.pk])).status_code == 404

    def test_who_may_not_change_is_offered_no_change(self, client, cast):
        family = HouseholdFactory()
        client.force_login(cast.kecamatan_officer)
        shown = page(client, family)
        assert "Koreksi data" not in shown
        assert "Ubah status" not in shown
        assert "Tambah anggota" not in shown

    def test_as_many_queries_for_ten_members_as_for_two(self, staff):
        family = HouseholdFactory()
        record = recorded(family, "PPLS2008", date(2008, 9, 30))
        PersonRecordFactory(person=PersonFactory(household=family), household_record=record)
        page(staff, family)
        with CaptureQueriesContext(connection) as few:
            page(staff, family)
        for _ in range(8):
            PersonRecordFactory(person=PersonFactory(household=family), household_record=record)
        with CaptureQueriesContext(connection) as many:
            page(staff, family)
        assert len(few) == len(many)


class TestHistory:
    def test_shows_old_and_new_who_and_why(self, staff, cast):
        family = HouseholdFactory()
        with audited(by=cast.officer_a, action="correct_household", note="menurut KK"):
            family.address = "Gg. Mawar 7"
            family.save()
        shown = text(staff.get(reverse("households:history", args=[family.pk])))
        assert "Jl. Gotong Royong No. 4" in shown
        assert "Gg. Mawar 7" in shown
        assert "menurut KK" in shown
        assert "Sri Wahyuni" in shown
        assert "Koreksi data keluarga: Keluarga" in page(staff, family)


class TestReveal:
    @pytest.fixture
    def person(self):
        return HouseholdFactory(head__nik="9971011204750001", head__kk="9971010101150007").people.get()

    def address(self, person) -> str:
        return reverse("households:reveal", args=[person.household_id, person.pk])

    def test_asks_for_a_reason_and_shows_nothing_before(self, staff, person):
        response = staff.get(self.address(person))
        assert "Untuk apa NIK" in text(response)
        assert person.nik not in response.content.decode()
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
    def test_a_reason_opens_both_numbers_once_and_is_logged(self, staff, cast, person, headers):
        response = staff.post(
            self.address(person), {"why": "Memeriksa data ganda", "details": "laporan RT"}, headers=headers
        )
        shown = response.content.decode()
        assert person.nik in shown
        assert person.kk in shown
        assert ("<html" in shown) is not bool(headers)
        assert "no-store" in response["Cache-Control"]
        line = AccessLog.objects.get()
        assert (line.by, line.action, line.with_identities) == (cast.staff, AccessLog.Action.REVEAL, True)
        assert (line.subject_type, line.subject_id) == ("households.person", str(person.pk))
        assert line.reason == "Memeriksa data ganda: laporan RT"
        assert line.area_id == person.household.area_id
        assert person.nik not in staff.get(self.address(person)).content.decode()

    @pytest.mark.parametrize(
        "answer", [{}, {"why": "Lainnya"}, {"why": "Lainnya", "details": "x"}, {"why": "?"}]
    )
    def test_without_a_reason_nothing_is_opened(self, staff, person, answer):
        response = staff.post(self.address(person), answer)
        assert person.nik not in response.content.decode()
        assert not AccessLog.objects.exists()

    def test_who_may_not_is_refused(self, client, cast, person):
        client.force_login(cast.head)
        assert client.post(self.address(person), {"why": "Memeriksa data ganda"}).status_code == 403
        assert "perlu alasan" not in page(client, person.household)

    def test_another_area_does_not_exist(self, client, cast, person):
        client.force_login(cast.officer_b)
        assert client.post(self.address(person), {"why": "Memeriksa data ganda"}).status_code == 404
        assert not AccessLog.objects.exists()

    def test_a_person_of_another_family_does_not_exist(self, staff, person):
        other = HouseholdFactory()
        assert staff.get(reverse("households:reveal", args=[other.pk, person.pk])).status_code == 404
