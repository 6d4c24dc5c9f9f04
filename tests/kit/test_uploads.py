"""Uploads: what is kept of a photo and a PDF, and what is refused, each with a sentence that says what it is."""

from __future__ import annotations

import hashlib
import random
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tangerang_poverty.kit.problems import Refused
from tangerang_poverty.kit.uploads import JPEG, MEGABYTE, MOST_BYTES, PDF, checked, shown_name
from tests.kit.uploaded import (
    PROGRAM,
    object_stream,
    pdf,
    pdf_of_a_writer,
    photo_with_place,
    picture,
    png_of,
    upload,
)


def refusal(content: bytes, name: str = "nota.jpg", **how: bool) -> str:
    """The one sentence that refuses these bytes."""
    with pytest.raises(Refused) as refused:
        checked(upload(content, name), **how)
    (problem,) = refused.value.problems
    assert problem.field == "file"
    return problem.message


def zipped() -> bytes:
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("isi.txt", "isi")
    return written.getvalue()


class TestPictures:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_every_kind_becomes_a_jpeg(self, form):
        kept = checked(upload(picture(form=form), f"nota.{form.lower()}"))
        assert kept.content_type == JPEG
        assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
        with Image.open(BytesIO(kept.content)) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 300))

    def test_place_owner_comment_and_profile_stay_behind(self):
        kept = checked(upload(photo_with_place())).content
        assert b"RAHASIA" not in kept
        with Image.open(BytesIO(kept)) as image:
            assert dict(image.getexif()) == {}
            assert "icc_profile" not in image.info
            assert "comment" not in image.info

    def test_it_stands_as_the_camera_was_held(self):
        kept = checked(
            upload(photo_with_place(orientation=6))
        )  # turned by a quarter: what was left is on top
        with Image.open(BytesIO(kept.content)) as image:
            assert image.size == (300, 400)
            top, bottom = image.getpixel((150, 20)), image.getpixel((150, 380))
        assert top[1] < 60 < 200 < bottom[1]

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_way_to_hold_a_camera(self, orientation):
        kept = checked(upload(photo_with_place(orientation=orientation)))
        with Image.open(BytesIO(kept.content)) as image:
            assert image.size == ((400, 300) if orientation < 5 else (300, 400))

    def test_a_large_one_is_made_smaller(self):
        kept = checked(upload(picture((6000, 4000))), longest_side=1600)
        with Image.open(BytesIO(kept.content)) as image:
            assert image.size == (1600, 1067)

    def test_what_is_transparent_becomes_white(self):
        content = picture(form="PNG", mode="RGBA", colour=(0, 0, 0, 0))
        with Image.open(BytesIO(checked(upload(content)).content)) as image:
            assert image.getpixel((10, 10)) == (255, 255, 255)

    @pytest.mark.parametrize(
        ("mode", "colour", "form"),
        [
            ("L", 128, "PNG"),
            ("P", 0, "PNG"),
            ("1", 0, "PNG"),
            ("CMYK", (0, 0, 0, 255), "JPEG"),
            ("LA", (9, 255), "PNG"),
        ],
    )
    def test_other_ways_to_store_colours(self, mode, colour, form):
        with Image.open(
            BytesIO(checked(upload(picture(form=form, mode=mode, colour=colour))).content)
        ) as image:
            assert image.mode == "RGB"
            assert max(image.getpixel((10, 10))) < 140

    def test_a_scan_of_sixteen_bits_keeps_its_greys(self):
        with Image.open(
            BytesIO(checked(upload(picture(form="PNG", mode="I;16", colour=100 * 256))).content)
        ) as image:
            assert image.getpixel((10, 10))[0] == pytest.approx(100, abs=3)

    def test_a_picture_named_otherwise_is_taken_for_what_it_is(self):
        assert checked(upload(picture(), "nota.pdf", "application/pdf")).content_type == JPEG

    def test_what_hides_behind_a_picture_is_not_kept(self):
        for behind in (zipped(), PROGRAM, b"<script>alert(1)</script>", pdf()):
            kept = checked(upload(picture() + behind)).content
            assert behind[:16] not in kept
            assert b"<script" not in kept

    def test_what_hides_in_a_comment_is_not_kept(self):
        kept = checked(upload(picture(comment=b"<script>alert(1)</script>"))).content
        assert b"script" not in kept


class TestRefusedPictures:
    def test_a_program_named_jpg(self):
        assert refusal(PROGRAM, "nota.jpg") == (
            "Berkas “nota.jpg” sebenarnya program Windows, bukan foto (JPG, PNG, WebP) atau PDF, jadi tidak disimpan."
        )

    @pytest.mark.parametrize(
        ("start", "what"),
        [
            (b"\x7fELF\x02\x01\x01", "program komputer"),
            (b"#!/bin/sh\nrm -rf /", "program komputer"),
            (zipped(), "dokumen Office atau arsip ZIP"),
            (b"<!DOCTYPE html><script>alert(1)</script>", "halaman web"),
            (b'\n <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "halaman web"),
            (b"<?xml version='1.0'?><svg/>", "halaman web"),
            (b"GIF89a" + b"\0" * 50, "gambar GIF"),
            (b"II*\0" + b"\0" * 50, "gambar TIFF"),
        ],
    )
    def test_what_it_is_instead_is_said(self, start, what):
        assert f"sebenarnya {what}" in refusal(start)

    def test_a_heic_photo_says_what_to_do(self):
        assert "Paling Kompatibel" in refusal(b"\0\0\0\x18ftypheic" + b"\0" * 100, "IMG_0001.HEIC")

    def test_anything_else(self):
        assert refusal(b"hanya teks", "nota.png") == (
            "Berkas “nota.png” bukan foto (JPG, PNG, WebP) atau PDF, apa pun akhiran namanya, jadi tidak disimpan."
        )

    @pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"\n \t"])
    def test_an_empty_one(self, content):
        assert refusal(content) == "Berkas “nota.jpg” kosong; tidak ada isinya."

    def test_two_hundred_megabytes_are_refused_unread(self):
        class Unread(ContentFile):
            def read(self, *args: object) -> bytes:
                raise AssertionError("It was read.")

        file = Unread(b"", name="IMG_2015.jpg")
        file.size = 200 * MEGABYTE
        with pytest.raises(Refused) as refused:
            checked(file)
        assert str(refused.value).startswith(
            "Berkas “IMG_2015.jpg” besarnya 200 MB; paling besar 10 MB. Ambil"
        )

    def test_one_byte_too_many(self):
        assert "besarnya 10,0 MB" in refusal(b"\xff\xd8\xff" + b"\0" * (MOST_BYTES - 2))

    def test_a_size_that_lies_does_not_help(self):
        file = SimpleUploadedFile("nota.jpg", b"\xff\xd8\xff" + b"\0" * MOST_BYTES)
        file.size = 10
        with pytest.raises(Refused, match="paling besar 10 MB"):
            checked(file)

    def test_a_bomb_is_not_decoded(self):
        content = png_of(30_000, 2_900)
        assert len(content) < 10_000
        assert "berukuran 30.000 × 2.900 piksel; paling besar 32 juta piksel" in refusal(content, "bom.png")

    def test_a_bomb_of_billions(self):
        assert "terlalu besar ukurannya" in refusal(png_of(60_000, 60_000), "bom.png")

    def test_a_jpeg_of_endless_layers(self):
        content = picture(progressive=True)
        scan = content[content.rindex(b"\xff\xda") : -2]
        assert "terlalu banyak lapisan" in refusal(content[:-2] + scan * 100 + b"\xff\xd9")

    def test_one_that_was_cut_off(self):
        content = photo_with_place((800, 600))
        assert "rusak atau terpotong" in refusal(content[: len(content) // 2])

    def test_one_that_shows_nothing(self):
        assert "hanya 1 × 1 piksel" in refusal(picture((1, 1)))

    def test_where_only_a_photo_is_wanted_a_pdf_is_none(self):
        assert refusal(pdf(), "nota.pdf", pdf=False) == "Berkas “nota.pdf” adalah PDF; di sini hanya foto."

    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_broken_bytes_are_a_sentence_or_a_picture_never_a_fault(self, form):
        dice = random.Random(20151124)  # noqa: S311 - the same breakages each time
        sound = photo_with_place((120, 90)) if form == "JPEG" else picture((120, 90), form)
        answers = set()
        for _ in range(150):
            broken = bytearray(sound)
            for _ in range(dice.randint(1, 12)):
                broken[dice.randrange(12, len(broken))] = dice.randrange(256)
            try:
                answers.add(checked(upload(bytes(broken[: dice.randint(12, len(broken))]))).content_type)
            except Refused as refused:
                answers.add(refused.problems[0].code)
        assert answers <= {JPEG, "bad_picture"}
        assert "bad_picture" in answers


class TestPdf:
    def test_a_sound_one_is_kept_as_it_came(self):
        content = pdf()
        kept = checked(upload(content, "nota.pdf"))
        assert (kept.content, kept.content_type) == (content, PDF)
        assert kept.file.name == "berkas.pdf"

    def test_one_of_a_real_writer(self, tmp_path):
        assert checked(upload(pdf_of_a_writer(tmp_path), "nota.pdf")).content_type == PDF

    def test_one_with_objects_packed(self):
        assert checked(upload(pdf(object_stream(b"4 0 << /Type /Font >>")))).content_type == PDF

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n<html><script>alert(1)</script></html>",
            b"%PDF-1.7\n" + b"x" * 500 + b"\nstartxref\n9\n%%EOF",
            b"%PDF-9.9" + pdf()[8:],
            pdf()[:-30],
            pdf() + zipped(),
            pdf() + PROGRAM,
            pdf() + b"\n<script>alert(1)</script>",
            pdf().replace(b"/Type /Page ", b"/Type /Seite "),
            pdf(b"<< /Type /ObjStm /Filter /ASCIIHexDecode /Length 4 >>\nstream\n3C3C>\nendstream"),
        ],
        ids=[
            "a page of the web",
            "no table",
            "no version",
            "cut off",
            "an archive behind",
            "a program behind",
            "a script behind",
            "no page",
            "packed so that nobody can look",
        ],
    )
    def test_what_only_looks_like_one(self, content):
        assert refusal(content, "nota.pdf") == (
            "PDF “nota.pdf” rusak atau bukan PDF yang sebenarnya. Simpan lagi sebagai PDF, atau kirim fotonya."
        )

    def test_an_archive_that_is_a_pdf_too(self):
        archive = zipped()
        around = pdf(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(archive), archive))
        end = around.index(b"PK\x05\x06") + 20
        behind = len(around) - end - 2
        both = (
            around[:end] + behind.to_bytes(2, "little") + around[end + 2 :]
        )  # all that follows is its comment
        assert "bukan PDF yang sebenarnya" in refusal(both, "nota.pdf")

    @pytest.mark.parametrize(
        "action",
        [
            b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
            b"<< /S /J#61vaScript /JS (app.alert\\(1\\)) >>",
            b"<< /S /Launch /F (cmd.exe) >>",
            b"<< /XFA [ 5 0 R ] >>",
            b"<< /S /URI /URI (x) /Contents (<script>alert\\(1\\)</script>) >>",
        ],
    )
    def test_one_with_a_program(self, action):
        for content in (
            pdf(action),
            pdf(object_stream(b"4 0 " + action)) if b"script" not in action else pdf(action),
        ):
            assert "berisi program" in refusal(content, "nota.pdf")

    def test_one_with_a_program_hidden_from_a_simple_look(self):
        hidden = object_stream(b"4 0 << /S /J#61va#53cript /JS (app.alert\\(1\\)) >>").replace(
            b"/ObjStm", b"/Obj#53tm"
        )
        assert "berisi program" in refusal(pdf(hidden), "nota.pdf")

    def test_one_with_a_file_inside(self):
        assert "berisi berkas lain" in refusal(pdf(b"<< /Names << /EmbeddedFiles 5 0 R >> >>"), "nota.pdf")

    def test_one_with_a_password(self):
        assert "terkunci kata sandi" in refusal(pdf(trailer=b"/Encrypt 9 0 R"), "nota.pdf")

    def test_a_bomb_in_its_objects(self):
        content = pdf(object_stream(b"\0" * (40 * MEGABYTE)))
        assert len(content) < MEGABYTE
        assert "bukan PDF yang sebenarnya" in refusal(content, "nota.pdf")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("nota.jpg", "“nota.jpg”"),
        ("../../etc/passwd", "“passwd”"),
        (r"C:\Foto\nota.jpg", "“nota.jpg”"),
        ("nota\u202egpj.exe", "“notagpj.exe”"),
        ("", "“tanpa nama”"),
    ],
)
def test_the_name_in_a_sentence(given, shown):
    assert shown_name(given) == shown


def test_a_long_name_keeps_both_its_ends():
    shown = shown_name("a" * 100 + "kuitansi.jpg")
    assert len(shown) < 64
    assert shown.startswith("“aaaa")
    assert shown.endswith("ansi.jpg”")
