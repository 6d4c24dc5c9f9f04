"""The budget by year and account code, closed years, templates of a kind, and the settings in the back office."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kub.actions.budgets import template_version
from kub.models import (
    Budget,
    Ceiling,
    FiscalYear,
    Grant,
    LedgerEntry,
    Policy,
    RecipientRule,
    TemplateLine,
)
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.audit.history import changes_of
from tests.factories import PERIUK, UserFactory, area
from tests.kub.factories import (
    BudgetFactory,
    BusinessKindFactory,
    CeilingFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    RecipientRuleFactory,
    ReportFactory,
    this_year,
)
from tests.kub.group_pages import client_of, page, send, text, url

pytestmark = pytest.mark.django_db


def close(year, by):
    FiscalYear.objects.filter(pk=year.pk).update(closed_at=timezone.now(), closed_by=by)


def booked(grant, kind, amount, by, **more):
    return LedgerEntry.objects.create(
        grant=grant,
        kind=kind,
        amount=amount,
        booked_on=timezone.localdate(),
        description=kind,
        made_by=by,
        **more,
    )


class TestFigures:
    def test_allotted_decided_paid_accounted_sent_back_and_left(self, cast):
        report = ReportFactory()
        grant = report.grant
        booked(grant, "accounted", 11_000_000, cast.staff, report=report, instalment=report.instalment)
        booked(grant, "refund", 400_000, cast.treasurer)
        html = text(page(cast.staff, url("budgets")))
        assert (
            "5.1.4.05.01 Hibah kepada kelompok masyarakat "
            "1.000.000.000 20.000.000 12.000.000 11.000.000 400.000 980.000.000"
        ) in html

    def test_years_are_added_up_each_on_its_own(self, cast):
        GrantFactory()
        GrantFactory(budget=BudgetFactory(account_code="5.1.2.01", allotted=50_000_000))
        earlier = FiscalYearFactory(year=this_year() - 1)
        BudgetFactory(year=earlier, allotted=300_000_000)
        html = text(page(cast.staff, url("budgets")))
        assert f"{this_year()} 1.050.000.000 40.000.000 0 0 0 1.010.000.000" in html
        assert f"{this_year() - 1} 300.000.000 0 0 0 0 300.000.000" in html

    def test_another_year_is_chosen_in_the_address(self, cast):
        BudgetFactory()
        earlier = FiscalYearFactory(year=this_year() - 1)
        BudgetFactory(year=earlier, account_code="9.9.9.9", name="Dahulu")
        assert "9.9.9.9" in page(cast.staff, url("budgets", query=f"?tahun={earlier.year}"))
        assert "9.9.9.9" not in page(cast.staff, url("budgets"))
        for asked in ("1812", "x", "٢٠٢٦"):
            page(cast.staff, url("budgets", query=f"?tahun={asked}"), status=404)

    def test_a_figure_opens_its_grants_where_the_list_holds_them_all(self, cast):
        grant = GrantFactory()
        address = f"{reverse('kub:grants')}?rekening={grant.budget_id}"
        assert address in page(cast.staff, url("budgets"))
        assert address not in page(cast.officer_b, url("budgets"))
        assert grant.proposal.group.name in page(cast.staff, address)

    def test_an_office_without_a_year_is_told_where_to_make_one(self, cast):
        assert "Belum ada tahun anggaran" in page(cast.staff, url("budgets"))

    def test_one_account_says_where_its_money_went_and_how_it_was_changed(self, cast):
        sewing = BusinessKindFactory(name="Menjahit")
        for kind in (sewing, sewing, BusinessKindFactory()):
            GrantFactory(
                proposal=ProposalFactory(group=GroupFactory(kind=kind, members=0), state="recommended")
            )
        budget = Budget.objects.get()
        html = text(page(cast.staff, url("budget", budget)))
        assert "Menjahit 2 40.000.000 0" in html
        assert "Diputuskan Rp60.000.000 6 % dari pagu" in html.replace("6,0", "6")
        page(cast.staff, reverse("kub:budget", args=[0]), status=404)


class TestClosedYear:
    def test_it_is_closed_and_opened_again_with_a_reason(self, cast):
        year = FiscalYearFactory()
        assert f"Tahun {year} ditutup." in send(cast.staff, url("year", year), {"note": "Audit selesai"})
        year.refresh_from_db()
        assert year.closed_by == cast.staff
        assert f"Tahun {year} dibuka lagi." in send(cast.staff, url("year", year), {"note": "Koreksi BPK"})
        year.refresh_from_db()
        assert year.closed_at is None
        notes = [change.note for change in changes_of(year, parts=False)]
        assert {"Audit selesai", "Koreksi BPK"} <= set(notes)

    def test_without_a_reason_nothing_happens(self, cast):
        year = FiscalYearFactory()
        send(cast.staff, url("year", year), {"note": " "}, status=422)
        assert not FiscalYear.objects.get().is_closed

    def test_what_is_still_under_way_is_said_before(self, cast):
        ProposalFactory()
        grant = GrantFactory()
        assert "Yang masih berjalan: 1 usulan dan 1 hibah." in text(
            page(cast.staff, url("year", grant.proposal.year))
        )

    def test_only_who_works_for_the_whole_city_closes_it(self, cast):
        local = UserFactory(role=Role.STAFF, area=area(PERIUK))
        year = FiscalYearFactory()
        assert client_of(local).post(url("year", year), {"note": "x"}).status_code == 403
        assert not FiscalYear.objects.get().is_closed

    def test_the_sixth_month_of_a_closed_year_takes_no_payment(self, cast):
        """A payment dated in June of a year whose books are closed."""
        year = FiscalYearFactory(year=this_year() - 1)
        grant = GrantFactory(proposal=ProposalFactory(year=year, state="recommended"))
        Grant.objects.update(agreed_on=date(year.year, 3, 1))
        close(year, cast.staff)
        form = {"request_key": uuid.uuid4(), "document": "1/LS", "booked_on": f"{year.year}-06-15"}
        found = send(cast.treasurer, url("pay", grant.instalments.get(number=1)), form, status=422)
        assert f"Tahun anggaran {year} sudah ditutup" in text(found)
        assert Grant.objects.get().paid == 0


class TestMoney:
    """Payments, refunds and reversals through their pages."""

    def form(self, **more):
        return {
            "request_key": uuid.uuid4(),
            "document": "04512/LS/2026",
            "booked_on": timezone.localdate(),
        } | more

    def test_the_same_request_twice_pays_once(self, cast):
        grant = GrantFactory()
        address, form = url("pay", grant.instalments.get(number=1)), self.form()
        for _ in range(2):
            send(cast.treasurer, address, form)
        assert LedgerEntry.objects.filter(kind="payment").count() == 1
        assert Grant.objects.get().paid == 12_000_000

    def test_a_second_request_for_a_paid_instalment_is_refused(self, cast):
        grant = GrantFactory()
        address = url("pay", grant.instalments.get(number=1))
        send(cast.treasurer, address, self.form())
        assert "Termin 1 sudah dibayar." in send(cast.treasurer, address, self.form(), status=422)

    def test_goods_are_handed_over_with_a_report_of_their_own(self, cast):
        RecipientRuleFactory(grant_form="goods")
        proposal = ProposalFactory(grant_form="goods", state="recommended")
        grant = GrantFactory(proposal=proposal, shares=(100,))
        instalment = grant.instalments.get()
        assert "Nomor berita acara serah terima (BAST)" in page(cast.treasurer, url("pay", instalment))
        send(cast.treasurer, url("pay", instalment), self.form(document="3/BAST"))
        assert LedgerEntry.objects.get(kind="payment").description == "BAST 3/BAST, termin 1"

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("0", "Paling sedikit Rp1."),
            ("-5", "tidak boleh kurang dari nol"),
            ("1,5", "tanpa koma dan tanpa sen"),
            ("12.000.001", "melebihi sisa kas kelompok"),
        ],
    )
    def test_a_refund_is_a_whole_amount_of_what_the_group_holds(self, cast, typed, sentence):
        grant = ReportFactory(paid_by=cast.treasurer).grant
        found = send(cast.treasurer, url("refund", grant), self.form(amount=typed), status=422)
        assert sentence in text(found)
        assert Grant.objects.get().refunded == 0

    def test_a_refund_is_booked_and_shown_in_a_column_of_its_own(self, cast):
        grant = ReportFactory(paid_by=cast.treasurer).grant
        found = text(send(cast.treasurer, url("refund", grant), self.form(amount="300.000")))
        assert "Setoran sisa dibukukan." in found
        assert "Jumlah 20.000.000 12.000.000 0 300.000" in found

    def test_a_payment_is_taken_back_by_a_new_entry(self, cast):
        grant = GrantFactory()
        send(cast.treasurer, url("pay", grant.instalments.get(number=1)), self.form())
        entry = LedgerEntry.objects.get(kind="payment", reverses=None)
        form = {"request_key": uuid.uuid4(), "booked_on": timezone.localdate(), "reason": "salah rekening"}
        for _ in range(2):
            found = send(cast.treasurer, url("reverse", entry), form)
        assert "salah rekening" in found
        grant.refresh_from_db()
        assert (grant.paid, grant.state) == (0, "agreed")
        assert LedgerEntry.objects.filter(reverses=entry).count() == 1
        assert "sudah dibalik" in send(
            cast.treasurer, url("reverse", entry), form | {"request_key": uuid.uuid4()}, status=422
        )

    def test_a_reversal_needs_its_reason_and_the_right_person(self, cast):
        grant = GrantFactory()
        send(cast.treasurer, url("pay", grant.instalments.get(number=1)), self.form())
        entry = LedgerEntry.objects.get(kind="payment")
        form = {"request_key": uuid.uuid4(), "booked_on": timezone.localdate(), "reason": ""}
        send(cast.treasurer, url("reverse", entry), form, status=422)
        page(cast.staff, url("reverse", entry), status=403)
        decision = LedgerEntry.objects.get(kind="decision")
        page(cast.treasurer, url("reverse", decision), status=403)

    @pytest.mark.parametrize(
        ("parts", "sentence"),
        [
            (
                ("12.000.000", "7.000.000"),
                "Jumlah termin Rp19.000.000, padahal yang diputuskan Rp20.000.000.",
            ),
            (("20.000.001", ""), "Paling banyak Rp20.000.000."),
            (("12.000.000", "-1"), "tidak boleh kurang dari nol"),
            (("", "20.000.000"), "tidak boleh kosong"),
        ],
    )
    def test_the_instalments_of_an_agreement_add_up(self, cast, parts, sentence):
        grant = GrantFactory(state="decided")
        form = {
            "number": "1/NPHD",
            "agreed_on": timezone.localdate(),
            "instalment_1": parts[0],
            "instalment_2": parts[1],
        }
        found = send(cast.head, url("agreement", grant), form, status=422)
        assert sentence in text(found)
        assert not grant.instalments.exists()

    def test_goods_have_one_instalment(self, cast):
        proposal = ProposalFactory(grant_form="goods", state="recommended")
        grant = GrantFactory(proposal=proposal, state="decided")
        html = page(cast.head, url("agreement", grant))
        assert "instalment_1" in html
        assert "instalment_2" not in html


class TestTemplate:
    def rows(self, *rows, seen=""):
        form = {"langkah": "simpan", "baris": len(rows), "seen": seen}
        for index, row in enumerate(rows):
            form |= {
                f"{name}-{index}": value
                for name, value in zip(("rincian", "jumlah", "satuan", "harga"), row, strict=True)
            }
        return form

    def test_the_lines_of_a_kind_are_written_anew(self, cast):
        kind = BusinessKindFactory()
        TemplateLine.objects.create(kind=kind, item="Lama", quantity=1, unit="unit", unit_price=1)
        form = self.rows(("Oven", "2", "unit", "2.750.000"), ("", "", "", ""))
        assert "tersimpan" in send(cast.staff, url("template", kind), form)
        assert list(kind.template.values_list("item", "quantity", "unit_price")) == [("Oven", 2, 2_750_000)]
        assert f">{kind.template.count()} baris<" in page(cast.staff, url("kinds"))

    def test_what_is_wrong_is_said_and_what_was_there_stays(self, cast):
        kind = BusinessKindFactory()
        TemplateLine.objects.create(kind=kind, item="Lama", quantity=1, unit="unit", unit_price=1)
        found = send(cast.staff, url("template", kind), self.rows(("Oven", "x", "unit", "1")), status=422)
        assert "jumlah “x”" in text(found)
        assert kind.template.get().item == "Lama"

    def test_a_save_over_a_later_change_is_refused(self, cast):
        kind = BusinessKindFactory()
        seen = template_version(kind)
        TemplateLine.objects.create(kind=kind, item="Baru", quantity=1, unit="unit", unit_price=1)
        found = send(
            cast.staff, url("template", kind), self.rows(("Oven", "1", "u", "1"), seen=seen), status=422
        )
        assert "baru saja diubah orang lain" in found
        assert kind.template.get().item == "Baru"


class TestBackOffice:
    def change(self, user, row, status=302, **form):
        name = row._meta.model_name
        address = reverse(f"admin:kub_{name}_change", args=[row.pk])
        client = client_of(user)
        seen = client.get(address).context["adminform"].form.initial.get("seen", "")
        answer = client.post(address, {"seen": seen, "reason": "Perubahan APBD", **form})
        assert answer.status_code == status, text(answer.content.decode())
        return answer.content.decode()

    def test_the_sum_of_an_account_is_changed_with_a_reason_that_its_page_shows(self, cast):
        budget = BudgetFactory()
        self.change(
            cast.staff, budget, account_code=budget.account_code, name=budget.name, allotted=1_500_000_000
        )
        budget.refresh_from_db()
        assert budget.allotted == 1_500_000_000
        html = text(page(cast.staff, url("budget", budget)))
        assert "Perubahan APBD" in html
        assert "1.000.000.000 → 1.500.000.000" in html

    def test_never_below_what_grants_have_taken(self, cast):
        GrantFactory()
        budget = Budget.objects.get()
        form = {"account_code": budget.account_code, "name": budget.name, "allotted": 19_999_999}
        assert "Pagu tidak boleh kurang dari yang sudah diputuskan, Rp20.000.000." in self.change(
            cast.staff, budget, status=200, **form
        )
        assert Budget.objects.get().allotted == 1_000_000_000

    def test_a_setting_of_a_closed_year_stays(self, cast):
        ceiling = CeilingFactory()
        close(ceiling.year, cast.staff)
        assert "sudah ditutup" in self.change(cast.staff, ceiling, status=200, amount=1)
        assert Ceiling.objects.get().amount == 25_000_000

    def test_a_new_year_an_account_and_a_ceiling_are_made_here(self, cast):
        client, kind = client_of(cast.staff), BusinessKindFactory()
        year = {"year": 2031, "lpj_days": 60, "lpj_latest_on": "2032-01-31", "reason": "APBD 2031"}
        assert client.post(reverse("admin:kub_fiscalyear_add"), year).status_code == 302
        budget = {
            "year": 2031,
            "account_code": "5.1.4",
            "name": "Hibah",
            "allotted": 5,
            "reason": "APBD 2031",
        }
        assert client.post(reverse("admin:kub_budget_add"), budget).status_code == 302
        ceiling = {"year": 2031, "kind": kind.pk, "amount": 25_000_000, "reason": "APBD 2031"}
        assert client.post(reverse("admin:kub_ceiling_add"), ceiling).status_code == 302
        assert FiscalYear.objects.get(pk=2031).budgets.get().allotted == 5
        assert Ceiling.objects.get(year=2031).amount == 25_000_000

    def test_the_rule_of_who_may_get_what_is_changed_with_its_basis(self, cast):
        rule = RecipientRule.objects.filter(
            grant_form="cash", legal_form="informal"
        ).first() or RecipientRuleFactory(legal_form="informal")
        self.change(cast.staff, rule, allowed="on", legal_basis="Perwali 7/2026")
        rule.refresh_from_db()
        assert (rule.allowed, rule.legal_basis) == (True, "Perwali 7/2026")

    def test_the_limits_are_one_row(self, cast):
        form = {
            "min_members": 5,
            "max_members": 15,
            "visit_warn_days": 60,
            "visit_alarm_days": 90,
            "young_group_days": 30,
            "reminder_days": 14,
            "reason": "Keputusan kepala dinas",
        }
        client = client_of(cast.staff)
        assert client.post(reverse("admin:kub_policy_add"), form).status_code == 302
        assert Policy.current().max_members == 15
        assert client.get(reverse("admin:kub_policy_add")).status_code == 403

    def test_the_history_of_a_setting_is_that_of_the_database(self, cast):
        budget = BudgetFactory()
        self.change(cast.staff, budget, account_code="5.1.9", name=budget.name, allotted=budget.allotted)
        html = text(page(cast.staff, reverse("admin:kub_budget_history", args=[budget.pk])))
        assert "Rina Marlina" in html
        assert "Perubahan APBD" in html
        assert "5.1.4.05.01 → 5.1.9" in html

    def test_staff_of_a_kecamatan_only_look(self, cast):
        local = client_of(UserFactory(role=Role.STAFF, area=area(PERIUK)))
        budget = BudgetFactory()
        assert local.get(reverse("admin:kub_budget_changelist")).status_code == 200
        assert local.get(reverse("admin:kub_budget_add")).status_code == 403
        local.post(reverse("admin:kub_budget_change", args=[budget.pk]), {"allotted": 1, "reason": "x"})
        assert Budget.objects.get().allotted == 1_000_000_000
