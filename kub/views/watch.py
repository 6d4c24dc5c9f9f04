"""What has to be watched: groups with warnings, and reports that are due, with the words to send."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kub.models import Group
from kub.reports import flags
from kub.reports import reminders as reports
from kub.watch_forms import AttentionForm, RemindersForm
from tangerang_poverty.accounts.guards import needs
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.pages import keyset_page

PAGE_SIZE = 50


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def attention(request: HttpRequest) -> HttpResponse:
    """The groups that carry a warning, the worst first, each warning with its evidence."""
    form = AttentionForm(request.GET, user=cast(User, request.user))
    area, code = form.area, form.asked()["tanda"]
    groups = Group.objects.visible_to(request.user)
    found = flags.flagged(groups.within(area.code) if area else groups, today=timezone.localdate(), code=code)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("hal"))
    context = {"form": form, "page": page, "total": len(found), "counts": flags.counts(found)}
    return render(request, "kub/attention.html", context)


@never_cache
@require_safe
@needs(Can.VIEW_GROUPS)
def reminders(request: HttpRequest) -> HttpResponse:
    """The reports that are late or soon due, with a message to copy for each."""
    user, today = cast(User, request.user), timezone.localdate()
    form = RemindersForm(request.GET, user=user)
    rows = reports.to_remind(user=user, today=today, which=form.asked()["keadaan"], area=form.area)
    page = keyset_page(
        reports.for_list(rows), order=reports.ORDER, size=PAGE_SIZE, cursor=request.GET.get("hal", "")
    )
    context = {
        "form": form,
        "page": page,
        "lines": reports.reminders(page.items, today=today),
        "total": rows.count(),
    }
    return render(request, "kub/reminders.html", context)
