"""Programmes: the list, one with its cohorts, its form, its quotas and its moves."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions import cohorts as cohort_actions
from trainings.actions import programmes as actions
from trainings.forms import OverrideForm, PlanForm, ProgrammeForm, posted_quotas
from trainings.lifecycle import PROGRAMME_MOVES, ProgrammeState, moves_from
from trainings.models import Cohort, Programme
from trainings.reports import programme as reports

NOT_SAVED = 422


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _programme(request: HttpRequest, pk: int) -> Programme:
    rows = Programme.objects.visible_to(request.user).select_related("course", "wave")
    return get_object_or_404(rows, pk=pk)


@require_safe
@needs(Can.VIEW_TRAININGS)
def home(request: HttpRequest) -> HttpResponse:
    """The programmes with a cohort in the reader's area, each with its numbers there; the latest year first."""
    programmes = Programme.objects.visible_to(request.user).select_related("course")
    found = reports.overview(list(programmes), user=_user(request))
    return render(request, "trainings/home.html", {"lines": found, "today": timezone.localdate()})


@require_safe
@needs(Can.VIEW_TRAININGS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme: its terms, where it stands, and its cohorts within the reader's area."""
    programme = _programme(request, pk)
    cohorts = (
        Cohort.objects.visible_to(request.user).filter(programme=programme).select_related("area__parent")
    )
    lines = reports.lines(list(cohorts.order_by("area_id")))
    context = {
        "programme": programme,
        "lines": lines,
        "total": reports.total(lines),
        "moves": moves_from(PROGRAMME_MOVES, programme.state)
        if request.user.has_perm(Can.MANAGE_PROGRAMMES)
        else [],
        "today": timezone.localdate(),
        "may_set_quotas": programme.state in (ProgrammeState.DRAFT, ProgrammeState.OPEN),
        "may_change": actions.CHANGEABLE[programme.state] != (),
    }
    return render(request, "trainings/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_PROGRAMMES)
def new(request: HttpRequest) -> HttpResponse:
    """A new programme, first as a draft."""
    return _form(request, Programme())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_PROGRAMMES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the state of the programme still lets change."""
    return _form(request, _programme(request, pk))


def _form(request: HttpRequest, programme: Programme) -> HttpResponse:
    free = actions.changeable(programme) if programme.pk else None
    form = ProgrammeForm(request.POST or None, instance=programme, free=free)
    if form.is_valid():
        try:
            with transaction.atomic():
                draft = form.instance
                if free is None:
                    draft.course = actions.make_course(form.cleaned_data["course_name"], by=_user(request))
                saved = actions.save_programme(draft, by=_user(request), seen=form.cleaned_data["seen"])
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{saved} tersimpan.")
            return redirect(saved)
    status = NOT_SAVED if form.errors else 200
    return render(
        request, "trainings/programme_form.html", {"form": form, "programme": programme}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_PROGRAMMES)
def quotas(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of the seats, shown and editable before it is taken over."""
    programme = _programme(request, pk)
    asked = {"cara": reports.EQUAL, "kursi": programme.default_quota, **request.GET.dict()}
    form = PlanForm(asked)
    method, number = reports.EQUAL, programme.default_quota
    if form.is_valid():
        method, number = form.cleaned_data["cara"], form.cleaned_data["kursi"]
    problems: list[Problem] = []
    lines = reports.plan(programme, method=method, number=number)
    if request.method == "POST":
        given, problems = posted_quotas(request.POST)
        lines = reports.with_quotas(lines, given)
        if not problems:
            try:
                changed = cohort_actions.set_quotas(
                    programme,
                    given,
                    by=_user(request),
                    today=timezone.localdate(),
                    seen=request.POST.get("seen", ""),
                )
            except Refused as refusal:
                problems = list(refusal.problems)
            else:
                messages.success(request, f"Kuota ditetapkan; {changed} kelurahan berubah.")
                return redirect(programme)
    context = {
        "programme": programme,
        "form": form,
        "lines": lines,
        "problems": problems,
        "seen": cohort_actions.quotas_version(programme),
        "seats": sum(line.quota for line in lines if not line.problem),
        "refused": sum(bool(line.problem) for line in lines),
    }
    return render(
        request, "trainings/quotas.html", context, status=NOT_SAVED if problems or form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.OVERRIDE_COURSE)
def add_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """A cohort for a kelurahan that had the course lately, with the reason."""
    programme = _programme(request, pk)
    settled = programme.cohorts.filter(Q(quota__gt=0) | Q(override_at__isnull=False))
    areas = Area.objects.visible_to(request.user).kelurahan().exclude(pk__in=settled.values("area"))
    form = OverrideForm(request.POST or None, areas=areas, initial={"quota": programme.default_quota})
    if form.is_valid():
        try:
            cohort = cohort_actions.add_cohort(programme, **form.cleaned_data, by=_user(request))
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{cohort.area.label} mendapat angkatan.")
            return redirect(programme)
    context = {"form": form, "programme": programme}
    return render(request, "trainings/cohort_add.html", context, status=NOT_SAVED if form.errors else 200)


@require_POST
@needs(Can.MANAGE_PROGRAMMES)
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One move of the programme's state."""
    if name not in PROGRAMME_MOVES:
        raise Http404
    programme = _programme(request, pk)
    try:
        actions.move_programme(programme, name, by=_user(request), today=timezone.localdate())
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, f"{programme}: {programme.get_state_display().lower()}.")
    return redirect(programme)
