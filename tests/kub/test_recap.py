"""The figures of groups and grants by kind, stage, year and place, and the page that shows them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import GrantState, GroupState, ReportState, Stage
from kub.models import FiscalYear, Grant, Group
from kub.reports.recap import (
    Money,
    by_kecamatan,
    by_kind,
    by_place,
    by_year,
    by_year_and_place,
    overdue,
    total,
)
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tests.cast import Cast
from tests.factories import CIBODAS, CITY, GEBANG_RAYA, GEMBOR, JATIUWUNG, PERIUK, area, area_tree
from tests.kub.factories import (
    BudgetFactory,
    BusinessKindFactory,
    FiscalYearFactory,
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    this_year,
)
from tests.kub.money import accounted, complete, moved, paid

pytestmark = pytest.mark.django_db
RECAP = reverse("kub:recap")
LINK = re.compile(r'<a class="bk-n" href="(/kub/(?!rekap)[^"]*)">([\d.]+)</a>')


def grant(code: str = GEMBOR, year: int = 0, **values: object) -> Grant:
    """A grant over Rp20.000.000 of a group without members in a kelurahan."""
    group = GroupFactory(area=area(code), members=0)
    fiscal = FiscalYearFactory(year=year or this_year())
    proposal = ProposalFactory(group=group, year=fiscal, state="recommended")
    made: Grant = GrantFactory(proposal=proposal, **values)
    return made


def page(user: User, url: str = RECAP, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def three() -> None:
    """This year one paid in Gembor and one in Jatiuwung that is accounted for; one in Gembor two years ago."""
    area_tree()
    paid(grant=grant())
    whole = grant(JATIUWUNG)
    for number in (1, 2):
        accounted(paid(number, grant=whole))
    grant(year=this_year() - 2)


def test_years_hold_what_was_promised_paid_and_accounted_for(three: None) -> None:
    found = {one.year: one for one in by_year(area(CITY))}
    assert list(found) == [this_year() - 2, this_year()]
    assert found[this_year()].money == Money(2, 40_000_000, 32_000_000, 20_000_000, 0)
    assert found[this_year()].money.open == 12_000_000
    assert found[this_year() - 2].money == Money(1, 20_000_000)
    assert {one.allotted for one in found.values()} == {1_000_000_000}


def test_the_budget_is_the_citys_alone_and_a_year_with_nothing_but_one_is_shown(three: None) -> None:
    BudgetFactory(year=FiscalYearFactory(year=this_year() + 1), allotted=7)
    assert [(one.year, one.allotted) for one in by_year(area(CITY))][-1] == (this_year() + 1, 7)
    inside = by_year(area(PERIUK))
    assert [one.allotted for one in inside] == [None, None]
    assert total(inside) == Money(2, 40_000_000, 12_000_000)


def test_a_cancelled_grant_is_no_promise() -> None:
    cancelled = grant(state=GrantState.DECIDED)
    assert total(by_year(area(CITY))).grants == 1
    Grant.objects.filter(pk=cancelled.pk).update(state=GrantState.CANCELLED)
    assert total(by_year(area(CITY))) == Money()


def test_places_add_up_to_the_year_and_kecamatan_to_their_kelurahan(three: None) -> None:
    areas = list(Area.objects.order_by("code"))
    places = by_place(area(CITY), areas, year=this_year())
    assert {one.area.code: one.money.paid for one in places} == {
        GEMBOR: 12_000_000,
        GEBANG_RAYA: 0,
        JATIUWUNG: 20_000_000,
    }
    assert {one.area.code: one.groups for one in places} == {GEMBOR: 2, GEBANG_RAYA: 0, JATIUWUNG: 1}
    assert total(places) == {one.year: one.money for one in by_year(area(CITY))}[this_year()]
    kecamatan = by_kecamatan(places, areas)
    assert {one.area.code: one.money.decided for one in kecamatan} == {
        PERIUK: 20_000_000,
        CIBODAS: 20_000_000,
    }
    assert by_year_and_place(area(CITY))[this_year(), JATIUWUNG].accounted == 20_000_000


def test_kinds_hold_the_active_groups_by_stage_and_the_others_by_state() -> None:
    sewing = BusinessKindFactory(name="Menjahit/tata busana")
    GroupFactory(members=0, stage=Stage.DEVELOPING)
    GroupFactory(members=0, kind=sewing)
    GroupFactory(members=0, kind=sewing, state=GroupState.FORMING)
    GroupFactory(members=0, kind=sewing, area=area(JATIUWUNG))
    cookies, sewers = by_kind(area(GEMBOR))
    assert (cookies.name, cookies.stages) == (
        "Kue kering/kue basah",
        {"tumbuh": 0, "berkembang": 1, "mandiri": 0},
    )
    assert (sewers.stages["tumbuh"], sewers.forming, sewers.active) == (1, 1, 1)


def test_a_report_is_late_while_the_group_still_has_it() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    report = paid(grant=grant(), due_on=yesterday)
    paid(grant=grant(), due_on=timezone.localdate())
    found = overdue(area(CITY), timezone.localdate())
    assert (found.reports, found.since) == (1, yesterday)
    for state, late in ((ReportState.SUBMITTED, 0), (ReportState.RETURNED, 1), (ReportState.ACCEPTED, 0)):
        moved(report, state)
        assert overdue(area(CITY), timezone.localdate()).reports == late
    assert overdue(area(JATIUWUNG), date(2100, 1, 1)).reports == 0


def test_each_panel_is_one_query_however_many_grants(three: None) -> None:
    for year in range(this_year() - 9, this_year()):
        grant(year=year)
    for panel, queries in (
        (lambda: by_kind(area(CITY)), 1),
        (lambda: by_year(area(CITY)), 2),
        (lambda: by_year_and_place(area(CITY)), 1),
        (lambda: overdue(area(CITY), timezone.localdate()), 1),
    ):
        area(CITY)
        with CaptureQueriesContext(connection) as captured:
            panel()
        asked = [one["sql"] for one in captured.captured_queries if "kub_" in one["sql"]]
        assert len(asked) == queries


@pytest.mark.parametrize("who", ["staff", "kecamatan_officer", "officer_a"])
def test_numbers_of_groups_and_of_money_open_the_rows_they_are_of(cast: Cast, three: None, who: str) -> None:
    user = cast.everybody()[who]
    client = Client()
    client.force_login(user)
    links = LINK.findall(page(user))
    assert links
    opened = set()
    for href, number in links:
        answer = client.get(unescape(href))
        assert answer.status_code == 200, href
        if "/hibah/" in href:
            sums = answer.context["sums"]
            shown = (sums.number, sums.decided, sums.paid, sums.accounted, sums.paid - sums.accounted)
            assert number in {f"{one:,}".replace(",", ".") for one in shown}, href
        else:
            assert answer.context["total"].number == int(number), href
        opened.add(href.partition("?")[0])
    assert opened == {reverse("kub:home"), reverse("kub:grants")}


def test_the_page_shows_one_year_by_place_and_leads_inside(cast: Cast, three: None) -> None:
    html = page(cast.staff)
    read = text(html)
    assert f"Rekap KUB dan hibah {this_year()}, Kota Tangerang" in read
    assert "Periuk 2 20.000.000 12.000.000 0" in read
    assert f"{RECAP}?tahun={this_year()}&amp;wilayah={PERIUK}" in html
    past = text(page(cast.staff, f"{RECAP}?tahun={this_year() - 2}"))
    assert "Periuk 2 20.000.000 0 0" in past
    for measure, number in (("diputuskan", 20), ("dibayar", 12), ("lpj", 0)):
        html = page(cast.staff, f"{RECAP}?ukuran={measure}")
        assert f"Gembor, Periuk: {number} juta rupiah" in html


def test_a_kelurahan_has_no_places_inside(cast: Cast, three: None) -> None:
    read = text(page(cast.officer_b))
    assert "Per kelurahan" not in read
    assert "20.000.000" in read


def test_leadership_reads_the_figures_and_opens_no_row(cast: Cast, three: None) -> None:
    html = page(cast.leadership)
    assert "20.000.000" in html
    assert LINK.findall(html) == []


def test_what_does_not_exist_is_not_found(cast: Cast, three: None) -> None:
    for query in ("?tahun=xx", "?ukuran=tinggi", "?wilayah=99"):
        page(cast.staff, RECAP + query, 404)
    page(cast.officer_a, f"{RECAP}?wilayah={JATIUWUNG}", 404)


def test_before_the_first_grant_the_page_says_so(cast: Cast) -> None:
    FiscalYear.objects.all().delete()
    Group.objects.all().delete()
    assert "Belum ada hibah yang diputuskan di wilayah ini." in text(page(cast.staff))


def test_complete_grants_of_the_helper_add_up() -> None:
    done = complete()
    assert done.state == GrantState.ACCOUNTED
    assert done.held == 0
