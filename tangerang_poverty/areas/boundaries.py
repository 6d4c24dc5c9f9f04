"""Boundaries from a GeoJSON file: all of it fits, or none of it is taken."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.db import transaction

from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem, Refused

BOX = (94.0, -12.0, 142.0, 7.0)  # Indonesia: west, south, east, north, in degrees
LARGEST = 50 * 1024 * 1024  # bytes
NAMED = 5  # examples named in one sentence
DEPTH = {"Polygon": 2, "MultiPolygon": 3}


def load(path: Path) -> int:
    """Writes the boundary of every area in the file; returns how many. Raises Refused with all problems.

    The file is a FeatureCollection of Polygons or MultiPolygons in longitude and latitude (WGS 84), each with
    the area's Kemendagri code in its property `code`.
    """
    features = _features(path)
    codes = [str((feature.get("properties") or {}).get("code") or "") for feature in features]
    problems = [*_code_problems(codes), *_shape_problems(features, codes)]
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        areas = Area.objects.in_bulk(codes)
        for code, feature in zip(codes, features, strict=True):
            areas[code].boundary = feature["geometry"]
        Area.objects.bulk_update(areas.values(), ["boundary"])
    return len(codes)


def _features(path: Path) -> list[dict[str, Any]]:
    if path.stat().st_size > LARGEST:
        raise Refused(_problem(f"Berkas {path.name} lebih besar dari {LARGEST // 1_048_576} MB."))
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refused(_problem(f"Berkas {path.name} bukan JSON yang utuh.")) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(f, dict) for f in features):
        raise Refused(_problem(f"Berkas {path.name} bukan GeoJSON FeatureCollection yang berisi wilayah."))
    return features


def _code_problems(codes: list[str]) -> list[Problem]:
    known = set(Area.objects.values_list("code", flat=True))
    missing = sum(not code for code in codes)
    found = []
    if missing:
        found.append(_problem(f"{missing} wilayah di dalam berkas tidak mempunyai properti code."))
    if unknown := sorted({code for code in codes if code and code not in known}):
        found.append(_problem(f"Kode wilayah tidak dikenal: {_some(unknown)}."))
    if double := sorted(code for code, times in Counter(codes).items() if code and times > 1):
        found.append(_problem(f"Kode wilayah muncul lebih dari sekali: {_some(double)}."))
    level_of = dict(Area.objects.filter(pk__in=codes).values_list("pk", "level"))
    for level in sorted(set(level_of.values())):
        expected = set(Area.objects.filter(level=level).values_list("pk", flat=True))
        if absent := sorted(expected - set(codes)):
            found.append(_problem(f"Batas {level} ini tidak ada di dalam berkas: {_some(absent)}."))
    return found


def _shape_problems(features: list[dict[str, Any]], codes: list[str]) -> list[Problem]:
    wrong: dict[str, list[str]] = {}
    for number, (feature, code) in enumerate(zip(features, codes, strict=True), 1):
        if sentence := _shape_problem(feature.get("geometry")):
            wrong.setdefault(sentence, []).append(code or f"wilayah ke-{number}")
    return [_problem(f"{sentence}: {_some(where)}.") for sentence, where in wrong.items()]


def _shape_problem(geometry: Any) -> str:
    """What is wrong with a geometry, without its place; "" when nothing is."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in DEPTH:
        return f"Bentuk harus Polygon atau MultiPolygon, bukan {kind or 'kosong'}"
    rings = _rings(geometry.get("coordinates"), DEPTH[kind])
    if not rings:
        return "Koordinat tidak berbentuk cincin [bujur, lintang]"
    west, south, east, north = BOX
    points = [point for ring in rings for point in ring]
    if all(west <= x <= east and south <= y <= north for x, y in points):
        return (
            ""
            if all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
            else "Garis batas tidak tertutup"
        )
    if all(west <= y <= east and south <= x <= north for x, y in points):
        return "Bujur dan lintang tertukar (GeoJSON menulis bujur lebih dahulu)"
    return "Koordinat di luar Indonesia; berkas harus memakai derajat WGS 84"


def _rings(coordinates: Any, depth: int) -> list[list[tuple[float, float]]]:
    """Every ring of a geometry, or [] when anything in it is not a ring of points."""
    if not isinstance(coordinates, list) or not coordinates:
        return []
    if depth > 1:
        parts = [_rings(part, depth - 1) for part in coordinates]
        return [ring for part in parts for ring in part] if all(parts) else []
    ring = []
    for point in coordinates:
        numbers = isinstance(point, list) and len(point) in (2, 3)
        if not numbers or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in point):
            return []
        ring.append((float(point[0]), float(point[1])))
    return [ring]


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f", dan {rest} lagi" if rest > 0 else "")


def _problem(message: str) -> Problem:
    return Problem("boundaries", message)
