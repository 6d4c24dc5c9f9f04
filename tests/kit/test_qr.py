"""QR codes put together from their characters are the ones segno makes."""

from __future__ import annotations

import re

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from tangerang_poverty.kit.qr import ERRORS, MASK, QrCodes

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CODES = QrCodes("https://berdikari.example/sertifikat/", 12, "/")


def segnos(address):
    code = segno.make_qr(address, error=ERRORS, mask=MASK, mode="byte", boost_error=False)
    return ["".join("1" if dark else "0" for dark in row) for row in code.matrix]


@settings(max_examples=60)
@given(text=st.text(alphabet=LETTERS, min_size=12, max_size=12))
def test_a_code_is_the_one_that_segno_makes(text):
    assert CODES.rows(text) == segnos(f"https://berdikari.example/sertifikat/{text}/")


@pytest.mark.parametrize(
    "beginning", ["", "https://contoh.example/", "https://" + "panjang." * 20 + "example/"]
)
def test_whatever_stands_before_the_code(beginning):
    assert QrCodes(beginning, 4).rows("AB2Z") == segnos(f"{beginning}AB2Z")


@pytest.mark.parametrize("text", ["", "ABCD", "ABCDEFGHJKLMN", "ABCD-FGHJKLM", "ABCDEFGHJKLÉ"])
def test_a_text_of_another_shape_is_refused(text):
    with pytest.raises(ValueError, match="12"):
        CODES.rows(text)


def test_the_drawing_covers_the_dark_modules_and_no_other():
    text = "ABCDEFGH2345"
    drawn = CODES.svg(text)
    rows = [["0"] * CODES.size for _ in range(CODES.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawn):
        for column in range(int(x), int(x) + int(width)):
            rows[int(y)][column] = "1"
    assert ["".join(row) for row in rows] == CODES.rows(text)
    assert f'viewBox="0 0 {CODES.size} {CODES.size}"' in drawn
