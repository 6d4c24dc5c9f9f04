"""Keeps the Groups of the database the same as the table `ROLES` in permissions.py."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from tangerang_poverty.accounts.models import Capability
from tangerang_poverty.accounts.permissions import LABELS, ROLE_LABELS, ROLES, Can, Role


def differences() -> list[str]:
    """What the Groups of the database do otherwise than the table says, one sentence for each difference."""
    held = _held()
    found = []
    for role, cans in ROLES.items():
        if role not in held:
            found.append(f"Peran {role} belum ada.")
            continue
        found += [f"Peran {role} kurang izin {name}." for name in sorted(_names(cans) - held[role])]
        found += [f"Peran {role} kelebihan izin {name}." for name in sorted(held[role] - _names(cans))]
    known = _permission_names()
    found += [f"Izin {can.codename} belum ada." for can in Can if can.value not in known]
    return found


@transaction.atomic
def sync() -> list[str]:
    """Writes the table to the Groups and returns the differences there were; a second run changes nothing."""
    found = differences()
    if found:
        permissions = _permissions()
        for role, cans in ROLES.items():
            group, _ = Group.objects.get_or_create(name=role.value)
            group.permissions.set([permissions[can] for can in cans])
    return found


def group_of(role: Role) -> Group:
    """The Group of a role; call `sync` first in a new database."""
    return Group.objects.get(name=role.value)


def label_of(role: Role) -> str:
    return ROLE_LABELS[role]


def _names(cans: frozenset[Can]) -> set[str]:
    return {can.value for can in cans}


def _held() -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    rows = Group.objects.filter(name__in=[role.value for role in Role]).values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    for name, app, codename in rows:
        held.setdefault(name, set()).update({f"{app}.{codename}"} if codename else ())
    return held


def _permission_names() -> set[str]:
    content_type = ContentType.objects.get_for_model(Capability)
    rows = Permission.objects.filter(content_type=content_type).values_list("codename", flat=True)
    return {f"accounts.{codename}" for codename in rows}


def _permissions() -> dict[Can, Permission]:
    """Every permission of `Can`; those that `migrate` has not made yet are made here."""
    content_type = ContentType.objects.get_for_model(Capability)
    return {
        can: Permission.objects.update_or_create(
            content_type=content_type, codename=can.codename, defaults={"name": label}
        )[0]
        for can, label in LABELS.items()
    }
