"""The members of a group: formed from a cohort, joined, left, given an office."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from households.models import Person
from kub.actions import groups as group_actions
from kub.actions import members as actions
from kub.group_forms import CohortGroupForm, JoinForm, LeaveForm, OfficesForm
from kub.models import Group, Membership
from kub.reports import candidates
from kub.reports.groups import OFFICES
from kub.views.groups import NOT_SAVED, own_group
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.problems import Refused
from trainings.models import Cohort

LONGEST_SEARCH = 120


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def from_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """A group of a cohort's graduates: a suggestion of neighbours, to be changed before it is taken over."""
    user = cast(User, request.user)
    cohort: Cohort = get_object_or_404(Cohort.objects.visible_to(user).for_list(), pk=pk)
    suggested = candidates.suggested(cohort, user=user)
    parts = sorted({one.part for one in suggested if one.part})
    part = _part(request, parts)
    form = CohortGroupForm(
        request.POST or None,
        instance=candidates.draft_of(cohort, part=part),
        user=user,
        candidates=suggested,
        part=part,
    )
    if form.is_valid():
        try:
            group = group_actions.form_group(
                form.instance, founders=form.founders, by=user, today=timezone.localdate()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"KUB {group} dicatat dengan {len(form.founders)} anggota.")
            return redirect(group)
    context = {"form": form, "cohort": cohort, "programme": cohort.programme, "parts": parts, "part": part}
    return render(request, "kub/from_cohort.html", context, status=NOT_SAVED if form.errors else 200)


def _part(request: HttpRequest, parts: list[int]) -> int:
    """The suggested group that is asked for (?bagian=2), the first when none is. Raises Http404 for another."""
    asked = request.GET.get("bagian", "")
    if not asked:
        return 1
    if asked not in map(str, parts):
        raise Http404("No such part.")
    return int(asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may join, found by name (?cari=); with a person posted: they join."""
    group, user, today = own_group(request, pk), cast(User, request.user), timezone.localdate()
    search = request.GET.get("cari", "")[:LONGEST_SEARCH].replace("\0", "")
    if may_hold_number(search):
        messages.warning(request, "NIK tidak dicari lewat alamat halaman; cari dengan nama.")
        return redirect("kub:member_add", pk=group.pk)
    held = set(group.memberships.live().values_list("role", flat=True))
    form = JoinForm(request.POST or None, vacant=[role for role in OFFICES if role not in held], today=today)
    if form.is_valid():
        person = get_object_or_404(Person.objects.visible_to(user), pk=form.cleaned_data.pop("person"))
        try:
            actions.add_member(group, person=person, **form.cleaned_data, by=user, today=today)
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{person} menjadi anggota KUB {group}.")
            return redirect("kub:member_add", pk=group.pk)
    context = {
        "form": form,
        "group": group,
        "search": search,
        "found": candidates.found(group, search=search, user=user),
        "members": len(held),
        "shown": candidates.SHOWN,
    }
    return render(request, "kub/member_add.html", context, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A member leaves, with the day and the reason; below the least number it asks once more."""
    user, today = cast(User, request.user), timezone.localdate()
    rows = Membership.objects.visible_to(user).live().select_related("person", "group__area__parent")
    membership: Membership = get_object_or_404(rows, pk=pk)
    form = LeaveForm(request.POST or None, initial={"left_on": today})
    if form.is_valid():
        try:
            actions.leave(
                membership, **form.cleaned_data, confirm_below=form.accepts_warnings, by=user, today=today
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{membership.person} dicatat keluar.")
            return redirect(membership.group)
    return _form(request, "kub/leave.html", form, group=membership.group, membership=membership)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def offices(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is chair, secretary and treasurer, from a day on."""
    group, today = own_group(request, pk), timezone.localdate()
    members = list(group.memberships.live().select_related("person").order_by("person__name"))
    form = OfficesForm(request.POST or None, members=members, today=today)
    if form.is_valid():
        try:
            changed = actions.give_offices(
                group,
                officers=form.officers,
                on=form.cleaned_data["on"],
                by=cast(User, request.user),
                today=today,
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Pengurus tersimpan." if changed else "Pengurus tidak berubah.")
            return redirect(group)
    return _form(request, "kub/offices.html", form, group=group, members=members)


def _form(request: HttpRequest, template: str, form: Any, *, group: Group, **more: Any) -> HttpResponse:
    status = NOT_SAVED if form.errors or form.warnings else 200
    return render(request, template, {"form": form, "group": group, **more}, status=status)
