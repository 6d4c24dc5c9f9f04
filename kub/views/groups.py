"""The groups: their list and its workbook, one group as a whole, formed, changed, confirmed and dissolved."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kub import group_exports
from kub.actions import groups as actions
from kub.group_forms import DissolveForm, GroupForm, NewGroupForm, in_words
from kub.group_list_form import GroupsForm
from kub.lifecycle import GroupState
from kub.models import Group
from kub.reports import group as reports
from kub.reports import groups as listing
from kub.reports.flags import flags_of_group
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Refused

PAGE_SIZE = 50
NOT_SAVED = 422


def own_group(request: HttpRequest, pk: int) -> Group:
    """The group inside the reader's area; 404 for any other."""
    rows = (
        Group.objects.visible_to(request.user)
        .for_list()
        .select_related("kind", "area__parent", "cohort__programme__course", "created_by")
    )
    group: Group = get_object_or_404(rows, pk=pk)
    return group


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def home(request: HttpRequest) -> HttpResponse:
    """The groups within the reader's area that fit the filters in the address."""
    user = cast(User, request.user)
    if may_hold_number(request.GET.get("cari", "")):
        messages.warning(request, "NIK tidak dicari lewat alamat halaman; cari dengan nama KUB.")
        kept = {name: value for name, value in _filters(request).items() if name != "cari"}
        return redirect(f"{reverse('kub:home')}?{urlencode(kept)}")
    form, today = GroupsForm(request.GET, user=user), timezone.localdate()
    asked = form.asked()
    rows = listing.groups(asked, user=user, today=today)
    page = keyset_page(
        rows.for_list(), order=listing.ORDER, size=PAGE_SIZE, cursor=request.GET.get("hal", "")
    )
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "lines": listing.lines(page.items, today=today),
        "total": listing.total(rows),
        "query": urlencode(_filters(request)),
    }
    return render(request, "kub/home.html", context)


@require_POST
@needs(Can.EXPORT_GROUPS)
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, as a workbook."""
    params = _filters(request)
    if may_hold_number(params.get("cari", "")):
        del params["cari"]  # what is asked for in the background is kept
    try:
        return group_exports.respond(request, params=params)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('kub:home')}?{urlencode(params)}")


def _filters(request: HttpRequest) -> dict[str, str]:
    """The filters that are set, as they stand in the address."""
    return {name: request.GET[name] for name in GroupsForm.base_fields if request.GET.get(name)}


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: who belongs to it, what it lacks, its proposals and grants, its visits, and what was done."""
    group = own_group(request, pk)
    context = {
        "group": group,
        "badge": listing.STATE_KINDS[GroupState(group.state)],
        "page": reports.group_page(group, user=cast(User, request.user)),
        "lacking": actions.lacking(group) if group.state == GroupState.FORMING else [],
        "is_open": reports.is_open(group),
        "flags": flags_of_group(group, today=timezone.localdate()),
        "changes": reports.history(group),
    }
    return render(request, "kub/group.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def new(request: HttpRequest) -> HttpResponse:
    """A group that begins without members."""
    form = NewGroupForm(request.POST or None, user=cast(User, request.user))
    if form.is_valid():
        try:
            group = actions.form_group(
                form.instance, founders={}, by=cast(User, request.user), today=timezone.localdate()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"KUB {group} dicatat. Tambahkan anggotanya.")
            return redirect("kub:member_add", pk=group.pk)
    return render(request, "kub/group_new.html", {"form": form}, status=NOT_SAVED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the particulars of a group."""
    group = own_group(request, pk)
    form = GroupForm(request.POST or None, instance=group, user=cast(User, request.user))
    if form.is_valid():
        try:
            saved = actions.change_group(
                form.instance,
                by=cast(User, request.user),
                today=timezone.localdate(),
                seen=form.cleaned_data["seen"],
                note=form.cleaned_data["note"],
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Perubahan KUB tersimpan.")
            return redirect(saved)
    context = {"form": form, "group": own_group(request, pk)}
    return render(request, "kub/group_form.html", context, status=NOT_SAVED if form.errors else 200)


@require_POST
@needs(Can.MANAGE_GROUPS)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """The founding is confirmed."""
    group = own_group(request, pk)
    try:
        actions.activate(group, by=cast(User, request.user))
    except Refused as refusal:
        messages.error(request, f"Belum dapat disahkan. {in_words(refusal.problems)}")
    else:
        messages.success(request, f"Pembentukan KUB {group} disahkan.")
    return redirect(group)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.MANAGE_GROUPS)
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """The group ends, with the day and the reason; says first what that does."""
    group, today = own_group(request, pk), timezone.localdate()
    form = DissolveForm(request.POST or None, initial={"dissolved_on": today})
    if form.is_valid():
        try:
            actions.dissolve(group, **form.cleaned_data, by=cast(User, request.user), today=today)
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"KUB {group} dicatat bubar.")
            return redirect(group)
    context = {"form": form, "group": group, "members": group.memberships.live().count()}
    return render(request, "kub/dissolve.html", context, status=NOT_SAVED if form.errors else 200)
