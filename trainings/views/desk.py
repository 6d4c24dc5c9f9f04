"""The officer's desk on a phone: search a family, see who may take part, register in two taps.

A page with as little on the wire as can be: compressed (Django pads it against guessing by length, and the CSRF
token is masked anew each time), no library, and what a press of a button changes comes as a fragment.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from households.actions import find_by_identity
from households.models import Person
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.identifiers import number_in
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions import enrolments as actions
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import Cohort, Enrolment, Promotion
from trainings.reports import desk as reports
from trainings.rules import window_problems
from trainings.views.cohorts import own_cohort

NOT_A_NUMBER = Problem("not_a_number", "NIK dan nomor KK terdiri atas 16 angka. Periksa angka yang diketik.")
MANY_DIGITS = 10
BAD_KEY = Problem("bad_key", "Permintaan ini tidak lengkap. Cari keluarganya sekali lagi, lalu daftarkan.")


@dataclass
class Said:
    """What the page says about the last press: a registration, or why there was none."""

    done: Enrolment | None = None
    problems: tuple[Problem, ...] = field(default=())
    about: str = ""


@gzip_page
@never_cache
@require_safe
@needs(Can.REGISTER_PARTICIPANTS)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk of a cohort; `?cari=` holds words, never a number."""
    cohort = own_cohort(request, pk)
    words = request.GET.get("cari", "").replace("\0", "").strip()[:120]
    return _page(request, cohort, words="" if _is_like_a_number(words) else words)


@gzip_page
@never_cache
@require_POST
@needs(Can.REGISTER_PARTICIPANTS)
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the search: a NIK or KK is looked up here, so that it never stands in an address."""
    cohort = own_cohort(request, pk)
    typed = request.POST.get("cari", "").replace("\0", "").strip()[:120]
    number = number_in(typed)
    if number:
        return _page(request, cohort, number=number)
    if _is_like_a_number(typed):
        return _page(request, cohort, said=Said(problems=(NOT_A_NUMBER,)))
    return _page(request, cohort, words=typed)


@gzip_page
@never_cache
@require_POST
@needs(Can.REGISTER_PARTICIPANTS)
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Registers one person. The same attempt sent again gives the same seat."""
    cohort = own_cohort(request, pk)
    person_pk = request.POST.get("orang", "")
    rows = Person.objects.visible_to(request.user)
    known = int(person_pk) if person_pk.isascii() and person_pk.isdigit() and len(person_pk) < 16 else 0
    person = get_object_or_404(rows.select_related("household"), pk=known)
    said = Said(about=str(person))
    try:
        key = uuid.uuid5(_key(request), person_pk)
        said.done = actions.register(
            person, cohort=cohort, by=cast(User, request.user), key=key, today=timezone.localdate()
        )
    except Refused as refusal:
        said.problems = refusal.problems
    words = request.POST.get("cari", "").replace("\0", "").strip()[:120]
    words = "" if _is_like_a_number(words) else words
    if _wants_fragment(request) or said.problems:
        return _page(request, own_cohort(request, pk), words=words, said=said)
    messages.success(request, _told(cast(Enrolment, said.done)))
    address = reverse("trainings:desk", args=[cohort.pk])
    return redirect(f"{address}?{urlencode({'cari': words})}" if words else address)


def _is_like_a_number(text: str) -> bool:
    """Whether somebody began to type a NIK or KK: no name, RT or RW has so many digits. It stays out of addresses."""
    return sum(letter.isdigit() for letter in text) >= MANY_DIGITS


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("kunci", ""))
    except ValueError:
        raise Refused(BAD_KEY) from None


def _told(enrolment: Enrolment) -> str:
    if enrolment.state == EnrolmentState.WAITING:
        return f"{enrolment.person} masuk daftar cadangan."
    return f"{enrolment.person} terdaftar, kursi {enrolment.seat}."


def _wants_fragment(request: HttpRequest) -> bool:
    return "X-Bagian" in request.headers


def _page(
    request: HttpRequest, cohort: Cohort, *, words: str = "", number: str = "", said: Said | None = None
) -> HttpResponse:
    """The whole page, or for the page's own script what lies inside `<main>`."""
    user, today = cast(User, request.user), timezone.localdate()
    context: dict[str, Any] = {
        "cohort": cohort,
        "programme": cohort.programme,
        "words": words,
        "said": said or Said(),
        "key": uuid.uuid4(),
        "waiting": cohort.enrolments.waiting().count(),
        "promotions": Promotion.objects.unseen()
        .filter(enrolment__cohort=cohort)
        .select_related("enrolment__person"),
        "closed": window_problems(
            is_open=cohort.programme.state == ProgrammeState.OPEN and cohort.state == CohortState.OPEN,
            opens_on=cohort.programme.registration_opens_on,
            closes_on=cohort.programme.registration_closes_on,
            today=today,
        ),
    }
    if number:
        holders = find_by_identity(number, by=user)
        context["found"] = reports.found_by_number(cohort, holders, number, today=today)
    elif words:
        context["found"] = reports.found_by_words(cohort, words, user=user, today=today)
    elif not context["closed"]:
        context["suggested"] = reports.suggested(cohort, user=user, today=today)
    refused = bool(context["said"].problems)
    template = "trainings/_desk.html" if _wants_fragment(request) else "trainings/desk.html"
    return render(request, template, context, status=422 if refused else 200)
