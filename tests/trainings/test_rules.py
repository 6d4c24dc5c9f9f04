"""Who may take part: every rule by a table, and all reasons at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from trainings.rules import (
    Candidate,
    EligibilityTerms,
    Passed,
    Taking,
    age_on,
    eligibility_problems,
    quota_problems,
    reason_problems,
    repeat_problems,
    window_problems,
)

TERMS = EligibilityTerms(
    year=2016, class_up_to=2, decile_up_to=4, min_age=17, max_age=60, years_between=3, list_name="PPLS 2011"
)
WELCOME = Candidate(
    person_id=1,
    name="Siti Suryani",
    age=41,
    is_present=True,
    whereabouts="Ada",
    is_listed=True,
    left="",
    on_wave=True,
    rank_scale="class",
    rank_group=1,
)
OWN_PASS = Passed(1, "Siti Suryani", "Pijat Refleksi", 2014)
HUSBANDS_PASS = Passed(2, "Rudi Hartono", "Payet", 2015)
HUSBAND_TAKES = Taking(2, "Rudi Hartono", "Pelatihan Menjahit 2016", "kursi 17", same_programme=True)


def sentences(candidate: Candidate, terms: EligibilityTerms = TERMS) -> list[str]:
    return [problem.message for problem in eligibility_problems(terms, candidate)]


def test_somebody_who_fits_has_no_problem():
    assert sentences(WELCOME) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_present": False, "whereabouts": "Meninggal"}, "Tercatat meninggal di data keluarga."),
        (
            {"is_listed": False, "left": "pada 3 Juni 2015: pindah ke luar kota"},
            "Keluarga ini sudah keluar dari daftar pada 3 Juni 2015: pindah ke luar kota.",
        ),
        ({"is_listed": False}, "Keluarga ini sudah keluar dari daftar."),
        ({"on_wave": False}, "Keluarga ini tidak tercatat dalam PPLS 2011."),
        ({"rank_group": 3}, "Peringkat keluarga hampir miskin; program ini untuk miskin ke bawah."),
        (
            {"rank_scale": "decile", "rank_group": 5},
            "Peringkat keluarga desil 5; program ini untuk desil 4 ke bawah.",
        ),
        (
            {"rank_scale": "percentile", "rank_group": 5},
            "Peringkat keluarga desil 5; program ini untuk desil 4 ke bawah.",
        ),
        ({"rank_scale": "", "rank_group": None}, "Peringkat keluarga ini belum diketahui."),
        ({"rank_scale": "class", "rank_group": None}, "Peringkat keluarga ini belum diketahui."),
        ({"age": None}, "Tanggal lahir belum diketahui; lengkapi dahulu di data keluarga."),
        ({"age": 16}, "Umur 16 tahun; paling muda 17 tahun."),
        ({"age": 61}, "Umur 61 tahun; paling tua 60 tahun."),
        (
            {"taking": (HUSBAND_TAKES,)},
            "Keluarga ini sudah mempunyai peserta: Rudi Hartono, kursi 17.",
        ),
        ({"taking": (replace(HUSBAND_TAKES, person_id=1),)}, "Sudah terdaftar: kursi 17."),
        (
            {"taking": (replace(HUSBAND_TAKES, same_programme=False),)},
            "Rudi Hartono, anggota keluarga ini, masih mengikuti Pelatihan Menjahit 2016.",
        ),
        (
            {"taking": (replace(HUSBAND_TAKES, person_id=1, same_programme=False),)},
            "Masih mengikuti Pelatihan Menjahit 2016.",
        ),
        ({"passed": (OWN_PASS,)}, "Lulus Pijat Refleksi tahun 2014. Boleh ikut lagi mulai 2017."),
        (
            {"passed": (HUSBANDS_PASS,)},
            "Rudi Hartono, anggota keluarga ini, lulus Payet tahun 2015. "
            "Keluarga ini boleh ikut lagi mulai 2018.",
        ),
    ],
)
def test_each_reason_is_a_plain_sentence(facts, expected):
    assert sentences(replace(WELCOME, **facts)) == [expected]


@pytest.mark.parametrize(
    "facts",
    [
        {"age": 17},
        {"age": 60},
        {"rank_group": 2},
        {"rank_scale": "decile", "rank_group": 4},
        {"passed": (replace(OWN_PASS, year=2013),)},
    ],
)
def test_the_limits_themselves_are_inside(facts):
    assert sentences(replace(WELCOME, **facts)) == []


def test_a_programme_without_limits_takes_every_rank_and_age():
    terms = replace(TERMS, class_up_to=None, decile_up_to=None, min_age=None, max_age=None)
    for facts in ({"rank_group": None, "rank_scale": ""}, {"age": None}, {"age": 90}, {"rank_group": 3}):
        assert sentences(replace(WELCOME, **facts), terms) == []


def test_a_limit_of_one_scale_says_nothing_about_the_other():
    assert (
        sentences(replace(WELCOME, rank_scale="decile", rank_group=9), replace(TERMS, decile_up_to=None))
        == []
    )


def test_all_reasons_come_at_once():
    candidate = replace(
        WELCOME,
        is_listed=False,
        age=70,
        rank_group=3,
        taking=(HUSBAND_TAKES,),
        passed=(OWN_PASS, HUSBANDS_PASS),
    )
    assert len(sentences(candidate)) == 5


def test_of_several_courses_passed_the_last_one_counts():
    first, last = replace(OWN_PASS, year=2014), replace(OWN_PASS, year=2015, course="Payet")
    assert sentences(replace(WELCOME, passed=(first, last))) == [
        "Lulus Payet tahun 2015. Boleh ikut lagi mulai 2018."
    ]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (None, date(2016, 1, 1), None),
        (date(1975, 4, 12), date(2016, 4, 11), 40),
        (date(1975, 4, 12), date(2016, 4, 12), 41),
        (date(1976, 2, 29), date(2016, 2, 28), 39),
    ],
)
def test_age_in_whole_years(born, day, age):
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("is_open", "today", "word"),
    [
        (False, date(2016, 5, 5), "tidak sedang dibuka"),
        (True, date(2016, 4, 30), "baru dibuka 1 Mei 2016"),
        (True, date(2016, 6, 1), "sudah ditutup 31 Mei 2016"),
    ],
)
def test_outside_the_window_the_sentence_says_when(is_open, today, word):
    (problem,) = window_problems(
        is_open=is_open, opens_on=date(2016, 5, 1), closes_on=date(2016, 5, 31), today=today
    )
    assert word in problem.message


@pytest.mark.parametrize("today", [date(2016, 5, 1), date(2016, 5, 31)])
def test_the_first_and_the_last_day_belong_to_the_window(today):
    assert (
        window_problems(is_open=True, opens_on=date(2016, 5, 1), closes_on=date(2016, 5, 31), today=today)
        == []
    )


@pytest.mark.parametrize(
    ("last_year", "refused"), [(None, False), (2012, False), (2013, True), (2015, True), (2016, False)]
)
def test_a_course_comes_back_to_a_kelurahan_after_the_gap(last_year, refused):
    problems = repeat_problems("Payet", last_year, year=2016, gap=3, area="Gembor")
    assert bool(problems) == refused
    if refused:
        assert f"tahun {last_year}" in problems[0].message
        assert f"mulai {last_year + 4}" in problems[0].message


def test_a_quota_is_never_below_what_is_taken_and_never_a_slip_of_the_finger():
    assert quota_problems(38, taken=38) == []
    assert "38 kursi" in quota_problems(37, taken=38)[0].message
    assert quota_problems(1_001, taken=0)[0].code == "quota_too_large"


def test_a_reason_says_something():
    assert reason_problems(" ya ")
    assert not reason_problems("data ganda")
