"""The addresses of the figures of groups and grants and of the rows behind them, for the table of who may see what.

An area, a step or a kind of list is a filter of theirs: what an own or another one answers is in their tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tangerang_poverty.accounts.permissions import Can


def pages(page: Callable[..., Any]) -> dict[str, Any]:
    """By address; `page` is the class of the table."""
    return {
        "kub:recap": page(Can.VIEW_DASHBOARD),
        "kub:people": page(Can.VIEW_GROUPS, also=Can.VIEW_TRAININGS),
        "kub:people_export": page(Can.EXPORT_GROUPS, method="post", also=Can.VIEW_TRAININGS),
        "kub:reports": page(Can.VIEW_GROUPS),
        "kub:reports_export": page(Can.EXPORT_GROUPS, method="post"),
        "kub:payable": page(Can.VIEW_GROUPS),
    }
