"""Decrees and decisions: one by one with the amounts of each line, or the results of a meeting in one table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kub.lifecycle import ProposalState
from kub.models import Budget, Decree, Grant, LedgerEntry, Proposal, Step
from tests.factories import GEBANG_RAYA, area
from tests.kub.factories import (
    BudgetFactory,
    DecreeFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    StepFactory,
    this_year,
)
from tests.kub.group_pages import client_of, page, send, text, url

pytestmark = pytest.mark.django_db


def decree_form(**changes):
    today = timezone.localdate()
    return {
        "number": "460/Kep.218-Dinsos/2026",
        "year": FiscalYearFactory().pk,
        "decided_on": today.isoformat(),
        "meeting_on": (today - timedelta(days=1)).isoformat(),
        "signatory_name": "Hasan Basri",
        "signatory_title": "Kepala Dinas Sosial",
        "meeting_note": "Rapat di aula.",
    } | changes


def results(budget=None, **outcomes):
    """What is posted: for each proposal (its name here is p<pk>) the outcome, or outcome and reason."""
    form = {"anggaran": budget.pk if budget else ""}
    for name, outcome in outcomes.items():
        outcome, reason = outcome if isinstance(outcome, tuple) else (outcome, "")
        form |= {f"hasil-{name[1:]}": outcome, f"alasan-{name[1:]}": reason}
    return form


def recommended(number=3, **values):
    return [ProposalFactory(state="recommended", **values) for _ in range(number)]


def state_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


class TestDecree:
    def test_the_head_records_number_and_dates_and_goes_on_to_the_results(self, cast):
        found = send(cast.head, url("decree_new"), decree_form())
        assert "tersimpan. Catat hasil rapatnya" in found
        decree = Decree.objects.get()
        assert (decree.number, decree.created_by) == ("460/Kep.218-Dinsos/2026", cast.head)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"number": " "}, "tidak boleh kosong"),
            ({"decided_on": "2999-01-01"}, "belum terjadi"),
            ({"meeting_on": "2999-01-01"}, "belum terjadi"),
            ({"decided_on": f"{this_year() - 1}-01-01"}, "mendahului"),
            ({"signatory_name": ""}, "tidak boleh kosong"),
        ],
    )
    def test_what_is_wrong_is_said(self, cast, changes, sentence):
        found = send(cast.head, url("decree_new"), decree_form(**changes), status=422)
        assert sentence in text(found)
        assert not Decree.objects.exists()

    def test_a_number_is_used_once(self, cast):
        DecreeFactory(number="1/SK")
        found = send(cast.head, url("decree_new"), decree_form(number="1/sk"), status=422)
        assert "sudah dicatat" in found

    def test_the_list_counts_what_lies_in_the_readers_area(self, cast):
        decree = DecreeFactory()
        for place in (area(), area(GEBANG_RAYA)):
            group = GroupFactory(area=place)
            GrantFactory(decree=decree, proposal=ProposalFactory(group=group, state="recommended"))
        assert "2 40.000.000" in text(page(cast.head, url("decrees")))
        assert "1 20.000.000" in text(page(cast.officer_a, url("decrees")))
        assert "0 0" in text(page(cast.officer_b, url("decrees")))


class TestMeeting:
    def test_approvals_and_refusals_of_a_meeting_are_recorded_together(self, cast):
        decree, budget = DecreeFactory(), BudgetFactory()
        first, second, third = recommended()
        form = results(
            budget,
            **{f"p{first.pk}": "setujui", f"p{second.pk}": ("tolak", "Pasar jenuh"), f"p{third.pk}": ""},
        )
        found = send(cast.head, url("decree", decree), form)
        assert "1 disetujui, 1 ditolak" in found
        assert [state_of(one) for one in (first, second, third)] == ["decided", "refused", "recommended"]
        grant = Grant.objects.get()
        assert (grant.proposal, grant.decree, grant.budget, grant.decided) == (
            first,
            decree,
            budget,
            20_000_000,
        )
        assert Step.objects.get(proposal=second).note == "Pasar jenuh"
        assert "Pasar jenuh" in found

    def test_one_that_cannot_be_decided_keeps_all_of_them_and_every_choice(self, cast):
        decree, budget = DecreeFactory(), BudgetFactory(allotted=50_000_000)
        first, second, third = recommended()
        form = results(
            budget, **{f"p{first.pk}": "setujui", f"p{second.pk}": "tolak", f"p{third.pk}": "setujui"}
        )
        found = send(cast.head, url("decree", decree), form, status=422)
        assert f"{second.group}. Tuliskan alasan penolakan menurut rapat." in text(found)
        assert {state_of(one) for one in (first, second, third)} == {"recommended"}
        assert not LedgerEntry.objects.exists()
        assert f'id="hasil-{first.pk}-setujui" name="hasil-{first.pk}" value="setujui" checked' in found
        assert f'id="hasil-{second.pk}-tolak" name="hasil-{second.pk}" value="tolak" checked' in found

    def test_the_budget_is_not_exceeded_by_many_at_once(self, cast):
        decree, budget = DecreeFactory(), BudgetFactory(allotted=50_000_000)
        rows = recommended()
        form = results(budget, **{f"p{one.pk}": "setujui" for one in rows})
        found = text(send(cast.head, url("decree", decree), form, status=422))
        assert "Rp20.000.000 melebihi sisa anggaran 5.1.4.05.01, yaitu Rp10.000.000." in found
        assert Budget.objects.get().decided == 0

    def test_without_an_account_nothing_is_approved(self, cast):
        BudgetFactory()
        BudgetFactory(account_code="5.1.2.01")
        (one,) = recommended(1)
        found = send(
            cast.head, url("decree", DecreeFactory()), results(**{f"p{one.pk}": "setujui"}), status=422
        )
        assert "Pilih kode rekening" in text(found)
        assert state_of(one) == ProposalState.RECOMMENDED

    def test_nothing_chosen_is_said(self, cast):
        (one,) = recommended(1)
        found = send(cast.head, url("decree", DecreeFactory()), results(**{f"p{one.pk}": ""}), status=422)
        assert "Belum ada usulan yang dipilih hasilnya." in found

    def test_who_did_another_step_sees_that_row_locked_and_is_refused(self, cast):
        (one,) = recommended(1)
        StepFactory(proposal=one, move="verify", from_state="submitted", to_state="verified", by=cast.head)
        decree = DecreeFactory()
        assert "Anda memverifikasi usulan ini, jadi keputusannya dicatat orang lain." in page(
            cast.head, url("decree", decree)
        )
        found = send(
            cast.head,
            url("decree", decree),
            results(BudgetFactory(), **{f"p{one.pk}": "setujui"}),
            status=422,
        )
        assert "jadi langkah ini dikerjakan orang lain" in found

    def test_proposals_of_another_year_wait_for_another_decree(self, cast):
        other = ProposalFactory(state="recommended", year=FiscalYearFactory(year=this_year() - 1))
        decree = DecreeFactory()
        assert str(other.group) not in text(page(cast.head, url("decree", decree)))
        form = results(BudgetFactory(), **{f"p{other.pk}": "setujui"})
        found = text(send(cast.head, url("decree", decree), form, status=422))
        assert f"{other.group}. Usulan ini dari tahun {other.year_id}" in found
        assert state_of(other) == ProposalState.RECOMMENDED

    def test_one_decided_meanwhile_is_not_passed_over_in_silence(self, cast):
        decree, budget = DecreeFactory(), BudgetFactory()
        first, second = recommended(2)
        form = results(budget, **{f"p{first.pk}": "setujui", f"p{second.pk}": "setujui"})
        GrantFactory(proposal=first)
        found = text(send(cast.head, url("decree", decree), form, status=422))
        assert f"{first.group}. Keadaannya sudah berubah" in found
        assert state_of(second) == ProposalState.RECOMMENDED

    def test_a_closed_year_offers_no_meeting(self, cast):
        decree = DecreeFactory()
        recommended(1)
        type(decree.year).objects.update(closed_at=timezone.now(), closed_by=cast.staff)
        assert "Menunggu keputusan rapat" not in page(cast.head, url("decree", decree))

    def test_who_does_not_decide_reads_what_was_given_and_no_more(self, cast):
        grant = GrantFactory()
        recommended(1)
        html = page(cast.officer_a, url("decree", grant.decree))
        assert grant.proposal.group.name in html
        assert "Menunggu keputusan rapat" not in html
        assert client_of(cast.officer_a).post(url("decree", grant.decree), {}).status_code == 403
        assert grant.proposal.group.name not in page(cast.officer_b, url("decree", grant.decree))


class TestOneByOne:
    def form(self, proposal, **changes):
        granted = {f"setuju-{line.pk}": str(line.amount) for line in proposal.lines.all()}
        return {
            "outcome": "setujui",
            "decree": DecreeFactory(year=proposal.year).pk,
            "budget": proposal.year.budgets.first().pk,
            "note": "",
            **granted,
        } | changes

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("-1", "tidak boleh kurang dari nol"),
            ("1,5", "tanpa koma dan tanpa sen"),
            ("banyak", "Tulis bilangan bulat"),
            ("", "Tulis bilangan bulat"),
            ("10.000.001", "Paling banyak Rp10.000.000, sebesar yang diusulkan."),
        ],
    )
    def test_an_amount_that_is_none_is_said_and_kept_as_typed(self, cast, typed, sentence):
        (one,) = recommended(1)
        line = one.lines.order_by("position").first()
        form = self.form(one, **{f"setuju-{line.pk}": typed})
        found = send(cast.head, url("decide", one), form, status=422)
        assert f"{line.item}: " in text(found)
        assert sentence in text(found)
        assert f'name="setuju-{line.pk}" value="{typed}"' in found
        assert state_of(one) == ProposalState.RECOMMENDED

    def test_nothing_at_all_is_no_grant(self, cast):
        (one,) = recommended(1)
        form = self.form(one, **{f"setuju-{line.pk}": "0" for line in one.lines.all()})
        assert "Jumlahnya harus lebih dari nol." in send(cast.head, url("decide", one), form, status=422)

    def test_a_refusal_needs_its_reason(self, cast):
        (one,) = recommended(1)
        found = send(cast.head, url("decide", one), self.form(one, outcome="tolak"), status=422)
        assert "Tuliskan alasan penolakannya." in found

    def test_over_what_is_left_of_the_budget_it_is_refused(self, cast):
        (one,) = recommended(1)
        Budget.objects.update(allotted=19_999_999)
        found = send(cast.head, url("decide", one), self.form(one), status=422)
        assert "melebihi sisa anggaran" in text(found)
        assert not Grant.objects.exists()

    def test_without_a_decree_the_page_leads_to_a_new_one(self, cast):
        (one,) = recommended(1)
        assert url("decree_new") in page(cast.head, url("decide", one))
