"""The first administrator of an office, made on the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tangerang_poverty.accounts.management.commands import create_administrator
from tangerang_poverty.accounts.models import User
from tests.factories import CITY, area

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What is typed at the two questions, in turn."""
    answers: list[str] = []
    monkeypatch.setattr(create_administrator, "getpass", lambda prompt: answers.pop(0))
    return answers


def make(username="kepala.it"):
    call_command("create_administrator", username, "--name", "Ani Suryani", stdout=StringIO())


def test_the_administrator_may_give_accounts_for_the_whole_city(typed, client):
    area(CITY)
    typed += ["jambu-merah-71", "jambu-merah-71"]
    make()
    user = User.objects.get(username="kepala.it")
    assert user.check_password("jambu-merah-71")
    assert user.area_id == CITY
    client.force_login(user)
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200


@pytest.mark.parametrize(
    ("passwords", "sentence"),
    [(["12345", "12345"], "terlalu pendek"), (["jambu-merah-71", "jambu-merah-72"], "tidak sama")],
)
def test_a_weak_or_mistyped_password_makes_nobody(typed, passwords, sentence):
    area(CITY)
    typed += passwords
    with pytest.raises(CommandError, match=sentence):
        make()
    assert not User.objects.exists()


def test_a_name_that_is_taken_is_refused_before_a_password_is_asked(typed):
    area(CITY)
    User.objects.create(username="kepala.it")
    with pytest.raises(CommandError):
        make()


def test_without_areas_it_says_what_to_do(typed):
    with pytest.raises(CommandError, match="load_areas"):
        make()
