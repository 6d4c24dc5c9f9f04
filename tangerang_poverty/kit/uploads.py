"""Pictures and PDFs that people upload: judged by their bytes, made safe, handed out so that a browser runs nothing.

A picture is drawn anew (kit.pictures), so nothing of the original file is kept but what the eye sees; a PDF is
kept as it came, for it may carry a signature, once its structure is sound and it holds no program (kit.pdf_check).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile, File
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from tangerang_poverty.kit.formats import number
from tangerang_poverty.kit.pdf_check import pdf_fault
from tangerang_poverty.kit.pictures import LONGEST_SIDE, picture_fault, redrawn
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.text import visible

JPEG, PDF = "image/jpeg", "application/pdf"
EXTENSIONS = {JPEG: ".jpg", PDF: ".pdf"}
MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE  # a photo of a phone has three to eight
MOST_NAMED = 60  # letters of a file's name in a sentence
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# The styles are the browser's own, around a picture that stands alone.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# What is neither, by how it begins, and what to call it.
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "program Windows"),
    (b"\x7fELF", "program komputer"),
    (b"\xca\xfe\xba\xbe", "program komputer"),
    (b"\xcf\xfa\xed\xfe", "program komputer"),
    (b"#!", "program komputer"),
    (b"PK\x03\x04", "dokumen Office atau arsip ZIP"),
    (b"PK\x05\x06", "arsip ZIP"),
    (b"\xd0\xcf\x11\xe0", "dokumen Office lama"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf", "arsip 7z"),
    (b"\x1f\x8b", "arsip terkompresi"),
    (b"GIF8", "gambar GIF"),
    (b"BM", "gambar BMP"),
    (b"II*\0", "gambar TIFF"),
    (b"MM\0*", "gambar TIFF"),
    (b"{\\rtf", "dokumen teks (RTF)"),
)
WEB_PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|script|svg|\?xml|!--)", re.IGNORECASE
)
APPLE_PICTURES = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc", b"ftypavif")


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept: its bytes, what they are ("image/jpeg" or "application/pdf"), their SHA-256."""

    content: bytes
    content_type: str
    sha256: str

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def file(self) -> ContentFile[bytes]:
        """For a file field, which gives it a name by its own `upload_to`."""
        return ContentFile(self.content, name=f"berkas{EXTENSIONS[self.content_type]}")


def checked(
    upload: File[Any],
    *,
    pdf: bool = True,
    field: str = "file",
    most_bytes: int = MOST_BYTES,
    longest_side: int = LONGEST_SIDE,
) -> Clean:
    """The upload as it may be kept; with `pdf` False a picture alone. Raises Refused with one sentence for people.

    The name it came with and the type a browser gave it decide nothing. What is too large is not even read.
    """
    name = shown_name(upload.name or "")
    if upload.size > most_bytes:
        raise _refused("too_large", _too_large(name, upload.size, most_bytes), field)
    upload.seek(0)
    content = upload.read(most_bytes + 1)
    if not content.strip(b"\0 \t\r\n"):
        raise _refused("empty", f"Berkas {name} kosong; tidak ada isinya.", field)
    if len(content) > most_bytes:
        raise _refused("too_large", _too_large(name, len(content), most_bytes), field)
    if content.startswith(b"%PDF-"):
        if not pdf:
            raise _refused("not_a_picture", f"Berkas {name} adalah PDF; di sini hanya foto.", field)
        if fault := pdf_fault(content):
            raise _refused("bad_pdf", f"PDF {name} {fault}", field)
        return _clean(content, PDF)
    if not _is_picture(content):
        raise _refused("not_allowed", _what_it_is(name, content, pdf=pdf), field)
    if fault := picture_fault(content):
        raise _refused("bad_picture", f"Foto {name} {fault}", field)
    drawn = redrawn(content, longest_side=longest_side)
    if drawn is None:
        message = f"Foto {name} rusak atau terpotong, jadi tidak dapat dibuka. Kirim atau ambil lagi fotonya."
        raise _refused("bad_picture", message, field)
    return _clean(drawn, JPEG)


@contextmanager
def taken_back(row: Model, field: str) -> Iterator[None]:
    """Removes the file that was saved into `row` inside, when it ends in a failure; put it around the transaction."""
    before = getattr(row, field).name
    try:
        yield
    except BaseException:
        file = getattr(row, field)
        if file and file.name != before:
            file.storage.delete(file.name)
        raise


def hand_out(file: FieldFile, content_type: str, *, name: str) -> FileResponse:
    """A kept file for the browser: a picture to be seen, anything else to be saved. `name` has no extension.

    Nothing in it may run: its type is not guessed, and a page made of it would stand in a sandbox without origin.
    """
    is_picture = content_type == JPEG
    answer = FileResponse(
        file.open("rb"),
        content_type=content_type if content_type in EXTENSIONS else "application/octet-stream",
        as_attachment=not is_picture,
        filename=f"{name}{EXTENSIONS.get(content_type, '.bin')}",
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Content-Security-Policy"] = SANDBOX
    return answer


def shown_name(name: str) -> str:
    """A file's name as a sentence may say it: without folders, without signs nobody sees, not too long."""
    bare = visible(PurePath(name.replace("\\", "/")).name)
    if len(bare) > MOST_NAMED:
        bare = f"{bare[: MOST_NAMED - 12]}…{bare[-8:]}"
    return f"“{bare or 'tanpa nama'}”"


def _clean(content: bytes, content_type: str) -> Clean:
    return Clean(content, content_type, hashlib.sha256(content).hexdigest())


def _is_picture(content: bytes) -> bool:
    return content.startswith(PICTURE_STARTS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def _refused(code: str, message: str, field: str) -> Refused:
    return Refused(Problem(code, message, field))


def _too_large(name: str, size: int, most: int) -> str:
    shown = number(size / MEGABYTE, 0 if size > 10 * most else 1)
    return (
        f"Berkas {name} besarnya {shown} MB; paling besar {most // MEGABYTE} MB. "
        "Ambil fotonya dengan ukuran lebih kecil, atau pindai lagi dengan mutu lebih rendah."
    )


def _what_it_is(name: str, content: bytes, *, pdf: bool) -> str:
    wanted = "foto (JPG, PNG, WebP) atau PDF" if pdf else "foto (JPG, PNG, WebP)"
    if content[4:12] in APPLE_PICTURES:
        return (
            f"Foto {name} tersimpan sebagai HEIC, yang tidak dapat dibuka di semua komputer. Pada iPhone: Pengaturan, "
            "Kamera, Format, pilih “Paling Kompatibel”, lalu ambil lagi; atau kirim tangkapan layarnya."
        )
    what = next((word for start, word in OTHERS if content.startswith(start)), "")
    if not what and WEB_PAGE.match(content[:1024]):
        what = "halaman web"
    if what:
        return f"Berkas {name} sebenarnya {what}, bukan {wanted}, jadi tidak disimpan."
    return f"Berkas {name} bukan {wanted}, apa pun akhiran namanya, jadi tidak disimpan."
