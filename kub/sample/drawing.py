"""Pictures for the sample: a receipt with its words, a table with goods. Drawn, so that nobody's photo is used."""

from __future__ import annotations

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

PAPER, INK, WOOD, WALL = (250, 248, 240), (40, 40, 60), (150, 110, 70), (214, 226, 222)


def receipt(lines: list[str]) -> ContentFile[bytes]:
    """A slip of paper with these lines; only Latin letters, the drawing's own font has no others."""
    image = Image.new("RGB", (420, 120 + 34 * len(lines)), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, 411, image.height - 9), outline=INK, width=2)
    for row, line in enumerate(lines):
        draw.text((28, 32 + 34 * row), line, fill=INK)
    draw.line((28, image.height - 40, 392, image.height - 40), fill=INK)
    return _file(image)


def stall(shade: int, *, goods: int) -> ContentFile[bytes]:
    """A table with so many boxes on it; `shade` (0…80) makes one picture differ from another."""
    image = Image.new("RGB", (640, 480), tuple(max(0, part - shade) for part in WALL))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 300, 600, 330), fill=WOOD)
    for leg in (70, 550):
        draw.rectangle((leg, 330, leg + 20, 450), fill=WOOD)
    for box in range(min(goods, 12)):
        left = 60 + 44 * box
        draw.rectangle(
            (left, 260 - 10 * (box % 3), left + 36, 300), fill=(180, 90 + 10 * box, 60), outline=INK
        )
    return _file(image)


def _file(image: Image.Image) -> ContentFile[bytes]:
    kept = BytesIO()
    image.save(kept, "JPEG", quality=70)
    return ContentFile(kept.getvalue(), name="foto.jpg")
