"""Reading the papers that are handed out."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook
from pypdf import PdfReader


def content(answer):
    assert answer.status_code == 200
    return BytesIO(b"".join(answer.streaming_content))


def pages(answer):
    return [page.extract_text() for page in PdfReader(content(answer)).pages]


def text(answer):
    """What stands on all pages, in one line."""
    return " ".join(" ".join(pages(answer)).split())


def sheets(answer):
    """Name → rows of cells, the header first."""
    book = load_workbook(content(answer))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
