"""The stage of a group: what the records answer, what is vouched for, one step up or down, past decisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import Stage
from kub.models import Group, StageReview
from kub.stages import CRITERIA, Facts, Sold, measured, next_stage, stage_below, stage_problems
from tests.kub.factories import GroupFactory, ReportFactory, VisitFactory

TODAY = timezone.localdate()
WELL = Facts(
    formed_on=date(2024, 1, 5),
    members=8,
    min_members=5,
    vacant=(),
    visits=tuple(Sold(date(2026, month, 1), 3_000_000, 500_000) for month in (11, 10, 9)),
    late_reports=0,
    open_money=0,
)
VOUCHED = [point.code for points in CRITERIA.values() for point in points if not point.is_measured]


class TestRules:
    def test_one_step_up_and_one_down(self):
        assert [next_stage(stage) for stage in Stage.values] == ["berkembang", "mandiri", None]
        assert [stage_below(stage) for stage in Stage.values] == [None, "tumbuh", "berkembang"]

    @pytest.mark.parametrize("to", [Stage.DEVELOPING, Stage.INDEPENDENT])
    def test_a_group_that_does_well_meets_what_is_measured(self, to):
        answers = measured(to, WELL, today=date(2026, 11, 25))
        assert set(answers) == {point.code for point in CRITERIA[to] if point.is_measured}
        assert all(answer.is_met for answer in answers.values())
        assert all(answer.evidence.endswith(".") for answer in answers.values())

    @pytest.mark.parametrize(
        ("code", "facts", "evidence"),
        [
            ("age", {"formed_on": date(2026, 6, 1)}, "5 bulan sejak 1 Juni 2026."),
            ("age", {"formed_on": None}, "Rapat pembentukannya belum dicatat."),
            ("offices", {"vacant": ["Bendahara"]}, "Kosong: bendahara."),
            ("sales", {"visits": WELL.visits[:2]}, "Baru 2 kunjungan yang dicatat."),
            (
                "sales",
                {"visits": [Sold(date(2026, 11, 1), 0, -5), *WELL.visits[:2]]},
                "Omzet: Rp3.000.000, Rp3.000.000, Rp0.",
            ),
            ("reports", {"late_reports": 2}, "2 LPJ terlambat."),
        ],
    )
    def test_what_is_not_met_names_its_evidence(self, code, facts, evidence):
        values = {name: getattr(WELL, name) for name in Facts.__dataclass_fields__} | facts
        answer = measured(Stage.DEVELOPING, Facts(**values), today=date(2026, 11, 25))[code]
        assert (answer.is_met, answer.evidence) == (False, evidence)

    def test_a_loss_and_open_money_keep_from_the_top(self):
        values = {name: getattr(WELL, name) for name in Facts.__dataclass_fields__}
        values |= {"visits": [Sold(date(2026, 11, 1), 1, -50_000), *WELL.visits[:2]], "open_money": 300_000}
        answers = measured(Stage.INDEPENDENT, Facts(**values), today=date(2026, 11, 25))
        assert answers["profit"].evidence.endswith("rugi Rp50.000.")
        assert answers["all_reports"].evidence == "Belum: Rp300.000."

    def test_every_missing_point_is_told(self):
        checks = dict.fromkeys((point.code for point in CRITERIA[Stage.DEVELOPING]), True)
        facts = {"note": "", "decided_on": TODAY, "today": TODAY}
        assert stage_problems("tumbuh", "berkembang", checks=checks, **facts) == []
        del checks["books"], checks["tools"]
        found = stage_problems("tumbuh", "berkembang", checks=checks, **facts)
        assert [problem.code for problem in found] == ["not_met", "not_met"]
        assert found[0].message.startswith("Belum terpenuhi: buku kas")

    @pytest.mark.parametrize(
        ("stage", "to"), [("tumbuh", "mandiri"), ("mandiri", "tumbuh"), ("tumbuh", "tumbuh")]
    )
    def test_no_leaps(self, stage, to):
        found = stage_problems(stage, to, checks={}, note="Alasan", decided_on=TODAY, today=TODAY)
        assert [problem.code for problem in found] == ["one_step"]


@pytest.fixture
def group(cast):
    """Eleven months old, with three visits that sold something."""
    group = GroupFactory(formed_on=TODAY - timedelta(days=330))
    for days in (10, 40, 70):
        VisitFactory(group=group, visited_on=TODAY - timedelta(days=days))
    return group


@pytest.fixture
def staff(cast, client):
    client.force_login(cast.staff)
    return client


def decide(client, group, to="berkembang", **data):
    posted = {
        "to": to,
        "seen": group.stage,
        "vouched": VOUCHED,
        "decided_on": TODAY.isoformat(),
        "note": "Sudah diperiksa di tempat",
    }
    return client.post(reverse("kub:stage", args=[group.pk]), posted | data, follow=True)


@pytest.mark.django_db
class TestThroughThePage:
    def test_up_with_the_checklist_kept(self, staff, cast, group):
        text = decide(staff, group).content.decode()
        group.refresh_from_db()
        review = StageReview.objects.get()
        assert group.stage == Stage.DEVELOPING
        assert "kini pada tahap berkembang" in text
        assert "7 hal terpenuhi" in text
        assert (review.from_stage, review.made_by) == ("tumbuh", cast.staff)
        assert set(review.checks) == {point.code for point in CRITERIA[Stage.DEVELOPING]}

    def test_what_the_records_deny_cannot_be_ticked(self, staff, group):
        ReportFactory(grant__proposal__group=group, due_on=TODAY - timedelta(days=1))
        answer = decide(staff, group, vouched=[*VOUCHED, "reports"])
        assert answer.status_code == 422
        assert "Belum terpenuhi: tidak ada LPJ yang lewat tenggat." in answer.content.decode()
        group.refresh_from_db()
        assert group.stage == Stage.GROWING

    def test_what_was_ticked_stays_ticked(self, staff, group):
        answer = decide(staff, group, vouched=["books"])
        text = answer.content.decode()
        assert answer.status_code == 422
        assert text.count(" checked") == 1
        assert "Sudah diperiksa di tempat" in text

    def test_down_wants_a_reason(self, staff, group):
        decide(staff, group)
        group.refresh_from_db()
        assert "Tuliskan mengapa" in decide(staff, group, to="tumbuh", note="").content.decode()
        decide(staff, group, to="tumbuh", note="Usaha berhenti tiga bulan")
        group.refresh_from_db()
        assert group.stage == Stage.GROWING
        assert StageReview.objects.order_by("pk").last().checks == {}

    def test_two_at_once(self, staff, group):
        Group.objects.filter(pk=group.pk).update(stage="berkembang")
        answer = decide(staff, group)
        assert answer.status_code == 422
        assert "sudah berubah sejak halaman dibuka" in answer.content.decode()

    def test_tomorrow_is_no_day_to_decide_on(self, staff, group):
        answer = decide(staff, group, decided_on=(TODAY + timedelta(days=1)).isoformat())
        assert "belum tiba" in answer.content.decode()

    def test_only_an_active_group(self, staff, cast):
        forming = GroupFactory(state="forming")
        assert "hanya ditetapkan untuk KUB yang aktif" in decide(staff, forming).content.decode()

    def test_at_the_top_there_is_only_a_way_down(self, staff, group):
        Group.objects.filter(pk=group.pk).update(stage="mandiri")
        text = staff.get(reverse("kub:stage", args=[group.pk])).content.decode()
        assert "tahap yang tertinggi" in text
        assert "Turunkan ke tahap berkembang" in text

    def test_an_officer_does_not_decide_it(self, client, cast, group):
        client.force_login(cast.officer_a)
        assert decide(client, group).status_code == 403
