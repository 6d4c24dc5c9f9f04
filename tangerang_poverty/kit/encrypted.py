"""A text column that is stored encrypted and can still be looked up by its exact value.

AES-SIV (RFC 5297) is deterministic and authenticated: equal values give equal ciphertext, so equality,
IN, joins and unique constraints work, and a stolen dump shows neither the value nor a part of it.
The purpose ("nik", "kk") is authenticated too, so a value cannot be moved from one column to another.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Lookup

LOOKUPS = {"exact", "in", "isnull", "df", "ndf"}  # df/ndf: IS [NOT] DISTINCT FROM in the history triggers


@lru_cache(maxsize=4)
def _cipher(key: str) -> AESSIV:
    return AESSIV(base64.urlsafe_b64decode(key))


def encrypt(text: str, *, purpose: str) -> bytes:
    """`text` (not empty) as ciphertext, 16 bytes longer; the same input always gives the same output."""
    return _cipher(settings.FIELD_KEY).encrypt(text.encode(), [purpose.encode()])


def decrypt(data: bytes | memoryview, *, purpose: str) -> str:
    """The text again. Raises cryptography's InvalidTag for another key, another purpose or changed bytes."""
    return _cipher(settings.FIELD_KEY).decrypt(bytes(data), [purpose.encode()]).decode()


class EncryptedTextField(models.Field[str | None, str | None]):
    """Nullable text, encrypted in the column (bytea). Empty text is stored as NULL."""

    description = "Text, encrypted deterministically"
    empty_strings_allowed = False

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs["null"] = True
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("null", None)
        kwargs.pop("blank", None)
        kwargs["purpose"] = self.purpose
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or value == "":
            return None
        return encrypt(str(value), purpose=self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        data = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(data) if data is not None else None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value, purpose=self.purpose)

    def to_python(self, value: Any) -> str | None:
        return None if value in (None, "") else str(value)

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        if lookup_name not in LOOKUPS:
            raise FieldError(f"{self.name} is encrypted: only exact, in and isnull can be asked of it.")
        return super().get_lookup(lookup_name)

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return super().formfield(form_class=forms.CharField, **kwargs)
