"""How django-allauth behaves here: accounts are given by the administrator, nobody signs up."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "enter_current_password": "Kata sandi sekarang tidak benar.",
        "incorrect_password": "Kata sandi tidak benar.",
        "too_many_login_attempts": "Terlalu banyak percobaan masuk yang gagal. Tunggu lima menit, lalu coba lagi.",
        "username_password_mismatch": "Nama pengguna atau kata sandi yang Anda tulis tidak benar.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed sign-ins count for the account, however its name or the address of the site is written.

        Allauth's key holds the Host header, whose port the sender chooses, and the name in lower case; the
        database finds a name in upper case, where ı and ſ are I and S.
        """
        return str(credentials.get("username", "")).upper()
