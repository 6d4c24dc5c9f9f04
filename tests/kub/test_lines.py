"""A new proposal and its budget of costs (RAB): typed without a script, judged row by row, nothing typed is lost."""

from __future__ import annotations

import uuid

import pytest

from kub.actions.proposals import version_of
from kub.models import Proposal, ProposalLine, TemplateLine
from kub.rules import MOST_LINES
from tests.kub.factories import (
    BusinessKindFactory,
    CeilingFactory,
    FiscalYearFactory,
    GroupFactory,
    ProposalFactory,
)
from tests.kub.group_pages import client_of, page, send, text, url

pytestmark = pytest.mark.django_db


def typed(*rows, step="simpan", seen="", **more):
    """A posted form: each row is (item, quantity, unit, price)."""
    form = {
        "langkah": step,
        "seen": seen,
        "baris": len(rows),
        "grant_form": "cash",
        "purpose": "Alat dan bahan",
    }
    for index, row in enumerate(rows):
        for name, value in zip(("rincian", "jumlah", "satuan", "harga"), row, strict=True):
            form[f"{name}-{index}"] = value
    return form | more


def lines_of(proposal):
    return list(proposal.lines.order_by("position").values_list("item", "quantity", "unit", "unit_price"))


class TestNew:
    def test_a_draft_begins_with_the_lines_of_its_kind(self, cast):
        kind = BusinessKindFactory()
        TemplateLine.objects.create(kind=kind, item="Oven", quantity=2, unit="unit", unit_price=2_750_000)
        group, year = GroupFactory(kind=kind), FiscalYearFactory()
        form = {"request_key": uuid.uuid4(), "year": year.pk, "grant_form": "cash", "purpose": "Oven"}
        found = send(cast.officer_a, url("proposal_new", group), form)
        assert "Draf usulan tersimpan" in found
        assert lines_of(Proposal.objects.get()) == [("Oven", 2, "unit", 2_750_000)]
        assert Proposal.objects.get().amount == 5_500_000

    def test_sent_twice_it_is_made_once(self, cast):
        group = GroupFactory()
        form = {
            "request_key": uuid.uuid4(),
            "year": FiscalYearFactory().pk,
            "grant_form": "cash",
            "purpose": "Oven",
        }
        for _ in range(2):
            send(cast.officer_a, url("proposal_new", group), form)
        assert Proposal.objects.count() == 1

    def test_a_second_one_in_the_same_year_is_refused(self, cast):
        proposal = ProposalFactory()
        form = {
            "request_key": uuid.uuid4(),
            "year": proposal.year_id,
            "grant_form": "cash",
            "purpose": "Lagi",
        }
        found = text(send(cast.officer_a, url("proposal_new", proposal.group), form, status=422))
        assert "sudah mempunyai usulan untuk tahun" in found

    def test_a_closed_year_is_not_offered(self, cast):
        year = FiscalYearFactory(year=2024)
        type(year).objects.filter(pk=2024).update(closed_at="2025-01-05T00:00:00Z", closed_by=cast.staff)
        form = {"request_key": uuid.uuid4(), "year": 2024, "grant_form": "cash", "purpose": "Oven"}
        found = send(cast.officer_a, url("proposal_new", GroupFactory()), form, status=422)
        assert "2024</option>" not in found
        assert not Proposal.objects.exists()

    def test_a_group_of_another_kelurahan_is_not_there(self, cast):
        page(cast.officer_b, url("proposal_new", GroupFactory()), status=404)


class TestRows:
    def test_whole_rupiah_are_read_with_and_without_dots(self, cast):
        proposal = ProposalFactory()
        form = typed(
            ("Oven", "2", "unit", "2.750.000"), ("", "", "", ""), ("Bahan", "1", "paket", "Rp5200000")
        )
        assert "RAB tersimpan." in send(cast.officer_a, url("lines", proposal), form)
        assert lines_of(proposal) == [("Oven", 2, "unit", 2_750_000), ("Bahan", 1, "paket", 5_200_000)]
        proposal.refresh_from_db()
        assert proposal.amount == 10_700_000

    @pytest.mark.parametrize(
        ("row", "sentence"),
        [
            (
                ("Oven", "2", "unit", "-5"),
                "Baris 2: harga satuan “-5” belum benar. Jumlahnya tidak boleh kurang dari nol.",
            ),
            (("Oven", "2", "unit", "2750000,50"), "tanpa koma dan tanpa sen"),
            (("Oven", "1,5", "unit", "1000"), "Baris 2: jumlah “1,5” belum benar."),
            (("Oven", "dua", "unit", "1000"), "Baris 2: jumlah “dua” belum benar."),
            (("Oven", "0", "unit", "1000"), "Baris 2: jumlah harus lebih dari nol."),
            (("Oven", "2", "unit", ""), "Baris 2: tuliskan harga satuannya."),
            (("", "2", "unit", "1000"), "Baris 2: tuliskan rinciannya."),
            (("Oven", "2", "", "1000"), "Baris 2: tuliskan satuannya."),
            (("O" * 121, "2", "unit", "1000"), "Baris 2: rincian paling panjang 120 huruf."),
            (("Oven", "2000000", "unit", "1000"), "volume antara 1 dan 1.000.000"),
            (("Oven", "2", "unit", "2000000000"), "harga satuan antara Rp1 dan Rp1.000.000.000"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_row_and_nothing_typed_is_lost(self, cast, row, sentence):
        proposal = ProposalFactory()
        before = lines_of(proposal)
        form = typed(("Bahan baku", "1", "paket", "500.000"), row)
        found = send(cast.officer_a, url("lines", proposal), form, status=422)
        assert sentence in text(found)
        assert 'value="Bahan baku"' in found
        assert all(f'value="{value}"' in found for value in row if value)
        assert lines_of(proposal) == before

    def test_every_problem_is_said_at_once(self, cast):
        form = typed(("", "x", "", "-1"), purpose="")
        found = text(send(cast.officer_a, url("lines", ProposalFactory()), form, status=422))
        for sentence in (
            "tuliskan rinciannya",
            "jumlah “x”",
            "tuliskan satuannya",
            "harga satuan “-1”",
            "Untuk apa",
        ):
            assert sentence in found

    def test_an_empty_budget_is_refused(self, cast):
        form = typed(("", "", "", ""))
        found = text(send(cast.officer_a, url("lines", ProposalFactory()), form, status=422))
        assert "RAB belum berisi satu baris pun." in found

    def test_a_sum_over_the_ceiling_may_be_drafted_but_is_said(self, cast):
        proposal = ProposalFactory()
        CeilingFactory(kind=proposal.kind, year=proposal.year)
        send(cast.officer_a, url("lines", proposal), typed(("Oven", "2", "unit", "15.000.000")))
        assert "Melebihi plafon Rp25.000.000." in text(page(cast.officer_a, url("lines", proposal)))
        found = text(send(cast.officer_a, url("proposal_move", proposal, "submit"), {"note": ""}, status=422))
        assert "Rp30.000.000 melebihi plafon" in found


class TestButtons:
    def test_the_sums_are_added_without_saving(self, cast):
        proposal = ProposalFactory()
        before = lines_of(proposal)
        form = typed(("Oven", "3", "unit", "1.500.000"), step="hitung")
        found = text(send(cast.officer_a, url("lines", proposal), form, status=200))
        assert "Jumlah seluruhnya 4.500.000" in found
        assert "Sisa plafon Rp20.500.000." in found
        assert lines_of(proposal) == before

    def test_rows_are_added_without_losing_what_is_typed(self, cast):
        proposal = ProposalFactory()
        form = typed(("Oven", "3", "unit", "abc"), step="tambah")
        answer = client_of(cast.officer_a).post(url("lines", proposal), form)
        assert answer.status_code == 200
        assert len(answer.context["rows"]) == 6
        assert 'value="abc"' in answer.content.decode()

    def test_there_are_never_more_rows_than_a_budget_may_have(self, cast):
        form = typed(*[("Oven", "1", "unit", "1")] * (MOST_LINES - 2), step="tambah")
        answer = client_of(cast.officer_a).post(url("lines", ProposalFactory()), form)
        assert len(answer.context["rows"]) == MOST_LINES

    def test_a_forged_count_reads_no_more_than_a_budget_may_have(self, cast):
        form = typed(("Oven", "1", "unit", "1"), step="hitung") | {"baris": "9" * 30}
        answer = client_of(cast.officer_a).post(url("lines", ProposalFactory()), form)
        assert len(answer.context["rows"]) == MOST_LINES

    def test_the_template_is_filled_in_anew_on_request(self, cast):
        proposal = ProposalFactory()
        TemplateLine.objects.create(
            kind=proposal.kind, item="Mixer", quantity=1, unit="unit", unit_price=900_000
        )
        before = lines_of(proposal)
        found = send(cast.officer_a, url("lines", proposal), typed(step="contoh"), status=200)
        assert 'value="Mixer"' in found
        assert 'value="900.000"' in found
        assert lines_of(proposal) == before


class TestMeanwhile:
    def test_a_save_over_a_later_change_is_refused_once_and_then_taken(self, cast):
        proposal = ProposalFactory()
        seen = version_of(proposal)
        ProposalLine.objects.filter(proposal=proposal, position=1).update(item="Oven listrik")
        form = typed(("Oven", "1", "unit", "1.000.000"), seen=seen)
        answer = client_of(cast.officer_a).post(url("lines", proposal), form)
        assert answer.status_code == 422
        assert "baru saja diubah orang lain" in answer.content.decode()
        assert 'value="Oven"' in answer.content.decode()
        send(cast.officer_a, url("lines", proposal), form | {"seen": answer.context["seen"]})
        assert lines_of(proposal) == [("Oven", 1, "unit", 1_000_000)]

    def test_a_sum_pressed_in_between_does_not_hide_a_later_change(self, cast):
        proposal = ProposalFactory()
        seen = version_of(proposal)
        ProposalLine.objects.filter(proposal=proposal, position=1).update(item="Oven listrik")
        form = typed(("Oven", "1", "unit", "1.000.000"), seen=seen, step="hitung")
        answer = client_of(cast.officer_a).post(url("lines", proposal), form)
        assert answer.context["seen"] == seen

    def test_a_submitted_budget_is_only_looked_at(self, cast):
        proposal = ProposalFactory(state="submitted")
        answer = client_of(cast.officer_a).get(url("lines", proposal))
        assert answer.url == proposal.get_absolute_url()
        send(cast.officer_a, url("lines", proposal), typed(("Oven", "1", "unit", "1")))
        assert len(lines_of(proposal)) == 2
