"""Sign-ins of the sample: one person for each role, with passwords made for this installation alone."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.deletion import ProtectedError

from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import ROLE_LABELS, Role

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another one
# Username, name, role, area (Kemendagri code), unit. Invented people; the areas are real.
PEOPLE: tuple[tuple[str, str, Role, str, str], ...] = (
    ("sri.gembor", "Sri Wahyuni", Role.KELURAHAN_OFFICER, "36.71.08.1002", ""),
    ("joko.jatiuwung", "Joko Susilo", Role.KELURAHAN_OFFICER, "36.71.09.1006", ""),
    ("endang.periuk", "Endang Rahayu", Role.KECAMATAN_OFFICER, "36.71.08", ""),
    ("rina", "Rina Marlina", Role.STAFF, "36.71", "Seksi Data"),
    ("agus", "Agus Setiawan", Role.STAFF, "36.71", "Seksi Pemberdayaan"),
    ("dewi", "Dewi Lestari", Role.VERIFIER, "36.71", ""),
    ("hasan", "Hasan Basri", Role.OFFICE_HEAD, "36.71", ""),
    ("ratna", "Ratna Sari", Role.TREASURER, "36.71", ""),
    ("budi", "Budi Santoso", Role.LEADERSHIP, "36.71", ""),
    ("yusuf", "Yusuf Hidayat", Role.ADMINISTRATOR, "36.71", ""),
)


@dataclass(frozen=True, slots=True)
class Login:
    """One sign-in as it is printed."""

    username: str
    password: str
    name: str
    role: str
    area: str


def file() -> Path:
    """Where the sign-ins of this installation are kept; only the account that runs it may read them."""
    return Path(settings.VAR_DIR) / "sample-logins.json"


def read() -> list[Login]:
    """The sign-ins as kept; empty when there are none yet."""
    if not file().exists():
        return []
    return [Login(**row) for row in json.loads(file().read_text(encoding="utf-8"))]


@transaction.atomic
def make() -> list[Login]:
    """Makes or renews the sample accounts; a password that still fits is kept. Needs the areas.

    An account of the same name that is not a sample is left alone.
    """
    roles.sync()
    kept = {login.username: login.password for login in read()}
    logins = []
    for username, name, role, area, unit in PEOPLE:
        user = User.objects.filter(username=username).first() or User(username=username, is_sample=True)
        if not user.is_sample:
            continue
        password = kept.get(username) or new_password()
        user.full_name, user.unit, user.area_id, user.is_active = name, unit, area, True
        if not user.pk or not user.check_password(password):
            user.set_password(password)
        user.save()
        user.groups.set([roles.group_of(role)])
        place = user.area.label if user.area else ""
        logins.append(Login(username, password, name, ROLE_LABELS[role], place))
    _write(logins)
    return logins


def remove() -> tuple[int, int]:
    """Deletes the sample accounts; those that left traces are locked. Returns (deleted, locked)."""
    deleted = locked = 0
    for user in User.objects.filter(is_sample=True):
        try:
            with transaction.atomic():
                user.delete()
            deleted += 1
        except ProtectedError:
            user.is_active = False
            user.set_unusable_password()
            user.save()
            locked += 1
    file().unlink(missing_ok=True)
    return deleted, locked


def new_password() -> str:
    """Random, 12 letters and digits in three groups that can be read aloud (59 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def _write(logins: list[Login]) -> None:
    file().parent.mkdir(parents=True, exist_ok=True)
    draft = file().with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump([asdict(login) for login in logins], out, ensure_ascii=False, indent=1)
    draft.replace(file())
