"""Groups follow the table of roles."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.permissions import ROLES

pytestmark = pytest.mark.django_db


def test_syncing_writes_every_role_of_the_table():
    roles.sync()
    assert {group.name for group in Group.objects.all()} == {role.value for role in ROLES}
    assert roles.differences() == []
