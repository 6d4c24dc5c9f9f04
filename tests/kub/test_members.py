"""Who joins a group, who leaves it, who holds its offices; and what the database refuses besides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from households.models import Household, Person
from kub.actions import members as actions
from kub.lifecycle import GroupState
from kub.models import Group, Membership, Policy
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.kit.problems import Refused
from tests.cast import Cast
from tests.factories import GEBANG_RAYA, JATIUWUNG, PersonFactory, area
from tests.kub.factories import GroupFactory, MembershipFactory, finished_cohort, graduate
from tests.kub.group_pages import names, page, send, text, url
from tests.trainings.factories import PastTrainingFactory

pytestmark = pytest.mark.django_db


def today() -> Any:
    return timezone.localdate()


def free_graduate(place: str | None = None, **values: Any) -> Person:
    person = graduate(finished_cohort(area(place) if place else None))
    if values:
        Person.objects.filter(pk=person.pk).update(**values)
        person.refresh_from_db()
    return person


def joining(person: Person, **more: Any) -> dict[str, Any]:
    return {"person": person.pk, "joined_on": str(today()), "role": "member"} | more


class TestJoining:
    def test_the_page_offers_who_is_free_and_finds_others_with_the_reason(self, cast: Cast) -> None:
        group = GroupFactory(members=1)
        free = free_graduate(name="Siti Bebas", name_key="siti bebas")
        taken = MembershipFactory(group=GroupFactory(name="Mawar", members=0)).person
        nobody = PersonFactory(household=free.household, name="Tanpa Lulus", name_key="tanpa lulus")
        html = page(cast.officer_a, url("member_add", group))
        assert free.name in html
        assert taken.name not in html
        assert nobody.name not in html
        word = taken.name.split()[-1]
        read = text(page(cast.officer_a, url("member_add", group, query=f"?cari={word}")))
        assert "Masih anggota KUB Mawar." in read
        assert "Tidak ada lulusan bernama itu" in text(
            page(cast.officer_a, url("member_add", group, query="?cari=tanpa"))
        )

    def test_a_graduate_joins(self, cast: Cast) -> None:
        group, person = GroupFactory(), free_graduate()
        read = text(send(cast.officer_a, url("member_add", group), joining(person)))
        assert f"{person} menjadi anggota KUB {group}." in read
        assert person.name in names(group)
        assert "Anggota KUB masuk" in {change.action for change in changes_of(group)}
        read = text(send(cast.officer_a, url("member_add", group), joining(person), status=422))
        assert "Sudah anggota KUB ini." in read

    def test_who_graduated_according_to_the_past_joins_too(self, cast: Cast) -> None:
        group = GroupFactory(members=1)
        person = PersonFactory(household=free_graduate().household, family_number=2)
        PastTrainingFactory(person=person)
        send(cast.officer_a, url("member_add", group), joining(person))
        assert person.name in names(group)

    def test_a_vacant_office_may_be_given_at_once_and_a_held_one_not(self, cast: Cast) -> None:
        group, free = GroupFactory(members=2), free_graduate()  # chair and secretary
        html = page(cast.officer_a, url("member_add", group))
        assert 'value="treasurer"' in html
        assert 'value="chair"' not in html
        send(cast.officer_a, url("member_add", group), joining(free, role="treasurer"))
        with pytest.raises(Refused, match="Ketua sudah dijabat"):
            actions.add_member(
                group, person=free_graduate(), joined_on=today(), role="chair", by=cast.staff, today=today()
            )

    def test_a_second_of_the_family_is_refused(self, cast: Cast) -> None:
        group = GroupFactory(members=1)
        held = group.memberships.get()
        person = PersonFactory(household=held.household, family_number=held.family_number)
        PastTrainingFactory(person=person)
        read = text(send(cast.officer_a, url("member_add", group), joining(person), status=422))
        assert f"Keluarga ini sudah mempunyai anggota: {held.person}." in read

    def test_another_family_of_the_same_house_may_join(self, cast: Cast) -> None:
        group = GroupFactory(members=1)
        person = PersonFactory(household=group.memberships.get().household, family_number=2)
        PastTrainingFactory(person=person)
        send(cast.officer_a, url("member_add", group), joining(person))

    def test_one_from_another_kelurahan_of_the_kecamatan_joins_and_from_another_kecamatan_not(
        self, cast: Cast
    ) -> None:
        group, neighbour, stranger = GroupFactory(), free_graduate(GEBANG_RAYA), free_graduate(JATIUWUNG)
        send(cast.staff, url("member_add", group), joining(neighbour))
        read = text(send(cast.staff, url("member_add", group), joining(stranger), status=422))
        assert "Tinggal di Kecamatan Cibodas; KUB ini di Kecamatan Periuk." in read
        third = free_graduate(GEBANG_RAYA)
        send(cast.officer_a, url("member_add", group), joining(third), status=404)
        with pytest.raises(PermissionDenied):
            actions.add_member(group, person=third, joined_on=today(), by=cast.officer_a, today=today())

    @pytest.mark.parametrize(
        ("days", "sentence"), [(1, "Tanggal masuk belum tiba."), (-201, "Tanggal masuk sebelum KUB dibentuk")]
    )
    def test_the_day_lies_between_the_founding_and_today(self, cast: Cast, days: int, sentence: str) -> None:
        group = GroupFactory()
        data = joining(free_graduate(), joined_on=str(today() + timedelta(days=days)))
        assert sentence in text(send(cast.officer_a, url("member_add", group), data, status=422))

    def test_a_full_group_takes_nobody(self, cast: Cast) -> None:
        Policy(min_members=3, max_members=5).save()
        group = GroupFactory(members=5)
        data = joining(free_graduate())
        read = text(send(cast.officer_a, url("member_add", group), data, status=422))
        assert "Anggota KUB paling banyak 5 orang, ini menjadi 6 orang." in read

    def test_without_a_choice_it_says_so(self, cast: Cast) -> None:
        group = GroupFactory()
        send(cast.officer_a, url("member_add", group), {"joined_on": str(today())}, status=422)
        send(cast.officer_a, url("member_add", group), joining(free_graduate()) | {"person": 0}, status=404)

    def test_a_number_is_never_searched_by_address(self, cast: Cast) -> None:
        group = GroupFactory()
        html = send_search(cast, group, "9971014107850001")
        assert "NIK tidak dicari lewat alamat halaman" in text(html)


def send_search(cast: Cast, group: Group, search: str) -> str:
    from tests.kub.group_pages import client_of

    client = client_of(cast.staff)
    answer = client.get(url("member_add", group), {"cari": search})
    assert answer["Location"] == url("member_add", group)
    return client.get(answer["Location"]).content.decode()


class TestLeaving:
    def leaving(self, **more: Any) -> dict[str, Any]:
        return {"left_on": str(today()), "reason": "work", "note": ""} | more

    def test_somebody_leaves_with_the_reason_and_stays_on_record(self, cast: Cast) -> None:
        group = GroupFactory(members=6)
        gone = group.memberships.filter(role="member").first()
        address = url("member_leave", gone)
        assert address in page(cast.officer_a, group.get_absolute_url())
        read = text(send(cast.officer_a, address, self.leaving(note="di Bekasi")))
        assert f"{gone.person} dicatat keluar." in read
        assert "Yang sudah keluar, 1 orang" in read
        assert "Bekerja di tempat lain: di Bekasi" in read
        assert gone.person.name not in names(group)
        page(cast.officer_a, address, status=404)
        MembershipFactory(person=gone.person, group=GroupFactory(members=0))  # is free again

    def test_below_the_least_it_asks_once_more(self, cast: Cast) -> None:
        group = GroupFactory(members=5)
        gone = group.memberships.filter(role="member").first()
        html = send(cast.officer_a, url("member_leave", gone), self.leaving(), status=422)
        assert f"Setelah {gone.person} keluar, anggotanya tinggal 4 orang, kurang dari 5." in text(html)
        assert 'name="accept"' in html
        assert group.memberships.live().count() == 5
        send(cast.officer_a, url("member_leave", gone), self.leaving(accept="1"))
        assert group.memberships.live().count() == 4

    def test_a_group_that_is_still_forming_does_not_ask(self, cast: Cast) -> None:
        group = GroupFactory(members=2, state=GroupState.FORMING)
        send(cast.officer_a, url("member_leave", group.memberships.first()), self.leaving())

    def test_an_office_becomes_vacant(self, cast: Cast) -> None:
        group = GroupFactory(members=6)
        chair = group.memberships.get(role="chair")
        assert "Jabatan ketua menjadi kosong" in text(page(cast.officer_a, url("member_leave", chair)))
        read = text(send(cast.officer_a, url("member_leave", chair), self.leaving()))
        assert "Ketua belum ada" in read

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"reason": ""}, "Alasan"),
            ({"reason": "office"}, "Alasan"),
            ({"reason": "other"}, "Tuliskan alasannya pada keterangan."),
            ({"left_on": "2999-01-01"}, "Tanggal ini belum tiba."),
            ({"left_on": "2001-01-01"}, "saat ia mulai."),
        ],
    )
    def test_needs_a_reason_and_a_day_that_can_be(
        self, cast: Cast, more: dict[str, Any], sentence: str
    ) -> None:
        gone = GroupFactory(members=6).memberships.first()
        assert sentence in text(
            send(cast.officer_a, url("member_leave", gone), self.leaving(**more), status=422)
        )
        gone.refresh_from_db()
        assert gone.left_on is None

    def test_leaving_twice_is_refused(self, cast: Cast) -> None:
        gone = GroupFactory(members=7).memberships.first()
        twice = {"left_on": today(), "reason": "work", "by": cast.staff, "today": today()}
        actions.leave(gone, **twice)
        with pytest.raises(Refused, match="sudah berubah"):
            actions.leave(gone, **twice)


class TestOffices:
    def choices(self, group: Group, **more: Any) -> dict[str, Any]:
        held = {one.role: one.pk for one in group.memberships.live().exclude(role="member")}
        return {"on": str(today()), "chair": "", "secretary": "", "treasurer": ""} | held | more

    def test_another_takes_the_chair_and_the_former_stays_as_a_member(self, cast: Cast) -> None:
        group = GroupFactory()
        before = group.memberships.get(role="chair")
        other = group.memberships.filter(role="member").first()
        read = text(send(cast.officer_a, url("office", group), self.choices(group, chair=other.pk)))
        assert "Pengurus tersimpan." in read
        live = group.memberships.live()
        assert live.get(role="chair").person == other.person
        assert live.get(person=before.person).role == "member"
        assert live.count() == 5
        before.refresh_from_db()
        assert (before.left_on, before.leave_reason) == (today(), "office")
        assert "Yang sudah keluar" not in read  # nobody has left
        assert f"{before.joined_on.day} " in read  # since when they belong to it is not forgotten
        assert f"Anggota: {before.person}; Ketua: {other.person}" in read

    def test_two_change_places(self, cast: Cast) -> None:
        group = GroupFactory()
        chair, secretary = (group.memberships.get(role=role) for role in ("chair", "secretary"))
        data = self.choices(group, chair=secretary.pk, secretary=chair.pk)
        send(cast.officer_a, url("office", group), data)
        live = group.memberships.live()
        assert live.get(role="chair").person == secretary.person
        assert live.get(role="secretary").person == chair.person

    def test_the_same_as_before_writes_nothing(self, cast: Cast) -> None:
        group = GroupFactory()
        assert "Pengurus tidak berubah." in text(
            send(cast.officer_a, url("office", group), self.choices(group))
        )
        assert group.memberships.count() == 5

    def test_nobody_holds_two(self, cast: Cast) -> None:
        group = GroupFactory()
        chair = group.memberships.get(role="chair")
        data = self.choices(group, secretary=chair.pk)
        read = text(send(cast.officer_a, url("office", group), data, status=422))
        assert f"{chair.person} hanya dapat memegang satu jabatan." in read

    def test_an_office_may_be_left_vacant(self, cast: Cast) -> None:
        group = GroupFactory()
        send(cast.officer_a, url("office", group), self.choices(group, treasurer=""))
        assert not group.memberships.live().filter(role="treasurer").exists()

    def test_a_day_before_they_joined_is_refused(self, cast: Cast) -> None:
        group = GroupFactory()
        other = group.memberships.filter(role="member").first()
        data = self.choices(group, chair=other.pk, on="2001-01-01")
        assert "saat ia mulai" in text(send(cast.officer_a, url("office", group), data, status=422))

    def test_somebody_of_another_group_is_no_choice(self, cast: Cast) -> None:
        group, stranger = GroupFactory(), MembershipFactory()
        data = self.choices(group, chair=stranger.pk)
        send(cast.officer_a, url("office", group), data, status=422)
        with pytest.raises(Refused):
            actions.give_offices(
                group, officers={"chair": stranger}, on=today(), by=cast.staff, today=today()
            )

    def test_who_has_moved_to_another_kecamatan_takes_no_office(self, cast: Cast) -> None:
        group = GroupFactory()
        moved = group.memberships.filter(role="member").first()
        Household.objects.filter(pk=moved.household_id).update(area=area(JATIUWUNG))
        data = self.choices(group, chair=moved.pk)
        read = text(send(cast.officer_a, url("office", group), data, status=422))
        assert f"{moved.person}: Tinggal di Kecamatan Cibodas" in read


def test_the_family_of_a_member_opens_only_inside_the_readers_area(cast: Cast) -> None:
    group = GroupFactory(members=1)
    neighbour = MembershipFactory(group=group, person=free_graduate(GEBANG_RAYA))
    own = group.memberships.first().household
    html = page(cast.officer_a, group.get_absolute_url())
    assert own.get_absolute_url() in html
    assert neighbour.person.name in html
    assert neighbour.household.get_absolute_url() not in html
    assert neighbour.household.get_absolute_url() in page(cast.staff, group.get_absolute_url())


def test_a_dissolved_group_changes_no_more(cast: Cast) -> None:
    group = GroupFactory()
    member = group.memberships.first()
    Group.objects.filter(pk=group.pk).update(
        state=GroupState.DISSOLVED, dissolved_on=today(), dissolve_reason="Selesai"
    )
    with pytest.raises(Refused, match="sudah bubar"):
        actions.add_member(group, person=free_graduate(), joined_on=today(), by=cast.staff, today=today())
    with pytest.raises(Refused, match="sudah bubar"):
        actions.give_offices(
            group, officers={Membership.Role.CHAIR: member}, on=today(), by=cast.staff, today=today()
        )
