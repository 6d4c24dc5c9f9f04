"""Rupiah as people type them."""

from __future__ import annotations

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from tangerang_poverty.kit.amounts import (
    FRACTION,
    LARGEST,
    NEGATIVE,
    NO_MONEY,
    TOO_MUCH,
    RupiahField,
    parse_rupiah,
)
from tangerang_poverty.kit.formats import rupiah


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1450000", 1_450_000),
        ("1.450.000", 1_450_000),
        (" Rp 1.450.000 ", 1_450_000),
        ("Rp. 1.450.000,-", 1_450_000),
        ("rp1.450.000,00", 1_450_000),
        ("0", 0),
        ("007", 7),
        (str(LARGEST), LARGEST),
    ],
)
def test_the_ways_of_writing_an_amount(text, amount):
    assert parse_rupiah(text) == amount


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-5", NEGATIVE),
        ("−Rp500", NEGATIVE),
        ("1.450.000,50", FRACTION),
        ("12,5", FRACTION),
        ("1.45", NO_MONEY),
        ("1,450,000", NO_MONEY),
        ("12e3", NO_MONEY),
        ("lima juta", NO_MONEY),
        ("", NO_MONEY),
        ("Rp", NO_MONEY),
        ("١٢٣", NO_MONEY),
        ("²", NO_MONEY),
        ("1..000", NO_MONEY),
        (str(LARGEST + 1), TOO_MUCH),
        ("9" * 5000, TOO_MUCH),
    ],
)
def test_what_is_no_amount_is_named(text, sentence):
    with pytest.raises(ValueError, match=r".") as refused:
        parse_rupiah(text)
    assert str(refused.value) == sentence


@given(st.integers(min_value=0, max_value=LARGEST))
def test_what_the_product_writes_it_also_reads(amount):
    assert parse_rupiah(rupiah(amount)) == amount


class AmountForm(forms.Form):
    amount = RupiahField(label="Jumlah", min_value=1, max_value=5_000_000)
    maybe = RupiahField(label="Boleh kosong", required=False)


def test_a_field_shows_dots_and_gives_a_number():
    form = AmountForm({"amount": "2.500.000", "maybe": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"amount": 2_500_000, "maybe": None}
    assert 'value="2.500.000"' in str(AmountForm(initial={"amount": 2_500_000})["amount"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0", "Paling sedikit Rp1."),
        ("5.000.001", "Paling banyak Rp5.000.000."),
        ("x", NO_MONEY),
        ("", "tidak boleh kosong"),
    ],
)
def test_a_field_says_what_is_wrong_and_keeps_what_was_typed(text, sentence):
    form = AmountForm({"amount": text})
    assert sentence in str(form.errors["amount"])
    assert not text or f'value="{text}"' in str(form["amount"])
