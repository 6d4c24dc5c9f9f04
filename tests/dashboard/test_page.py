"""What the cards of the dashboard say beside their numbers."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from households.models import Wave
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.dashboard.lists import listed
from tests.factories import GEMBOR, PERIUK

pytestmark = pytest.mark.django_db


def told(user: User, **query: str) -> str:
    """What can be read on the dashboard, on one line."""
    client = Client()
    client.force_login(user)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get("/", query).content.decode())).split())


def test_a_source_is_named_once_and_without_what_it_said(cast: Cast) -> None:
    listed([(0, GEMBOR, 1, "class", 3), (1, GEMBOR, 11, "percentile", 3)])
    for code, total in (("PPLS2008", 55_000), ("PPLS2011", 52_000)):
        said = f"Antara, 2015: memuat {total} keluarga"
        Wave.objects.filter(code=code).update(reported_total=total, reported_source=said)
    assert "Dilaporkan se-kota. Sumber: Antara, 2015. Jumlah keluarga dalam daftar" in told(cast.staff)
    drill = told(cast.staff, wilayah=PERIUK)
    assert "Dilaporkan se-kota: PPLS 2008 55.000, PPLS 2011 52.000 (Antara, 2015). Bukan" in drill
    Wave.objects.filter(code="PPLS2008").update(reported_url="https://example.org/2008")
    Wave.objects.filter(code="PPLS2011").update(reported_url="https://example.org/2011")
    shown = told(cast.staff)
    assert "Antara, 2015 (PPLS 2008)" in shown
    assert "Antara, 2015 (PPLS 2011)" in shown
