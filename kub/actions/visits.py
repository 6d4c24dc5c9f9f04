"""Visits to a group: recorded once however often the phone sends it, corrected with a reason left in the history."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from kub.lifecycle import GroupState
from kub.models import Group, Membership, Visit
from kub.models.settings import MOST_PRICE
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.formats import long_date, rupiah
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.uploads import Clean, checked, taken_back
from tangerang_poverty.kit.versions import fingerprint

PHOTO_SIDE = 1_600  # pixels; it shows a stall, not small print
MOST_MONEY = MOST_PRICE * 10  # as the table has it
FAR_AHEAD = timedelta(days=366)
DISSOLVED = Problem("dissolved", "KUB ini sudah bubar, jadi tidak dikunjungi lagi.")
BAD_KEY = Problem("bad_key", "Permintaan ini tidak lengkap. Buka lagi halaman kunjungannya.")
CHANGED_MEANWHILE = Problem(
    "changed_meanwhile",
    "Kunjungan ini sudah diubah orang lain sejak halaman dibuka. Periksa yang kini tercatat, lalu simpan lagi.",
)
_SEEN = (
    "visited_on", "active_members", "turnover", "costs", "stock", "problem", "next_visit_on", "photo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody found at a group. `active` are keys of memberships; money is a month's, in whole rupiah."""

    visited_on: date
    active: Collection[int]
    turnover: int
    costs: int
    stock: int = 0
    problem: str = ""
    next_visit_on: date | None = None


def version_of(visit: Visit) -> str:
    """The same token as long as nothing that people may change has changed."""
    return fingerprint(visit, _SEEN, purpose="kub.visits")


def record_visit(
    group: Group, found: Found, *, key: uuid.UUID, by: User, today: date, photo: File[Any] | None = None
) -> Visit:
    """Write a visit down. The same `key` again gives the visit it gave the first time.

    Raises Refused with every problem, PermissionDenied without the right or outside the area.
    """
    _require(group, by)
    picture = checked(photo, pdf=False, field="photo", longest_side=PHOTO_SIDE) if photo else None
    kept = Visit(group=group, request_key=key, made_by=by)
    with taken_back(kept, "photo"), transaction.atomic():
        held = Group.objects.select_for_update().get(pk=group.pk)
        first: Visit | None = Visit.objects.filter(request_key=key).first()
        if first is not None:
            return _same(first, held, by)
        members = _members(held, found)
        _refuse(_problems(held, found, members, today=today))
        _fill(kept, found, members, picture)
        with audited(by=by, action="visit", note=long_date(found.visited_on)):
            kept.save(force_insert=True)
            kept.present.set(members)
    return kept


def change_visit(
    visit: Visit, found: Found, *, seen: str, by: User, today: date, photo: File[Any] | None = None
) -> Visit:
    """Correct a visit; `seen` is the version the user looked at. By who recorded it, or who sets stages.

    Without `photo` the picture stays. Raises Refused, PermissionDenied.
    """
    _require(visit.group, by)
    if visit.made_by_id != by.pk:
        require(by, Can.SET_STAGE)
    picture = checked(photo, pdf=False, field="photo", longest_side=PHOTO_SIDE) if photo else None
    now: Visit = Visit.objects.get(pk=visit.pk)
    with taken_back(now, "photo"), transaction.atomic():
        held = Group.objects.select_for_update().get(pk=visit.group_id)
        now.refresh_from_db()
        if version_of(now) != seen:
            raise Refused(CHANGED_MEANWHILE)
        members = _members(held, found, already=now)
        _refuse(_problems(held, found, members, today=today))
        old = now.photo.name if picture else ""
        _fill(now, found, members, picture)
        with audited(by=by, action="visit", note=f"Koreksi kunjungan {long_date(found.visited_on)}"):
            now.save()
            now.present.set(members)
        if old:
            transaction.on_commit(lambda: now.photo.storage.delete(old))
    return now


def _require(group: Group, by: User) -> None:
    require(by, Can.RECORD_VISITS)
    if not Group.objects.visible_to(by).filter(pk=group.pk).exists():
        raise PermissionDenied("outside the area")


def _same(visit: Visit, group: Group, by: User) -> Visit:
    if (visit.group_id, visit.made_by_id) != (group.pk, by.pk):
        raise Refused(BAD_KEY)
    return visit


def _members(group: Group, found: Found, *, already: Visit | None = None) -> list[Membership]:
    """Those who are named as active: members of the group now, or of the visit that is corrected."""
    rows = group.memberships.filter(pk__in=found.active).select_related("person")
    known = set(already.present.values_list("pk", flat=True)) if already else set()
    return [one for one in rows if one.left_on is None or one.left_on > found.visited_on or one.pk in known]


def _problems(group: Group, found: Found, members: list[Membership], *, today: date) -> list[Problem]:
    problems = []
    if group.state == GroupState.DISSOLVED:
        problems.append(DISSOLVED)
    if found.visited_on > today:
        problems.append(
            Problem("in_future", f"Tanggal {long_date(found.visited_on)} belum tiba.", "visited_on")
        )
    if group.formed_on and found.visited_on < group.formed_on:
        message = f"KUB ini baru dibentuk {long_date(group.formed_on)}."
        problems.append(Problem("too_early", message, "visited_on"))
    if found.next_visit_on and not found.visited_on < found.next_visit_on <= found.visited_on + FAR_AHEAD:
        message = "Kunjungan berikutnya harus sesudah kunjungan ini, paling lama setahun kemudian."
        problems.append(Problem("next_visit", message, "next_visit_on"))
    if len(members) < len(set(found.active)):
        message = "Sebagian yang dicentang bukan anggota lagi pada hari kunjungan. Periksa lagi centangnya."
        problems.append(Problem("not_member", message, "active"))
    for name in ("turnover", "costs", "stock"):
        amount = getattr(found, name)
        if not 0 <= amount <= MOST_MONEY:
            problems.append(Problem("amount", f"Jumlahnya antara Rp0 dan {rupiah(MOST_MONEY)}.", name))
    return problems


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _fill(visit: Visit, found: Found, members: list[Membership], picture: Clean | None) -> None:
    visit.visited_on = found.visited_on
    visit.active_members = len(members)
    visit.turnover, visit.costs, visit.stock = found.turnover, found.costs, found.stock
    visit.problem = without_numbers(found.problem.strip())
    visit.next_visit_on = found.next_visit_on
    if picture is not None:
        visit.photo.save("foto.jpg", picture.file, save=False)
