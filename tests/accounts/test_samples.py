"""Sample sign-ins: one for each role, kept for this installation, never in production."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from tangerang_poverty import checks
from tangerang_poverty.accounts import samples
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import ROLE_LABELS, Role
from tangerang_poverty.areas.management.commands.load_areas import load
from tests.factories import ImportBatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _installation(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    load()


def printed():
    out = StringIO()
    call_command("sample_users", "--print", stdout=out)
    return out.getvalue()


def test_every_role_has_somebody_and_staff_has_two():
    call_command("sample_users", stdout=StringIO())
    held = [user.groups.get().name for user in User.objects.filter(is_sample=True)]
    assert {role.value for role in Role} <= set(held)
    assert held.count(Role.STAFF) == 2, "a second person must be able to apply an import"
    assert held.count(Role.KELURAHAN_OFFICER) == 2
    assert not User.objects.filter(is_sample=True, area=None).exists()


def test_the_printed_passwords_sign_in():
    call_command("sample_users", stdout=StringIO())
    text = printed()
    for login in samples.read():
        assert login.password in text
        assert User.objects.get(username=login.username).check_password(login.password)
    assert all(label in text for label in ROLE_LABELS.values())


def test_only_the_own_account_may_read_the_file(tmp_path):
    call_command("sample_users", stdout=StringIO())
    assert stat.S_IMODE(Path(tmp_path / "sample-logins.json").stat().st_mode) == 0o600


def test_running_it_again_keeps_the_passwords():
    call_command("sample_users", stdout=StringIO())
    first = samples.read()
    call_command("sample_users", stdout=StringIO())
    assert samples.read() == first
    assert User.objects.count() == len(first)


def test_another_installation_has_other_passwords(settings, tmp_path):
    first = samples.make()
    settings.VAR_DIR = tmp_path / "lain"
    second = samples.make()
    assert not {login.password for login in first} & {login.password for login in second}
    assert User.objects.get(username="rina").check_password(second[3].password)


def test_a_real_account_of_the_same_name_is_left_alone():
    User.objects.create_user("rina", password="milik-rina-sendiri")
    samples.make()
    assert User.objects.get(username="rina").check_password("milik-rina-sendiri")
    assert "rina" not in [login.username for login in samples.read()]


def test_printing_before_making_says_what_to_do():
    with pytest.raises(CommandError, match="jalankan sample_users"):
        printed()


class TestProduction:
    @pytest.fixture(autouse=True)
    def _production(self, settings):
        samples.make()
        settings.PRODUCTION = True

    def test_makes_none(self):
        with pytest.raises(CommandError, match="produksi"):
            call_command("sample_users")

    def test_does_not_start_while_they_exist(self):
        with pytest.raises(ImproperlyConfigured, match="sample_users --remove"):
            checks.refuse_sample_accounts()
        assert [error.id for error in run_checks(tags=["berdikari"])] == ["berdikari.E001"]

    def test_starts_when_they_are_removed(self):
        ImportBatchFactory(uploaded_by=User.objects.get(username="rina"))
        call_command("sample_users", "--remove", stdout=StringIO())
        assert [user.username for user in User.objects.filter(is_sample=True)] == ["rina"]
        assert not User.objects.get(username="rina").is_active
        assert not samples.file().exists()
        checks.refuse_sample_accounts()
        assert run_checks(tags=["berdikari"]) == []


def test_outside_production_they_are_no_error():
    samples.make()
    assert run_checks(tags=["berdikari"]) == []
