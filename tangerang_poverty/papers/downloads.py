"""Handing out a paper: as a PDF or as a workbook, at once, logged."""

from __future__ import annotations

from typing import Any, Literal

from django.http import FileResponse, HttpRequest

from tangerang_poverty.papers import paper as papers
from tangerang_poverty.papers.paper import Paper
from tangerang_poverty.privacy import exports

Format = Literal["pdf", "excel"]
FORMATS: tuple[Format, ...] = ("pdf", "excel")
_NAMES: dict[Format, str] = {"pdf": "PDF", "excel": "Excel"}


def respond(
    request: HttpRequest,
    paper: Paper,
    format_: Format,
    *,
    filename: str,
    where: str,
    with_identities: bool,
    is_sample: bool,
    area_id: str | None = None,
) -> FileResponse:
    """The contract of `privacy.exports.respond_pdf`; the log says the paper's title and `where`, what it is about."""
    common: dict[str, Any] = {
        "title": paper.title,
        "filename": filename,
        "rows": paper.people,
        "with_identities": with_identities,
        "is_sample": is_sample,
        "what": f"{paper.title}, {where} ({_NAMES[format_]})",
        "area_id": area_id,
    }
    if format_ == "pdf":
        return exports.respond_pdf(
            request, write=lambda path, stamp: papers.write(path, paper, stamp), **common
        )
    return exports.respond_xlsx(request, sheets=papers.sheets(paper), **common)
