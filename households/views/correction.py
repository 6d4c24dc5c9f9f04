"""Corrections of a family and its people, changes of its status: one form, one action, one answer each."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from households import actions
from households.forms import HouseholdForm, PersonForm, StatusForm
from households.household_lifecycle import open_move
from households.models import Household, Person
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.problems import Refused


def _family(request: HttpRequest, pk: int) -> Household:
    families = Household.objects.visible_to(request.user).select_related("area__parent")
    found: Household = get_object_or_404(families, pk=pk)
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Can.CORRECT_HOUSEHOLD)
def household(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Corrects address, RT, RW, for staff also kelurahan and rank."""
    family = _family(request, pk)
    form = HouseholdForm(request.POST or None, family=family, user=cast(User, request.user))
    if form.is_valid():
        try:
            actions.correct_household(
                family,
                by=cast(User, request.user),
                reason=form.cleaned_data["reason"],
                changes=form.changes(),
                seen=form.cleaned_data["seen"],
                today=timezone.localdate(),
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Koreksi disimpan.")
            return redirect(family)
    return _answer(request, form, family=family, title="Koreksi data keluarga")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Can.CORRECT_HOUSEHOLD)
def person(request: HttpRequest, pk: int, person_pk: int) -> HttpResponseBase:
    """Corrects one member."""
    family = _family(request, pk)
    member = get_object_or_404(Person, pk=person_pk, household=family)
    form = PersonForm(request.POST or None, person=member, today=timezone.localdate())
    if form.is_valid():
        try:
            actions.correct_person(
                member,
                by=cast(User, request.user),
                reason=form.cleaned_data["reason"],
                changes=form.changes(),
                seen=form.cleaned_data["seen"],
                today=timezone.localdate(),
                accept_warnings=form.accepts_warnings,
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"Koreksi {form.cleaned_data['name']} disimpan.")
            return redirect(family)
    return _answer(request, form, family=family, title=f"Koreksi data {member.name}")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Can.CORRECT_HOUSEHOLD)
def new_person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Adds a member."""
    family = _family(request, pk)
    form = PersonForm(request.POST or None, person=Person(household=family), today=timezone.localdate())
    if form.is_valid():
        try:
            actions.add_person(
                family,
                by=cast(User, request.user),
                reason=form.cleaned_data["reason"],
                values=form.changes(),
                today=timezone.localdate(),
                accept_warnings=form.accepts_warnings,
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{form.cleaned_data['name']} ditambahkan.")
            return redirect(family)
    return _answer(request, form, family=family, title="Tambah anggota")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Can.CHANGE_STATUS)
def status(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Takes the family off the list, or back on it."""
    family = _family(request, pk)
    form = StatusForm(request.POST or None, move=open_move(family.status), today=timezone.localdate())
    if form.is_valid():
        try:
            actions.change_status(
                family,
                move=form.chosen,
                by=cast(User, request.user),
                reason=form.cleaned_data["reason"],
                evidence=form.cleaned_data["evidence"],
                effective_on=form.cleaned_data["effective_on"],
                today=timezone.localdate(),
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Status keluarga diubah.")
            return redirect(family)
    return _answer(request, form, family=family, title=form.move.label)


def _answer(
    request: HttpRequest, form: HouseholdForm | PersonForm | StatusForm, *, family: Household, title: str
) -> HttpResponse:
    """The form, again with what is wrong (422) when it was sent."""
    context = {"form": form, "family": family, "title": title}
    return render(request, "households/correct.html", context, status=422 if form.is_bound else 200)
