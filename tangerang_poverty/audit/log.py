"""Writes a line to the log of who saw or took away personal data."""

from __future__ import annotations

from typing import Any

from django.db import models

from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.identifiers import without_numbers


def record(
    *,
    by: User,
    action: AccessLog.Action,
    what: str,
    reason: str = "",
    rows: int = 1,
    with_identities: bool = False,
    area_id: str | None = None,
    subject: models.Model | None = None,
) -> AccessLog:
    """One line: who did what, to how many rows, why.

    `area_id` is the area the rows lie in (the asker's own when None); `subject` is the row that was opened.
    Call it in the transaction that hands out the data: without a line nothing is handed out.
    """
    about: dict[str, Any] = {}
    if subject is not None:
        about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    return AccessLog.objects.create(
        by=by,
        action=action,
        what=without_numbers(what)[:200],
        reason=without_numbers(reason)[:250],
        rows=rows,
        with_identities=with_identities,
        area_id=area_id or by.area_id,
        **about,
    )
