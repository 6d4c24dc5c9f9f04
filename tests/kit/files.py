"""Office files of every kind, made on the spot, and the check that one of them is turned away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import xlwt
from odf import table as odf
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P

from tangerang_poverty.kit.spreadsheets.read import Unreadable

LIMIT = 20_000_000
HEADER = ["NIK", "Nama"]
ROWS = [HEADER, ["9971051708450001", "Siti"]]
SHEET_START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_END = b"</sheetData></worksheet>"


def refused(read: Callable[..., object], data: bytes, filename: str = "data.xlsx", limit: int = LIMIT) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, filename, limit)
    assert filename in caught.value.problem.message
    assert "file" not in caught.value.problem.message.lower()
    assert caught.value.problem.message.endswith(".")
    return caught.value.problem.code


def workbook(*sheets: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Lembar {number}")
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook | xlwt.Workbook | OpenDocumentSpreadsheet) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls(rows: list[list[object]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Lembar 1")
    day = xlwt.easyxf(num_format_str="dd-mm-yyyy")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = (day,) if isinstance(cell, date) else ()
            sheet.write(number, column, cell, *style)
    return saved(book)


def ods(rows: list[list[str]], *, repeat_filled: int = 1) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = odf.Table(name="Lembar 1")
    for row in rows:
        line = odf.TableRow()
        for text in row:
            cell = odf.TableCell(valuetype="string", numbercolumnsrepeated=repeat_filled)
            cell.addElement(P(text=text))
            line.addElement(cell)
        line.addElement(odf.TableCell(numbercolumnsrepeated=16000))
        sheet.addElement(line)
    blank = odf.TableRow(numberrowsrepeated=1_000_000)  # what LibreOffice writes below a table
    blank.addElement(odf.TableCell(numbercolumnsrepeated=16384))
    sheet.addElement(blank)
    book.spreadsheet.addElement(sheet)
    return saved(book)


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """The zip `data` with one member replaced (or added)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return buffer.getvalue()


def with_sheet_xml(rows: bytes) -> bytes:
    data = saved(workbook(ROWS))
    return with_member(data, "xl/worksheets/sheet1.xml", SHEET_START + rows + SHEET_END)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()
