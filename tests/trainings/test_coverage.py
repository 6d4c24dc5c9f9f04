"""Families helped and not yet helped, by welfare rank, as the dashboard shows them; each number opens its families."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from households.models import Household, HouseholdRecord
from tangerang_poverty.accounts.models import User
from tests.cast import Cast
from tests.dashboard.lists import listed
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, PersonFactory, WaveFactory
from tests.trainings.factories import CohortFactory, EnrolmentFactory, PastTrainingFactory, ProgrammeFactory
from trainings.lifecycle import EnrolmentState
from trainings.models import Enrolment, Programme

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a class="bk-n" href="(/keluarga/\?[^"]+)">([\d.]+)</a>')
# In the second list: four very poor families, two poor ones; in the first a family of its own.
ROWS = [
    (0, GEMBOR, 2, "class", 3),
    *[(1, GEMBOR, 1, "class", 3)] * 3,
    (1, JATIUWUNG, 1, "class", 3),
    (1, GEMBOR, 2, "class", 3),
    (1, GEBANG_RAYA, 2, "class", 3),
]


def card(user: User, url: str = "/") -> str:
    """The card of the dashboard as HTML; "" when there is none."""
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200
    _, _, after = answer.content.decode().partition('aria-labelledby="t-terbantu"')
    return after.partition("</section>")[0]


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def help_family(household: Household) -> Enrolment:
    person = PersonFactory(household=household)
    programme = ProgrammeFactory(year=2015 + Programme.objects.count())
    cohort = CohortFactory(programme=programme, area=household.area)
    return EnrolmentFactory(cohort=cohort, family=household, person=person, state=EnrolmentState.GRADUATED)


def families(wave: str, rank: int) -> list[Household]:
    rows = HouseholdRecord.objects.filter(wave__code=wave, rank=rank).order_by("pk")
    return [row.household for row in rows.select_related("household__area")]


def test_helped_and_not_yet_helped_by_rank(cast: Cast) -> None:
    listed(ROWS)
    help_family(families("PPLS2011", 1)[0])
    PastTrainingFactory(person=PersonFactory(household=families("PPLS2011", 1)[3]))
    read = text(card(cast.staff))
    assert "Keluarga menurut PPLS 2011" in read
    assert "Sangat miskin 2 2 50,0 %" in read
    assert "Miskin 0 2 0,0 %" in read
    assert "Semua 6 keluarga 2 4 33,3 %" in read


def test_a_graduation_taken_back_takes_the_help_back(cast: Cast) -> None:
    listed(ROWS)
    enrolment = help_family(families("PPLS2011", 2)[0])
    assert "Miskin 1 1 50,0 %" in text(card(cast.staff))
    Enrolment.objects.filter(pk=enrolment.pk).update(state=EnrolmentState.ACCEPTED)
    assert "Miskin 0 2 0,0 %" in text(card(cast.staff))


@pytest.mark.parametrize("who", ["staff", "kecamatan_officer", "officer_a", "treasurer"])
def test_every_number_opens_exactly_these_families(cast: Cast, who: str) -> None:
    listed(ROWS)
    for household in (*families("PPLS2011", 1)[:2], families("PPLS2011", 2)[1]):
        help_family(household)
    user = cast.everybody()[who]
    links = LINK.findall(card(user))
    assert {"pelatihan=sudah" in href for href, _ in links} == {True, False}
    assert any("pelatihan=belum" in href for href, _ in links)
    client = Client()
    client.force_login(user)
    for href, number in links:
        opened = client.get(unescape(href))
        assert opened.context["total"].number == int(number) == len(opened.context["rows"]), href


def test_leadership_reads_numbers_that_open_nothing(cast: Cast) -> None:
    listed(ROWS)
    help_family(families("PPLS2011", 1)[0])
    html = card(cast.leadership)
    assert "Sangat miskin 1 3 25,0 %" in text(html)
    assert "href" not in html


def test_the_list_that_is_chosen_is_the_one_that_is_covered(cast: Cast) -> None:
    listed([*ROWS, (2, GEMBOR, 1, "decile", 3)])
    help_family(families("PPLS2008", 2)[0])
    assert "Keluarga menurut PBDT 2015" in text(card(cast.staff))
    read = text(card(cast.staff, "/?dari=PPLS2008&ke=PPLS2008"))
    assert "Keluarga menurut PPLS 2008" in read
    assert "Miskin 1 0 100,0 %" in read


def test_without_a_family_in_the_area_there_is_no_card(cast: Cast) -> None:
    listed([row for row in ROWS if row[1] == JATIUWUNG])
    WaveFactory(code="PPLS2008")
    assert card(cast.officer_a) == ""
