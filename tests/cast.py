"""The small cast of the suite: one person for each role, each with their area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tests.factories import CITY, GEMBOR, JATIUWUNG, PASSWORD, PERIUK, area_tree, role_group


@dataclass(frozen=True)
class Cast:
    """Officer A works in Gembor (kecamatan Periuk), officer B in Jatiuwung (kecamatan Cibodas)."""

    officer_a: User
    officer_b: User
    kecamatan_officer: User
    staff: User
    second_staff: User
    verifier: User
    head: User
    treasurer: User
    leadership: User
    administrator: User

    def everybody(self) -> dict[str, User]:
        return dict(self.__dict__)


def make_cast() -> Cast:
    """The areas of the small tree and everybody in them. The fixture `cast` hands it to a test."""
    areas = area_tree()
    role_group(Role.STAFF)  # makes the roles where there are none
    groups = {group.name: group for group in Group.objects.all()}
    members = []

    def person(username: str, full_name: str, role: Role, code: str = CITY) -> User:
        user = User(username=username, full_name=full_name, area=areas[code], password=hashed_password())
        members.append((user, groups[role.value]))
        return user

    cast = Cast(
        officer_a=person("sri.gembor", "Sri Wahyuni", Role.KELURAHAN_OFFICER, GEMBOR),
        officer_b=person("joko.jatiuwung", "Joko Susilo", Role.KELURAHAN_OFFICER, JATIUWUNG),
        kecamatan_officer=person("endang.periuk", "Endang Rahayu", Role.KECAMATAN_OFFICER, PERIUK),
        staff=person("rina", "Rina Marlina", Role.STAFF),
        second_staff=person("agus", "Agus Setiawan", Role.STAFF),
        verifier=person("dewi", "Dewi Lestari", Role.VERIFIER),
        head=person("hasan", "Hasan Basri", Role.OFFICE_HEAD),
        treasurer=person("ratna", "Ratna Sari", Role.TREASURER),
        leadership=person("budi", "Budi Santoso", Role.LEADERSHIP),
        administrator=person("yusuf", "Yusuf Hidayat", Role.ADMINISTRATOR),
    )
    User.objects.bulk_create(user for user, _ in members)
    through = User.groups.through
    through.objects.bulk_create(through(user_id=user.pk, group_id=group.pk) for user, group in members)
    return cast


@cache
def hashed_password() -> str:
    """PASSWORD as it is stored, hashed once for all tests."""
    return make_password(PASSWORD)
