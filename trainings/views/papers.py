"""Papers of a cohort and of a programme, and their certificates: each a logged download."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Refused
from tangerang_poverty.papers.downloads import FORMATS, Format
from tangerang_poverty.privacy import exports as downloads
from trainings import exports
from trainings.models import Certificate, Cohort, Programme
from trainings.papers import certificates as printed

NONE_YET = "Belum ada sertifikat yang berlaku; kelulusannya belum ditetapkan."


@require_POST
@needs(Can.EXPORT_TRAININGS)
def paper(request: HttpRequest, pk: int, name: str, form: str) -> HttpResponseBase:
    """One paper of a cohort, as PDF or Excel."""
    if name not in exports.COHORT_PAPERS:
        raise Http404
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).for_list(), pk=pk)
    try:
        return exports.respond(request, cohort, name, _asked(request.POST, form))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(cohort)


@require_POST
@needs(Can.EXPORT_TRAININGS)
def programme_paper(request: HttpRequest, pk: int, name: str, form: str) -> HttpResponseBase:
    """The recapitulation of a programme within the reader's area, as PDF or Excel."""
    if name not in exports.PROGRAMME_PAPERS:
        raise Http404
    programme = _programme(request, pk)
    rows = Cohort.objects.visible_to(request.user).filter(programme=programme).select_related("area__parent")
    return exports.respond_programme(request, programme, list(rows), _format(form))


@require_POST
@needs(Can.EXPORT_TRAININGS)
def certificates(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The certificates of a cohort that are in force, in one PDF."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user).for_list(), pk=pk)
    answer = exports.respond_certificates(request, cohort, site=site(request))
    if answer is None:
        messages.info(request, NONE_YET)
        return redirect(cohort)
    return answer


@require_POST
@needs(Can.EXPORT_TRAININGS)
def programme_certificates(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The certificates of a programme within the reader's area: made in the background, a file for each kecamatan."""
    programme, by = _programme(request, pk), cast(User, request.user)
    rows = Certificate.objects.visible_to(by).filter(programme=programme)
    if not printed.printable(rows).exists():
        messages.info(request, NONE_YET)
        return redirect(programme)
    try:
        asked = downloads.ask(
            kind=exports.KIND,
            params={"programme": programme.pk, "site": site(request)},
            by=by,
            title=f"{exports.TITLE} {programme}",
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(programme)
    return redirect("privacy:export", pk=asked.pk)


def site(request: HttpRequest) -> str:
    """Where the public page is found: as the settings say, else where this page is."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def _programme(request: HttpRequest, pk: int) -> Programme:
    rows = Programme.objects.visible_to(request.user).select_related("course")
    return get_object_or_404(rows, pk=pk)


def _asked(posted: QueryDict, form: str) -> exports.Asked:
    number = posted.get("pertemuan", "").strip()
    return exports.Asked(
        with_identities="nik" in posted,
        session=int(number) if number.isascii() and number.isdigit() and len(number) <= 4 else None,
        beside=posted.get("bentuk") == "beberapa",
        format=_format(form),
    )


def _format(form: str) -> Format:
    if form not in FORMATS:
        raise Http404
    return form
