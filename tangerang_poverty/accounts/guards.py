"""`@needs(Can.X)`: every view names its permission; a test walks all URLs and fails on one that does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from tangerang_poverty.accounts.permissions import Can

View = Callable[..., HttpResponseBase]


def needs(can: Can) -> Callable[[View], View]:
    """Refuses (403) whoever lacks the permission; LoginRequiredMiddleware has asked for sign-in before."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request.user, can)
            return view(request, *args, **kwargs)

        guarded.needs = can  # type: ignore[attr-defined]
        return guarded

    return guard


def open_to_all_signed_in(view: View) -> View:
    """Marks a view that asks for sign-in and nothing more (own profile, help)."""
    view.needs = None  # type: ignore[attr-defined]
    return view


def open_to_everybody(view: View) -> View:
    """Marks a view that even strangers may see (health); the access matrix lists each of them."""
    return open_to_all_signed_in(login_not_required(view))


def require(user: Any, can: Can) -> None:
    """Raises PermissionDenied unless the user is active and has the permission; actions call it too."""
    if not user.has_perm(can.value):
        raise PermissionDenied(f"{user} lacks {can.value}")
