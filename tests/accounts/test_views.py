"""Own account, help and health."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.urls import reverse

from tangerang_poverty.accounts import views

pytestmark = pytest.mark.django_db


def test_the_profile_says_who_i_am_where_and_what_i_may_do(client, cast):
    client.force_login(cast.officer_a)
    page = client.get(reverse("profile")).content.decode()
    for words in ("Sri Wahyuni", "Petugas kelurahan", "Kelurahan Gembor", "sri.gembor", "Belum aktif"):
        assert words in page
    may, may_not = page.split("Yang tidak termasuk peran Anda")
    assert "Mengoreksi data keluarga" in may
    assert "Menerapkan impor" in may_not


def test_help_shows_what_the_reader_can_use(client, cast):
    client.force_login(cast.staff)
    assert "Memasukkan daftar baru" in client.get(reverse("help")).content.decode()
    client.force_login(cast.leadership)
    page = client.get(reverse("help")).content.decode()
    assert "Membaca angka" in page
    assert "Memasukkan daftar baru" not in page
    assert "Melihat NIK" not in page


def test_health_is_open_and_tells_when_the_database_is_gone(client, monkeypatch):
    assert client.get(reverse("health")).status_code == 200

    class Gone:
        def cursor(self):
            raise OperationalError("no route to the database at 10.0.0.1")

    monkeypatch.setattr(views, "connection", Gone())
    answer = client.get(reverse("health"))
    assert answer.status_code == 503
    assert "10.0.0.1" not in answer.content.decode()
