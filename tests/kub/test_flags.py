"""Early warnings: when each is raised, how bad it is, and the evidence it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kub.flags import (
    Asked,
    Code,
    Facts,
    Illegible,
    LateReport,
    Limits,
    Overspent,
    Twin,
    Visited,
    flags_of,
    severest,
)

TODAY = date(2026, 11, 25)
LIMITS = Limits(min_members=5, visit_warn_days=60, visit_alarm_days=90, young_group_days=30)
WELL = Facts(
    formed_on=date(2026, 1, 5),
    members=10,
    url="/kub/1/",
    visits_url="/kub/1/#kunjungan",
    visits=(Visited(date(2026, 11, 1), 900_000), Visited(date(2026, 10, 1), 0)),
    paid_on=date(2026, 5, 4),
    paid=12_000_000,
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def flags(**facts):
    return flags_of(replace(WELL, **facts), LIMITS, today=TODAY)


def only(**facts):
    """The single flag that these facts raise."""
    (flag,) = flags(**facts)
    return flag


def test_a_group_that_does_well_has_none():
    assert flags() == []


class TestVisits:
    @pytest.mark.parametrize(
        ("days", "severity"), [(59, None), (60, "warn"), (89, "warn"), (90, "bad"), (400, "bad")]
    )
    def test_days_without_a_visit(self, days, severity):
        assert severest(flags(visits=(Visited(ago(days), 500_000),), paid_on=ago(500))) == severity

    def test_the_last_one_and_the_limit_are_named(self):
        flag = only(visits=(Visited(ago(75), 500_000),))
        assert (flag.code, flag.severity, flag.url) == (Code.NO_VISIT, "warn", "/kub/1/#kunjungan")
        assert flag.label == "Belum dikunjungi 75 hari"
        assert flag.evidence == "Batas 60 hari. Kunjungan terakhir 11 September 2026."

    def test_never_visited_counts_from_the_day_it_was_formed(self):
        assert flags(visits=(), formed_on=ago(59), paid_on=None) == []
        flag = only(visits=(), formed_on=ago(95), paid_on=None)
        assert flag.is_alarm
        assert flag.evidence == "Batas 90 hari. Belum pernah dikunjungi sejak dibentuk 22 Agustus 2026."

    def test_money_without_a_visit_is_said(self):
        flag = only(visits=(Visited(ago(80), 1),), paid_on=ago(70), paid=8_000_000)
        assert flag.evidence.endswith(" Modal Rp8.000.000 dibayar 16 September 2026.")

    def test_a_visit_on_the_day_of_the_payment_counts(self):
        assert "Modal" not in only(visits=(Visited(ago(70), 1),), paid_on=ago(70)).evidence


class TestSales:
    def test_twice_nothing_names_both_days(self):
        flag = only(visits=(Visited(date(2026, 11, 2), 0), Visited(date(2026, 10, 3), 0)))
        assert (flag.code, flag.severity) == (Code.NO_SALES, "bad")
        assert flag.evidence == "Omzet nol pada dua kunjungan terakhir: 3 Oktober 2026 dan 2 November 2026."

    @pytest.mark.parametrize("turnovers", [(0,), (0, 1), (1, 0), (1, 0, 0)])
    def test_once_is_not_twice_in_a_row(self, turnovers):
        visits = tuple(Visited(ago(10 + index), sold) for index, sold in enumerate(turnovers))
        assert flags(visits=visits) == []


class TestMembers:
    @pytest.mark.parametrize(("members", "raised"), [(5, False), (4, True), (0, True)])
    def test_below_five(self, members, raised):
        assert bool(flags(members=members)) is raised

    def test_how_many_are_left(self):
        flag = only(members=4)
        assert (flag.code, flag.label, flag.evidence) == (
            Code.FEW_MEMBERS, "Anggota tinggal 4", "Paling sedikit 5 orang.",
        )  # fmt: skip

    def test_offices(self):
        flag = only(vacant=("Sekretaris", "Bendahara"))
        assert (flag.code, flag.severity) == (Code.OFFICE_VACANT, "warn")
        assert flag.label == "Jabatan sekretaris dan bendahara kosong"

    def test_somebody_who_is_in_two_groups(self):
        flag = only(twins=(Twin("Siti Aminah", "Melati Rasa", "/kub/7/"),))
        assert (flag.code, flag.severity, flag.url) == (Code.TWO_GROUPS, "bad", "/kub/7/")
        assert flag.evidence == "Siti Aminah: NIK yang sama tercatat sebagai anggota KUB Melati Rasa."


class TestReports:
    def test_late_from_the_day_after(self):
        assert flags(late=(LateReport("LPJ termin 1", TODAY, "/kub/lpj/3/"),)) == []
        flag = only(late=(LateReport("LPJ termin 1", ago(1), "/kub/lpj/3/"),))
        assert (flag.code, flag.severity, flag.url) == (Code.REPORT_LATE, "bad", "/kub/lpj/3/")
        assert flag.label == "LPJ terlambat 1 hari"
        assert flag.evidence == "LPJ termin 1 belum dikirim; tenggatnya 24 November 2026."

    def test_one_that_was_returned(self):
        late = (LateReport("LPJ termin 1", ago(3), "/", returned=True),)
        assert "dikembalikan dan belum dikirim lagi" in only(late=late).evidence

    def test_each_is_told(self):
        late = (LateReport("LPJ termin 1", ago(40), "/a"), LateReport("LPJ termin 2", ago(5), "/b"))
        assert [flag.url for flag in flags(late=late)] == ["/a", "/b"]

    def test_a_line_on_which_too_much_was_spent(self):
        flag = only(overspent=(Overspent("Loyang dan cetakan", 1_400_000, 1_550_000, "/kub/lpj/3/#b-2"),))
        assert (flag.code, flag.label) == (Code.OVER_PLAN, "Melebihi RAB Rp150.000")
        assert flag.evidence == "Loyang dan cetakan: kuitansi Rp1.550.000, rencana Rp1.400.000."

    def test_a_receipt_that_cannot_be_read(self):
        flag = only(illegible=(Illegible("11", "Bahan baku", 420_000, "/kub/lpj/3/#k-11"),))
        assert (flag.code, flag.label) == (Code.UNREADABLE, "Kuitansi 11 tidak terbaca")
        assert flag.evidence == "Bahan baku, Rp420.000. Minta foto yang lebih jelas."


class TestYoungGroups:
    def test_asked_before_thirty_days(self):
        flag = only(asked=(Asked("Usulan 4/2026", date(2026, 1, 20), "/kub/usulan/4/"),))
        assert (flag.code, flag.severity, flag.url) == (Code.YOUNG_GROUP, "warn", "/kub/usulan/4/")
        assert flag.label == "Usulan pada umur 15 hari"
        assert flag.evidence == (
            "Usulan 4/2026 diajukan 20 Januari 2026, kelompok dibentuk 5 Januari 2026; "
            "sebaiknya paling sedikit 30 hari kemudian."
        )

    def test_asked_on_the_thirtieth_day(self):
        assert flags(asked=(Asked("Usulan 4/2026", date(2026, 2, 4), "/"),)) == []

    def test_a_draft_says_from_when_on(self):
        flag = only(formed_on=ago(10), visits=(), asked=(Asked("Usulan 4/2026", None, "/"),))
        assert flag.evidence.endswith("jadi sebaiknya diajukan mulai 15 Desember 2026.")
        assert flags(asked=(Asked("Usulan 4/2026", None, "/"),)) == []


def test_alarms_come_first():
    found = flags(
        vacant=("Ketua",),
        members=3,
        visits=(Visited(ago(61), 1),),
        late=(LateReport("LPJ termin 1", ago(2), "/"),),
    )
    assert [flag.code for flag in found] == [
        Code.FEW_MEMBERS,
        Code.REPORT_LATE,
        Code.NO_VISIT,
        Code.OFFICE_VACANT,
    ]
    assert severest(found) == "bad"
    assert found[0].label == "Anggota tinggal 3"


def test_no_flag_no_severity():
    assert severest([]) is None
