"""The lists of work: reports that are late, nearly due or to be examined, instalments that are open to be paid."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from kub.lifecycle import GrantState, ReportState
from kub.models import Grant, Instalment
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.factories import GEMBOR, JATIUWUNG, area
from tests.kub.factories import GrantFactory, GroupFactory, ProposalFactory, StepFactory
from tests.kub.money import accounted, moved, paid

pytestmark = pytest.mark.django_db
REPORTS, PAYABLE = reverse("kub:reports"), reverse("kub:payable")


def grant(name: str, code: str = GEMBOR, state: str = GrantState.AGREED) -> Grant:
    group = GroupFactory(name=name, area=area(code), members=0)
    made: Grant = GrantFactory(proposal=ProposalFactory(group=group, state="recommended"), state=state)
    return made


def page(user: User, url: str, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


@pytest.fixture
def reports() -> None:
    """One late in Gembor and one in Jatiuwung, one due in a week, one sent, one due in half a year."""
    today = timezone.localdate()
    paid(grant=grant("Melati Telat"), due_on=today - timedelta(days=23))
    paid(grant=grant("Dahlia Jauh", JATIUWUNG), due_on=today - timedelta(days=2))
    paid(grant=grant("Mawar Segera"), due_on=today + timedelta(days=7))
    moved(paid(grant=grant("Kenanga Kirim"), due_on=today - timedelta(days=5)), ReportState.SUBMITTED)
    paid(grant=grant("Seruni Nanti"), due_on=today + timedelta(days=180))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("terlambat", {"Melati Telat", "Dahlia Jauh"}),
        ("segera", {"Mawar Segera"}),
        ("diperiksa", {"Kenanga Kirim"}),
    ],
)
def test_each_list_holds_its_reports_alone(cast: Cast, reports: None, kind: str, names: set[str]) -> None:
    read = page(cast.staff, f"{REPORTS}?keadaan={kind}")
    everybody = {"Melati Telat", "Dahlia Jauh", "Mawar Segera", "Kenanga Kirim", "Seruni Nanti"}
    assert {name for name in everybody if name in read} == names
    assert f"{len(names)} LPJ" in read


def test_the_oldest_comes_first_and_says_for_how_long(cast: Cast, reports: None) -> None:
    read = page(cast.staff, REPORTS)
    assert read.index("Melati Telat") < read.index("Dahlia Jauh")
    assert "terlambat 23 hari" in read
    assert "7 hari lagi" in page(cast.staff, f"{REPORTS}?keadaan=segera")


def test_the_list_ends_at_the_own_area(cast: Cast, reports: None) -> None:
    read = page(cast.officer_b, REPORTS)
    assert "Dahlia Jauh" in read
    assert "Melati Telat" not in read
    page(cast.officer_b, f"{REPORTS}?wilayah={GEMBOR}", 404)
    page(cast.staff, f"{REPORTS}?keadaan=hilang", 404)


def test_the_list_is_a_workbook(cast: Cast, reports: None) -> None:
    client = Client()
    client.force_login(cast.staff)
    answer = client.post(f"{reverse('kub:reports_export')}?keadaan=terlambat")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]  # type: ignore[arg-type,attr-defined]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in ("Melati Telat", "Dahlia Jauh")]
    assert [(row[0], row[6], row[8]) for row in rows] == [
        ("Melati Telat", 12_000_000, -23),
        ("Dahlia Jauh", 12_000_000, -2),
    ]


def test_an_instalment_is_open_once_the_report_before_is_accepted(cast: Cast) -> None:
    grant("Belum Perjanjian", state=GrantState.DECIDED)
    first, second = grant("Termin Satu"), grant("Termin Dua")
    report = paid(grant=second)
    read = page(cast.treasurer, PAYABLE)
    assert "1 termin, Rp12.000.000 seluruhnya" in read
    assert "Termin Satu" in read
    assert "Termin Dua" not in read
    accounted(report)
    read = page(cast.treasurer, PAYABLE)
    assert "2 termin, Rp20.000.000 seluruhnya" in read
    Instalment.objects.filter(grant=first).update(released_at=timezone.now())
    assert "1 termin, Rp8.000.000 seluruhnya" in page(cast.treasurer, PAYABLE)


def test_what_the_reader_has_another_duty_on_is_left_to_others(cast: Cast) -> None:
    made = grant("Melati Rasa")
    StepFactory(proposal=made.proposal, by=cast.treasurer)
    assert "Tidak ada termin yang siap dibayar." in page(cast.treasurer, PAYABLE)
    assert "Melati Rasa" in page(cast.staff, PAYABLE)
