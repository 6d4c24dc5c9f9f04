"""The rows behind the figures as workbooks: people by step, reports that are late; without NIK."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from households.models import SampleLoad
from kub.recap_forms import PeopleForm
from kub.reports import funnel, worklists
from kub.reports.people_rows import Line, lines
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports

KIND, TITLE = "funnel-people", "Dari pelatihan sampai KUB aktif"
CHUNK = 500
HEADER = ("Nama", "Jenis kelamin", "Pelatihan", "Tahun", "Kelurahan", "KUB", "Jabatan", "Masuk", "Keluar")
REPORT_HEADER = (
    "KUB",
    "Kecamatan",
    "Kelurahan",
    "Jenis usaha",
    "Tahun anggaran",
    "Termin",
    "Dibayar (Rp)",
    "Tenggat",
    "Hari sampai tenggat",
    "Keadaan",
)


def respond_people(request: HttpRequest, *, params: dict[str, str]) -> HttpResponseBase:
    """The workbook at once, or a redirect to the page that shows how far it is."""
    by: User = request.user  # type: ignore[assignment]
    sheet, rows = _people(params, by)
    number = rows.order_by()[: exports.DIRECT_ROWS + 1].count()
    if number > exports.DIRECT_ROWS:
        return redirect("privacy:export", pk=exports.ask(kind=KIND, params=params, by=by).pk)
    return exports.respond_xlsx(
        request,
        title=TITLE,
        filename="pelatihan-sampai-kub",
        sheets=[sheet],
        rows=number,
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
        what="; ".join([TITLE, *sheet.notes]),
    )


def build_people(params: dict[str, Any], by: User) -> exports.Content:
    """For `privacy.exports`: the same workbook, its rows streamed while they are written."""
    sheet, rows = _people(params, by)
    return exports.Content(
        sheets=[sheet],
        total=rows.order_by().count(),
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
    )


def _people(params: dict[str, Any], by: User) -> tuple[Sheet, Any]:
    form = PeopleForm(params, user=by)
    asked = form.asked()
    rows = funnel.people(asked).order_by(*funnel.ORDER)
    return Sheet(TITLE[:31], list(HEADER), _people_lines(rows, asked, by), notes=form.in_words()), rows


def _people_lines(rows: Any, asked: funnel.Asked, by: User) -> Iterator[list[Cell]]:
    people = rows.iterator(CHUNK)
    while part := list(islice(people, CHUNK)):
        for line in lines(part, asked, user=by):
            yield _cells(line)


def _cells(line: Line) -> list[Cell]:
    last = line.trainings[0] if line.trainings else None
    one = line.membership
    return [
        line.person.name,
        line.person.get_sex_display(),
        last.course if last else None,
        last.year if last else None,
        last.place if last else None,
        one.group.name if one else None,
        one.get_role_display() if one else None,
        one.joined_on if one else None,
        one.left_on if one else None,
    ]


def respond_reports(request: HttpRequest, *, kind: str, area: Area, today: date) -> HttpResponseBase:
    """The workbook of the reports of a kind in an area."""
    title, _ = worklists.REPORTS[kind]
    asked = worklists.with_names(worklists.reports(kind, area, today=today)).order_by(*worklists.REPORT_ORDER)
    rows: list[list[Cell]] = [
        [
            one.group.name,
            one.group.area.parent.name if one.group.area.parent else None,
            one.group.area.name,
            one.report.grant.proposal.kind.name,
            one.report.grant.proposal.year_id,
            one.report.instalment.number,
            one.amount,
            one.report.due_on,
            one.days,
            one.report.get_state_display(),
        ]
        for one in worklists.report_lines(asked, today=today)
    ]
    return exports.respond_xlsx(
        request,
        title=f"{title}, {area.label}",
        filename=f"lpj-{kind}",
        sheets=[Sheet(title, list(REPORT_HEADER), rows, notes=[area.label])],
        rows=len(rows),
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
    )
