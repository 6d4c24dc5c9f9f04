"""PDF files from typst templates: data stay data, fonts are typst's own, what fails leaves nothing behind."""

from __future__ import annotations

import subprocess

import pytest
from pypdf import PdfReader

from tangerang_poverty.kit import pdf
from tangerang_poverty.kit.pdf import PdfFailed, write_pdf

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", footer: context [Halaman #counter(page).display() dari #counter(page).final().first()])
#set text(font: "Libertinus Serif")
#table(table.header(repeat: true)[Nama], ..data.names.map(name => [#name]))
"""


@pytest.fixture
def made(tmp_path):
    template = tmp_path / "daftar.typ"
    template.write_text(TEMPLATE, encoding="utf-8")

    def make(*names):
        path = tmp_path / "daftar.pdf"
        write_pdf(path, template, {"names": names})
        return PdfReader(path)

    return make


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "*tebal* _miring_ `kode` $x^2$",
        "<label> @rujukan",
        "= Judul // bukan komentar /* juga bukan */",
        "https://contoh.example",
        'D\'Angelo "Si Jo" -- Ma\u2019ruf',
        "Łukasz Đorđe Ñandú",
    ],
)
def test_a_name_is_printed_letter_by_letter_whatever_stands_in_it(made, name):
    assert name in made(name).pages[0].extract_text()


def test_a_long_table_goes_on_with_its_header_and_says_the_page(made):
    pages = [page.extract_text() for page in made(*(f"Orang {number}" for number in range(90))).pages]
    assert len(pages) > 1
    assert all("Nama" in page for page in pages)
    assert f"Halaman 2 dari {len(pages)}" in pages[1]
    assert float(made("x").pages[0].mediabox.width) == pytest.approx(595.28, abs=0.1)  # A4


def test_half_a_letter_from_a_broken_file_becomes_a_question_mark(made):
    assert "Siti ?" in made("Siti \ud83d").pages[0].extract_text()


def test_only_the_fonts_that_come_with_typst_are_used(made, tmp_path):
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in made("Siti").pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all("Libertinus" in font for font in fonts)


def test_a_template_that_typst_refuses_leaves_no_file_and_says_why(tmp_path):
    template = tmp_path / "salah.typ"
    template.write_text("#tidak-ada", encoding="utf-8")
    with pytest.raises(PdfFailed, match=r"salah\.typ.*unknown variable: tidak-ada"):
        write_pdf(tmp_path / "salah.pdf", template, {})
    assert not (tmp_path / "salah.pdf").exists()


def test_a_template_reads_no_file_outside_its_folder(tmp_path):
    (tmp_path / "rahasia.txt").write_text("kunci", encoding="utf-8")
    (tmp_path / "kertas").mkdir()
    template = tmp_path / "kertas" / "surat.typ"
    template.write_text('#read("../rahasia.txt")', encoding="utf-8")
    with pytest.raises(PdfFailed):
        write_pdf(tmp_path / "surat.pdf", template, {})


def test_one_that_does_not_end_is_given_up(tmp_path, monkeypatch):
    def never(*args, **options):
        raise subprocess.TimeoutExpired(args, options["timeout"])

    monkeypatch.setattr(pdf.subprocess, "run", never)
    with pytest.raises(PdfFailed, match="300 seconds"):
        write_pdf(tmp_path / "lama.pdf", tmp_path / "lama.typ", {})
