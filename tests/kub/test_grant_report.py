"""The report of a grant on paper: its sums are those of the ledger, its lines those of the receipts."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kub.lifecycle import EntryKind, ReportState
from kub.models import Membership
from tangerang_poverty.audit.models import AccessLog
from tests.factories import UserFactory
from tests.kub.factories import GrantFactory, StepFactory, VisitFactory
from tests.kub.paper_files import asked, booked, paid, receipt, report, reversal
from tests.paper_files import sheets, text

pytestmark = pytest.mark.django_db
NAME = "laporan-hibah"


@pytest.fixture
def staff(client, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(cast.staff)
    return client


@pytest.fixture
def grant(cast):
    """Paid twice by mistake and once taken back; the first report accepted, the second being written."""
    grant = GrantFactory()
    oven, stuff = grant.proposal.lines.order_by("position")
    wrong = paid(grant)
    reversal(wrong)
    paid(grant, document="SP2D 04600")
    first = report(grant, 1, ReportState.ACCEPTED)
    receipt(first, oven, 9_500_000, description="Toko Sumber Rejeki")
    receipt(first, stuff, 2_000_000, unreadable=True, unreadable_note="terlipat")
    booked(
        grant, EntryKind.ACCOUNTED, 11_500_000, report=first, document="", description="LPJ termin 1 diterima"
    )
    booked(grant, EntryKind.REFUND, 500_000, document="STS 9", description="Sisa termin 1")
    paid(grant, 2, document="SP2D 05000")
    second = report(grant, 2)
    receipt(second, stuff, 3_000_000)
    VisitFactory(group=grant.proposal.group, problem="Oven rusak")
    StepFactory(proposal=grant.proposal, by=cast.officer_a, note="Lengkap")
    return grant


def test_every_sum_is_that_of_the_ledger(staff, grant):
    grant.refresh_from_db()
    book = sheets(asked(staff, NAME, grant, "excel"))
    assert dict(zip(*book["Ringkasan"], strict=True)) == {
        "Diusulkan (Rp)": 20_000_000,
        "Diputuskan (Rp)": 20_000_000,
        "Dibayar (Rp)": 20_000_000,
        "LPJ diterima (Rp)": 11_500_000,
        "Disetor kembali (Rp)": 500_000,
        "Sisa kas kelompok (Rp)": 8_000_000,
        "Belum dibayar (Rp)": 0,
    }
    *entries, whole = book["Buku besar"][1:]
    for column, total in ((5, grant.decided), (6, grant.paid), (7, grant.accounted), (8, grant.refunded)):
        assert sum(row[column] or 0 for row in entries) == whole[column] == total
    assert [row[0] for row in entries] == list(range(1, 8))
    assert whole[2] == "Jumlah"


def test_lines_against_their_receipts_accepted_and_not_yet(staff, grant):
    rows = sheets(asked(staff, NAME, grant, "excel"))["RAB terhadap LPJ"]
    assert rows[1:] == [
        [1, "Oven gas", 10_000_000, 10_000_000, 9_500_000, 0, 500_000, 1],
        [2, "Bahan baku", 10_000_000, 10_000_000, 2_000_000, 3_000_000, 5_000_000, 2],
        [None, "Jumlah", 20_000_000, 20_000_000, 11_500_000, 3_000_000, 5_500_000, 3],
    ]


def test_instalments_with_the_payment_that_stands_and_their_reports(staff, grant):
    rows = sheets(asked(staff, NAME, grant, "excel"))["Termin"]
    assert [[*row[:3], row[4]] for row in rows[1:]] == [
        [1, 12_000_000, 12_000_000, "Diterima"],
        [2, 8_000_000, 8_000_000, "Disusun"],
    ]
    assert rows[1][3].date() == date(2026, 5, 4)


def test_on_paper_receipts_visits_steps_and_who_leads_the_group(staff, grant):
    shown = text(asked(staff, NAME, grant))
    chair = grant.proposal.group.memberships.get(role=Membership.Role.CHAIR).person.name
    for words in (
        "LAPORAN HIBAH",
        "Toko Sumber Rejeki",
        "Tidak terbaca: terlipat",
        "Oven rusak",
        "Pembalikan baris 2",
        "−12.000.000",
        "Lengkap",
        "Diajukan",
        "Sri Wahyuni",
        chair,
        grant.decree.number,
        grant.proposal.group.masked_account.split()[-1],
    ):
        assert words in shown
    assert grant.proposal.group.account_number not in shown
    assert AccessLog.objects.get().rows == 3


def test_a_grant_just_decided_says_what_is_missing(staff):
    shown = text(asked(staff, NAME, GrantFactory(state="decided")))
    for words in ("Belum ada termin.", "Belum ada kuitansi.", "Belum ada kunjungan.", "belum ada"):
        assert words in shown


def test_many_ask_the_database_as_often_as_one(staff, grant):
    line = grant.proposal.lines.first()
    second = grant.reports.get(instalment__number=2)

    def queries(number):
        for _ in range(number):
            receipt(second, line, 1_000)
            reversal(booked(grant, EntryKind.REFUND, 1_000, document="STS"))
            VisitFactory(group=grant.proposal.group)
            StepFactory(proposal=grant.proposal, move="return", by=UserFactory())
        with CaptureQueriesContext(connection) as captured:
            assert sheets(asked(staff, NAME, grant, "excel"))
        return len(captured)

    sheets(asked(staff, NAME, grant, "excel"))
    assert queries(1) == queries(10)
