"""QR codes as SVG, quickly for thousands of texts that begin alike and are equally long."""

from __future__ import annotations

import re
from functools import cache

import segno

ERRORS = "m"  # 15 of 100 modules may be unreadable: a fold, a stamp, a worn print
MASK = 3  # fixed, for the reason below
PLAIN, BITS = "A", 7  # the letter that others are compared with, and the bits of ASCII
RUN = re.compile("1+")


class QrCodes:
    """Codes of `beginning` + a text of `length` ASCII characters + `ending`, drawn by `svg`.

    Encoding one takes segno some milliseconds; thousands would take longer than laying out their pages. With version,
    level and mask fixed a code is linear in the bits of its text: data, error correction (Reed-Solomon) and mask are
    sums over GF(2). So what one bit changes is found once by segno, and a code is the sum of the changes of its bits.
    A test compares it with segno's own.
    """

    def __init__(self, beginning: str, length: int, ending: str = "") -> None:
        self.beginning, self.length, self.ending = beginning, length, ending
        self.plain = PLAIN * length
        first = segno.make_qr(
            self._whole(self.plain), error=ERRORS, mask=MASK, mode="byte", boost_error=False
        )
        self.version = first.version
        self.size = len(first.matrix)
        self.base = self._encoded(self.plain)
        self._of_bit = cache(self._change_of_bit)
        self._of_letter = cache(self._change_of_letter)

    def rows(self, text: str) -> list[str]:
        """One string of 0 (light) and 1 (dark) for each row, without the quiet zone. Raises ValueError for a text
        of another length or with other than ASCII letters and digits."""
        if len(text) != self.length or not (text.isascii() and text.isalnum()):
            raise ValueError(f"Not {self.length} letters and digits.")
        bits = self.base
        for place, letter in enumerate(text):
            bits ^= self._of_letter(place, letter)
        flat = format(bits, f"0{self.size * self.size}b")
        return [flat[start : start + self.size] for start in range(0, len(flat), self.size)]

    def svg(self, text: str) -> str:
        """The code as a square SVG image, one path; its quiet zone is up to the page.

        Each run of dark modules is a stroke. It is a little wider than a module, so that no hairline shows between
        the rows where a page is drawn small.
        """
        path = "".join(
            f"M{run.start()} {y}.5h{run.end() - run.start()}"
            for y, row in enumerate(self.rows(text))
            for run in RUN.finditer(row)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.size} {self.size}">'
            f'<path fill="none" stroke="#000" stroke-width="1.03" d="{path}"/></svg>'
        )

    def _whole(self, text: str) -> str:
        return f"{self.beginning}{text}{self.ending}"

    def _encoded(self, text: str) -> int:
        code = segno.make_qr(
            self._whole(text), error=ERRORS, mask=MASK, version=self.version, mode="byte", boost_error=False
        )
        return int("".join("1" if dark else "0" for row in code.matrix for dark in row), 2)

    def _change_of_letter(self, place: int, letter: str) -> int:
        """What a letter instead of the plain one changes: one module for each bit of the sum."""
        differs, change = ord(letter) ^ ord(PLAIN), 0
        for bit in range(BITS):
            if differs >> bit & 1:
                change ^= self._of_bit(place, bit)
        return change

    def _change_of_bit(self, place: int, bit: int) -> int:
        other = chr(ord(PLAIN) ^ 1 << bit)
        return self._encoded(self.plain[:place] + other + self.plain[place + 1 :]) ^ self.base
