"""One figure of a page, as the cards of figures show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Label above, value, a remark below; it opens its rows where `url` is given."""

    label: str
    value: str
    url: str = ""
    remark: str = ""
