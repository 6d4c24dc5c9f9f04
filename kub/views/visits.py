"""Visits: the form on a phone, the list of a group, corrections, the photo.

The form has as little on the wire as can be; what a press of its button changes comes as a fragment. Compressed:
Django pads a page against guessing by length, and masks the CSRF token anew each time.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from kub.actions import visits as actions
from kub.lifecycle import GroupState
from kub.models import Group, Visit
from kub.reports import visits as reports
from kub.visit_forms import VisitForm
from tangerang_poverty.accounts.guards import needs, require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.pages import keyset_page
from tangerang_poverty.kit.problems import Refused
from tangerang_poverty.kit.uploads import JPEG, hand_out

PAGE_SIZE = 20
NOT_SAVED = 422


def own_group(request: HttpRequest, pk: int) -> Group:
    """The group inside the reader's area; 404 for any other."""
    group: Group = get_object_or_404(Group.objects.visible_to(request.user).for_list(), pk=pk)
    return group


def own_visit(request: HttpRequest, pk: int) -> Visit:
    """The visit to a group inside the reader's area; 404 for any other."""
    rows = Visit.objects.visible_to(request.user).select_related("group__kind", "group__area__parent")
    visit: Visit = get_object_or_404(rows, pk=pk)
    return visit


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def visits(request: HttpRequest, pk: int) -> HttpResponse:
    """All visits of a group, the latest first."""
    group, user = own_group(request, pk), cast(User, request.user)
    rows = reports.for_list(Visit.objects.filter(group=group))
    page = keyset_page(rows, order=reports.ORDER, size=PAGE_SIZE, cursor=request.GET.get("hal", ""))
    may_record = user.has_perm(Can.RECORD_VISITS)
    context = {
        "group": group,
        "page": page,
        "lines": reports.lines(page.items),
        "rhythm": reports.rhythm(group, today=timezone.localdate()),
        "may_record": may_record and group.state != GroupState.DISSOLVED,
        "may_correct": may_record,
        "may_correct_all": may_record and user.has_perm(Can.SET_STAGE),
    }
    return render(request, "kub/visits.html", context)


@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.RECORD_VISITS)
def visit_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit written down on a phone. The same attempt sent again records one visit."""
    group, today = own_group(request, pk), timezone.localdate()
    form = VisitForm(request.POST or None, request.FILES or None, members=reports.members(group), today=today)
    if request.method == "POST" and form.is_valid():
        try:
            visit = actions.record_visit(
                group,
                form.found,
                key=_key(request),
                by=cast(User, request.user),
                today=today,
                photo=form.cleaned_data["photo"],
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            return _recorded(request, visit)
    return _form_page(request, group, form, key=request.POST.get("kunci") or str(uuid.uuid4()))


@gzip_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Can.RECORD_VISITS)
def visit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A correction, by who recorded the visit or by who sets stages; the history keeps what stood there."""
    visit, user, today = own_visit(request, pk), cast(User, request.user), timezone.localdate()
    if visit.made_by_id != user.pk:
        require(user, Can.SET_STAGE)
    members = reports.members(visit.group)
    members += [one for one in visit.present.select_related("person") if one not in members]
    form = VisitForm(request.POST or None, request.FILES or None, members=members, today=today, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_visit(
                visit,
                form.found,
                seen=form.cleaned_data["seen"],
                by=user,
                today=today,
                photo=form.cleaned_data["photo"],
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            messages.success(request, "Koreksi kunjungan tersimpan.")
            return redirect("kub:visits", pk=visit.group_id)
    return _form_page(request, visit.group, form, visit=visit)


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def visit_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo of a visit, for who may see the group."""
    visit = own_visit(request, pk)
    if not visit.photo:
        raise Http404("No photo.")
    return hand_out(visit.photo, JPEG, name=f"kunjungan-{visit.pk}-{visit.visited_on}")


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("kunci", ""))
    except ValueError:
        raise Refused(actions.BAD_KEY) from None


def _wants_fragment(request: HttpRequest) -> bool:
    return "X-Bagian" in request.headers


def _recorded(request: HttpRequest, visit: Visit) -> HttpResponse:
    if _wants_fragment(request):
        return render(request, "kub/_visit_done.html", {"visit": visit, "group": visit.group})
    messages.success(request, f"Kunjungan {long_date(visit.visited_on)} tersimpan.")
    return redirect("kub:visits", pk=visit.group_id)


def _form_page(
    request: HttpRequest, group: Group, form: VisitForm, *, key: str = "", visit: Visit | None = None
) -> HttpResponse:
    """The whole page, or for the page's own script what lies inside it."""
    context: dict[str, Any] = {
        "group": group,
        "form": form,
        "key": key,
        "visit": visit,
        "last": None if visit else group.visits.order_by("-visited_on", "-pk").first(),
    }
    template = "kub/_visit_form.html" if _wants_fragment(request) else "kub/visit_form.html"
    return render(request, template, context, status=NOT_SAVED if form.errors else 200)
