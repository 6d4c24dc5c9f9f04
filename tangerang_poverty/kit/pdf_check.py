"""Whether a PDF is one from its first byte to its last, can be read by everybody, and holds no program."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

HEADER = re.compile(rb"%PDF-[12]\.\d")
END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF[\0\t\n\f\r ]*\Z")
TABLE = re.compile(rb"[\0\t\n\f\r ]*(?:xref\b|\d{1,10}\s+\d{1,10}\s+obj\b)")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
STREAM = re.compile(rb">>\s*stream\r?\n")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")  # of a letter in a name: /J#61vaScript
PROGRAM = re.compile(
    rb"/(?:JavaScript|Launch|RichMedia|Movie|SubmitForm|ImportData)(?![A-Za-z])|/XFA\s*[\[\d]"
)
ATTACHMENT = re.compile(rb"/EmbeddedFiles?(?![A-Za-z])")
LOCK = re.compile(rb"/Encrypt(?![A-Za-z])")
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|iframe|svg)[\s>]", re.IGNORECASE)
MOST_INFLATED = 32 * 1024 * 1024  # bytes of objects that lie compressed
BROKEN = "rusak atau bukan PDF yang sebenarnya. Simpan lagi sebagai PDF, atau kirim fotonya."


def pdf_fault(content: bytes) -> str:
    """Why a file that begins like a PDF is not taken, as the rest of a sentence after its name; "" when it is.

    A second file hidden before, behind or inside it makes it none of ours, and so does whatever a reader would run.
    """
    end = END.search(content, max(0, len(content) - 2048))
    if not HEADER.match(content) or end is None:
        return BROKEN
    if not TABLE.match(content, int(end[1])) or zipfile.is_zipfile(BytesIO(content)):
        return BROKEN
    inflated = _compressed_objects(content)
    if inflated is None:
        return BROKEN
    text = ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content) + b"\n" + inflated
    if LOCK.search(text):
        return "terkunci kata sandi. Simpan tanpa kata sandi, atau kirim fotonya."
    if PROGRAM.search(text) or MARKUP.search(text):
        return "berisi program, jadi tidak disimpan. Cetak ke PDF lagi, atau kirim fotonya."
    if ATTACHMENT.search(text):
        return "berisi berkas lain di dalamnya, jadi tidak disimpan. Cetak ke PDF lagi, atau kirim fotonya."
    return "" if PAGE.search(text) else BROKEN


def _compressed_objects(content: bytes) -> bytes | None:
    """What lies in object streams, where newer writers put most of a file; None when it cannot be looked at."""
    found: list[bytes] = []
    left = MOST_INFLATED
    for start in _object_streams(content):
        unpack = zlib.decompressobj()
        end = content.find(b"endstream", start)
        try:
            part = unpack.decompress(content[start : end if end > 0 else len(content)], left)
        except zlib.error:
            return None
        left -= len(part)
        if left <= 0 or unpack.unconsumed_tail:
            return None
        found.append(ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), part))
    return b"\n".join(found)


def _object_streams(content: bytes) -> Iterator[int]:
    """Where the data of each object stream begins."""
    for stream in STREAM.finditer(content):
        about = content[max(0, content.rfind(b"obj", 0, stream.start())) : stream.start()]
        if b"/ObjStm" in ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), about):
            yield stream.end()
