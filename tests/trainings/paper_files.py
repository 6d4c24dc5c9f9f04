"""Asking for papers of the trainings, and reading what comes."""

from __future__ import annotations

from io import BytesIO

from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.trainings.factories import EnrolmentFactory, listed_family
from trainings.lifecycle import EnrolmentState


def enrolled(cohort, name, state=EnrolmentState.REGISTERED, **values):
    family = listed_family(cohort, name=name)
    return EnrolmentFactory(cohort=cohort, family=family, household=family, state=state, **values)


def asked(client, cohort, name, form="pdf", **wishes):
    return client.post(reverse("trainings:paper", args=[cohort.pk, name, form]), wishes)


def recap(client, programme, form):
    return client.post(reverse("trainings:programme_paper", args=[programme.pk, "rekapitulasi", form]))


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
