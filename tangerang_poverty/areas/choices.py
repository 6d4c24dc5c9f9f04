"""Areas as the choices of a drop-down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tangerang_poverty.areas.models import Area

CHOOSABLE = ("name", "level", "parent")  # what a choice needs; a city's polygons are megabytes


def area_choices(areas: Iterable[Area], *, own: str | None) -> list[tuple[str, Any]]:
    """Each kecamatan as a group that opens with the kecamatan as a whole; `own` is the code of the reader's area.

    The city as a whole comes first for who has it, and before it the empty choice.
    """
    found = {area.code: area for area in areas}
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, area in found.items():
        if area.level == Area.Level.KECAMATAN:
            groups[code] = [(code, f"Seluruh {area.label}")]
        elif area.level == Area.Level.KELURAHAN:
            groups.setdefault(area.parent_id or "", []).append((code, area.name))
    top = found.get(own or "")
    whole = [(top.code, f"Seluruh {top.label}")] if top and top.level == Area.Level.KOTA else []
    named = [(found[code].name if code in found else "Kelurahan", group) for code, group in groups.items()]
    return [("", "Semua wilayah"), *whole, *named]
