"""The annex of a decree as WeasyPrint and reportlab make it: the same head, columns, rows and sums, their own fonts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape

from kub.models import Decree
from kub.papers.annex import TITLE
from kub.reports.annex import Recipient
from tangerang_poverty.kit.formats import long_date, number, rupiah
from tangerang_poverty.kit.words import rupiah_in_words
from tangerang_poverty.papers.paper import OFFICE

ROWS = 500
HEADER = (
    *("No.", "Nama KUB", "Ketua", "Alamat", "Kelurahan", "Kecamatan", "Jenis usaha", "Bentuk"),
    *("Anggota", "Jumlah (Rp)", "Rekening"),
)
WIDTHS = (9, 30, 36, 33, 23, 21, 25, 15, 16, 24, 31)  # mm
STYLE = """
@page { size: A4 landscape; margin: 14mm 15mm 17mm;
        @bottom-right { content: "Halaman " counter(page) " dari " counter(pages); font-size: 8pt } }
body { font-family: serif; font-size: 10pt } h1 { font-size: 13pt; text-align: center }
table { width: 100%; border-collapse: collapse; font-size: 9pt } thead { display: table-header-group }
td, th { border: 0.4pt solid #8a9a9c; padding: 1.3mm 1.6mm; vertical-align: top } th { background: #edf1f1 }
.r { text-align: right }
"""


def _facts(decree: Decree, rows: Sequence[Recipient]) -> list[str]:
    amount = sum(one.amount for one in rows)
    return [
        f"Lampiran Keputusan {decree.signatory_title}",
        f"Nomor {decree.number}, tanggal {long_date(decree.decided_on)}",
        f"Jumlah KUB {number(len(rows))}",
        f"Jumlah hibah {rupiah(amount)} ({rupiah_in_words(amount)})",
    ]


def _cells(rows: Sequence[Recipient]) -> list[list[str]]:
    lines = [
        [
            number(place),
            one.group.name,
            one.chair,
            one.address,
            one.kelurahan,
            one.kecamatan,
            one.kind,
            one.form,
            number(one.members),
            number(one.amount),
            one.group.masked_account,
        ]
        for place, one in enumerate(rows, start=1)
    ]
    sums = (number(sum(one.members for one in rows)), number(sum(one.amount for one in rows)))
    return [*lines, ["", "Jumlah", "", "", "", "", "", "", *sums, ""]]


def weasyprint_annex(decree: Decree, rows: Sequence[Recipient]) -> bytes:
    """One HTML table."""
    import weasyprint

    right = {0, 8, 9}
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="r">{escape(cell)}</td>' if column in right else f"<td>{escape(cell)}</td>"
            for column, cell in enumerate(line)
        )
        + "</tr>"
        for line in _cells(rows)
    )
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    facts = "".join(f"<p>{escape(words)}</p>" for words in _facts(decree, rows))
    page = (
        f'<!doctype html><html lang="id"><head><title>{TITLE}</title><style>{STYLE}</style></head><body>'
        f"<p>{OFFICE[0]}</p><p>{OFFICE[1]}</p><h1>{TITLE}</h1>{facts}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(decree.signatory_name)}</p>"
    )
    made = weasyprint.HTML(string=page).write_pdf()
    assert made
    return bytes(made)


def reportlab_annex(decree: Decree, rows: Sequence[Recipient]) -> bytes:
    """One long table of paragraphs, for cells must wrap."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

    made = io.BytesIO()
    normal = getSampleStyleSheet()["BodyText"]
    small = normal.clone("small", fontSize=8, leading=9.5)
    cells = [
        [Paragraph(escape(name), small) for name in HEADER],
        *([Paragraph(escape(cell), small) for cell in line] for line in _cells(rows)),
    ]
    table = LongTable(cells, colWidths=[width * mm for width in WIDTHS], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    words = [*OFFICE, TITLE, *_facts(decree, rows)]
    document = SimpleDocTemplate(made, pagesize=landscape(A4), leftMargin=15 * mm, rightMargin=15 * mm)
    document.build(
        [
            *(Paragraph(escape(one), normal) for one in words),
            table,
            Paragraph(escape(decree.signatory_name), normal),
        ]
    )
    return made.getvalue()
