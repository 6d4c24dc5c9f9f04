"""Groups and grants on the dashboard: figures that open their rows, the funnel, what waits, the workbook."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import GrantState, GroupState, ReportState, Stage
from kub.models import Grant, Proposal, Visit
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.dashboard.lists import listed
from tests.dashboard.test_views import main, page, text, workbook
from tests.factories import GEMBOR, JATIUWUNG, area
from tests.kub.factories import (
    GrantFactory,
    GroupFactory,
    ProposalFactory,
    StepFactory,
    VisitFactory,
    this_year,
)
from tests.kub.money import accounted, complete, moved, paid

pytestmark = pytest.mark.django_db
PEOPLE_LINK = re.compile(r'<a class="bk-n" href="(/kub/orang/\?[^"]+)">([\d.]+)</a>')


def card(html: str, name: str) -> str:
    return html.partition(f'aria-labelledby="t-{name}"')[2].partition("</section>")[0]


@pytest.fixture
def city(cast: Cast) -> Grant:
    """A list, a group in Gembor whose grant is complete and one in Jatiuwung whose report is late."""
    listed([(1, code, 1, "class", 3) for code in (GEMBOR, JATIUWUNG)])
    done = complete(proposal=ProposalFactory(state="recommended", group__stage=Stage.DEVELOPING))
    VisitFactory(group=done.proposal.group)
    other = GroupFactory(area=area(JATIUWUNG), members=0)
    late = GrantFactory(proposal=ProposalFactory(group=other, state="recommended"))
    paid(grant=late, due_on=timezone.localdate() - timedelta(days=12))
    return done


def test_the_cards_say_what_there_is(cast: Cast, city: Grant) -> None:
    html = page(cast.staff)
    assert "Terdaftar mendapat kursi pelatihan 5" in text(card(html, "corong"))
    assert "Aktif" in text(card(html, "corong"))
    money = text(card(html, "hibah"))
    assert f"{this_year()} 1.000.000.000 40.000.000 32.000.000 20.000.000" in money
    assert "1 LPJ LPJ masih di kelompoknya" in money
    assert "Kue kering/kue basah 1 1 –" in text(card(html, "kub"))
    own = page(cast.officer_b)
    assert f"{this_year()} 20.000.000 12.000.000 0" in text(card(own, "hibah"))


@pytest.mark.parametrize("who", ["staff", "officer_a", "treasurer"])
def test_every_bar_of_the_funnel_opens_exactly_that_many_people(cast: Cast, city: Grant, who: str) -> None:
    user = cast.everybody()[who]
    client = Client()
    client.force_login(user)
    links = PEOPLE_LINK.findall(card(page(user), "corong"))
    assert len(links) == 7
    for href, number in links:
        assert client.get(unescape(href)).context["total"] == int(number), href


def test_leadership_reads_the_cards_and_opens_nothing_but_the_recapitulation(cast: Cast, city: Grant) -> None:
    html = page(cast.leadership)
    assert "40.000.000" in card(html, "hibah")
    for name in ("corong", "hibah", "kub"):
        links = set(re.findall(r'href="(/kub/[^?"]*)', card(html, name)))
        assert links <= {reverse("kub:recap")}


def test_without_groups_the_cards_say_so(cast: Cast) -> None:
    listed([(1, GEMBOR, 1, "class", 3)])
    html = page(cast.staff)
    assert "Belum ada yang mengikuti pelatihan." in text(card(html, "corong"))
    assert "Belum ada hibah yang diputuskan." in text(card(html, "hibah"))
    assert "Belum ada KUB." in text(card(html, "kub"))
    assert "bk-kub bk-screen" in html


def test_the_workbook_holds_the_funnel_the_kinds_the_years_and_the_places(cast: Cast, city: Grant) -> None:
    sheets = workbook(cast.staff, reverse("dashboard:excel"))
    assert [row[2] for row in sheets["Corong"][1:]] == [5] * 7
    assert sheets["KUB"][1:] == [("Kue kering/kue basah", 1, 1, 0, 0, 0)]
    numbers = (2, 40_000_000, 32_000_000, 20_000_000, 0, 12_000_000)
    assert sheets["Hibah"][1:] == [(this_year(), 1_000_000_000, *numbers)]
    assert [row[1:] for row in sheets["Hibah kelurahan"][1:]] == [
        (GEMBOR, "Periuk", "Gembor", 1, 20_000_000, 20_000_000, 20_000_000, 0, 0),
        (JATIUWUNG, "Cibodas", "Jatiuwung", 1, 20_000_000, 12_000_000, 0, 0, 12_000_000),
    ]


def waiting(user: User) -> str:
    return main(page(user)).partition('aria-labelledby="t-menunggu"')[2].partition("</section>")[0]


STEPS = [
    ("draft", "Usulan hibah masih draf", {"officer_a", "staff", "second_staff"}),
    ("submitted", "Usulan perlu diverifikasi", {"staff", "second_staff", "verifier"}),
    ("verified", "Usulan perlu rekomendasi", {"verifier"}),
    ("recommended", "Usulan menunggu keputusan rapat", {"head"}),
]


@pytest.mark.parametrize(("state", "title", "who"), STEPS)
def test_a_proposal_waits_for_whose_step_is_next(cast: Cast, state: str, title: str, who: set[str]) -> None:
    proposal = ProposalFactory(state=state, group__members=0)
    found = {name for name, user in cast.everybody().items() if title in waiting(user)}
    assert found == who
    html = waiting(cast.everybody()[min(who)])
    assert f'href="{proposal.get_absolute_url()}"' in html
    ProposalFactory(state=state, group__members=0)
    html = waiting(cast.everybody()[min(who)])
    assert f"<b>2</b><span>{title}" in html
    assert f'href="{reverse("kub:proposals")}?keadaan=' in html
    assert "Rp40.000.000 diusulkan." in html


def test_who_handed_it_in_is_not_asked_to_verify_it(cast: Cast) -> None:
    proposal = ProposalFactory(state="submitted", group__members=0)
    StepFactory(proposal=proposal, by=cast.staff)
    assert "Usulan perlu diverifikasi" not in waiting(cast.staff)
    assert "Usulan perlu diverifikasi" in waiting(cast.second_staff)


def test_a_grant_waits_for_its_agreement_its_payments_and_its_end(cast: Cast) -> None:
    grant = GrantFactory(state=GrantState.DECIDED, proposal__group__members=0)
    assert "Hibah menunggu perjanjian" in waiting(cast.head)
    grant = GrantFactory(proposal__group__members=0)
    html = waiting(cast.treasurer)
    assert "<b>1</b><span>Termin siap dibayar" in html
    assert f'href="{grant.get_absolute_url()}"' in html
    report = paid(grant=grant)
    assert "Termin siap dibayar" not in waiting(cast.treasurer)
    accounted(report)
    accounted(paid(2, grant=grant))
    assert "Hibah siap diselesaikan, LPJ lengkap" in waiting(cast.head)
    assert "Hibah siap" not in waiting(cast.staff)


def test_reports_wait_for_the_officer_and_then_for_the_office(cast: Cast) -> None:
    today = timezone.localdate()
    report = paid(grant=GrantFactory(proposal__group__members=0), due_on=today - timedelta(days=3))
    html = waiting(cast.officer_a)
    assert "<b>1</b><span>LPJ terlambat<small>Paling lama 3 hari." in html
    assert 'class="is-late"' in html
    assert f'href="{report.get_absolute_url()}"' in html
    assert "LPJ terlambat" not in waiting(cast.officer_b)
    type(report).objects.update(due_on=today + timedelta(days=3))
    assert "LPJ mendekati tenggat" in waiting(cast.officer_a)
    moved(report, ReportState.SUBMITTED)
    assert "LPJ" not in waiting(cast.officer_a)
    assert "LPJ menunggu diperiksa" in waiting(cast.verifier)
    type(report).objects.update(submitted_by=cast.staff)
    assert "LPJ menunggu diperiksa" not in waiting(cast.staff)


def test_groups_wait_to_be_confirmed_and_to_be_visited(cast: Cast) -> None:
    today = timezone.localdate()
    group = GroupFactory(members=0, state=GroupState.FORMING)
    html = waiting(cast.officer_a)
    assert "KUB sedang dibentuk" in html
    assert "KUB perlu dikunjungi" not in html
    type(group).objects.update(state=GroupState.ACTIVE, formed_on=today - timedelta(days=59))
    assert "KUB perlu dikunjungi" not in waiting(cast.officer_a)
    type(group).objects.update(formed_on=today - timedelta(days=60))
    for user in (cast.officer_a, cast.kecamatan_officer, cast.staff):
        assert "KUB perlu dikunjungi<small>Paling lama 60 hari tanpa kunjungan." in waiting(user)
    for user in (cast.officer_b, cast.head):
        assert "KUB perlu dikunjungi" not in waiting(user)
    VisitFactory(group=group)
    assert "KUB perlu dikunjungi" not in waiting(cast.staff)
    Visit.objects.update(visited_on=today - timedelta(days=95))
    assert "is-late" in waiting(cast.kecamatan_officer)


def test_nothing_waits_for_leadership(cast: Cast, city: Grant) -> None:
    Proposal.objects.filter(pk=city.proposal_id).update(state="draft")
    assert "Tidak ada yang menunggu Anda." in waiting(cast.leadership)
