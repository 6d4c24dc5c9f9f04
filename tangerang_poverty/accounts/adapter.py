"""How django-allauth behaves here: accounts are given by the administrator, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed sign-ins count for the account, however its name or the address of the site is written.

        Allauth's key holds the Host header, whose port the sender chooses, and the name in lower case; the
        database finds a name in upper case, where ı and ſ are I and S.
        """
        return str(credentials.get("username", "")).upper()
