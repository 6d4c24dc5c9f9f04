"""What every page knows: the navigation its reader may open, and the version in the footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from tangerang_poverty.kit.version import version


@dataclass(frozen=True)
class NavigationItem:
    """A way into one part of the product; `current` when the page shown belongs to it."""

    label: str
    url: str
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """`navigation` is worked out only when a template shows it; fragments and downloads do not pay for it."""
    return {"navigation": SimpleLazyObject(lambda: navigation(request)), "version": str(version())}


def navigation(request: HttpRequest) -> list[NavigationItem]:
    """The items of settings.NAVIGATION that the reader has the permission for.

    The item whose prefix is the longest one that the path begins with is the current one. An item whose
    address does not exist is left out; a test proves that each one does.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    allowed = [
        (label, _address(name), prefix)
        for label, name, permission, prefix in settings.NAVIGATION
        if user.has_perm(permission)
    ]
    prefixes = [prefix for _, _, prefix in allowed if _begins(request.path, prefix)]
    here = max(prefixes, key=len, default="")
    return [NavigationItem(label, url, prefix == here) for label, url, prefix in allowed if url]


def _begins(path: str, prefix: str) -> bool:
    return path == prefix if prefix == "/" else path.startswith(prefix)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
