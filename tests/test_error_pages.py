"""Pages that say no: they keep the way on, also for a stranger and when nothing else works."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_not_found_keeps_the_navigation_and_leads_to_the_list(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer_a)
    answer = client.get("/tidak-ada/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'aria-label="Utama"' in page
    assert f'href="{reverse("households:list")}">Daftar keluarga' in page


def test_refused_keeps_the_navigation(client: Client, cast: Cast) -> None:
    client.force_login(cast.leadership)
    answer = client.get(reverse("households:list"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'aria-label="Utama"' in page
    assert reverse("households:list") not in page


def test_a_stranger_is_told_without_a_menu(client: Client) -> None:
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert 'aria-label="Utama"' not in answer.content.decode()
