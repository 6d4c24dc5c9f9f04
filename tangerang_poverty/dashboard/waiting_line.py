"""One line of the card "Yang menunggu Anda"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """How many, of what, where it is done."""

    count: str
    title: str
    remark: str
    href: str
    is_late: bool = False
