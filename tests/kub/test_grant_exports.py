"""Proposals, grants and the budget as workbooks: exactly what is filtered, within the reader's area, logged."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kub.lifecycle import GrantState, ProposalState
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export
from tests.factories import GEMBOR, JATIUWUNG, area
from tests.kub.factories import (
    BudgetFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    this_year,
)
from tests.kub.paper_files import paid
from tests.paper_files import sheets

pytestmark = pytest.mark.django_db
LISTS = ("proposals", "grants")


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def asked(client, name, query=""):
    return client.post(reverse(f"kub:{name}_export") + query)


def given(name, place=GEMBOR, **values):
    group = GroupFactory(name=name, area=area(place))
    return GrantFactory(proposal=ProposalFactory(group=group, state=ProposalState.RECOMMENDED), **values)


def rows(answer, sheet):
    return sheets(answer)[sheet][1:]


def test_a_proposal_says_what_it_asks_and_what_became_of_it(staff):
    grant = given("Melati Rasa")
    draft = ProposalFactory(group=GroupFactory(name="Seruni"), purpose="Etalase")
    found = rows(asked(staff, "proposals"), "Usulan hibah")
    year, kind = str(this_year()), draft.kind.name
    assert found == [
        [year, "Seruni", "Periuk", "Gembor", kind, "Uang", "Etalase", "Draf", 20_000_000, None, None],
        [
            *(year, "Melati Rasa", "Periuk", "Gembor", kind, "Uang", grant.proposal.purpose, "Diputuskan"),
            *(20_000_000, grant.decree.number, 20_000_000),
        ],
    ]


def test_a_grant_says_its_money(staff):
    grant = given("Melati Rasa")
    paid(grant)
    [row] = rows(asked(staff, "grants"), "Hibah")
    assert row[1] == "Melati Rasa"
    assert row[7:9] == ["5.1.4.05.01", grant.decree.number]
    assert row[12:] == [20_000_000, 20_000_000, 12_000_000, 0, 0, 12_000_000, 8_000_000]


@pytest.mark.parametrize("name", LISTS)
def test_filters_and_order_are_those_of_the_address_and_stand_in_the_notes(staff, name):
    given("Melati Rasa")
    given("Seruni", JATIUWUNG, state=GrantState.DECIDED)
    book = sheets(asked(staff, name, f"?keadaan=diputuskan&wilayah={JATIUWUNG}&urut=terbesar"))
    [sheet] = [title for title in book if title != "Keterangan"]
    assert [row[1] for row in book[sheet][1:]] == ["Seruni"]
    notes = str(book["Keterangan"])
    assert "Keadaan: Diputuskan, menunggu perjanjian" in notes
    assert "Wilayah: " in notes
    assert "Jatiuwung" in notes


@pytest.mark.parametrize("name", LISTS)
def test_it_ends_at_the_readers_area_and_is_logged(client, cast, name):
    given("Melati Rasa")
    given("Seruni", JATIUWUNG)
    client.force_login(cast.officer_b)
    book = sheets(asked(client, name))
    assert [row[1] for row in next(iter(book.values()))[1:] if len(row) > 5] in ([], ["Seruni"])
    assert "Seruni" in str(book)
    assert "Melati Rasa" not in str(book)
    line = AccessLog.objects.get()
    assert (line.by, line.rows, line.area_id, line.with_identities) == (cast.officer_b, 1, JATIUWUNG, False)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["?wilayah=36.71.09.1006", "?tahun=1800", "?keadaan=lain", "?jenis=x"])
def test_what_the_reader_may_not_ask_or_does_not_exist_is_not_found(client, cast, name, query):
    client.force_login(cast.kecamatan_officer)
    assert asked(client, name, query).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_is_written_by_a_worker(staff, name, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
    given("Melati Rasa")
    given("Seruni")
    with django_capture_on_commit_callbacks(execute=True):
        answer = asked(staff, name, f"?tahun={this_year()}")
    export = Export.objects.get()
    assert answer.url == reverse("privacy:export", args=[export.pk])
    assert (export.state, export.rows) == (Export.State.READY, 2)
    book = sheets(staff.get(reverse("privacy:export_file", args=[export.pk])))
    assert "Melati Rasa" in str(book)
    assert f"Tahun anggaran: {this_year()}" in str(book["Keterangan"])


@pytest.mark.parametrize("name", LISTS)
def test_who_waits_for_many_comes_back_to_the_list_as_it_was(staff, name, monkeypatch):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 0)
    monkeypatch.setattr(exports, "MOST_WAITING", 0)
    given("Melati Rasa")
    answer = asked(staff, name, f"?tahun={this_year()}")
    assert answer.url == f"{reverse(f'kub:{name}')}?tahun={this_year()}"


@pytest.mark.parametrize("name", LISTS)
def test_the_page_offers_it_with_its_filters_to_who_may_take_it(client, cast, name):
    given("Melati Rasa")
    address = f"{reverse(f'kub:{name}_export')}?tahun={this_year()}"
    client.force_login(cast.treasurer)
    assert address in client.get(f"{reverse(f'kub:{name}')}?tahun={this_year()}").content.decode()


def test_the_budget_of_all_years_by_account_and_by_year(staff):
    grant = given("Melati Rasa")
    paid(grant)
    earlier = this_year() - 1
    BudgetFactory(year=FiscalYearFactory(year=earlier), account_code="5.1.4.05.02", name="Barang", allotted=7)
    BudgetFactory(account_code="5.1.4.05.03", name="Lain", allotted=5)
    book = sheets(asked(staff, "budgets"))
    now = str(this_year())
    name = grant.budget.name
    assert book["Per kode rekening"][1:] == [
        [now, "5.1.4.05.01", name, 1_000_000_000, 20_000_000, 12_000_000, 0, 0, 980_000_000],
        [now, "5.1.4.05.03", "Lain", 5, 0, 0, 0, 0, 5],
        [str(earlier), "5.1.4.05.02", "Barang", 7, 0, 0, 0, 0, 7],
    ]
    assert book["Per tahun"][1:] == [
        [now, 1_000_000_005, 20_000_000, 12_000_000, 0, 0, 980_000_005],
        [str(earlier), 7, 0, 0, 0, 0, 7],
    ]
    assert AccessLog.objects.get().rows == 0
