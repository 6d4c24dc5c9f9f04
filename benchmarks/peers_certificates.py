"""The page of a certificate as reportlab and WeasyPrint make it: the same words, frame and code, their own fonts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

import segno

from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.papers.paper import OFFICE
from trainings.models import Certificate
from trainings.papers.certificates import TEMPLATE, grouped, held

FRAME = TEMPLATE.with_name("certificate-frame.svg")
STYLE = """
@page { size: A4 landscape; margin: 24mm 26mm 22mm; background: url(certificate-frame.svg) center / 297mm 210mm }
body { font-family: serif; font-size: 14pt; margin: 0 } p, h1, h2, h3 { margin: 0 0 3mm; font-weight: normal }
section { position: relative; height: 164mm; text-align: center; page-break-after: always }
h1 { font-size: 44pt; letter-spacing: 10pt; color: #0b6e62 } h2 { font-size: 36pt; border-bottom: 1px solid #000 }
h3 { font-size: 25pt; color: #0b6e62 }
.kode { position: absolute; left: 0; bottom: 0; text-align: left; font-size: 9pt }
.kode svg { width: 27mm; height: 27mm }
.tanda { position: absolute; right: 0; bottom: 0; width: 96mm } .nama { margin-top: 21mm }
"""


def _address(one: Certificate, site: str) -> str:
    return f"{site}/sertifikat/{one.code}/"


def weasyprint_pages(certificates: Sequence[Certificate], site: str) -> bytes:
    """One document; the codes by segno as its documentation shows it, inline SVG."""
    import weasyprint

    pages = "".join(
        f"<section><p>{OFFICE[0].upper()}</p><p>{OFFICE[1].upper()}</p><h1>SERTIFIKAT</h1>"
        f"<p>Nomor {escape(one.number)}</p><p>diberikan kepada</p><h2>{escape(one.name)}</h2>"
        f"<p>{escape(one.area_name)}</p><p>yang telah mengikuti dan lulus pelatihan</p>"
        f"<h3>{escape(one.course_name)}</h3><p>{held(one)}</p>"
        f'<div class="kode">{segno.make_qr(_address(one, site), error="m").svg_inline(border=0)}'
        f"<p>Periksa keaslian sertifikat ini dengan kode QR, atau tulis kodenya di {site}/sertifikat/</p>"
        f"<p>{grouped(one.code)}</p></div>"
        f'<div class="tanda"><p>{one.graduation.place}, {long_date(one.issued_on)}</p>'
        f'<p>{escape(one.graduation.signatory_title)}</p><p class="nama">{escape(one.graduation.signatory_name)}</p>'
        "</div></section>"
        for one in certificates
    )
    page = f'<!doctype html><html lang="id"><head><title>Sertifikat</title><style>{STYLE}</style></head><body>{pages}'
    made = weasyprint.HTML(string=page, base_url=FRAME.parent.as_uri() + "/").write_pdf()
    assert made
    return bytes(made)


def reportlab_pages(certificates: Sequence[Certificate], site: str, *, own_codes: bool = True) -> bytes:
    """One document drawn line by line; the codes by reportlab's own widget, or by segno as one path."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    canvas = Canvas(made, pagesize=landscape(A4))
    canvas.beginForm("bingkai")
    canvas.rect(10 * mm, 10 * mm, 277 * mm, 190 * mm)
    canvas.rect(12 * mm, 12 * mm, 273 * mm, 186 * mm)
    canvas.endForm()
    for one in certificates:
        canvas.doForm("bingkai")
        for y, size, words in (
            (180, 12.5, OFFICE[0].upper()),
            (173, 15, OFFICE[1].upper()),
            (155, 44, "SERTIFIKAT"),
            (147, 12.5, f"Nomor {one.number}"),
            (136, 14, "diberikan kepada"),
            (123, 36, one.name),
            (113, 14, one.area_name),
            (102, 14, "yang telah mengikuti dan lulus pelatihan"),
            (91, 25, one.course_name),
            (82, 14, held(one)),
        ):
            canvas.setFont("Times-Roman", size)
            canvas.drawCentredString(148.5 * mm, y * mm, words)
        for y, words in (
            (62, f"{one.graduation.place}, {long_date(one.issued_on)}"),
            (56, one.graduation.signatory_title),
            (26, one.graduation.signatory_name),
        ):
            canvas.drawCentredString(223 * mm, y * mm, words)
        canvas.setFont("Times-Roman", 9)
        for y, words in (
            (38, "Periksa keaslian sertifikat ini dengan kode QR,"),
            (34, f"atau tulis kodenya di {site}/sertifikat/"),
            (26, grouped(one.code)),
        ):
            canvas.drawString(58 * mm, y * mm, words)
        if own_codes:
            code = QrCodeWidget(
                _address(one, site), barLevel="M", barBorder=0, barWidth=27 * mm, barHeight=27 * mm
            )
            drawing = Drawing(27 * mm, 27 * mm)
            drawing.add(code)
            renderPDF.draw(drawing, canvas, 26 * mm, 22 * mm)
        else:
            matrix = segno.make_qr(_address(one, site), error="m").matrix
            side, path = 27 * mm / len(matrix), canvas.beginPath()
            for row, modules in enumerate(reversed(matrix)):
                for column, dark in enumerate(modules):
                    if dark:
                        path.rect(26 * mm + column * side, 22 * mm + row * side, side, side)
            canvas.drawPath(path, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return made.getvalue()
