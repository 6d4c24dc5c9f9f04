"""The sign-in forms in the product's own words; what they do is django-allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django import forms

PASSWORD_HINT = (
    "Paling sedikit 10 karakter, bukan angka saja, bukan kata sandi yang umum, dan bukan nama Anda."  # noqa: S105  a sentence
)


def _in_own_words(form: forms.Form, labels: dict[str, str]) -> None:
    """Labels as given; no placeholder that only repeats them."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)


class LoginForm(allauth.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_own_words(self, {"login": "Nama pengguna", "password": "Kata sandi"})


class ReauthenticateForm(allauth.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_own_words(self, {"password": "Kata sandi"})


class ChangePasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": "Kata sandi sekarang", "password1": "Kata sandi baru"}
        _in_own_words(self, {**labels, "password2": "Kata sandi baru, sekali lagi"})
        self.fields["password1"].help_text = PASSWORD_HINT
