"""Names folded for searching, names for the page, and RT/RW out of free addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit.text import Address, display_name, name_key, parse_address, three_digits, visible


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SITI  AMINAH", "siti aminah"),
        ("H. Ahmad, S.Pd", "ahmad"),
        ("Hj.Siti", "siti"),
        ("Drs. H. Budi Santoso, M.M.", "budi santoso"),
        ("K.H. Ali", "ali"),
        ("Tb. Hasan", "hasan"),
        ("T.B. Hasan", "hasan"),
        ("Rt. Ayu", "ayu"),
        ("R. Wijaya", "wijaya"),
        ("Ibu Ratna", "ratna"),
        ("Budi (Alm)", "budi"),
        ("Alm. Budi", "budi"),
        ("Ma'ruf", "maruf"),
        ("Nur’aini", "nuraini"),
        ("Nur-Aini", "nur aini"),
        ("André", "andre"),
        ("M.Ali", "m ali"),
        ("Ahmad bin Ali", "ahmad bin ali"),
        ("Siti binti H. Umar", "siti binti h umar"),
        ("Budi, SE", "budi"),
        ("Budi S. Pd", "budi"),
        ("Budi SPd", "budi"),
        ("Tan Se", "tan se"),
        ("Sri Hastuti", "sri hastuti"),
        ("H", "h"),
        ("S.Pd", "s pd"),
        ("", ""),
        ("...", ""),
    ],
)
def test_a_name_is_folded_for_searching(name: str, key: str) -> None:
    assert name_key(name) == key


@given(
    st.text(max_size=40) | st.from_regex(r"([HhDdSsMm]{1,3}[., ]{0,2}){1,4}[a-zA-Z., ]{0,12}", fullmatch=True)
)
def test_folding_never_fails_and_twice_is_once(name: str) -> None:
    key = name_key(name)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", key)
    assert name_key(key) == key


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("SITI  AMINAH ", "Siti Aminah"),
        ("siti aminah", "Siti Aminah"),
        ("McArthur Budi", "McArthur Budi"),
        ("MA'RUF", "Ma'ruf"),
        ("NUR-AINI", "Nur-Aini"),
        ("H. AHMAD, S.PD", "H. Ahmad, S.Pd"),
        ("M.ALI", "M.Ali"),
        ("AHMAD BIN ALI", "Ahmad bin Ali"),
        ("HASAN III", "Hasan III"),
        ("", ""),
    ],
)
def test_a_name_typed_in_one_case_gets_capitals(typed: str, shown: str) -> None:
    assert display_name(typed) == shown


@given(st.text(max_size=40))
def test_showing_a_name_keeps_what_it_is_searched_by(name: str) -> None:
    assert name_key(display_name(name)) == name_key(name)


@pytest.mark.parametrize(
    ("text", "street", "rt", "rw"),
    [
        ("RT 004 / RW 011", "", "004", "011"),
        ("RT 004/RW 011", "", "004", "011"),
        ("RT.04/11", "", "004", "011"),
        ("RT. 04/RW. 11", "", "004", "011"),
        ("RT04 RW11", "", "004", "011"),
        ("RT04RW11", "", "004", "011"),
        ("Rt.4 Rw.11", "", "004", "011"),
        ("rt 4, rw 11", "", "004", "011"),
        ("RT-04/RW-11", "", "004", "011"),
        ("RT:04 RW:11", "", "004", "011"),
        ("R.T. 04 R.W. 11", "", "004", "011"),
        ("RT/RW 004/011", "", "004", "011"),
        ("RT/RW: 04 / 11 Kp Melayu", "Kp Melayu", "004", "011"),
        ("004/011", "", "004", "011"),
        ("04/011 Kp. Baru", "Kp. Baru", "004", "011"),
        ("RW 11 RT 4, Gg. Buntu", "Gg. Buntu", "004", "011"),
        ("Kp. Baru RT 1 RW 2 No 5", "Kp. Baru No 5", "001", "002"),
        ("Kp Baru (RT 01/02)", "Kp Baru", "001", "002"),
        ("Gg. Mawar 3 RT 5/2", "Gg. Mawar 3", "005", "002"),
        ("Jl Kertas 5 RT.1/RW.2.", "Jl Kertas 5", "001", "002"),
        ("RT 04 Kp. Baru RW 11", "Kp. Baru", "004", "011"),
        ("Kp. Baru RT 5", "Kp. Baru", "005", ""),
        ("RW 03 Kp. Dalam", "Kp. Dalam", "", "003"),
        ("Jl. Artha 12", "Jl. Artha 12", "", ""),
        ("Jl. Mawar No 12/14", "Jl. Mawar No 12/14", "", ""),
        ("Jl. Mawar No. 012/014", "Jl. Mawar No. 012/014", "", ""),
        ("Perum Sari RT kosong", "Perum Sari RT kosong", "", ""),
        ("Jl. Mawar RT 000/RW 000", "Jl. Mawar", "", ""),
        ("", "", "", ""),
    ],
)
def test_rt_and_rw_are_found_in_an_address(text: str, street: str, rt: str, rw: str) -> None:
    assert parse_address(text) == Address(street, rt, rw)


def test_only_the_beginning_of_an_endless_cell_is_looked_at() -> None:
    assert parse_address("RT 1 " * 1500) == Address("", "001", "")
    assert len(name_key("Siti, S.E" * 4000)) <= 500


@given(
    st.integers(1, 999),
    st.integers(1, 999),
    st.sampled_from(
        [
            "RT {0:03d} / RW {1:03d}",
            "RT.{0:02d}/{1:02d}",
            "RT{0} RW{1}",
            "Rt. {0} Rw. {1}",
            "RT/RW {0}/{1}",
            "{0:03d}/{1:03d}",
            "RW {1} RT {0}",
            "RT {0}, RW {1}",
            "rt {0:02d} dan rw {1:02d}",
        ]
    ),
    st.sampled_from(["", "Kp. Baru", "Jl. Artha Gg. II", "Perum. Sari Blok A"]),
)
def test_every_rt_and_rw_is_read_back_from_every_shape(rt: int, rw: int, shape: str, street: str) -> None:
    expected = Address(street, f"{rt:03d}", f"{rw:03d}")
    assert parse_address(f"{street} {shape.format(rt, rw)}") == expected
    assert parse_address(f"{shape.format(rt, rw)}, {street}") == expected


@given(st.text(max_size=60) | st.from_regex(r"([RrTtWw.,/ \-0-9]{0,30})", fullmatch=True))
def test_any_address_gives_three_digits_or_none(text: str) -> None:
    found = parse_address(text)
    assert re.fullmatch(r"([0-9]{3})?", found.rt, re.ASCII)
    assert re.fullmatch(r"([0-9]{3})?", found.rw, re.ASCII)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4", "004"),
        ("04", "004"),
        ("RT 4", "004"),
        ("rw.011", "011"),
        ("0", ""),
        ("", ""),
        ("-", ""),
        ("1234", ""),
    ],
)
def test_a_column_of_its_own_gives_three_digits(text: str, digits: str) -> None:
    assert three_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "seen"),
    [("\u202eSiti\u200b\tAminah\n", "Siti Aminah"), ("André", "André"), ("\ufeff", ""), ("a\u00a0b", "a b")],
)
def test_what_cannot_be_seen_is_taken_out(text: str, seen: str) -> None:
    assert visible(text) == seen
