"""QR codes as SVG, quickly for thousands of texts that begin alike and are equally long."""

from __future__ import annotations

import re
from functools import cache

import segno

ERRORS = "m"  # 15 of 100 modules may be unreadable: a fold, a stamp, a worn print
MASK = 3  # fixed, for the reason below
RUN = re.compile("1+")


class QrCodes:
    """Codes of `beginning` + a text of `length` ASCII characters + `ending`, drawn by `svg`.

    Encoding one takes segno some milliseconds; thousands would take longer than laying out their pages. With version,
    level and mask fixed a code is linear in the bits of its text: data, error correction (Reed-Solomon) and mask are
    sums over GF(2). So what one character changes is found once by segno, and a code is the sum of its characters'
    changes. A test compares it with segno's own.
    """

    def __init__(self, beginning: str, length: int, ending: str = "") -> None:
        self.beginning, self.length, self.ending = beginning, length, ending
        self.plain = "A" * length
        first = segno.make_qr(
            self._whole(self.plain), error=ERRORS, mask=MASK, mode="byte", boost_error=False
        )
        self.version = first.version
        self.size = len(first.matrix)
        self.base = self._encoded(self.plain)
        self.change = cache(self._change)

    def rows(self, text: str) -> list[str]:
        """One string of 0 (light) and 1 (dark) for each row, without the quiet zone. Raises ValueError for a text
        of another length or with other than ASCII letters and digits."""
        if len(text) != self.length or not (text.isascii() and text.isalnum()):
            raise ValueError(f"Not {self.length} letters and digits.")
        bits = self.base
        for place, letter in enumerate(text):
            bits ^= self.change(place, letter)
        flat = format(bits, f"0{self.size * self.size}b")
        return [flat[start : start + self.size] for start in range(0, len(flat), self.size)]

    def svg(self, text: str) -> str:
        """The code as a square SVG image, one path of runs; its quiet zone is up to the page."""
        path = "".join(
            f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
            for y, row in enumerate(self.rows(text))
            for run in RUN.finditer(row)
        )
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.size} {self.size}"><path d="{path}"/></svg>'

    def _whole(self, text: str) -> str:
        return f"{self.beginning}{text}{self.ending}"

    def _encoded(self, text: str) -> int:
        code = segno.make_qr(
            self._whole(text), error=ERRORS, mask=MASK, version=self.version, mode="byte", boost_error=False
        )
        return int("".join("1" if dark else "0" for row in code.matrix for dark in row), 2)

    def _change(self, place: int, letter: str) -> int:
        return self._encoded(self.plain[:place] + letter + self.plain[place + 1 :]) ^ self.base
