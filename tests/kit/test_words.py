"""Amounts in words: what a receipt says must be the amount, for each amount there is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit.words import MOST, day_in_words, in_words, rupiah_in_words

DIGITS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
UNITS = {word: value for value, word in enumerate(DIGITS, start=1)}
SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def heard(words: str) -> int:
    """The number somebody writes down who is read the words: another grammar than the one that wrote them."""
    if words == "nol":
        return 0
    total = group = 0
    pending = 0
    for word in words.split():
        if word in UNITS:
            assert pending == 0, f"two digits in a row: {words}"
            pending = UNITS[word]
        elif word in ("sepuluh", "sebelas"):
            group, pending = group + {"sepuluh": 10, "sebelas": 11}[word], 0
        elif word == "seratus":
            group += 100
        elif word == "seribu":
            assert group == pending == 0, f"seribu inside a group: {words}"
            total += 1_000
        elif word in ("belas", "puluh", "ratus"):
            assert pending > 1, f"satu {word}: {words}"
            group += {"belas": 10 + pending, "puluh": 10 * pending, "ratus": 100 * pending}[word]
            pending = 0
        else:
            total, group, pending = total + (group + pending) * SCALES[word], 0, 0
    return total + group + pending


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (99, "sembilan puluh sembilan"),
        (100, "seratus"),
        (101, "seratus satu"),
        (110, "seratus sepuluh"),
        (111, "seratus sebelas"),
        (200, "dua ratus"),
        (999, "sembilan ratus sembilan puluh sembilan"),
        (1_000, "seribu"),
        (1_001, "seribu satu"),
        (1_100, "seribu seratus"),
        (2_015, "dua ribu lima belas"),
        (10_000, "sepuluh ribu"),
        (11_000, "sebelas ribu"),
        (21_000, "dua puluh satu ribu"),
        (100_000, "seratus ribu"),
        (101_000, "seratus satu ribu"),
        (111_111, "seratus sebelas ribu seratus sebelas"),
        (1_000_000, "satu juta"),
        (1_000_001, "satu juta satu"),
        (1_001_000, "satu juta seribu"),
        (2_001_500, "dua juta seribu lima ratus"),
        (12_000_000, "dua belas juta"),
        (20_000_000, "dua puluh juta"),
        (121_021_011, "seratus dua puluh satu juta dua puluh satu ribu sebelas"),
        (1_000_000_000, "satu miliar"),
        (1_000_001_000, "satu miliar seribu"),
        (1_001_001_001, "satu miliar satu juta seribu satu"),
        (10**12, "satu triliun"),
        (
            MOST,
            "sembilan ratus sembilan puluh sembilan triliun sembilan ratus sembilan puluh sembilan miliar "
            "sembilan ratus sembilan puluh sembilan juta sembilan ratus sembilan puluh sembilan ribu "
            "sembilan ratus sembilan puluh sembilan",
        ),
    ],
)
def test_as_a_receipt_writes_it(value, words):
    assert in_words(value) == words


def test_each_number_below_a_hundred_thousand_is_heard_as_itself_and_no_two_sound_alike():
    spoken = [in_words(value) for value in range(100_000)]
    assert [heard(words) for words in spoken] == list(range(100_000))
    assert len(set(spoken)) == 100_000


@given(st.integers(0, MOST) | st.integers(0, 999_999).map(lambda thousands: thousands * 1_000))
def test_any_amount_is_heard_as_itself(value):
    assert heard(in_words(value)) == value


@given(st.integers(0, MOST))
def test_the_words_are_parted_by_one_space_and_never_say_satu_ribu_alone(value):
    words = in_words(value)
    assert words == " ".join(words.split())
    assert not words.startswith("satu ribu")
    assert all(f"{scale} satu ribu" not in words for scale in ("juta", "miliar", "triliun"))


@pytest.mark.parametrize("value", [-1, -20_000_000, MOST + 1])
def test_what_no_receipt_can_say_is_refused(value):
    with pytest.raises(ValueError, match="is not between"):
        in_words(value)


def test_money_says_its_currency():
    assert rupiah_in_words(5_500_000) == "lima juta lima ratus ribu rupiah"


def test_a_day_as_minutes_open_with_it():
    assert day_in_words(date(2015, 11, 24)) == (
        "Selasa tanggal dua puluh empat bulan November tahun dua ribu lima belas"
    )
    assert day_in_words(date(2026, 3, 1)) == "Minggu tanggal satu bulan Maret tahun dua ribu dua puluh enam"
