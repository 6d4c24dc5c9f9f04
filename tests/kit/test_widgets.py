"""Controls written by hand say the same as Django's own."""

from __future__ import annotations

import pytest
from django.forms import ChoiceField, Form, Select
from django.test.html import parse_html

from tangerang_poverty.kit.widgets import QuickSelect

CHOICES = [
    ("", "Semua"),
    (3, "Tiga"),
    ("<b>", 'Tanda "kutip" & <b>'),
    ("Periuk", [("36.71.08", "Seluruh Periuk"), ("36.71.08.1002", "Gembor")]),
]


@pytest.mark.parametrize("chosen", ["", None, "3", 3, "<b>", "36.71.08.1002", "not there"])
def test_a_quick_drop_down_is_the_one_django_would_write(chosen):
    attrs = {"class": "form-select", "id": "id_area"}
    quick, own = (kind(attrs=attrs, choices=CHOICES).render("area", chosen) for kind in (QuickSelect, Select))
    assert parse_html(quick) == parse_html(own)


def test_its_field_still_refuses_what_is_not_offered():
    form = type("Asked", (Form,), {"area": ChoiceField(choices=CHOICES, widget=QuickSelect)})
    assert form({"area": "36.71.08"}).is_valid()
    assert not form({"area": "36.72"}).is_valid()
