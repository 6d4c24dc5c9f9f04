"""Finds the kelurahan a source means, from its codes or from names inside their kecamatan; never guesses.

The resolver reads all areas once (one query) and is then asked for every row of a file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem

REMEMBERED = 16_384  # different raw cells; a city's file has a few hundred
ALIKE = 0.7  # of 1; above it a name is suggested, never taken
NUMBER_BEFORE = re.compile(r"^[\[(]?\d+[\])]?[\s.:\-]*(?=[^\W\d])")
LEVEL_BEFORE = {
    Area.Level.KECAMATAN: re.compile(r"^(kecamatan|kec)\b[\s.:]*"),
    Area.Level.KELURAHAN: re.compile(r"^(kelurahan|kel|desa|ds)\b[\s.:]*(/\s*(desa|kelurahan)\b[\s.:]*)?"),
}
CITY_AFTER = re.compile(r"[\s,(\-]+(kota|kab|kabupaten)\b[\s.]*tangerang\)?$")


@dataclass
class _Kecamatan:
    name: str
    kelurahan: dict[str, str] = field(default_factory=dict)  # every spelling → code


class AreaResolver:
    """All areas in memory. Make one for each file, so that it knows the areas as they are now."""

    def __init__(self) -> None:
        areas = list(Area.objects.order_by("code"))
        self._names = {area.code: area.name for area in areas}
        self._kemendagri = {_digits(area.code): area.code for area in areas if _is_kelurahan(area)}
        self._bps = {area.bps_code: area.code for area in areas if _is_kelurahan(area)}
        self._city_bps = next((area.bps_code for area in areas if area.level == Area.Level.KOTA), "")
        self._kecamatan: dict[str, _Kecamatan] = {}  # by code
        self._kecamatan_codes: dict[str, str] = {}  # every spelling → code
        for area in areas:
            if area.level == Area.Level.KECAMATAN:
                self._kecamatan[area.code] = _Kecamatan(area.name)
                self._kecamatan_codes.update(dict.fromkeys(_spellings(area), area.code))
            elif area.level == Area.Level.KELURAHAN and area.parent_id:
                self._kecamatan[area.parent_id].kelurahan.update(dict.fromkeys(_spellings(area), area.code))
        self._resolve = lru_cache(maxsize=REMEMBERED)(self._find)

    def resolve(
        self,
        *,
        kemendagri: str = "",
        bps: str = "",
        kecamatan: str = "",
        kelurahan: str = "",
        province_code: str = "",
        regency_code: str = "",
        kecamatan_code: str = "",
        kelurahan_code: str = "",
    ) -> str | Problem:
        """The Kemendagri code of the kelurahan, or the problem.

        Give what the source has: the whole Kemendagri or BPS code, the parts of a code, names, or several of
        them; then all of them must mean the same place. A spelling that is not known is never taken for a
        known one: the problem names it and may suggest ("Mungkin Gembor?").
        """
        return self._resolve(
            kemendagri,
            bps,
            kecamatan,
            kelurahan,
            province_code,
            regency_code,
            kecamatan_code,
            kelurahan_code,
        )

    def _find(
        self,
        kemendagri: str,
        bps: str,
        kecamatan: str,
        kelurahan: str,
        province: str,
        regency: str,
        kecamatan_part: str,
        kelurahan_part: str,
    ) -> str | Problem:
        found: list[tuple[str, str]] = []  # (what the source wrote, code)
        parts = self._whole_code(province, regency, kecamatan_part, kelurahan_part)
        # Ten digits may be a code of both schemes for two places: lists give their parts in BPS's unless four
        # digits of kelurahan say otherwise.
        by_parts = self._kemendagri if len(_digits(kelurahan_part)) == 4 else self._kemendagri | self._bps
        for label, written, table in (
            ("kode Kemendagri", kemendagri, self._kemendagri),
            ("kode BPS", bps, self._bps),
            ("kode", parts, by_parts),
        ):
            if written.strip():
                code = table.get(_digits(written))
                if code is None:
                    return _unknown(
                        f"{label[0].upper()}{label[1:]} kelurahan {written.strip()!r} tidak dikenal."
                    )
                found.append((f"{label} {written.strip()}", code))
        named = self._by_names(kecamatan, kelurahan, [code for _, code in found])
        if isinstance(named, Problem):
            return named
        if named:
            found.append((f"nama {self._place(named)}", named))
        if not found:
            return Problem("area_missing", "Kelurahan tidak disebut.", "kelurahan")
        return self._agreed(found, kecamatan)

    def _agreed(self, found: list[tuple[str, str]], kecamatan: str) -> str | Problem:
        first, code = found[0]
        for other, other_code in found[1:]:
            if other_code != code:
                return _contradiction(first, self._place(code), other, self._place(other_code))
        written = self._kecamatan_codes.get(_key(kecamatan, Area.Level.KECAMATAN))
        if written and not code.startswith(written):
            name = f"kecamatan {self._names[written]}"
            return _contradiction(first, self._place(code), name, name)
        return code

    def _by_names(self, kecamatan: str, kelurahan: str, codes: list[str]) -> str | Problem | None:
        """A code, None when no kelurahan is named, or the problem. `codes` are what the code columns say."""
        upper, lower = _key(kecamatan, Area.Level.KECAMATAN), _key(kelurahan, Area.Level.KELURAHAN)
        kecamatan_code = self._kecamatan_codes.get(upper)
        if upper and kecamatan_code is None:
            return self._unknown_kecamatan(kecamatan, upper)
        if not lower:
            return None
        if kecamatan_code:
            code = self._kecamatan[kecamatan_code].kelurahan.get(lower)
            if code is None:
                return self._unknown_kelurahan(kelurahan, lower, kecamatan_code, codes)
            return code
        everywhere = [
            place.kelurahan[lower] for place in self._kecamatan.values() if lower in place.kelurahan
        ]
        everywhere = [code for code in everywhere if code in codes] or everywhere
        if len(everywhere) == 1:
            return everywhere[0]
        if not everywhere:
            return self._unknown_kelurahan(kelurahan, lower, "", codes)
        places = " atau ".join(self._place(code) for code in everywhere)
        return _unknown(
            f"Kelurahan {kelurahan.strip()!r} ada di beberapa kecamatan ({places}); sebutkan kecamatannya."
        )

    def _unknown_kecamatan(self, written: str, key: str) -> Problem:
        near = get_close_matches(key, self._kecamatan_codes, n=1, cutoff=ALIKE)
        maybe = f" Mungkin {self._names[self._kecamatan_codes[near[0]]]}?" if near else ""
        return _unknown(f"Kecamatan {written.strip()!r} tidak dikenal.{maybe}", "kecamatan")

    def _unknown_kelurahan(self, written: str, key: str, kecamatan: str, codes: list[str]) -> Problem:
        """The same name in another kecamatan is the best hint, then a like one in this kecamatan."""
        every = {name: code for place in self._kecamatan.values() for name, code in place.kelurahan.items()}
        here = self._kecamatan[kecamatan].kelurahan if kecamatan else every
        where = f" di kecamatan {self._names[kecamatan]}" if kecamatan else ""
        if kecamatan and key in every:
            maybe = f" Mungkin kecamatan {self._kecamatan[every[key][:8]].name}?"
        elif near := get_close_matches(key, here, n=1, cutoff=ALIKE):
            maybe = f" Mungkin {self._names[here[near[0]]]}?"
        elif codes:
            maybe = f" Kode yang tertulis menunjuk {self._place(codes[0])}."
        else:
            maybe = ""
        return _unknown(f"Kelurahan {written.strip()!r} tidak dikenal{where}.{maybe}")

    def _whole_code(self, province: str, regency: str, kecamatan: str, kelurahan: str) -> str:
        """The parts as one code. Each may be short ("042"), whole ("3671042") or without leading zeros."""
        parts = [_digits(part) for part in (province, regency, kecamatan, kelurahan)]
        if not parts[3]:
            return ""
        if len(parts[3]) >= 10:
            return parts[3]
        scheme = (3, 2) if len(parts[3]) == 4 else (3, 3)  # Kemendagri 08 + 1002, BPS 042 + 001
        widths = (2, 2, 2, 4) if scheme == (3, 2) else (2, 2, 3, 3)
        city = [self._city_bps[:2], self._city_bps[2:]]
        whole = ""
        for part, width, usual in zip(parts, widths, [*city, "", ""], strict=True):
            if len(part) > width and len(part) >= len(whole) + width:
                whole = part  # this column repeats the parts before it
            else:
                whole += (part or usual).zfill(width)
        return whole

    def _place(self, code: str) -> str:
        return f"{self._names[code]} (kecamatan {self._names[code[:8]]})"


def _is_kelurahan(area: Area) -> bool:
    return area.level == Area.Level.KELURAHAN


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _spellings(area: Area) -> list[str]:
    return [_key(name, Area.Level(area.level)) for name in (area.name, *area.aliases)]


def _key(text: str, level: Area.Level) -> str:
    """What two spellings of one name share: no case, accents, spaces, hyphens, nor a level word before it."""
    folded = unicodedata.normalize("NFKD", text).casefold().strip()
    folded = NUMBER_BEFORE.sub("", folded)
    folded = LEVEL_BEFORE[level].sub("", folded)
    folded = CITY_AFTER.sub("", folded)
    return re.sub(r"[^a-z0-9]", "", folded)


def _unknown(message: str, column: str = "kelurahan") -> Problem:
    return Problem("area_unknown", message, column)


def _contradiction(first: str, first_place: str, other: str, other_place: str) -> Problem:
    told = first if first_place in first else f"{first} adalah {first_place}"
    if other_place not in other:
        other = f"{other} adalah {other_place}"
    return Problem(
        "area_contradiction",
        f"Wilayah bertentangan: {told}, sedangkan tertulis {other}.",
        "kelurahan",
    )
