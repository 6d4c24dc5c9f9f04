"""The one rule of who sees which row: the row's area code starts with the user's area code."""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class AreaScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a place; `area_path` names the way to its area."""

    area_path = "area_id"

    def visible_to(self, user: Any) -> Self:
        """Rows within the user's area; none for a stranger, an inactive user or one without an area."""
        if not (user.is_authenticated and user.is_active and user.area_id):
            return self.none()
        return self.within(user.area_id)

    def within(self, code: str) -> Self:
        """Rows of an area and everything in it. `code` is a Kemendagri code."""
        return self.filter(**{f"{self.area_path}__code__startswith": code})
