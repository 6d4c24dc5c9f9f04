"""Files as people upload them: sound pictures and PDFs, and those that only pretend to be."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tangerang_poverty.kit.pdf import write_pdf

PROGRAM = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    + b"\0" * 400
    + b"This program cannot be run"
)


def upload(content: bytes, name: str = "nota.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


def picture(
    size: tuple[int, int] = (400, 300),
    form: str = "JPEG",
    mode: str = "RGB",
    colour: Any = "white",
    **more: Any,
) -> bytes:
    written = BytesIO()
    Image.new(mode, size, colour).save(written, form, **more)
    return written.getvalue()


def photo_with_place(size: tuple[int, int] = (400, 300), *, orientation: int = 6) -> bytes:
    """A JPEG as a phone writes it: turned, with the place it was taken at, the owner and a comment."""
    image = Image.new("RGB", size, "white")
    image.paste((200, 0, 0), (0, 0, size[0] // 2, size[1]))  # the left half is red
    exif = image.getexif()
    exif[0x0112] = orientation
    exif[0x010E] = "RAHASIA-KETERANGAN"
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 10.0, 42.0), 3: "E", 4: (106.0, 37.0, 48.0)})
    written = BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"RAHASIA-KOMENTAR", icc_profile=b"RAHASIA-PROFIL" * 20)
    return written.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A few hundred bytes that are a picture of any size: what a decompression bomb is."""
    row = b"\0" + b"\0" * (width // 8 + 1)
    packed, pack = b"", zlib.compressobj(9)
    for _ in range(min(height, 64)):
        packed += pack.compress(row)
    packed += pack.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pdf(*objects: bytes, trailer: bytes = b"", before: bytes = b"") -> bytes:
    """A sound PDF of one page; `objects` follow the first three, `trailer` stands in its trailer."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    written, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + before, []
    for number, part in enumerate(parts, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1, trailer, start,
    )  # fmt: skip
    return written


def object_stream(content: bytes) -> bytes:
    """An object that holds others, packed, as newer writers have it."""
    packed = zlib.compress(content)
    return b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        len(packed), packed,
    )  # fmt: skip


def pdf_of_a_writer(folder: Path) -> bytes:
    """A PDF as a real program writes it."""
    template = folder / "nota.typ"
    template.write_text(
        "#set page(width: 8cm, height: 5cm)\nToko Makmur: oven gas Rp5.380.000\n", encoding="utf-8"
    )
    write_pdf(folder / "nota.pdf", template, {})
    return (folder / "nota.pdf").read_bytes()
