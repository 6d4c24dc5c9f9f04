"""Spreadsheets of earlier trainings, made on the spot, and the way they take into the product."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tangerang_poverty.accounts.models import User
from trainings.models import PastImport
from trainings.past import actions

HEADER = ["Tahun", "Keterampilan", "Kecamatan", "Kelurahan", "Nama", "NIK"]


def line(name: str = "Siti Aminah", **values: Any) -> list[Any]:
    """One graduate of Gembor, who learnt kue kering in 2014."""
    cells = {
        "year": 2014,
        "course": "Kue Kering",
        "kecamatan": "Periuk",
        "kelurahan": "Gembor",
        "name": name,
        "nik": None,
    } | values
    return list(cells.values())


def book(*rows: list[Any], header: list[str] = HEADER, **sheets: list[list[Any]]) -> bytes:
    """An XLSX with one sheet of these rows below the header; `sheets` are others, as they stand."""
    workbook = openpyxl.Workbook()
    first = workbook.active
    first.title = "Riwayat"
    for row in [header, *rows]:
        first.append(row)
    for name, lines in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in lines:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def staged(data: bytes, *, by: User, name: str = "riwayat.xlsx") -> PastImport:
    """Uploaded and judged."""
    return actions.upload(file=ContentFile(data, name=name), by=by, today=timezone.localdate())


def applied(data: bytes, *, by: User, name: str = "riwayat.xlsx") -> PastImport:
    made = staged(data, by=by, name=name)
    actions.apply(made, by=by)
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post_file(client: Client, data: bytes, name: str = "riwayat.xlsx") -> Any:
    """The answer to the upload form."""
    return client.post(reverse("trainings:past_upload"), {"source": SimpleUploadedFile(name, data)})
