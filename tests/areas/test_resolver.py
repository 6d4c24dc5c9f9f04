"""The kelurahan a source means: from codes, from names, tolerant of spellings, never a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.areas.management.commands.load_areas import load
from tangerang_poverty.areas.models import Area
from tangerang_poverty.areas.resolver import AreaResolver
from tangerang_poverty.kit.problems import Problem

GEMBOR, JATIUWUNG, BATU_SARI = "36.71.08.1002", "36.71.09.1006", "36.71.03.1006"


@pytest.fixture
def resolver(db):
    load()
    return AreaResolver()


@pytest.mark.parametrize(
    "given_by",
    [
        {"kemendagri": "36.71.08.1002"},
        {"kemendagri": "3671081002"},
        {"bps": "3671042001"},
        {"bps": " 3671042001 "},
        {"province_code": "36", "regency_code": "71", "kecamatan_code": "042", "kelurahan_code": "001"},
        {"province_code": "36", "regency_code": "71", "kecamatan_code": "42", "kelurahan_code": "1"},
        {"province_code": "36", "regency_code": "3671", "kecamatan_code": "3671042", "kelurahan_code": "001"},
        {"kecamatan_code": "3671042", "kelurahan_code": "3671042001"},
        {"kecamatan_code": "042", "kelurahan_code": "001"},
        {"province_code": "36", "regency_code": "71", "kecamatan_code": "08", "kelurahan_code": "1002"},
        {"kecamatan": "Periuk", "kelurahan": "Gembor"},
        {"kecamatan": "KEC. PERIUK", "kelurahan": "KEL. GEMBOR"},
        {"kecamatan": "Kecamatan  periuk", "kelurahan": "Kelurahan gembor"},
        {"kecamatan": "kec.Periuk", "kelurahan": "kel.Gembor"},
        {"kecamatan": "042 PERIUK", "kelurahan": "[001] GEMBOR"},
        {"kecamatan": "Periuk", "kelurahan": "Desa/Kelurahan Gembor"},
        {"kecamatan": "Periuk, Kota Tangerang", "kelurahan": "Gembor"},
        {"kelurahan": "Gembor"},
        {"bps": "3671042001", "kecamatan": "PERIUK", "kelurahan": "GEMBOR", "kemendagri": "36.71.08.1002"},
    ],
)
def test_gembor_is_found_however_it_is_written(resolver, given_by):
    assert resolver.resolve(**given_by) == GEMBOR


@pytest.mark.parametrize(
    ("kecamatan", "kelurahan", "code"),
    [
        ("Batu Ceper", "Batusari", BATU_SARI),
        ("Batuceper", "Batu-Sari", BATU_SARI),
        ("Jati Uwung", "Kroncong", "36.71.02.1001"),
        ("Cibodas", "Jatiuwung", JATIUWUNG),
        ("Cibodas", "Jati Uwung", JATIUWUNG),
        ("Pinang", "Nerogtog", "36.71.11.1003"),
        ("Tangerang", "Kelapa Indah", "36.71.01.1006"),
        ("Benda", "Benda", "36.71.04.1003"),
    ],
)
def test_known_spellings_inside_their_kecamatan(resolver, kecamatan, kelurahan, code):
    assert resolver.resolve(kecamatan=kecamatan, kelurahan=kelurahan) == code


@pytest.mark.parametrize(
    ("given_by", "sentence"),
    [
        (
            {"kecamatan": "Periuk", "kelurahan": "Gembr"},
            "Kelurahan 'Gembr' tidak dikenal di kecamatan Periuk. Mungkin Gembor?",
        ),
        (
            {"kecamatan": "Jatiuwung", "kelurahan": "Jatiuwung"},
            "Kelurahan 'Jatiuwung' tidak dikenal di kecamatan Jatiuwung. Mungkin kecamatan Cibodas?",
        ),
        (
            {"kecamatan": "Peruik", "kelurahan": "Gembor"},
            "Kecamatan 'Peruik' tidak dikenal. Mungkin Periuk?",
        ),
        ({"kecamatan": "Serpong", "kelurahan": "Gembor"}, "Kecamatan 'Serpong' tidak dikenal."),
        ({"kelurahan": "Cilenggang"}, "Kelurahan 'Cilenggang' tidak dikenal."),
        ({"bps": "3674010001"}, "Kode BPS kelurahan '3674010001' tidak dikenal."),
        ({"kemendagri": "36.71.08"}, "Kode Kemendagri kelurahan '36.71.08' tidak dikenal."),
        (
            {"province_code": "32", "regency_code": "71", "kecamatan_code": "042", "kelurahan_code": "001"},
            "Kode kelurahan '3271042001' tidak dikenal.",
        ),
        ({"kecamatan": "Periuk"}, "Kelurahan tidak disebut."),
        ({}, "Kelurahan tidak disebut."),
    ],
)
def test_what_is_unknown_is_named_and_never_taken_for_something_else(resolver, given_by, sentence):
    found = resolver.resolve(**given_by)
    assert isinstance(found, Problem)
    assert found.message == sentence


@pytest.mark.parametrize(
    ("given_by", "parts"),
    [
        (
            {"bps": "3671042001", "kecamatan": "Periuk", "kelurahan": "Gebang Raya"},
            ("kode BPS 3671042001", "Gembor (kecamatan Periuk)", "nama Gebang Raya (kecamatan Periuk)"),
        ),
        (
            {"bps": "3671042001", "kemendagri": "36.71.08.1003"},
            ("36.71.08.1003", "Gebang Raya", "3671042001", "Gembor"),
        ),
        ({"bps": "3671042001", "kecamatan": "Cibodas"}, ("3671042001", "Gembor", "kecamatan Cibodas")),
    ],
)
def test_code_and_name_that_contradict_each_other_are_both_named(resolver, given_by, parts):
    found = resolver.resolve(**given_by)
    assert isinstance(found, Problem)
    assert found.code == "area_contradiction"
    for part in parts:
        assert part in found.message


def test_a_kelurahan_name_of_two_kecamatan_needs_its_kecamatan(db):
    load()
    Area.objects.filter(pk=JATIUWUNG).update(name="Gembor")
    resolver = AreaResolver()
    assert resolver.resolve(kecamatan="Cibodas", kelurahan="Gembor") == JATIUWUNG
    assert resolver.resolve(kelurahan="Gembor", bps="3671042001") == GEMBOR
    found = resolver.resolve(kelurahan="Gembor")
    assert isinstance(found, Problem)
    assert "sebutkan kecamatannya" in found.message


def test_a_spelling_added_by_the_office_is_known_to_the_next_resolver(resolver):
    assert isinstance(resolver.resolve(kecamatan="Periuk", kelurahan="Gembor Lama"), Problem)
    Area.objects.filter(pk=GEMBOR).update(aliases=["Gembor Lama"])
    assert AreaResolver().resolve(kecamatan="Periuk", kelurahan="GEMBOR LAMA") == GEMBOR


def test_every_official_kelurahan_is_found_by_code_and_by_name(resolver, django_assert_num_queries):
    areas = list(Area.objects.kelurahan().select_related("parent"))
    with django_assert_num_queries(0):
        for area in areas:
            assert resolver.resolve(kemendagri=area.code) == area.code
            assert resolver.resolve(bps=area.bps_code) == area.code
            assert resolver.resolve(kecamatan=area.parent.name, kelurahan=area.name) == area.code
    assert len(areas) == 104


class TestAnyText:
    @pytest.fixture(autouse=True)
    def _loaded(self, resolver):
        type(self).resolver = resolver

    @given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
    def test_is_a_kelurahan_or_a_problem_and_never_an_error(self, kecamatan, kelurahan, code):
        found = self.resolver.resolve(kecamatan=kecamatan, kelurahan=kelurahan, bps=code)
        assert isinstance(found, Problem) or len(found) == 13
