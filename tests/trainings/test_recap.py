"""The recapitulation by year and place, and the list behind each of its numbers."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from households.models import Household
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export
from tests.cast import Cast
from tests.factories import (
    CIBODAS,
    CITY,
    GEBANG_RAYA,
    GEMBOR,
    JATIUWUNG,
    PERIUK,
    HouseholdFactory,
    area,
    area_tree,
)
from tests.trainings.factories import (
    AttendanceFactory,
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    PastTrainingFactory,
    ProgrammeFactory,
    head_of,
)
from trainings.lifecycle import HOLDING_SEAT, EnrolmentState, ProgrammeState
from trainings.models import Cohort, Enrolment
from trainings.reports.recap import Trained, by_kecamatan, by_place, by_year, by_year_and_place, total

pytestmark = pytest.mark.django_db
RECAP, LIST = reverse("trainings:recap"), reverse("trainings:participants")
EXPORT = reverse("trainings:participants_export")
NUMBER_LINK = re.compile(r'<a class="bk-n" href="(/pelatihan/peserta/\?[^"]+)">([\d.]+)</a>')


def page(user: User, url: str = RECAP, status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def cohort(year: int, code: str = GEMBOR, **values: object) -> Cohort:
    programme = ProgrammeFactory._meta.model.objects.filter(year=year).first() or ProgrammeFactory(
        year=year, course=CourseFactory(name=f"Keterampilan {year}")
    )
    return CohortFactory(programme=programme, area=area(code), **values)


def a_past_of_the_city() -> None:
    """2013 and 2014 from a spreadsheet, 2015 held here: 50 seats in Gembor, 5 in Jatiuwung."""
    area_tree()
    for year, number in ((2013, 2), (2014, 3)):
        PastTrainingFactory.create_batch(number, year=year, area=area(JATIUWUNG))
    PastTrainingFactory(year=2014, person=HouseholdFactory().people.get())
    PastTrainingFactory(year=2014, state="dismissed", note="Ganda dalam berkas")
    gembor, jatiuwung = cohort(2015, quota=50), cohort(2015, JATIUWUNG)
    for _ in range(2):
        AttendanceFactory(enrolment=EnrolmentFactory(cohort=gembor, state=EnrolmentState.GRADUATED))
    AttendanceFactory(enrolment=EnrolmentFactory(cohort=gembor, state=EnrolmentState.FAILED))
    AttendanceFactory(enrolment=EnrolmentFactory(cohort=gembor, state=EnrolmentState.WITHDRAWN))
    EnrolmentFactory(cohort=gembor, state=EnrolmentState.REGISTERED)
    EnrolmentFactory(cohort=gembor, state=EnrolmentState.WAITING)
    EnrolmentFactory(cohort=jatiuwung, state=EnrolmentState.GRADUATED)


def test_years_hold_seats_those_who_took_one_came_and_passed_and_the_past() -> None:
    a_past_of_the_city()
    found = {figure.year: figure.trained for figure in by_year(area(CITY))}
    assert list(found) == [2013, 2014, 2015]
    assert found[2013] == Trained(past=2)
    assert found[2014] == Trained(past=4)  # who was set aside is no graduate
    assert found[2015] == Trained(offered=55, filled=5, attended=4, graduated=3)
    assert [figure.courses for figure in by_year(area(CITY))][-1] == ("Keterampilan 2015",)
    assert {figure.year: figure.trained for figure in by_year(area(GEMBOR))} == {
        2014: Trained(past=1),
        2015: Trained(offered=50, filled=4, attended=4, graduated=2),
    }


def test_a_draft_offers_no_seat_yet() -> None:
    cohort(2016).programme.__class__.objects.update(state=ProgrammeState.DRAFT)
    assert by_year(area(CITY)) == ()


def test_places_add_up_to_the_year_and_kecamatan_to_their_kelurahan() -> None:
    a_past_of_the_city()
    areas = list(Area.objects.order_by("code"))
    places = by_place(area(CITY), areas, year=2015)
    assert {one.area.code: one.trained.filled for one in places} == {GEMBOR: 4, GEBANG_RAYA: 0, JATIUWUNG: 1}
    assert total(places) == {figure.year: figure for figure in by_year(area(CITY))}[2015].trained
    kecamatan = by_kecamatan(places, areas)
    assert {one.area.code: one.trained.offered for one in kecamatan} == {PERIUK: 50, CIBODAS: 5}
    assert by_year_and_place(area(CITY))[2014, JATIUWUNG] == Trained(past=3)


ROWS = st.lists(
    st.tuples(
        st.sampled_from([2014, 2015]),
        st.sampled_from([GEMBOR, GEBANG_RAYA, JATIUWUNG]),
        st.sampled_from([*EnrolmentState, "past"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, place=st.sampled_from([CITY, PERIUK, GEMBOR]))
def test_every_figure_equals_a_count_of_the_rows(
    rows: list[tuple[int, str, str, bool]], place: str, db: None
) -> None:
    with transaction.atomic():
        area_tree()
        cohorts: dict[tuple[int, str], Cohort] = {}
        for year, code, state, attends in rows:
            if state == "past":
                PastTrainingFactory(year=year, area=area(code))
                continue
            held = cohorts.setdefault((year, code), cohorts.get((year, code)) or cohort(year, code))
            enrolment = EnrolmentFactory(cohort=held, state=EnrolmentState(state))
            if attends:
                AttendanceFactory(enrolment=enrolment)
        inside = [row for row in rows if row[1].startswith(place)]
        counted: Counter[tuple[int, str]] = Counter()
        for year, _, state, attends in inside:
            counted[year, "past"] += state == "past"
            counted[year, "filled"] += state in HOLDING_SEAT
            counted[year, "attended"] += attends and state != "past"
            counted[year, "graduated"] += state == EnrolmentState.GRADUATED
        found = {figure.year: figure.trained for figure in by_year(area(place))}
        for year in (2014, 2015):
            trained = found.get(year, Trained())
            for name in ("past", "filled", "attended", "graduated"):
                assert getattr(trained, name) == counted[year, name], (year, name)
        transaction.set_rollback(True)


@pytest.mark.parametrize("who", ["staff", "kecamatan_officer", "officer_a", "treasurer"])
@pytest.mark.parametrize("asked", ["", "?tahun=2014"])
def test_every_number_opens_exactly_that_many_participants(cast: Cast, who: str, asked: str) -> None:
    a_past_of_the_city()
    user = cast.everybody()[who]
    links = NUMBER_LINK.findall(page(user, f"{RECAP}{asked}"))
    assert links
    client = Client()
    client.force_login(user)
    for href, number in links:
        opened = client.get(unescape(href))
        assert opened.status_code == 200, href
        assert opened.context["total"].number == int(number), href
        assert len(opened.context["page"].items) == int(number), href


def test_the_last_year_is_shown_and_another_can_be_chosen(cast: Cast) -> None:
    a_past_of_the_city()
    read = text(page(cast.staff))
    assert "Rekap pelatihan 2015, Kota Tangerang" in read
    assert "Periuk 50 4 4 2" in read
    read = text(page(cast.staff, f"{RECAP}?tahun=2014"))
    assert "Rekap pelatihan 2014" in read
    assert "Cibodas – 3" in read
    assert 'aria-current="true"' in page(cast.staff, f"{RECAP}?tahun=2014")
    assert "Rekap pelatihan 1999" in text(page(cast.staff, f"{RECAP}?tahun=1999"))


def test_the_map_shows_one_measure_and_leads_into_the_kelurahan(cast: Cast) -> None:
    a_past_of_the_city()
    assert 'title="Gembor, Periuk: 2 lulus"' in page(cast.staff)
    html = page(cast.staff, f"{RECAP}?ukuran=terisi")
    tile = re.search(r'href="([^"]+)" title="Gembor, Periuk: 4 kursi terisi"', html)
    assert tile
    read = text(page(cast.staff, unescape(tile[1])))
    assert "Rekap pelatihan 2015, Kelurahan Gembor" in read
    assert "Kursi 50 Terisi 4 Pernah hadir 4 Lulus 2" in read


def test_leadership_reads_the_numbers_and_opens_no_participant(cast: Cast) -> None:
    a_past_of_the_city()
    html = page(cast.leadership)
    assert LIST not in html
    assert "Periuk 50 4 4 2" in text(html)
    assert f"wilayah={GEMBOR}" in html
    page(cast.leadership, LIST, status=403)


def test_a_kecamatan_sees_its_own_numbers_and_nothing_of_the_others(cast: Cast) -> None:
    a_past_of_the_city()
    html = page(cast.kecamatan_officer)
    assert "Gembor 50 4 4 2" in text(html)
    assert f"wilayah={CIBODAS}" not in html
    assert 'title="Jatiuwung, Cibodas"></span>' in html


@pytest.mark.parametrize(
    "query",
    [
        f"wilayah={JATIUWUNG}",
        "wilayah=99.99",
        "tahun=dahulu",
        "tahun=20151",
        "tahun=²⁰¹⁵",
        "ukuran=banyak&wilayah=" + PERIUK,
    ],
)
def test_what_is_not_there_or_not_ones_own_is_not_found(cast: Cast, query: str) -> None:
    a_past_of_the_city()
    page(cast.kecamatan_officer, f"{RECAP}?{query}", status=404)


def test_before_the_first_course_the_page_says_so(cast: Cast) -> None:
    assert "Belum ada pelatihan yang tercatat" in page(cast.staff)
    assert "Belum ada pelatihan yang tercatat" in page(cast.officer_a)


class TestParticipants:
    def test_filters_by_state_year_place_and_name(self, cast: Cast) -> None:
        a_past_of_the_city()
        earlier = EnrolmentFactory(cohort=cohort(2014, GEBANG_RAYA), state=EnrolmentState.WAITING)
        name = earlier.person.name
        assert text(page(cast.staff, f"{LIST}?keadaan=cadangan")).count("Cadangan") >= 2
        assert "1 orang · cadangan · tahun 2014" in text(
            page(cast.staff, f"{LIST}?keadaan=cadangan&tahun=2014")
        )
        assert name in page(cast.staff, f"{LIST}?cari={name.split()[-1]}&wilayah={PERIUK}")
        assert name not in page(cast.staff, f"{LIST}?wilayah={JATIUWUNG}")
        assert "Tidak ada peserta" in page(cast.staff, f"{LIST}?keadaan=ditolak")

    def test_an_officer_sees_the_participants_of_the_own_kelurahan_only(self, cast: Cast) -> None:
        a_past_of_the_city()
        stranger = Enrolment.objects.get(cohort__area=JATIUWUNG)
        assert stranger.person.name not in page(cast.officer_a, LIST)
        assert stranger.get_absolute_url() in page(cast.officer_b, LIST)
        assert 'name="wilayah"' not in page(cast.officer_a, LIST)
        page(cast.officer_a, f"{LIST}?wilayah={JATIUWUNG}", status=404)

    @pytest.mark.parametrize("query", ["keadaan=hilang", "tahun=1999", "wilayah=99.99"])
    def test_a_filter_that_does_not_exist_is_not_found(self, cast: Cast, query: str) -> None:
        page(cast.staff, f"{LIST}?{query}", status=404)

    def test_graduates_of_the_past_lead_to_their_family_where_the_reader_may_follow(self, cast: Cast) -> None:
        home, elsewhere = HouseholdFactory(), HouseholdFactory(area=area(JATIUWUNG))
        for family in (home, elsewhere):
            PastTrainingFactory(person=head_of(family), name=f"Nama Lama {family.pk}")
        waiting = PastTrainingFactory(name="Belum Jelas")
        html = page(cast.officer_a, f"{LIST}?keadaan=riwayat")
        assert home.get_absolute_url() in html
        assert elsewhere.get_absolute_url() not in html
        assert elsewhere.head_name in html
        assert waiting.name in html
        assert "Belum cocok" in html

    def test_pages_show_everybody_once(self, cast: Cast) -> None:
        held = cohort(2015)
        EnrolmentFactory.create_batch(53, cohort=held)
        seen: list[str] = []
        address: str | None = LIST
        while address:
            html = page(cast.staff, address)
            seen += re.findall(r"/pelatihan/peserta/(\d+)/", html)
            onward = re.search(r'href="(\?[^"]*hal=[^"]+)"[^>]*>\s*Berikutnya', html)
            address = f"{LIST}{unescape(onward[1])}" if onward else None
        assert len(seen) == len(set(seen)) == 53

    def test_a_number_is_never_searched_by_address(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.staff)
        answer = client.get(f"{LIST}?cari=9971014107850001&keadaan=lulus")
        assert answer.status_code == 302
        assert answer["Location"] == f"{LIST}?keadaan=lulus"


class TestWorkbook:
    def test_holds_what_is_filtered_and_is_logged(self, cast: Cast) -> None:
        a_past_of_the_city()
        rows = workbook(cast.staff, f"{EXPORT}?keadaan=lulus&tahun=2015&wilayah={PERIUK}")
        assert [row[:4] for row in rows[1:]] == [(2015, "Keterampilan 2015", "Periuk", "Gembor")] * 2
        assert dict(zip(rows[0], rows[1], strict=True))["Keadaan"] == "Lulus"
        line = AccessLog.objects.get()
        assert (line.by, line.rows, line.with_identities) == (cast.staff, 2, False)
        assert line.what == "Peserta pelatihan; Lulus; Tahun 2015; Kecamatan Periuk"

    def test_graduates_of_the_past_stand_with_the_family_they_were_found_to_be_of(self, cast: Cast) -> None:
        a_past_of_the_city()
        rows = workbook(cast.staff, f"{EXPORT}?keadaan=riwayat&tahun=2014&wilayah={GEMBOR}")
        assert rows[1][5:] == ("Cocok", Household.objects.get(helped_in=2014).head_name)

    def test_ends_at_the_own_area(self, cast: Cast) -> None:
        a_past_of_the_city()
        assert {row[3] for row in workbook(cast.officer_b, EXPORT)[1:]} == {"Jatiuwung"}
        client = Client()
        client.force_login(cast.officer_b)
        assert client.post(f"{EXPORT}?wilayah={GEMBOR}").status_code == 404

    def test_a_long_list_is_built_in_the_background(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        a_past_of_the_city()
        monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
        client = Client()
        client.force_login(cast.staff)
        answer = client.post(f"{EXPORT}?tahun=2015")
        export = Export.objects.get()
        assert answer["Location"] == reverse("privacy:export", args=[export.pk])
        assert (export.state, export.rows) == (Export.State.READY, 7)


def workbook(user: User, url: str) -> list[tuple[Any, ...]]:
    client = Client()
    client.force_login(user)
    answer = client.post(url)
    assert answer.status_code == 200
    file = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    return list(file["Peserta pelatihan"].iter_rows(values_only=True))
