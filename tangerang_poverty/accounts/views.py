"""Own account, help, and whether the product is well."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangerang_poverty.accounts.guards import open_to_all_signed_in, open_to_everybody
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import LABELS, ROLE_LABELS, Can, Role


@open_to_all_signed_in
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Own data, role and what it may do, area, two-step sign-in; to change the password."""
    user = cast(User, request.user)
    held = user.get_all_permissions()
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "roles": [ROLE_LABELS[Role(group.name)] for group in user.groups.all() if group.name in set(Role)],
        "may": [label for can, label in LABELS.items() if can.value in held],
        "may_not": [label for can, label in LABELS.items() if can.value not in held],
        "has_totp": Authenticator.Type.TOTP in kinds,
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
    }
    return render(request, "accounts/profile.html", context)


@open_to_all_signed_in
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Short answers, those that the reader's role can use."""
    held = request.user.get_all_permissions()
    return render(request, "accounts/help.html", {"can": {can.codename: can.value in held for can in Can}})


@open_to_everybody
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For a watchdog: 200 when the database answers, 503 when it does not. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "tidak menjawab"}, status=503)
    return JsonResponse({"database": "baik"})
