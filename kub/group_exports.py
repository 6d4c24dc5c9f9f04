"""The list of groups as a workbook: exactly what is filtered, and on a second sheet their members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from households.models import SampleLoad
from kub.group_list_form import GroupsForm
from kub.models import Membership
from kub.reports import groups as listing
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports

KIND = "groups"
TITLE = "Daftar KUB"
MEMBERS = "Anggota KUB"
CHUNK = 500
HEADER = (
    "Nomor KUB",
    "Nama KUB",
    "Jenis usaha",
    "Kecamatan",
    "Kelurahan",
    "Alamat usaha",
    "Keadaan",
    "Tahap",
    "Bentuk kelompok",
    "Dibentuk",
    "Nomor berita acara",
    "Anggota",
    "Ketua",
    "Sekretaris",
    "Bendahara",
    "Rekening",
    "Bubar",
    "Tanda peringatan",
)
MEMBERS_HEADER = (
    "Nomor KUB",
    "Nama KUB",
    "Kelurahan KUB",
    "Nama anggota",
    "Jenis kelamin",
    "Jabatan",
    "Masuk",
    "Kelurahan",
    "RT",
    "RW",
)


def respond(request: HttpRequest, *, params: dict[str, str]) -> HttpResponseBase:
    """The workbook at once, or a redirect to the page that shows how far it is."""
    by: User = request.user  # type: ignore[assignment]
    rows, notes = _asked(params, by)
    members = _members(rows)
    people = members.order_by()[: exports.DIRECT_ROWS + 1].count()
    if people > exports.DIRECT_ROWS:
        return redirect("privacy:export", pk=exports.ask(kind=KIND, params=params, by=by).pk)
    return exports.respond_xlsx(
        request,
        title=TITLE,
        filename="daftar-kub",
        sheets=_sheets(rows, members, notes),
        rows=people,
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
        what="; ".join([TITLE, *notes]),
    )


def build(params: dict[str, Any], by: User) -> exports.Content:
    """For `privacy.exports`: the same workbook, its rows streamed while they are written."""
    rows, notes = _asked(params, by)
    members = _members(rows)
    return exports.Content(
        sheets=_sheets(rows, members, notes),
        total=rows.order_by().count() + members.order_by().count(),
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
    )


def _asked(params: dict[str, Any], by: User) -> tuple[Any, list[str]]:
    form = GroupsForm(params, user=by)
    return listing.groups(form.asked(), user=by, today=timezone.localdate()), form.in_words()


def _members(rows: Any) -> Any:
    return Membership.objects.live().filter(group__in=rows.order_by().values("pk"))


def _sheets(rows: Any, members: Any, notes: list[str]) -> list[Sheet]:
    return [
        Sheet(TITLE, list(HEADER), _lines(rows), notes=notes),
        Sheet(MEMBERS, list(MEMBERS_HEADER), _member_lines(members)),
    ]


def _lines(rows: Any) -> Iterator[list[Cell]]:
    """Group by group, in portions whose members are asked for together."""
    portion = []
    for group in rows.for_list().order_by(*listing.ORDER).iterator(CHUNK):
        portion.append(group)
        if len(portion) == CHUNK:
            yield from map(_line, listing.lines(portion, today=timezone.localdate()))
            portion = []
    yield from map(_line, listing.lines(portion, today=timezone.localdate()))


def _line(line: listing.Line) -> list[Cell]:
    group = line.group
    return [
        group.pk,
        group.name,
        group.kind.name,
        group.area.parent.name if group.area.parent else "",
        group.area.name,
        group.address,
        group.get_state_display(),
        group.get_stage_display(),
        group.get_legal_form_display(),
        group.formed_on,
        group.report_number,
        line.members,
        *(line.officers.get(office, "") for office in listing.OFFICES),
        group.masked_account,
        group.dissolved_on,
        "; ".join(flag.label for flag in line.flags),
    ]


def _member_lines(members: Any) -> Iterator[list[Cell]]:
    rows = members.select_related("group__area", "person__household__area")
    for one in rows.order_by("group__area_id", "group__name", "group_id", "pk").iterator(CHUNK):
        family = one.person.household
        yield [
            one.group_id,
            one.group.name,
            one.group.area.name,
            one.person.name,
            one.person.get_sex_display(),
            one.get_role_display(),
            one.joined_on,
            family.area.name,
            family.rt,
            family.rw,
        ]
