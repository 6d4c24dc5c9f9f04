"""Certificates as PDF: one page for each, with the code that leads to its public page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.pdf import write_pdf
from tangerang_poverty.kit.qr import QrCodes
from tangerang_poverty.papers.paper import OFFICE
from tangerang_poverty.privacy.exports import Stamp
from trainings.actions.graduation import CODE_LENGTH
from trainings.models import Certificate
from trainings.models.certificate import CertificateQuerySet

TEMPLATE = Path(__file__).with_name("certificate.typ")


def printable(rows: CertificateQuerySet) -> CertificateQuerySet:
    """Those in force, with what a page says, by kelurahan and number."""
    rows = rows.live().filter(graduation__revoked_at=None)
    rows = rows.select_related("graduation", "enrolment__cohort__area__parent")
    return rows.order_by("enrolment__cohort__area_id", "sequence")


def write(path: Path, certificates: Sequence[Certificate], stamp: Stamp, *, title: str, site: str) -> None:
    """A page for each of `certificates`, in their order, with a bookmark for each kelurahan.

    `site` is where the public page is found: "https://berdikari.example".
    """
    write_pdf(
        path,
        TEMPLATE,
        {
            "title": title,
            "office": OFFICE,
            "sample": bool(stamp.sample),
            "site": f"{site}{reverse('certificate_check')}".partition("://")[2],
            "pages": _pages(certificates, _codes(site)),
        },
    )


def grouped(code: str) -> str:
    """A code as people read it out: ABCD-EFGH-JKLM."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


@lru_cache(maxsize=4)
def _codes(site: str) -> QrCodes:
    beginning, ending = f"{site}{reverse('certificate', args=['~'])}".split("~")
    return QrCodes(beginning, CODE_LENGTH, ending)


def _pages(certificates: Sequence[Certificate], codes: QrCodes) -> list[dict[str, Any]]:
    pages, kecamatan, kelurahan = [], "", ""
    for one in certificates:
        area = one.enrolment.cohort.area
        bookmarks: list[tuple[int, str]] = []
        if area.code != kelurahan:
            if (area.parent_id or "") != kecamatan:
                bookmarks.append((1, area.parent.label if area.parent else ""))
            bookmarks.append((2, area.label))
            kecamatan, kelurahan = area.parent_id or "", area.code
        pages.append(_page(one, codes) | {"bookmarks": bookmarks})
    return pages


def _page(one: Certificate, codes: QrCodes) -> dict[str, str]:
    return {
        "number": one.number,
        "name": one.name,
        "area": one.area_name,
        "course": one.course_name,
        "held": held(one),
        "place": one.graduation.place,
        "date": long_date(one.issued_on),
        "title": one.graduation.signatory_title,
        "signatory": one.graduation.signatory_name,
        "code": grouped(one.code),
        "qr": codes.svg(one.code),
    }


def held(one: Certificate) -> str:
    """When and how long: "diselenggarakan dari 1 sampai dengan 29 Mei 2026, 20 pertemuan, 60 jam"."""
    if one.started_on == one.ended_on:
        days = f"pada {long_date(one.started_on)}"
    else:
        days = f"dari {_beginning(one)} sampai dengan {long_date(one.ended_on)}"
    hours = f", {one.hours} jam" if one.hours else ""
    return f"diselenggarakan {days}, {one.session_count} pertemuan{hours}"


def _beginning(one: Certificate) -> str:
    """The first day, without the month or year that the last one says again."""
    day, month, year = long_date(one.started_on).split()
    first, last = one.started_on, one.ended_on
    if first.year != last.year:
        return f"{day} {month} {year}"
    return day if first.month == last.month else f"{day} {month}"
