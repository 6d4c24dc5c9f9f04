"""Rows of the past: the list of those that wait, and the page where somebody decides whose one is."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from households.models import Person
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.privacy.exports import DIRECT_ROWS, respond_xlsx
from trainings.models import PastTraining
from trainings.past import actions, candidates, decide, reports
from trainings.past_forms import ReasonForm, RowsForm, SearchForm

ORDER = ("area_id", "name_key", "id")


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _row(request: HttpRequest, pk: int) -> PastTraining:
    rows = PastTraining.objects.visible_to(request.user).for_list().select_related("past_import")
    found: PastTraining = get_object_or_404(rows, pk=pk)
    return found


@never_cache
@require_safe
@needs(Can.IMPORT_PAST)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows within the reader's area that fit the filters in the address; without any, those that wait."""
    if may_hold_number(request.GET.get("cari", "")):
        messages.warning(request, "NIK tidak dicari lewat alamat halaman; cari dengan nama.")
        return redirect("trainings:past_rows")
    form = RowsForm(request.GET, user=_user(request))
    page = keyset_page(
        form.rows().for_list(), order=ORDER, size=reports.PAGE_SIZE, cursor=request.GET.get("hal", "")
    )
    context = {"form": form, "page": page, "query": _query(request), "chosen": form.cleaned_data}
    return render(request, "trainings/past_rows.html", context)


def _query(request: HttpRequest) -> str:
    """The filters that are set, as they stand in an address."""
    return urlencode({name: request.GET[name] for name in RowsForm.base_fields if request.GET.get(name)})


@require_POST
@needs(Can.IMPORT_PAST)
def export(request: HttpRequest) -> HttpResponseBase:
    """The rows that the address filters as a workbook, NIK masked."""
    form = RowsForm(request.GET, user=_user(request))
    found = form.rows().for_list().order_by(*ORDER)
    count = found.order_by().count()
    if count > DIRECT_ROWS:
        most = number(DIRECT_ROWS)
        messages.error(request, f"Lebih dari {most} baris; saring dahulu menurut tahun atau wilayah.")
        return redirect(f"{reverse('trainings:past_rows')}?{_query(request)}")
    notes = [*form.in_words(), "NIK disamarkan."]
    return respond_xlsx(
        request,
        title="Riwayat pelatihan",
        filename="riwayat-pelatihan",
        sheets=[reports.rows_sheet(found, notes=notes)],
        rows=count,
        with_identities=False,
        is_sample=False,
    )


@require_POST
@needs(Can.IMPORT_PAST)
def search_again(request: HttpRequest) -> HttpResponse:
    """Looks once more for the families of all rows that wait."""
    found = actions.search_again(by=_user(request))
    said = f"{number(found)} baris kini cocok dengan keluarganya." if found else "Belum ada yang baru cocok."
    messages.success(request, said)
    return redirect("trainings:past_rows")


@never_cache
@require_safe
@needs(Can.IMPORT_PAST)
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row with whom it may speak of."""
    return _page(request, _row(request, pk))


@never_cache
@require_POST
@needs(Can.IMPORT_PAST)
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Looks for somebody else; by POST, so that a NIK never stands in an address."""
    found, form = _row(request, pk), SearchForm(request.POST)
    if not form.is_valid():
        return _page(request, found, searching=form)
    typed = form.cleaned_data["typed"]
    results = candidates.search(typed, user=_user(request))
    shown = SearchForm(initial={} if may_hold_number(typed) else {"typed": typed})
    return _page(request, found, searching=shown, results=results, searched=True)


@require_POST
@needs(Can.IMPORT_PAST)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that the row speaks of this person, then goes on to the next that waits."""
    found = _row(request, pk)
    typed = request.POST.get("person", "")
    known = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=known)
    try:
        decide.match_by_hand(found, person=person, by=_user(request))
    except Refused as refusal:
        return _refused(request, found, refusal)
    return _onward(request, found, f"{found.name} dicocokkan dengan {person.name}.")


@require_POST
@needs(Can.IMPORT_PAST)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets the row aside with a reason, then goes on to the next that waits."""
    found, form = _row(request, pk), ReasonForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(
                Problem("no_reason", "Tuliskan alasannya dengan beberapa kata, paling banyak 250 huruf.")
            )
        decide.dismiss(found, by=_user(request), reason=form.cleaned_data["reason"])
    except Refused as refusal:
        return _refused(request, found, refusal)
    return _onward(request, found, f"{found.name} dikesampingkan.")


@require_POST
@needs(Can.IMPORT_PAST)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a match or a setting aside back."""
    found = _row(request, pk)
    try:
        decide.reopen(found, by=_user(request))
    except Refused as refusal:
        return _refused(request, found, refusal)
    messages.success(request, f"{found.name} menunggu lagi.")
    return redirect("trainings:past_row", pk=found.pk)


def _page(request: HttpRequest, found: PastTraining, **more: Any) -> HttpResponse:
    suggested = candidates.candidates(found, user=_user(request)) if found.is_waiting else []
    context = {
        "row": found,
        "suggested": suggested,
        "searching": SearchForm(),
        "reason": ReasonForm(),
        **more,
    }
    return render(request, "trainings/past_row.html", context)


def _refused(request: HttpRequest, found: PastTraining, refusal: Refused) -> HttpResponse:
    for problem in refusal.problems:
        messages.error(request, problem.message)
    if not PastTraining.objects.filter(pk=found.pk).exists():
        return redirect("trainings:past_rows")
    return redirect("trainings:past_row", pk=found.pk)


def _onward(request: HttpRequest, done: PastTraining, said: str) -> HttpResponse:
    """To the next row that waits, saying what was done and where to take it back."""
    following = candidates.next_waiting(done, user=_user(request))
    back = reverse("trainings:past_row", args=[done.pk])
    messages.success(request, format_html('{} <a href="{}">Lihat atau buka lagi</a>.', said, back))
    if following is None:
        return redirect("trainings:past_rows")
    return redirect("trainings:past_row", pk=following.pk)
