"""The paper of the office as such: its words, tables and signatures, and what of it a workbook carries."""

from __future__ import annotations

from datetime import date

import pytest
from pypdf import PdfReader

from tangerang_poverty.papers import paper as papers
from tangerang_poverty.papers.paper import Column, Paper, Signature, Table
from tangerang_poverty.privacy.exports import Stamp

STAMP = Stamp("Diunduh oleh Rina pada 1 Mei 2026 09.00 WIB.", "")
COLUMNS = (Column("Uraian", lambda row: row[0]), Column("Jumlah (Rp)", lambda row: row[1], "30mm", "right"))


def paper(**values):
    table = Table(
        "Barang", COLUMNS, [("Oven", 5_500_000)], sums=[("Jumlah", 5_500_000)], lead=["Rinciannya:"]
    )
    return Paper(
        **({"title": "Berita acara", "facts": [("KUB", "Melati")], "tables": [table], "people": 1} | values)
    )


@pytest.fixture
def shown(tmp_path):
    def show(made):
        path = tmp_path / "kertas.pdf"
        papers.write(path, made, STAMP)
        return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]

    return show


def test_number_paragraphs_facts_tables_and_closing_stand_in_this_order(shown):
    [page] = shown(
        paper(
            number="12/BA/2026",
            opening=["Pada hari ini telah diadakan rapat."],
            closing=["Demikian berita acara ini."],
            notes=["NIK disamarkan."],
            signatures=[Signature("", "Ketua", "Nurhayati")],
        )
    )
    words = (
        "BERITA ACARA",
        "Nomor 12/BA/2026",
        "Pada hari ini",
        "KUB : Melati",
        "Rinciannya:",
        "Oven 5.500.000",
        "Jumlah 5.500.000",
        "Demikian",
        "NIK disamarkan.",
        "Nurhayati",
        STAMP.taken,
    )
    places = [page.index(word) for word in words]
    assert places == sorted(places)


def test_a_paper_without_a_number_says_none(shown):
    [page] = shown(paper())
    assert "Nomor" not in page


@pytest.mark.parametrize("number", [1, 2, 3])
def test_one_two_or_three_sign_and_a_missing_name_leaves_dots(shown, number):
    people = [
        Signature("", f"Pihak {place}", "" if place == 1 else f"Nama {place}")
        for place in range(1, number + 1)
    ]
    [page] = shown(paper(signatures=people))
    assert "......" in page
    assert all(f"Pihak {place}" in page for place in range(1, number + 1))
    assert all(f"Nama {place}" in page for place in range(2, number + 1))


def test_words_are_printed_letter_by_letter(shown):
    odd = '#panic("x") *tebal* _miring_ <label> =1+1'
    [page] = shown(paper(opening=[odd], closing=[odd], number=odd))
    assert page.count(odd) == 3


def test_a_workbook_has_the_tables_with_values_and_the_facts_as_notes():
    [sheet] = papers.sheets(paper(opening=["Pada hari ini."], notes=["NIK disamarkan."]))
    assert (sheet.name, list(sheet.header)) == ("Barang", ["Uraian", "Jumlah (Rp)"])
    assert list(sheet.rows) == [["Oven", 5_500_000], ["Jumlah", 5_500_000]]
    assert list(sheet.notes) == ["KUB: Melati", "NIK disamarkan."]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, ""),
        (1_250, "1.250"),
        (date(2015, 11, 24), "24 November 2015"),
        ("0071", "0071"),
        (True, "True"),
        (0, "0"),
    ],
)
def test_a_cell_on_paper(cell, words):
    assert papers.text(cell) == words
