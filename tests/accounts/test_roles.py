"""Groups follow the table of roles."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.permissions import LABELS, ROLE_LABELS, ROLES, Can, Role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def sync(*arguments):
    out = StringIO()
    call_command("sync_roles", *arguments, stdout=out)
    return out.getvalue()


def test_syncing_writes_every_role_of_the_table():
    sync()
    assert {group.name for group in Group.objects.all()} == {role.value for role in ROLES}
    assert roles.differences() == []


@pytest.mark.parametrize("role", list(Role))
def test_a_person_may_exactly_what_the_table_says(role):
    user = UserFactory(role=role)
    assert {can for can in Can if user.has_perm(can.value)} == ROLES[role]


def test_check_fails_until_synced_and_changes_nothing():
    Group.objects.all().delete()
    with pytest.raises(CommandError):
        sync("--check")
    assert not Group.objects.exists()
    sync()
    assert "Peran sudah sama" in sync("--check")


def test_a_right_given_by_hand_is_found_and_taken_back():
    sync()
    group = roles.group_of(Role.LEADERSHIP)
    group.permissions.add(Permission.objects.get(codename=Can.REVEAL_IDENTITY.codename))
    with pytest.raises(CommandError):
        sync("--check")
    assert roles.differences() == ["Peran pimpinan kelebihan izin accounts.reveal_identity."]
    sync()
    assert roles.differences() == []


def test_permissions_that_are_missing_are_made():
    Permission.objects.filter(codename=Can.VIEW_DASHBOARD.codename).delete()
    sync()
    assert UserFactory(role=Role.LEADERSHIP).has_perm(Can.VIEW_DASHBOARD.value)


def test_every_permission_has_a_label_and_every_role_a_name():
    assert set(LABELS) == set(Can)
    assert set(ROLE_LABELS) == set(ROLES) == set(Role)


def test_who_uploads_an_import_and_who_manages_people_are_different_people():
    assert not any({Can.UPLOAD_IMPORT, Can.MANAGE_USERS} <= cans for cans in ROLES.values())
    assert not any({Can.MANAGE_USERS, Can.VIEW_HOUSEHOLDS} <= cans for cans in ROLES.values())
