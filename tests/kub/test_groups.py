"""A group from its founding to its end: from a cohort's graduates or empty, confirmed, changed, dissolved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from households.models import Person
from kub.actions import groups as actions
from kub.lifecycle import GroupState
from kub.models import Group, Policy
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, area
from tests.kub.factories import (
    BusinessKindFactory,
    GroupFactory,
    MembershipFactory,
    finished_cohort,
    graduate,
)
from tests.kub.group_pages import (
    ALL,
    client_of,
    finished,
    founders,
    names,
    page,
    particulars,
    send,
    text,
    today,
    url,
)
from tests.trainings.factories import CohortFactory
from trainings.lifecycle import CohortState

pytestmark = pytest.mark.django_db


class TestFromACohort:
    def test_the_cohorts_page_leads_there_once_it_is_finished(self, cast: Cast) -> None:
        cohort, _ = finished(5)
        link = url("group_from_cohort", cohort)
        assert link in page(cast.officer_a, cohort.get_absolute_url())
        assert link not in page(cast.verifier, cohort.get_absolute_url())
        running = CohortFactory(programme=cohort.programme, area=area(GEBANG_RAYA), state=CohortState.RUNNING)
        assert url("group_from_cohort", running) not in page(cast.staff, running.get_absolute_url())

    def test_suggests_the_free_graduates_and_says_why_not_the_others(self, cast: Cast) -> None:
        cohort, people = finished(7)
        taken = MembershipFactory(person=people[0], group=GroupFactory(name="Mawar", members=0))
        Person.objects.filter(pk=people[1].pk).update(status=Person.Status.DIED)
        html = page(cast.officer_a, url("group_from_cohort", cohort))
        read = text(html)
        assert f"Masih anggota KUB {taken.group}." in read
        assert "Tercatat meninggal di data keluarga." in read
        for person in people[2:]:
            assert f'name="jabatan-{person.pk}"' in html
        assert html.count('<option value="member" selected>') == 5
        assert f'name="jabatan-{people[0].pk}"' not in html

    def test_many_graduates_are_parted_into_neighbours(self, cast: Cast) -> None:
        Policy(min_members=3, max_members=4).save()
        cohort, people = finished(8)
        for place, person in enumerate(people):
            household = person.household
            household.rw, household.rt = f"{place % 2 + 1:03d}", f"{place:03d}"
            household.save()
        html = page(cast.officer_a, url("group_from_cohort", cohort))
        assert "disarankan menjadi 2 kelompok" in text(html)
        first = {f"jabatan-{person.pk}" for person in people[0::2]}  # of RW 001
        assert selected(html) == first
        second = page(cast.officer_a, url("group_from_cohort", cohort, query="?bagian=2"))
        assert selected(second) == {f"jabatan-{person.pk}" for person in people[1::2]}
        page(cast.officer_a, url("group_from_cohort", cohort, query="?bagian=3"), status=404)

    def test_forms_the_group_with_its_members_and_offices(self, cast: Cast) -> None:
        cohort, people = finished(6)
        chosen = founders(people[:5], *ALL) | {f"jabatan-{people[5].pk}": ""}
        read = text(send(cast.officer_a, url("group_from_cohort", cohort), particulars() | chosen))
        assert "KUB Melati Rasa dicatat dengan 5 anggota." in read
        group = Group.objects.get()
        assert (group.state, group.cohort, group.created_by) == (GroupState.FORMING, cohort, cast.officer_a)
        assert names(group) == sorted(person.name for person in people[:5])
        assert group.memberships.get(role="chair").person == people[0]
        assert {one.joined_on for one in group.memberships.all()} == {today()}
        assert "KUB dibentuk" in {change.action for change in changes_of(group)}
        assert group.get_absolute_url() in page(cast.officer_a, cohort.get_absolute_url())

    def test_nothing_is_written_and_everything_told_when_something_is_wrong(self, cast: Cast) -> None:
        cohort, people = finished(4)
        later = str(today() + timedelta(days=1))
        chosen = founders(people, "chair", "chair")
        html = send(
            cast.officer_a,
            url("group_from_cohort", cohort),
            particulars(formed_on=later, name=" ") | chosen,
            status=422,
        )
        assert "Nama KUB" in text(html)  # the name is required
        html = send(
            cast.officer_a,
            url("group_from_cohort", cohort),
            particulars(formed_on=later) | chosen,
            status=422,
        )
        read = text(html)
        assert "Tanggal rapat pembentukan belum tiba." in read
        assert f"Ketua hanya satu orang: {people[0]} atau {people[1]}." in read
        assert not Group.objects.exists()
        assert 'value="Melati Rasa"' in html

    def test_two_of_one_family_are_refused(self, cast: Cast) -> None:
        cohort, (one, *_) = finished(2)
        other = graduate(finished_cohort(area(GEBANG_RAYA)))
        Person.objects.filter(pk=other.pk).update(household=one.household, relation=3)
        draft = Group(name="Melati", kind=BusinessKindFactory(), area=cohort.area)
        with pytest.raises(Refused) as refused:
            actions.form_group(
                draft, founders={one.pk: "member", other.pk: "member"}, by=cast.staff, today=today()
            )
        assert "dari satu keluarga; hanya satu yang boleh." in str(refused.value)

    def test_a_second_press_forms_no_second_group(self, cast: Cast) -> None:
        cohort, people = finished(5)
        data = particulars() | founders(people)
        send(cast.officer_a, url("group_from_cohort", cohort), data)
        html = send(cast.officer_a, url("group_from_cohort", cohort), data, status=422)
        assert "KUB dengan nama ini sudah ada di kelurahan itu." in text(html)
        assert Group.objects.count() == 1

    def test_a_cohort_that_is_not_finished_gives_none(self, cast: Cast) -> None:
        cohort = CohortFactory(state=CohortState.RUNNING)
        draft = Group(name="Melati", kind=BusinessKindFactory(), area=cohort.area, cohort=cohort)
        with pytest.raises(Refused, match="Kelulusan angkatan ini belum ditetapkan"):
            actions.form_group(draft, founders={}, by=cast.staff, today=today())
        assert "belum mempunyai lulusan" in page(cast.staff, url("group_from_cohort", cohort))

    def test_more_than_the_most_are_refused(self, cast: Cast) -> None:
        Policy(min_members=3, max_members=4).save()
        cohort, people = finished(5)
        html = send(
            cast.officer_a, url("group_from_cohort", cohort), particulars() | founders(people), status=422
        )
        assert "Anggota KUB paling banyak 4 orang, ini menjadi 5 orang." in text(html)


class TestEmpty:
    def test_an_officer_begins_a_group_in_the_own_kelurahan(self, cast: Cast) -> None:
        read = text(send(cast.officer_a, url("group_new"), particulars(area=JATIUWUNG)))
        assert "Tambahkan anggotanya" in read
        assert Group.objects.get().area_id == GEMBOR  # there is nothing to choose, whatever is posted

    def test_nobody_forms_one_outside_the_own_area(self, cast: Cast) -> None:
        draft = Group(name="Melati", kind=BusinessKindFactory(), area=area(JATIUWUNG))
        with pytest.raises(PermissionDenied):
            actions.form_group(draft, founders={}, by=cast.officer_a, today=today())
        stranger = graduate(finished_cohort(area(GEBANG_RAYA)))
        draft = Group(name="Melati", kind=BusinessKindFactory(), area=area(GEMBOR))
        with pytest.raises(PermissionDenied):
            actions.form_group(draft, founders={stranger.pk: "member"}, by=cast.officer_a, today=today())
        with pytest.raises(PermissionDenied):
            actions.form_group(draft, founders={}, by=cast.verifier, today=today())

    def test_the_same_name_twice_in_a_kelurahan_is_refused(self, cast: Cast) -> None:
        GroupFactory(name="Melati Rasa", members=0)
        html = send(cast.staff, url("group_new"), particulars(name=" Melati  Rasa "), status=422)
        assert "KUB dengan nama ini sudah ada di kelurahan itu." in text(html)
        send(cast.staff, url("group_new"), particulars(area=GEBANG_RAYA))


class TestConfirmed:
    def test_what_is_lacking_stands_on_the_page_and_keeps_it_from_being_confirmed(self, cast: Cast) -> None:
        group = GroupFactory(state=GroupState.FORMING, members=4, report_number="")
        group.memberships.filter(role="treasurer").update(role="member")
        read = text(page(cast.officer_a, group.get_absolute_url()))
        for sentence in (
            "Anggotanya 4 orang; paling sedikit 5 orang.",
            "Bendahara belum ada.",
            "Tanggal rapat dan nomor berita acara pembentukan belum diisi.",
        ):
            assert sentence in read
        read = text(send(cast.officer_a, url("group_move", group), {}))
        assert "Belum dapat disahkan. Anggotanya 4 orang" in read
        group.refresh_from_db()
        assert group.state == GroupState.FORMING

    def test_a_whole_group_is_confirmed_once(self, cast: Cast) -> None:
        group = GroupFactory(state=GroupState.FORMING)
        assert "Sahkan pembentukan" in page(cast.officer_a, group.get_absolute_url())
        assert "disahkan" in text(send(cast.officer_a, url("group_move", group), {}))
        group.refresh_from_db()
        assert group.state == GroupState.ACTIVE
        assert "sudah berubah sejak halaman dibuka" in text(
            send(cast.officer_a, url("group_move", group), {})
        )

    @pytest.mark.parametrize("who", ["verifier", "head", "treasurer", "kecamatan_officer"])
    def test_others_read_the_page_and_change_nothing(self, cast: Cast, who: str) -> None:
        group = GroupFactory(state=GroupState.FORMING)
        html = page(cast.everybody()[who], group.get_absolute_url())
        assert group.memberships.first().person.name in html
        for name in ("group_move", "member_add", "office", "group_edit", "group_dissolve"):
            assert url(name, group) not in html
        with pytest.raises(PermissionDenied):
            actions.activate(group, by=cast.everybody()[who])


def test_another_area_is_not_found_and_no_account_no_page(cast: Cast) -> None:
    group = GroupFactory(area=area(JATIUWUNG))
    assert client_of(cast.officer_a).get(group.get_absolute_url()).status_code == 404
    assert client_of(cast.leadership).get(group.get_absolute_url()).status_code == 403


def test_names_stay_text(cast: Cast) -> None:
    group = GroupFactory(name="<b>Melati</b>", address="<i>Jl.</i>")
    html = page(cast.staff, group.get_absolute_url())
    assert "<b>Melati" not in html
    assert "<i>Jl." not in html


def selected(html: str) -> set[str]:
    """The graduates whose choice is "member"."""
    return {
        part.partition('"')[0]
        for part in html.split('name="')[1:]
        if part.startswith("jabatan-")
        and '<option value="member" selected>' in part.partition("</select>")[0]
    }
