"""A photo drawn anew: only what the eye sees is kept; place, owner and whatever hides behind the picture are not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import ExifTags, Image

from tangerang_poverty.kit.formats import number

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2_400  # pixels: small print on a receipt stays legible
QUALITY = 82
# Decoding takes memory by the pixel, whatever the file weighs: a few kilobytes can be a picture of gigabytes.
# A JPEG is decoded at a fraction of its size, so a large camera may have its say.
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "PNG": 32_000_000, "WEBP": 32_000_000}
MOST_SCANS = 64  # of a progressive JPEG, which usually has ten; each is a walk over the whole picture
FEWEST_PIXELS = 64  # on the longer side; less shows nothing
# What Pillow raises for a broken file. Warnings too: where they are errors, they say the same.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    MemoryError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)
TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}


def picture_fault(content: bytes) -> str:
    """Why a picture is not even decoded, as the rest of a sentence after its name; "" when it may be."""
    if content.startswith(b"\xff\xd8") and content.count(b"\xff\xda") > MOST_SCANS:
        return (
            "tersusun dari terlalu banyak lapisan, jadi tidak dibuka. Ambil lagi fotonya dengan kamera biasa."
        )
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            (width, height), kind = image.size, image.format or ""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "terlalu besar ukurannya (lebih dari 89 juta piksel). Ambil lagi dengan ukuran sedang."
    except BROKEN:
        return "rusak atau terpotong, jadi tidak dapat dibuka. Kirim atau ambil lagi fotonya."
    most = MOST_PIXELS.get(kind, 0)
    if width * height > most:
        return (
            f"berukuran {number(width)} × {number(height)} piksel; paling besar {most // 1_000_000} juta piksel. "
            "Ambil lagi dengan ukuran sedang."
        )
    if max(width, height) < FEWEST_PIXELS:
        return f"hanya {width} × {height} piksel, terlalu kecil untuk dibaca."
    return ""


def redrawn(content: bytes, *, longest_side: int = LONGEST_SIDE) -> bytes | None:
    """The picture as a plain JPEG, upright, on white, no side longer than `longest_side`; None when it is broken.

    Ask `picture_fault` first: this one decodes.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            turns = TURNS.get(_orientation(image), ())
            image.thumbnail((longest_side, longest_side))  # a JPEG is decoded no larger than needed
            plain = _on_white(image)
    except BROKEN:
        return None
    for turn in turns:
        plain = plain.transpose(turn)
    drawn = BytesIO()
    plain.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return drawn.getvalue()


def _orientation(image: Image.Image) -> int:
    """How the camera was held; upright where that cannot be read."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except BROKEN:
        return 1


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture with the pixels alone: comments, profiles and places stay behind."""
    plain = Image.new("RGB", image.size, "white")
    if image.mode.startswith("I"):  # 16 bits of grey, which would turn white
        plain.paste(image.point(lambda grey: grey / 256).convert("L"))
    elif image.has_transparency_data:
        seen = image.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain
