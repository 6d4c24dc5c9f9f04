"""The version people see in the footer: the top heading of CHANGELOG.md."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = re.compile(r"^## (?P<number>\d+\.\d+\.\d+) — (?P<on>\d{4}-\d{2}-\d{2})$", re.MULTILINE)


class Version(NamedTuple):
    """A release: its number ("0.1.0") and its day."""

    number: str
    released_on: date

    def __str__(self) -> str:
        return self.number


def parse_version(changelog: str) -> Version:
    """The newest release a change log names. Raises ValueError when it names none."""
    found = HEADING.search(changelog)
    if found is None:
        raise ValueError("No heading like `## 1.2.3 — 2026-11-24` in the change log.")
    return Version(found["number"], date.fromisoformat(found["on"]))


@cache
def version() -> Version:
    """The version that runs; read once for each process."""
    return parse_version(CHANGELOG.read_text(encoding="utf-8"))
