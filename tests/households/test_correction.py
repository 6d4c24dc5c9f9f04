"""Corrections, new members and changes of status: what they write, what they refuse, two people at once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from households import actions
from households.actions.versions import version_of
from households.household_lifecycle import EXIT
from households.models import Household, Person, RegistryCount, StatusChange
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.problems import Refused
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, HouseholdFactory, PersonFactory, area
from tests.households.filled_forms import REASON, address, form_of, last_change, send, text

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def family():
    return HouseholdFactory(head__name="Rohmat Hidayat", head__sex="L", head__birth_date=date(1968, 3, 12))


class TestHousehold:
    def test_an_officer_corrects_address_and_rt_rw_and_the_history_keeps_it(self, client, cast, family):
        client.force_login(cast.officer_a)
        response = send(client, address("correct", family), address="Gg. Mawar 7", rt="4", rw="RW 12")
        assert response.status_code == 302
        family.refresh_from_db()
        assert (family.address, family.rt, family.rw) == ("Gg. Mawar 7", "004", "012")
        change = last_change(family)
        assert (change.by, change.note, change.action) == ("Sri Wahyuni", REASON, "Koreksi data keluarga")
        assert {field.label for field in change.fields} == {"alamat", "RW"}

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"address": "Gg. Mawar 7", "reason": ""}, "tidak boleh kosong"),
            ({"address": "Gg. Mawar 7", "reason": "ok"}, "Tuliskan alasannya"),
            ({"rt": "4a"}, "harus tiga angka"),
            ({}, "Tidak ada isian yang berubah"),
        ],
    )
    def test_wrong_input_is_refused_and_kept_on_the_form(self, client, cast, family, changes, says):
        client.force_login(cast.officer_a)
        response = send(client, address("correct", family), **changes)
        assert response.status_code == 422
        assert says in text(response)
        assert changes.get("address", family.address) in response.content.decode()
        stored = Household.objects.get(pk=family.pk)
        assert (stored.address, stored.rt) == (family.address, family.rt)

    def test_every_error_is_told_in_one_round(self, client, cast, family):
        client.force_login(cast.officer_a)
        shown = text(send(client, address("correct", family), rt="abc", rw="0", reason=""))
        assert "RT 'abc' harus tiga angka" in shown
        assert "RW '0' harus tiga angka" in shown
        assert "Alasan koreksi : Bidang ini tidak boleh kosong" in shown

    def test_an_officer_changes_neither_rank_nor_kelurahan(self, client, cast, family):
        client.force_login(cast.officer_a)
        response = send(
            client, address("correct", family), rank="1", rank_scale="class", area=JATIUWUNG, address="Baru 1"
        )
        assert response.status_code == 302
        family.refresh_from_db()
        assert (family.rank, family.area_id, family.address) == (2, GEMBOR, "Baru 1")

    def test_the_action_refuses_a_rank_of_an_officer_too(self, cast, family):
        with pytest.raises(Refused, match="hanya diubah oleh Dinas Sosial"):
            actions.correct_household(
                family,
                by=cast.officer_a,
                reason=REASON,
                changes={"rank": 1},
                seen=version_of(family),
                today=TODAY,
            )

    def test_staff_change_the_rank_and_its_group_follows(self, client, cast, family):
        client.force_login(cast.staff)
        assert send(client, address("correct", family), rank="34", rank_scale="percentile").status_code == 302
        family.refresh_from_db()
        assert (family.rank, family.rank_scale, family.rank_group) == (34, "percentile", 4)
        assert RegistryCount.objects.get(households=1).rank_group == 4

    def test_a_rank_off_its_scale_is_refused(self, client, cast, family):
        client.force_login(cast.staff)
        response = send(client, address("correct", family), rank="4", rank_scale="class")
        assert "antara 1 dan 3" in text(response)

    def test_another_kelurahan_is_a_move_with_a_record(self, client, cast, family):
        client.force_login(cast.staff)
        assert send(client, address("correct", family), area=GEBANG_RAYA).status_code == 302
        family.refresh_from_db()
        assert family.area_id == GEBANG_RAYA
        move = StatusChange.objects.get()
        assert (move.kind, move.reason, move.made_by) == ("move", "moved_inside", cast.staff)
        assert any(change.action == "Pindah kelurahan" for change in changes_of(family))

    def test_nobody_moves_a_family_out_of_their_reach(self, cast, family):
        cast.officer_a.area = area(GEMBOR)
        with pytest.raises(Refused, match="di dalam wilayah kerja"):
            actions.correct_household(
                family,
                by=cast.officer_a,
                reason=REASON,
                changes={"area_id": JATIUWUNG},
                seen=version_of(family),
                today=TODAY,
            )
        family.refresh_from_db()
        assert family.area_id == GEMBOR


class TestPerson:
    @pytest.fixture
    def officer(self, client, cast):
        client.force_login(cast.officer_a)
        return client

    def url(self, family) -> str:
        return address("person_correct", family, family.people.get(relation=1).pk)

    @pytest.mark.parametrize(
        ("typed", "stored", "precision"),
        [
            ("13-04-1969", date(1969, 4, 13), "day"),
            ("03-1970", date(1970, 3, 1), "month"),
            ("1971", date(1971, 1, 1), "year"),
            ("5 Juli 1972", date(1972, 7, 5), "day"),
            ("", None, ""),
        ],
    )
    def test_a_birth_date_is_kept_as_far_as_it_is_known(self, officer, family, typed, stored, precision):
        response = send(officer, self.url(family), birth=typed, drop_nik="on")
        assert response.status_code == 302, text(response)
        head = family.people.get()
        assert (head.birth_date, head.birth_precision) == (stored, precision)

    def test_a_date_counted_back_from_an_age_stays_one_when_it_is_not_touched(self, officer, family):
        family.people.update(birth_date=date(1968, 1, 1), birth_precision="age", nik=None)
        assert send(officer, self.url(family), occupation="Pedagang").status_code == 302
        assert family.people.get().birth_precision == "age"

    @pytest.mark.parametrize("typed", ["31-02-1980", "2090", "besok", "00-00-1975"])
    def test_an_impossible_date_is_refused(self, officer, family, typed):
        response = send(officer, self.url(family), birth=typed)
        assert response.status_code == 422
        assert family.people.get().birth_date == date(1968, 3, 12)

    def test_the_name_is_found_under_its_new_spelling(self, officer, family):
        send(officer, self.url(family), name="  Rochmat   Hidayat ")
        family.refresh_from_db()
        assert family.head_name == "Rochmat Hidayat"
        assert family.search_key == "rochmat hidayat"

    @pytest.mark.parametrize(
        ("number", "says"),
        [
            ("99710112036800", "harus 16 angka"),
            ("9971013213680001", "mustahil"),
            ("9971011203680000", "0000"),
            ("997101120368000X", "huruf"),
        ],
    )
    def test_a_number_of_wrong_format_is_refused(self, officer, family, number, says):
        before = family.people.get().nik
        response = send(officer, self.url(family), nik=number, accept="1")
        assert response.status_code == 422
        assert says in text(response)
        assert family.people.get().nik == before

    def test_every_error_is_told_in_one_round(self, officer, family):
        wrong = {"name": "", "nik": "123", "kk": "99710112", "birth": "31-02-1970"}
        shown = text(send(officer, address("person_add", family), **wrong))
        assert "Nama : Bidang ini tidak boleh kosong" in shown
        for label in ("NIK", "Nomor Kartu Keluarga", "Tanggal lahir"):
            assert f" {label} : " in shown, label
        assert "Alasan penambahan" in shown

    def test_a_doubtful_number_is_saved_once_it_is_confirmed(self, officer, family):
        response = send(officer, self.url(family), nik="9971011303680001")
        assert response.status_code == 422
        assert "Tanggal lahir dalam NIK berbeda" in text(response)
        assert "Simpan walau ada catatan" in text(response)
        assert family.people.get().nik != "9971011303680001"
        assert send(officer, self.url(family), nik="9971011303680001", accept="1").status_code == 302
        head = family.people.get()
        assert head.nik == "9971011303680001"
        assert head.identity_notes == ["birth_date_differs", "other_region"]

    def test_a_number_from_elsewhere_does_not_ask_again_when_something_else_changes(self, officer, family):
        family.people.update(nik="1271011203680001")
        assert send(officer, self.url(family), sex="L", birth_place="Medan").status_code == 302
        assert family.people.get().identity_notes == ["other_region"]

    def test_the_note_of_a_numeric_cell_stays_until_the_number_is_entered_anew(self, officer, family):
        family.people.update(identity_notes=["numeric_cell"])
        send(officer, self.url(family), occupation="Pedagang")
        assert "numeric_cell" in family.people.get().identity_notes
        send(officer, self.url(family), nik="3671011203680005", accept="1")
        assert "numeric_cell" not in family.people.get().identity_notes

    def test_an_empty_number_stays_and_the_box_takes_it_away(self, officer, family):
        number = family.people.get().nik
        send(officer, self.url(family), occupation="Pedagang")
        assert family.people.get().nik == number
        send(officer, self.url(family), drop_nik="on")
        assert family.people.get().nik is None
        assert [field.label for field in last_change(family).fields] == ["NIK"]
        assert number not in str(changes_of(family))

    def test_a_number_that_somebody_else_has_is_said_without_telling_whose_elsewhere(self, officer, family):
        twin = HouseholdFactory(area=area(JATIUWUNG), head__name="Candra", head__nik="9971011203680077")
        response = send(officer, self.url(family), nik=twin.people.get().nik)
        assert "sudah tercatat di wilayah lain" in text(response)
        assert "Candra" not in text(response)
        asked = AccessLog.objects.get()
        assert (asked.action, asked.by.username) == ("search", "sri.gembor")
        assert "9971********0077" in asked.what
        send(officer, self.url(family), nik=twin.people.get().nik, accept="1")
        assert family.people.get().nik == "9971011203680077"
        assert AccessLog.objects.count() == 2  # who accepts at once has learnt it too
        near = HouseholdFactory(head__name="Dewi", head__nik="9971011203680088")
        assert "sudah tercatat pada Dewi" in text(send(officer, self.url(family), nik=near.people.get().nik))

    def test_a_second_head_is_refused(self, officer, family):
        child = PersonFactory(household=family, nik=None)
        response = send(officer, address("person_correct", family, child.pk), relation="1")
        assert response.status_code == 422
        assert "sudah mempunyai kepala" in text(response)

    def test_the_last_head_is_taken_away_only_after_a_question(self, officer, family):
        assert "tanpa kepala" in text(send(officer, self.url(family), relation="3"))
        assert send(officer, self.url(family), relation="3", accept="1").status_code == 302
        family.refresh_from_db()
        assert family.head_name == ""

    def test_markup_in_a_name_stays_text(self, officer, family):
        send(officer, self.url(family), name="<b>Ali</b>")
        assert "<b>Ali</b>" not in officer.get(family.get_absolute_url()).content.decode()

    def test_the_form_never_holds_the_number(self, officer, family):
        number = family.people.get().nik
        page = officer.get(self.url(family)).content.decode()
        assert number not in page
        assert f"{number[:4]}********{number[-4:]}" in page


class TestTwoAtOnce:
    def test_the_second_learns_what_is_recorded_now_and_loses_nothing(self, client, cast, family):
        url = address("correct", family)
        client.force_login(cast.officer_a)
        opened = form_of(client, url)
        client.force_login(cast.staff)
        assert send(client, url, address="Gg. Mawar 7").status_code == 302
        client.force_login(cast.officer_a)
        response = client.post(url, opened | {"address": "Gg. Kenanga 9", "reason": REASON})
        assert response.status_code == 422
        assert "baru saja diubah orang lain" in text(response)
        assert "Alamat: Gg. Mawar 7" in text(response)
        assert 'value="Gg. Kenanga 9"' in response.content.decode()
        family.refresh_from_db()
        assert family.address == "Gg. Mawar 7"
        seen = re.search(r'name="seen" value="(\w+)"', response.content.decode())
        again = opened | {"address": "Gg. Kenanga 9", "reason": REASON, "seen": seen[1]}
        assert client.post(url, again).status_code == 302
        family.refresh_from_db()
        assert family.address == "Gg. Kenanga 9"

    def test_a_number_entered_meanwhile_counts_as_a_change(self, cast, family):
        head = family.people.get()
        seen = version_of(head)
        Person.objects.filter(pk=head.pk).update(nik="9971011203680099")
        with pytest.raises(Refused, match="baru saja diubah"):
            actions.correct_person(
                head, by=cast.officer_a, reason=REASON, changes={"name": "X"}, seen=seen, today=TODAY
            )

    def test_the_version_tells_nothing_of_the_number(self, family):
        assert family.people.get().nik not in version_of(family.people.get())


class TestNewMember:
    def test_is_added_and_the_history_says_by_whom(self, client, cast, family):
        client.force_login(cast.officer_a)
        response = send(
            client, address("person_add", family), name="Aisyah Putri", relation="5", sex="P", birth="02-2011"
        )
        assert response.status_code == 302
        child = family.people.get(name="Aisyah Putri")
        assert (child.relation, child.birth_precision, child.name_key) == (5, "month", "aisyah putri")
        family.refresh_from_db()
        assert family.member_count == 2
        change = last_change(family)
        assert (change.action, change.by, change.note) == ("Tambah anggota", "Sri Wahyuni", REASON)

    def test_without_a_name_nobody_is_added(self, client, cast, family):
        client.force_login(cast.officer_a)
        assert send(client, address("person_add", family), name="  ").status_code == 422
        assert family.people.count() == 1


class TestWhoMay:
    PAGES = ("correct", "person_add", "person_correct", "status")

    def url(self, name, family) -> str:
        more = [family.people.get().pk] if name == "person_correct" else []
        return address(name, family, *more)

    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("who", ["kecamatan_officer", "leadership", "treasurer"])
    def test_others_are_refused(self, client, cast, family, name, who):
        client.force_login(getattr(cast, who))
        assert client.get(self.url(name, family)).status_code == 403
        assert client.post(self.url(name, family)).status_code == 403

    @pytest.mark.parametrize("name", ["correct", "person_add", "person_correct"])
    def test_another_area_does_not_exist(self, client, cast, family, name):
        client.force_login(cast.officer_b)
        assert client.get(self.url(name, family)).status_code == 404
        assert client.post(self.url(name, family)).status_code == 404

    def test_an_officer_does_not_change_the_status(self, client, cast, family):
        client.force_login(cast.officer_a)
        assert client.post(address("status", family)).status_code == 403

    def test_the_actions_hold_the_area_themselves(self, cast, family):
        head = family.people.get()
        with pytest.raises(PermissionDenied):
            actions.correct_person(
                head,
                by=cast.officer_b,
                reason=REASON,
                changes={"name": "X"},
                seen=version_of(head),
                today=TODAY,
            )
        with pytest.raises(PermissionDenied):
            actions.change_status(
                family,
                move=EXIT,
                by=cast.officer_a,
                reason="died",
                evidence="BA 1",
                effective_on=TODAY,
                today=TODAY,
            )
