"""The lists of proposals and grants: filters in the address, sums over what is filtered, the reader's area."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kub.lifecycle import GrantState
from kub.models import Grant, GrantForm
from kub.reports.grant_lists import STATES
from tests.factories import GEBANG_RAYA, JATIUWUNG, area
from tests.kub.factories import (
    BudgetFactory,
    BusinessKindFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    ReportFactory,
    this_year,
)
from tests.kub.group_pages import client_of, page, text, url

pytestmark = pytest.mark.django_db


def group(name, place=None, **values):
    return GroupFactory(name=name, area=place or area(), members=0, **values)


def found(user, name, query=""):
    """The names of the groups in a list, in their order."""
    answer = client_of(user).get(url(name, query=query))
    assert answer.status_code == 200
    rows = answer.context["page"].items
    return [(row.group if name == "proposals" else row.proposal.group).name for row in rows]


class TestProposals:
    @pytest.fixture
    def rows(self, db):
        ProposalFactory(group=group("Anggrek"), state="draft")
        ProposalFactory(group=group("Bougenvil"), state="submitted", grant_form=GrantForm.GOODS)
        ProposalFactory(
            group=group("Cempaka", area(JATIUWUNG), kind=BusinessKindFactory(name="Menjahit")),
            state="recommended",
            lines=[("Mesin", 1, "unit", 24_000_000)],
        )
        ProposalFactory(group=group("Dahlia"), year=FiscalYearFactory(year=this_year() - 1), state="refused")
        GrantFactory(proposal=ProposalFactory(group=group("Edelweis"), state="recommended"))

    def test_the_newest_comes_first_and_only_the_own_area(self, cast, rows):
        assert found(cast.staff, "proposals") == ["Edelweis", "Dahlia", "Cempaka", "Bougenvil", "Anggrek"]
        assert found(cast.officer_a, "proposals") == ["Edelweis", "Dahlia", "Bougenvil", "Anggrek"]
        assert found(cast.officer_b, "proposals") == ["Cempaka"]

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?keadaan=draf", ["Anggrek"]),
            ("?keadaan=diajukan", ["Bougenvil"]),
            ("?keadaan=direkomendasi", ["Cempaka"]),
            ("?keadaan=ditolak", ["Dahlia"]),
            ("?keadaan=perjanjian", ["Edelweis"]),
            ("?keadaan=pencairan", []),
            ("?bentuk=goods", ["Bougenvil"]),
            (f"?tahun={this_year() - 1}", ["Dahlia"]),
            (f"?wilayah={JATIUWUNG}", ["Cempaka"]),
            ("?cari=elweis", ["Edelweis"]),
            ("?cari=dahlia+anggrek", []),
            ("?urut=terbesar", ["Cempaka", "Edelweis", "Dahlia", "Bougenvil", "Anggrek"]),
            ("?keadaan=draf&bentuk=goods", []),
        ],
    )
    def test_filters_stand_in_the_address(self, cast, rows, query, names):
        assert found(cast.staff, "proposals", query) == names

    def test_a_kind_is_chosen_by_its_number(self, cast, rows):
        kind = BusinessKindFactory(name="Menjahit")
        assert found(cast.staff, "proposals", f"?jenis={kind.pk}") == ["Cempaka"]

    def test_number_and_sum_are_those_of_the_filter(self, cast, rows):
        html = text(page(cast.staff, url("proposals", query="?keadaan=direkomendasi")))
        assert "1 usulan · Rp24.000.000 diusulkan" in html

    @pytest.mark.parametrize("query", ["?keadaan=apa", "?tahun=1812", "?jenis=x", "?urut=acak"])
    def test_a_filter_that_does_not_exist_is_not_found(self, cast, query):
        page(cast.staff, url("proposals", query=query), status=404)

    def test_an_officer_of_one_kelurahan_asks_for_no_other(self, cast, rows):
        assert found(cast.officer_a, "proposals", f"?wilayah={JATIUWUNG}") == found(
            cast.officer_a, "proposals"
        )
        page(cast.kecamatan_officer, url("proposals", query=f"?wilayah={JATIUWUNG}"), status=404)

    def test_an_empty_list_says_what_to_do(self, cast):
        assert "Usulan disusun dari halaman KUB-nya." in page(cast.staff, url("proposals"))
        assert "Hapus saringan" in page(cast.staff, url("proposals", query="?keadaan=draf"))

    def test_the_second_page_goes_on_where_the_first_ends(self, cast):
        for number in range(52):
            ProposalFactory(group=group(f"KUB {number:02}"))
        first = client_of(cast.staff).get(url("proposals"))
        second = client_of(cast.staff).get(url("proposals"), {"hal": first.context["page"].next_cursor})
        names = [row.group.name for answer in (first, second) for row in answer.context["page"].items]
        assert names == [f"KUB {number:02}" for number in reversed(range(52))]


class TestGrants:
    @pytest.fixture
    def rows(self, db):
        report = ReportFactory(grant__proposal__group=group("Anggrek"))
        Grant.objects.filter(pk=report.grant_id).update(state=GrantState.PAYING)
        goods = BudgetFactory(account_code="5.1.2.03.02", year=report.grant.proposal.year)
        GrantFactory(
            proposal=ProposalFactory(group=group("Bougenvil", area(GEBANG_RAYA)), state="recommended"),
            budget=goods,
        )
        GrantFactory(
            proposal=ProposalFactory(group=group("Cempaka", area(JATIUWUNG)), state="recommended"),
            state=GrantState.DECIDED,
        )
        return goods

    def test_what_is_filtered_is_added_up(self, cast, rows):
        assert found(cast.staff, "grants") == ["Cempaka", "Bougenvil", "Anggrek"]
        html = text(page(cast.staff, url("grants")))
        assert "Semua 3 hibah 60.000.000 12.000.000 0 48.000.000" in html
        html = text(page(cast.officer_a, url("grants")))
        assert "Semua 1 hibah 20.000.000 12.000.000 0 8.000.000" in html

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?keadaan=pencairan", ["Anggrek"]),
            ("?keadaan=diputuskan", ["Cempaka"]),
            ("?keadaan=selesai", []),
            (f"?tahun={timezone.localdate().year}&urut=wilayah", ["Anggrek", "Bougenvil", "Cempaka"]),
        ],
    )
    def test_filters_stand_in_the_address(self, cast, rows, query, names):
        assert sorted(found(cast.staff, "grants", query)) == sorted(names)

    def test_the_grants_of_an_account(self, cast, rows):
        assert found(cast.staff, "grants", f"?rekening={rows.pk}") == ["Bougenvil"]
        assert "rekening 5.1.2.03.02" in text(page(cast.staff, url("grants", query=f"?rekening={rows.pk}")))

    def test_states_of_proposals_are_none_of_grants(self, cast):
        words = [word for word, (_, _, grants) in STATES.items() if not grants]
        assert words == ["draf", "diajukan", "diverifikasi", "direkomendasi", "ditolak", "ditarik"]
        for word in words:
            page(cast.staff, url("grants", query=f"?keadaan={word}"), status=404)
