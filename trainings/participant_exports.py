"""The list of participants as a workbook: exactly what is filtered, without NIK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from households.models import SampleLoad
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.spreadsheets.read import Cell
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports
from trainings.recap_forms import ParticipantsForm
from trainings.reports import participants as listing

KIND = "participants"
TITLE = "Peserta pelatihan"
CHUNK = 2_000
HEADER = (
    "Tahun",
    "Keterampilan",
    "Kecamatan",
    "Kelurahan",
    "Nama",
    "Jenis kelamin",
    "RT",
    "RW",
    "Peringkat",
    "Keadaan",
    "Kursi",
    "Pertemuan dihadiri",
    "Nilai",
)
PAST_HEADER = (
    "Tahun",
    "Keterampilan",
    "Kecamatan",
    "Kelurahan",
    "Nama dalam berkas",
    "Keadaan",
    "Kepala keluarga",
)


def respond(request: HttpRequest, *, params: dict[str, str]) -> HttpResponseBase:
    """The workbook at once, or a redirect to the page that shows how far it is."""
    by: User = request.user  # type: ignore[assignment]
    sheet, rows = _asked(params, by)
    number = rows.order_by()[: exports.DIRECT_ROWS + 1].count()
    if number > exports.DIRECT_ROWS:
        return redirect("privacy:export", pk=exports.ask(kind=KIND, params=params, by=by).pk)
    return exports.respond_xlsx(
        request,
        title=TITLE,
        filename="peserta-pelatihan",
        sheets=[sheet],
        rows=number,
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
        what="; ".join([TITLE, *sheet.notes]),
    )


def build(params: dict[str, Any], by: User) -> exports.Content:
    """For `privacy.exports`: the same workbook, its rows streamed while they are written."""
    sheet, rows = _asked(params, by)
    return exports.Content(
        sheets=[sheet],
        total=rows.order_by().count(),
        with_identities=False,
        is_sample=SampleLoad.objects.exists(),
    )


def _asked(params: dict[str, Any], by: User) -> tuple[Sheet, Any]:
    form = ParticipantsForm(params, user=by)
    asked, notes = form.asked(), form.in_words()
    if asked.is_past:
        rows = listing.past(asked, user=by).for_list().order_by(*listing.PAST_ORDER)
        return Sheet(TITLE, list(PAST_HEADER), _past_lines(rows), notes=notes), rows
    rows = listing.enrolments(asked, user=by).for_list().order_by(*listing.ORDER)
    return Sheet(TITLE, list(HEADER), _lines(rows), notes=notes), rows


def _lines(rows: Any) -> Iterator[list[Cell]]:
    for row in rows.iterator(CHUNK):
        area, programme = row.cohort.area, row.cohort.programme
        yield [
            programme.year,
            programme.course.name,
            area.parent.name,
            area.name,
            row.person.name,
            row.person.get_sex_display(),
            row.household.rt,
            row.household.rw,
            row.household.rank_label,
            row.get_state_display(),
            row.seat,
            row.sessions_attended,
            row.score,
        ]


def _past_lines(rows: Any) -> Iterator[list[Cell]]:
    for row in rows.iterator(CHUNK):
        yield [
            row.year,
            row.course.name,
            row.area.parent.name,
            row.area.name,
            row.name,
            row.get_state_display(),
            row.household.head_name if row.household else None,
        ]
