"""What somebody saw when they opened a form, as a short token: a save over a later change can then be refused."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.crypto import salted_hmac


def fingerprint(row: Model, fields: tuple[str, ...], *, purpose: str) -> str:
    """The same token as long as none of these fields has changed; keyed, so it tells nothing of their values.

    `purpose` is a fixed text of the caller's own: tokens of different purposes never agree. 32 hexadecimal digits.
    """
    values: list[Any] = [row.pk, *(getattr(row, name) for name in fields)]
    text = "\x1f".join("" if value is None else str(value) for value in values)
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()[:32]
