"""Visits through their pages: written down on a phone, sent twice, corrected, with a photo; the list of a group."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from kub.lifecycle import GroupState
from kub.models import Group, Visit
from tangerang_poverty.audit.history import changes_of
from tests.factories import UserFactory
from tests.kit.uploaded import PROGRAM, pdf, photo_with_place, upload
from tests.kub.factories import GroupFactory, MembershipFactory, VisitFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def group(cast):
    return GroupFactory()


@pytest.fixture
def officer(cast, client):
    client.force_login(cast.officer_a)
    return client


def filled(group, *, active=3, **data):
    """What somebody fills in: three of the members at work."""
    members = list(group.memberships.live().order_by("pk").values_list("pk", flat=True))
    return {
        "kunci": str(uuid.uuid4()),
        "visited_on": TODAY.isoformat(),
        "active": members[:active],
        "turnover": "3.000.000",
        "costs": "2.100.000",
        "stock": "",
        "problem": "Oven sering mati",
        "next_visit_on": (TODAY + timedelta(days=30)).isoformat(),
    } | data


def record(client, group, data=None, *, fragment=False, **more):
    headers = {"X-Bagian": "1"} if fragment else {}
    address = reverse("kub:visit_new", args=[group.pk])
    return client.post(address, data or filled(group, **more), headers=headers, follow=not fragment)


class TestRecording:
    def test_what_was_found_is_written_down(self, officer, cast, group):
        text = record(officer, group).content.decode()
        visit = Visit.objects.get()
        assert "tersimpan." in text
        assert (visit.turnover, visit.costs, visit.profit, visit.stock) == (3_000_000, 2_100_000, 900_000, 0)
        assert (visit.active_members, visit.present.count(), visit.made_by) == (3, 3, cast.officer_a)
        for member in visit.present.select_related("person"):
            assert member.person.name in text

    def test_sent_twice_it_is_recorded_once(self, officer, group):
        data = filled(group)
        first, second = record(officer, group, data), record(officer, group, data)
        assert (first.status_code, second.status_code) == (200, 200)
        assert Visit.objects.count() == 1

    def test_two_visits_on_one_day_are_two(self, officer, group):
        record(officer, group)
        record(officer, group)
        assert Visit.objects.count() == 2

    def test_the_phone_gets_a_fragment(self, officer, group):
        text = record(officer, group, fragment=True).content.decode()
        assert "<html" not in text
        assert "3 anggota aktif, omzet Rp3.000.000, laba Rp900.000" in text
        answer = record(officer, group, fragment=True, turnover="banyak")
        assert answer.status_code == 422
        assert "<html" not in answer.content.decode()

    def test_a_loss_is_said(self, officer, group):
        text = record(officer, group, fragment=True, costs="4000000").content.decode()
        assert "rugi −Rp1.000.000" in text

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"visited_on": (TODAY + timedelta(days=1)).isoformat()}, "belum tiba"),
            ({"visited_on": "2001-01-01"}, "baru dibentuk"),
            ({"next_visit_on": TODAY.isoformat()}, "harus sesudah kunjungan ini"),
            ({"next_visit_on": (TODAY + timedelta(days=800)).isoformat()}, "paling lama setahun"),
            ({"turnover": ""}, "turnover"),
            ({"turnover": "-1"}, "tidak boleh kurang dari nol"),
            ({"costs": "1,5"}, "tanpa sen"),
            ({"turnover": "99999999999"}, "Paling banyak Rp10.000.000.000."),
            ({"kunci": "bukan kunci"}, "Permintaan ini tidak lengkap"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(self, officer, group, data, sentence):
        answer = record(officer, group, **data)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in text
        assert "Oven sering mati" in text
        assert text.count("checked") == 3
        assert not Visit.objects.exists()

    def test_who_is_no_member_is_not_counted(self, officer, group):
        stranger = MembershipFactory().pk
        assert record(officer, group, filled(group) | {"active": [stranger]}).status_code == 422
        gone = group.memberships.first()
        data = filled(group)
        gone.left_on, gone.leave_reason = TODAY - timedelta(days=1), "moved"
        gone.save()
        assert record(officer, group, data).status_code == 422
        assert not Visit.objects.exists()

    def test_a_group_that_has_ended_is_not_visited(self, officer, group):
        Group.objects.filter(pk=group.pk).update(
            state=GroupState.DISSOLVED, dissolved_on=TODAY, dissolve_reason="Bubar"
        )
        assert "sudah bubar" in record(officer, group).content.decode()

    def test_a_key_of_somebody_elses_visit_gives_nothing_away(self, officer, group):
        other = VisitFactory(group=group, made_by=UserFactory())
        answer = record(officer, group, kunci=str(other.request_key))
        assert answer.status_code == 422
        assert Visit.objects.count() == 1

    def test_the_head_reads_only(self, client, cast, group):
        client.force_login(cast.head)
        assert record(client, group).status_code == 403


class TestPhoto:
    def photo(self, officer, group, content=None, name="IMG_1.jpg"):
        photo = upload(photo_with_place() if content is None else content, name)
        return record(officer, group, photo=photo)

    def test_it_is_drawn_anew_and_shown(self, officer, group):
        self.photo(officer, group)
        visit = Visit.objects.get()
        answer = officer.get(reverse("kub:visit_photo", args=[visit.pk]))
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"\xff\xd8\xff")
        assert b"RAHASIA" not in content
        assert answer["Content-Security-Policy"].endswith("sandbox")

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [(PROGRAM, "program Windows"), (pdf(), "di sini hanya foto"), (b"", "kosong")],
    )
    def test_what_is_none_is_refused(self, officer, group, content, sentence):
        answer = self.photo(officer, group, content)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Visit.objects.exists()

    def test_without_one_there_is_nothing_to_see(self, officer, group):
        record(officer, group)
        address = reverse("kub:visit_photo", args=[Visit.objects.get().pk])
        assert officer.get(address).status_code == 404


class TestCorrection:
    def edit(self, client, visit, **data):
        address = reverse("kub:visit_edit", args=[visit.pk])
        text = client.get(address).content.decode()
        seen = text.split('name="seen" value="')[1].split('"')[0]
        return client.post(address, filled(visit.group) | {"seen": seen} | data)

    def test_a_zero_too_many(self, officer, cast, group):
        record(officer, group, turnover="30.000.000")
        visit = Visit.objects.get()
        assert self.edit(officer, visit, turnover="3.000.000", active=[]).status_code == 302
        visit.refresh_from_db()
        assert (visit.turnover, visit.active_members, visit.present.count()) == (3_000_000, 0, 0)
        change = changes_of(visit)[0]
        assert change.by == str(cast.officer_a)
        assert ("anggota yang aktif", "3", "0") in [(one.label, one.old, one.new) for one in change.fields]

    def test_two_at_once(self, officer, group):
        record(officer, group)
        visit = Visit.objects.get()
        address = reverse("kub:visit_edit", args=[visit.pk])
        seen = officer.get(address).content.decode().split('name="seen" value="')[1].split('"')[0]
        Visit.objects.filter(pk=visit.pk).update(turnover=1)
        answer = officer.post(address, filled(group) | {"seen": seen})
        assert answer.status_code == 422
        assert "sudah diubah orang lain" in answer.content.decode()

    def test_by_who_recorded_it_or_the_staff(self, client, cast, group):
        visit = VisitFactory(group=group, made_by=cast.officer_a)
        address = reverse("kub:visit_edit", args=[visit.pk])
        client.force_login(cast.kecamatan_officer)
        assert client.get(address).status_code == 403
        client.force_login(cast.staff)
        assert self.edit(client, visit).status_code == 302

    def test_another_photo_takes_the_place_of_the_first(
        self, officer, group, django_capture_on_commit_callbacks
    ):
        record(officer, group, photo=upload(photo_with_place()))
        visit = Visit.objects.get()
        first = visit.photo.name
        with django_capture_on_commit_callbacks(execute=True):
            self.edit(officer, visit, photo=upload(photo_with_place((500, 300))))
        visit.refresh_from_db()
        assert default_storage.exists(visit.photo.name)
        assert not default_storage.exists(first)

    def test_without_another_the_photo_stays(self, officer, group):
        record(officer, group, photo=upload(photo_with_place()))
        visit = Visit.objects.get()
        self.edit(officer, visit)
        visit.refresh_from_db()
        assert default_storage.exists(visit.photo.name)


class TestTheList:
    def test_the_latest_first_with_what_is_bad_marked(self, officer, group):
        VisitFactory(group=group, visited_on=TODAY - timedelta(days=40), turnover=0, costs=50_000)
        VisitFactory(group=group, visited_on=TODAY - timedelta(days=5), turnover=2_000_000)
        text = officer.get(reverse("kub:visits", args=[group.pk])).content.decode()
        assert text.index("2.000.000") < text.index('<span class="bk-state is-bad">0</span>')
        assert "−50.000" in text
        assert "5 hari lalu" in text

    def test_a_planned_day_that_has_passed(self, officer, group):
        VisitFactory(
            group=group,
            visited_on=TODAY - timedelta(days=70),
            next_visit_on=TODAY - timedelta(days=10),
        )
        text = officer.get(reverse("kub:visits", args=[group.pk])).content.decode()
        assert "sudah lewat" in text
        assert '<span class="bk-state is-warn">70 hari lalu</span>' in text

    def test_of_a_group_nobody_has_visited(self, officer, group):
        text = officer.get(reverse("kub:visits", args=[group.pk])).content.decode()
        assert "belum pernah dikunjungi" in text
        assert '<span class="bk-state is-bad">200 hari sejak dibentuk</span>' in text
