"""The one page of a proposal and its grant: steps with names, figures, lines beside receipts, ledger, instalments."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kub.actions import ledger, reports
from kub.lifecycle import GrantState, ProposalState
from kub.models import AccountabilityReport, Grant, GrantForm, Instalment, LedgerEntry, Membership, Proposal
from tests.kub.factories import (
    DecreeFactory,
    FieldCheckFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    ReceiptFactory,
    ReportFactory,
    StepFactory,
)
from tests.kub.group_pages import page, send, text, url

pytestmark = pytest.mark.django_db


def shown(user, proposal):
    return text(page(user, url("proposal", proposal)))


def step_states(user, proposal):
    """The nine steps as the page marks them."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return [(step.title, step.state) for step in client.get(url("proposal", proposal)).context["page"].steps]


def pay(instalment, by):
    today = timezone.localdate()
    return ledger.pay(
        instalment, document="04512/LS", booked_on=today, request_key=uuid.uuid4(), by=by, today=today
    )


def report_of(grant: Grant, number: int) -> AccountabilityReport:
    return AccountabilityReport.objects.get(grant=grant, instalment__number=number)


class TestSteps:
    @pytest.mark.parametrize(
        ("state", "now"),
        [
            ("draft", "Draf"),
            ("submitted", "Diverifikasi"),
            ("verified", "Direkomendasi"),
            ("recommended", "Diputuskan"),
        ],
    )
    def test_the_step_that_is_worked_on_is_ringed_and_those_before_are_done(self, cast, state, now):
        found = step_states(cast.staff, ProposalFactory(state=state))
        titles = [title for title, _ in found]
        assert len(found) == 9
        assert [title for title, how in found if how == "now"] == [now]
        assert [how for _, how in found[: titles.index(now)]] == ["done"] * titles.index(now)

    def test_the_names_and_days_of_those_who_took_a_step_stand_under_it(self, cast):
        proposal = ProposalFactory(state="verified", created_by=cast.officer_a)
        StepFactory(proposal=proposal, by=cast.second_staff)
        StepFactory(
            proposal=proposal, move="verify", from_state="submitted", to_state="verified", by=cast.verifier
        )
        found = shown(cast.head, proposal)
        assert "Diajukan Agus Setiawan" in found
        assert "Diverifikasi Dewi Lestari" in found

    def test_of_a_step_taken_twice_the_last_one_counts(self, cast):
        proposal = ProposalFactory(state="submitted")
        for by, move, before, after in (
            (cast.officer_a, "submit", "draft", "submitted"),
            (cast.verifier, "return", "submitted", "draft"),
            (cast.second_staff, "submit", "draft", "submitted"),
        ):
            StepFactory(proposal=proposal, by=by, move=move, from_state=before, to_state=after)
        found = shown(cast.head, proposal)
        assert "Diajukan Agus Setiawan" in found
        assert "Dikembalikan untuk diperbaiki" in found

    def test_a_refusal_ends_the_steps_with_its_reason(self, cast):
        proposal = ProposalFactory(state="recommended")
        send(
            cast.head,
            url("decide", proposal),
            {"outcome": "tolak", "decree": DecreeFactory().pk, "note": "Pasar jenuh"},
        )
        found = shown(cast.officer_a, proposal)
        assert "Ditolak dalam rapat: Pasar jenuh" in found
        assert step_states(cast.staff, proposal)[4] == ("Ditolak", "stopped")
        assert all(state == "" for _, state in step_states(cast.staff, proposal)[5:])

    def test_a_withdrawn_draft_stops_before_it_was_submitted(self, cast):
        proposal = ProposalFactory()
        send(cast.officer_a, url("proposal_move", proposal, "withdraw"), {"note": "Ganti usaha"})
        assert step_states(cast.staff, proposal)[:2] == [("Draf", "done"), ("Ditarik", "stopped")]

    def test_a_cancelled_grant_stops_after_its_agreement(self, cast):
        grant = GrantFactory()
        send(cast.head, url("grant_move", grant, "cancel"), {"note": "KUB bubar"})
        found = step_states(cast.staff, grant.proposal)
        assert found[5] == ("Perjanjian", "done")
        assert found[6] == ("Dibatalkan", "stopped")
        grant.refresh_from_db()
        assert (grant.decided, grant.budget.decided) == (0, 0)

    def test_the_whole_way_of_the_money_moves_the_steps(self, cast):
        grant = GrantFactory()
        assert step_states(cast.staff, grant.proposal)[6] == ("Pencairan", "now")
        first, second = grant.instalments.order_by("number")
        pay(first, cast.treasurer)
        assert "termin 1 dari 2" in shown(cast.staff, grant.proposal)
        ReceiptFactory(report=report_of(grant, 1))
        reports.submit_report(report_of(grant, 1), by=cast.officer_a)
        reports.accept_report(report_of(grant, 1), by=cast.staff, today=timezone.localdate())
        pay(second, cast.treasurer)
        assert step_states(cast.staff, grant.proposal)[7] == ("LPJ lengkap", "now")
        ReceiptFactory(report=report_of(grant, 2))
        reports.submit_report(report_of(grant, 2), by=cast.officer_a)
        reports.accept_report(report_of(grant, 2), by=cast.staff, today=timezone.localdate())
        assert step_states(cast.staff, grant.proposal)[8] == ("Selesai", "now")
        send(cast.head, url("grant_move", grant, "close"), {"note": ""})
        assert {state for _, state in step_states(cast.staff, grant.proposal)} == {"done"}


class TestWhoDoesTheNextStep:
    def test_the_verifier_reads_why_others_decide_and_pay(self, cast):
        proposal = ProposalFactory(state="verified")
        StepFactory(
            proposal=proposal, move="verify", from_state="submitted", to_state="verified", by=cast.staff
        )
        found = shown(cast.staff, proposal)
        assert "Anda memverifikasi usulan ini pada" in found
        assert "jadi keputusan dan pembayarannya dikerjakan orang lain." in found
        assert "Anda memverifikasi" not in shown(cast.second_staff, proposal)

    def test_the_one_who_submitted_does_not_see_the_button_that_verifies(self, cast):
        proposal = ProposalFactory(state="submitted")
        StepFactory(proposal=proposal, by=cast.staff)
        verify = url("proposal_move", proposal, "verify")
        assert verify not in page(cast.staff, url("proposal", proposal))
        assert verify in page(cast.second_staff, url("proposal", proposal))
        assert "jadi verifikasi, keputusan dan pembayarannya dikerjakan orang lain." in shown(
            cast.staff, proposal
        )

    @pytest.mark.parametrize(
        ("state", "sentence"),
        [
            ("draft", "Langkah berikutnya, pengajuan, dikerjakan petugas kelurahan atau staf Dinas Sosial."),
            ("submitted", "Langkah berikutnya, verifikasi, dikerjakan staf Dinas Sosial atau verifikator."),
            ("verified", "Langkah berikutnya, rekomendasi, dikerjakan verifikator."),
            ("recommended", "Langkah berikutnya, keputusan, dikerjakan Kepala Dinas."),
        ],
    )
    def test_a_reader_without_the_permission_reads_whose_turn_it_is(self, cast, state, sentence):
        assert sentence in shown(cast.kecamatan_officer, ProposalFactory(state=state))

    def test_with_a_grant_too(self, cast):
        grant = GrantFactory(state=GrantState.DECIDED)
        assert "Langkah berikutnya, perjanjian, dikerjakan Kepala Dinas." in shown(cast.staff, grant.proposal)
        grant = GrantFactory()
        assert "Langkah berikutnya, pembayaran, dikerjakan bendahara." in shown(cast.staff, grant.proposal)
        pay(grant.instalments.get(number=1), cast.treasurer)
        assert "penyusunan lpj" not in shown(cast.officer_a, grant.proposal)
        assert "Langkah berikutnya, penyusunan LPJ, dikerjakan petugas" in shown(cast.head, grant.proposal)

    def test_what_was_returned_says_who_wants_what(self, cast):
        proposal = ProposalFactory(state="submitted")
        send(cast.verifier, url("proposal_move", proposal, "return"), {"note": "Harga oven terlalu tinggi"})
        assert "Dikembalikan oleh Dewi Lestari: Harga oven terlalu tinggi" in shown(cast.officer_a, proposal)

    def test_a_draft_says_everything_that_keeps_it_from_being_submitted(self, cast):
        group = GroupFactory(members=2)
        proposal = ProposalFactory(group=group, lines=[("Oven", 1, "unit", 30_000_000)])
        found = shown(cast.officer_a, proposal)
        assert "melebihi plafon" in found
        assert "Anggotanya 2; paling sedikit 5." in found
        assert "Jabatan bendahara masih kosong." in found
        assert "Belum dapat diajukan" not in shown(cast.head, proposal)


class TestFigures:
    def test_before_the_decision_what_is_asked_stands_beside_what_may_be_given(self, cast):
        found = shown(cast.head, ProposalFactory())
        assert "Diusulkan Rp20.000.000 2 rincian" in found
        assert "Rp25.000.000 sisa Rp5.000.000" in found
        assert "Sisa anggaran Rp1.000.000.000" in found

    def test_afterwards_what_was_paid_reported_and_is_left(self, cast):
        report = ReportFactory()
        line = report.grant.proposal.lines.order_by("position").first()
        ReceiptFactory(report=report, line=line, amount=11_700_000)
        found = shown(cast.head, report.grant.proposal)
        assert (
            "Dibayar Rp12.000.000 60\xa0%, termin 1" in found
            or "Dibayar Rp12.000.000 60 %, termin 1" in found
        )
        assert "Dilaporkan (LPJ) Rp0" in found, "a report that is being written counts for nothing yet"
        reports.submit_report(report, by=cast.officer_a)
        found = shown(cast.head, report.grant.proposal)
        assert "Dilaporkan (LPJ) Rp11.700.000 97,5 % dari yang dibayar, belum diterima" in found
        assert "Sisa kas kelompok Rp300.000" in found
        assert "Belum dibayar Rp8.000.000 termin 2, terkunci" in found

    def test_lines_are_compared_with_their_receipts(self, cast):
        report = ReportFactory()
        first, second = report.grant.proposal.lines.order_by("position")
        ReceiptFactory(report=report, line=first, amount=10_150_000)
        ReceiptFactory(report=report, line=second, amount=1_000_000)
        reports.submit_report(report, by=cast.officer_a)
        found = shown(cast.head, report.grant.proposal)
        assert "Rp10.150.000 lebih Rp150.000" in found
        assert "Rp1.000.000 sisa Rp9.000.000" in found
        assert "2 kuitansi" in found

    def test_a_line_that_was_cut_says_what_was_asked_for(self, cast):
        proposal = ProposalFactory(state="recommended")
        first, second = proposal.lines.order_by("position")
        form = {
            "outcome": "setujui",
            "decree": DecreeFactory(year=proposal.year).pk,
            "budget": proposal.year.budgets.get().pk,
            f"setuju-{first.pk}": "7.500.000",
            f"setuju-{second.pk}": "0",
        }
        send(cast.head, url("decide", proposal), form)
        found = shown(cast.officer_a, proposal)
        assert "diusulkan Rp10.000.000 Rp7.500.000" in found
        assert "tidak dibiayai" in found
        assert Grant.objects.get(proposal=proposal).decided == 7_500_000


class TestLedger:
    def test_every_entry_stands_with_its_number_its_maker_and_in_its_column(self, cast):
        grant = GrantFactory(decided_by=cast.head)
        pay(grant.instalments.get(number=1), cast.treasurer)
        ReceiptFactory(report=report_of(grant, 1), amount=11_000_000)
        reports.submit_report(report_of(grant, 1), by=cast.officer_a)
        found = shown(cast.staff, grant.proposal)
        assert "SP2D 04512/LS, termin 1 Ratna Sari 12.000.000" in found
        assert "LPJ termin 1, 1 kuitansi (menunggu diperiksa) Sri Wahyuni 11.000.000" in found
        assert "Jumlah 20.000.000 12.000.000 0" in found

    def test_a_reversed_entry_is_crossed_out_and_names_the_one_that_reverses_it(self, cast):
        grant = GrantFactory()
        entry = pay(grant.instalments.get(number=1), cast.treasurer)
        today = timezone.localdate()
        ledger.reverse(
            entry,
            reason="salah catat",
            booked_on=today,
            request_key=uuid.uuid4(),
            by=cast.treasurer,
            today=today,
        )
        html = page(cast.staff, url("proposal", grant.proposal))
        assert "<del>SP2D 04512/LS, termin 1</del>" in html
        assert "dibalik, baris 3" in html
        assert "−12.000.000" in html

    def test_only_who_may_take_an_entry_back_is_offered_it(self, cast):
        grant = GrantFactory(decided_by=cast.head)
        entry = pay(grant.instalments.get(number=1), cast.treasurer)
        address = url("reverse", entry)
        assert address in page(cast.treasurer, url("proposal", grant.proposal))
        assert address not in page(cast.staff, url("proposal", grant.proposal))
        decision = LedgerEntry.objects.get(grant=grant, kind="decision")
        assert url("reverse", decision) not in page(cast.treasurer, url("proposal", grant.proposal))


class TestInstalments:
    def test_the_next_one_is_locked_until_the_report_of_the_one_before_is_accepted(self, cast):
        grant = GrantFactory()
        first, second = grant.instalments.order_by("number")
        assert url("pay", first) in page(cast.treasurer, url("proposal", grant.proposal))
        assert url("pay", second) not in page(cast.treasurer, url("proposal", grant.proposal))
        pay(first, cast.treasurer)
        assert "Terbuka setelah LPJ termin 1 diterima." in shown(cast.treasurer, grant.proposal)
        form = {"request_key": uuid.uuid4(), "document": "2/LS", "booked_on": timezone.localdate()}
        assert "Termin 2 terbuka setelah LPJ termin 1 diterima." in text(
            send(cast.treasurer, url("pay", second), form, status=422)
        )
        ReceiptFactory(report=report_of(grant, 1))
        reports.submit_report(report_of(grant, 1), by=cast.officer_a)
        reports.accept_report(report_of(grant, 1), by=cast.staff, today=timezone.localdate())
        assert url("pay", second) in page(cast.treasurer, url("proposal", grant.proposal))

    def test_a_report_says_when_it_is_due_and_how_late_it_is(self, cast):
        report = ReportFactory(due_on=timezone.localdate() + timedelta(days=6))
        assert "6 hari lagi" in shown(cast.staff, report.grant.proposal)
        AccountabilityReport.objects.update(due_on=timezone.localdate() - timedelta(days=5))
        assert "lewat 5 hari" in shown(cast.staff, report.grant.proposal)

    def test_what_was_released_is_no_longer_to_be_paid(self, cast):
        report = ReportFactory()
        send(cast.head, url("release", report.grant), {"request_key": uuid.uuid4(), "reason": "KUB mengecil"})
        grant = Grant.objects.get(pk=report.grant_id)
        assert (grant.decided, grant.unpaid) == (12_000_000, 0)
        assert Instalment.objects.get(grant=grant, number=2).released_at is not None
        assert "Dilepas" in shown(cast.staff, grant.proposal)


class TestRecipient:
    def test_the_officers_and_the_masked_account(self, cast):
        group = GroupFactory(account_number="0041234417")
        proposal = ProposalFactory(group=group)
        Membership.objects.filter(group=group, role="treasurer").update(
            left_on=timezone.localdate(), leave_reason="moved"
        )
        html = page(cast.head, url("proposal", proposal))
        chair = group.memberships.get(role="chair").person
        assert f"Ketua {chair.name}" in text(html)
        assert "Bendahara kosong" in text(html)
        assert "Bank BJB ******4417" in html
        assert "0041234417" not in html

    def test_goods_go_to_no_account(self, cast):
        proposal = ProposalFactory(grant_form=GrantForm.GOODS)
        assert "Rekening" not in shown(cast.head, proposal)

    def test_the_last_visit_before_the_decision_is_shown_point_by_point(self, cast):
        proposal = ProposalFactory(state="submitted")
        checks = {"address": True, "members": True, "started": False}
        FieldCheckFactory(proposal=proposal, checks=checks, note="Tiga orang ditemui", made_by=cast.staff)
        found = shown(cast.head, proposal)
        assert "sesuai Alamat usaha ditemukan" in found
        assert "belum Usaha sudah berjalan" in found
        assert "Tiga orang ditemui" in found


def test_the_page_of_a_grant_is_that_of_its_proposal(cast, client):
    grant = GrantFactory()
    client.force_login(cast.staff)
    answer = client.get(reverse("kub:grant", args=[grant.pk]))
    assert answer.url == grant.proposal.get_absolute_url()


def test_a_proposal_of_another_area_is_not_there(cast):
    grant = GrantFactory()
    for name, row in (("proposal", grant.proposal), ("grant", grant)):
        page(cast.officer_b, url(name, row), status=404)
    assert Proposal.objects.visible_to(cast.officer_b).count() == 0
    assert Proposal.objects.get().state == ProposalState.DECIDED


def test_an_unknown_move_is_not_there(cast):
    proposal = ProposalFactory()
    page(cast.staff, url("proposal_move", proposal, "decide"), status=404)
    page(cast.staff, url("grant_move", GrantFactory(), "agree"), status=404)
