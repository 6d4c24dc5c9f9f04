"""The annex of a decree: who gets what, within the reader's area, long ones made by a worker."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kub import paper_exports
from kub.lifecycle import GrantState, ProposalState
from kub.models import Grant, Membership, Proposal
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.privacy.models import Export
from tests.factories import GEBANG_RAYA, JATIUWUNG, area
from tests.kub.factories import DecreeFactory, GrantFactory, GroupFactory, ProposalFactory
from tests.kub.paper_files import asked
from tests.paper_files import content, pages, sheets, text

pytestmark = pytest.mark.django_db
NAME = "lampiran-keputusan"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


@pytest.fixture
def decree():
    return DecreeFactory(number="460/Kep.218-Dinsos/2026", signatory_name="H. Hasan Basri")


def given(decree, name, place=None, amount=20_000_000, **values):
    group = GroupFactory(name=name, **({"area": area(place)} if place else {}), **values)
    proposal = ProposalFactory(
        group=group, state=ProposalState.RECOMMENDED, lines=(("Oven", 1, "unit", amount),)
    )
    return GrantFactory(proposal=proposal, decree=decree, state=GrantState.DECIDED)


def chair_of(grant):
    return grant.proposal.group.memberships.get(role=Membership.Role.CHAIR, left_on=None).person.name


def test_each_group_with_chair_address_kind_members_amount_and_account(staff, decree):
    other = given(decree, "Seruni", JATIUWUNG, 12_500_000, members=6)
    first = given(decree, "Anggrek")
    rows = sheets(asked(staff, NAME, decree, "excel"))["Penerima"]
    assert rows[0] == [
        *("No.", "Nama KUB", "Ketua", "Alamat", "Kelurahan", "Kecamatan", "Jenis usaha", "Bentuk", "Anggota"),
        *("Jumlah (Rp)", "Rekening"),
    ]
    kind = "Kue kering/kue basah"
    assert [row[:10] for row in rows[1:]] == [
        [1, "Anggrek", chair_of(first), "Jalan Melati 4", "Gembor", "Periuk", kind, "Uang", 5, 20_000_000],
        [2, "Seruni", chair_of(other), "Jalan Melati 4", "Jatiuwung", "Cibodas", kind, "Uang", 6, 12_500_000],
        [None, "Jumlah", None, None, None, None, None, None, 11, 32_500_000],
    ]
    assert rows[1][10] == first.proposal.group.masked_account
    shown = text(asked(staff, NAME, decree))
    for words in (
        "DAFTAR KUB PENERIMA HIBAH",
        "460/Kep.218-Dinsos/2026",
        "Rp32.500.000 (tiga puluh dua juta lima ratus ribu rupiah)",
        "5.1.4.05.01",
        "H. Hasan Basri",
        "Nomor rekening disamarkan.",
    ):
        assert words in shown


def test_it_ends_at_the_readers_area_and_says_which_it_is(client, cast, decree):
    given(decree, "Anggrek")
    given(decree, "Seruni", JATIUWUNG)
    client.force_login(cast.officer_b)
    shown = text(asked(client, NAME, decree))
    assert "Seruni" in shown
    assert "Anggrek" not in shown
    assert "Kelurahan Jatiuwung" in shown
    assert AccessLog.objects.get().rows == 1


def test_what_the_decree_gave_stays_whatever_became_of_it(staff, decree):
    grant = given(decree, "Anggrek")
    Grant.objects.filter(pk=grant.pk).update(state=GrantState.CANCELLED)
    shown = text(asked(staff, NAME, decree))
    assert "Rp20.000.000 (dua puluh juta rupiah)" in shown
    assert "Dibatalkan sesudah keputusan: Anggrek." in shown


def test_who_has_left_is_not_counted_and_a_vacant_chair_stays_empty(staff, decree):
    grant = given(decree, "Anggrek")
    chair = grant.proposal.group.memberships.filter(role=Membership.Role.CHAIR)
    chair.update(left_on=grant.decree.decided_on, leave_reason="moved")
    [_, row, _] = sheets(asked(staff, NAME, decree, "excel"))["Penerima"]
    assert (row[2], row[8]) == (None, 4)


def test_a_decree_without_grants_says_so(staff, decree):
    shown = text(asked(staff, NAME, decree))
    assert "Belum ada KUB dalam keputusan ini." in shown
    assert "Rp0 (nol rupiah)" in shown


def test_many_ask_the_database_as_often_as_one(staff, decree):
    def queries(number):
        for turn in range(number):
            given(decree, f"KUB {Proposal.objects.count()}", GEBANG_RAYA if turn % 2 else None, members=3)
        with CaptureQueriesContext(connection) as captured:
            assert sheets(asked(staff, NAME, decree, "excel"))
        return len(captured)

    sheets(asked(staff, NAME, decree, "excel"))  # the first page of a sign-in asks who it is
    assert queries(1) == queries(8)


class TestLong:
    @pytest.fixture(autouse=True)
    def short_limit(self, monkeypatch):
        monkeypatch.setattr(paper_exports, "ANNEX_AT_ONCE", 2)

    @pytest.fixture
    def long_decree(self, decree):
        for turn in range(3):
            given(decree, f"Melati {turn}", members=3)
        return decree

    def test_a_worker_makes_it_and_the_page_shows_how_far_it_is(
        self, staff, django_capture_on_commit_callbacks, long_decree
    ):
        with django_capture_on_commit_callbacks(execute=True):
            answer = asked(staff, NAME, long_decree, nik="on")
        export = Export.objects.get()
        assert answer.url == reverse("privacy:export", args=[export.pk])
        assert (export.state, export.rows, export.total) == (Export.State.READY, 3, 3)
        assert export.title == f"Daftar KUB penerima hibah, {long_decree}"
        page = staff.get(answer.url).content.decode()
        assert "3 KUB" in page
        handed = staff.get(reverse("privacy:export_file", args=[export.pk]))
        shown = text(handed)
        grant = Grant.objects.first()
        assert grant.proposal.group.account_number in shown
        line = AccessLog.objects.get()
        assert (line.rows, line.with_identities) == (3, True)

    def test_clear_numbers_need_their_permission_before_anything_is_asked_for(
        self, client, cast, long_decree
    ):
        client.force_login(cast.officer_a)
        assert asked(client, NAME, long_decree, nik="on").status_code == 403
        assert not Export.objects.exists()

    def test_who_waits_for_many_is_told_so(self, staff, long_decree, monkeypatch):
        from tangerang_poverty.privacy import exports

        monkeypatch.setattr(exports, "MOST_WAITING", 0)
        answer = asked(staff, NAME, long_decree)
        assert answer.url == long_decree.get_absolute_url()
        assert not Export.objects.exists()

    def test_as_a_workbook_it_comes_at_once(self, staff, long_decree):
        assert len(sheets(asked(staff, NAME, long_decree, "excel"))["Penerima"]) == 5

    def test_a_short_one_comes_at_once(self, staff, decree):
        given(decree, "Anggrek")
        assert pages(asked(staff, NAME, decree))

    def test_rows_of_another_area_do_not_make_it_long(self, client, cast, long_decree):
        given(long_decree, "Seruni", JATIUWUNG)
        client.force_login(cast.officer_b)
        assert content(asked(client, NAME, long_decree))
