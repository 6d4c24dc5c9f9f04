"""The admin: one door, scoped, masked, audited, nothing deleted."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can, Role
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.history import changes_of
from tangerang_poverty.backoffice import BackofficeAdmin, BackofficeForm
from tangerang_poverty.kit.encrypted import EncryptedTextField
from tests.factories import GEMBOR, JATIUWUNG, PERIUK, PersonFactory, UserFactory, area

pytestmark = pytest.mark.django_db


def test_every_page_of_the_admin_stands_on_our_base():
    pages = admin.site._registry
    assert {Area, User} <= set(pages)
    assert all(isinstance(page, BackofficeAdmin) for page in pages.values())


def test_no_page_lists_filters_or_searches_by_a_bare_identifier():
    for model, page in admin.site._registry.items():
        identifiers = {
            field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)
        }
        shown = {*page.list_display, *page.readonly_fields, *page.list_filter}
        shown |= {name.split("__")[-1].lstrip("=^@") for name in page.search_fields}
        assert not identifiers & {name for name in shown if isinstance(name, str)}, model


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("accounts_user", "password__startswith=argon2"),
        ("accounts_user", "password__regex=a"),
        ("accounts_user", "last_login__gt=2020-01-01"),
        ("accounts_user", "authenticator__data__contains=x"),
        ("accounts_user", "is_active__exact=%00"),
        ("accounts_user", "peran=%00"),
        ("accounts_user", "is_superuser=1"),
        ("audit_accesslog", "action__exact=%00"),
        ("audit_accesslog", "by__password__startswith=argon2"),
        ("audit_accesslog", "at__year=9999"),
        ("audit_accesslog", "at__year=%00"),
        ("areas_area", "name__contains=%00"),
        ("areas_area", "code=99999999999999999999999"),
    ],
)
def test_an_address_asks_only_for_what_the_page_offers(client, cast, page, lookup):
    client.force_login(cast.administrator)
    assert client.get(f"{reverse(f'admin:{page}_changelist')}?{lookup}").status_code == 400


def test_every_filter_that_is_offered_works(client, cast):
    client.force_login(cast.administrator)
    for page in ("accounts_user", "areas_area", "audit_accesslog", "households_importbatch"):
        url = reverse(f"admin:{page}_changelist")
        shown = client.get(url).context["cl"]
        links = [choice["query_string"] for spec in shown.filter_specs for choice in spec.choices(shown)]
        assert links, page
        assert {client.get(url + link).status_code for link in links} == {200}, page
    days = reverse("admin:audit_accesslog_changelist") + "?at__year=2026&at__month=11&at__day=25"
    assert client.get(days).status_code == 200


def test_the_admin_has_no_sign_in_form_of_its_own(client):
    answer = client.get(reverse("admin:login"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_an_officer_is_refused_at_the_door(client, cast):
    client.force_login(cast.officer_a)
    assert client.get(reverse("admin:index")).status_code == 403
    assert client.get(reverse("admin:login")).status_code == 403


def test_the_administrator_manages_people_and_areas_and_reads_the_log(client, cast):
    client.force_login(cast.administrator)
    for name in ("accounts_user", "areas_area", "audit_accesslog"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
    assert client.get(reverse("admin:accounts_user_add")).status_code == 200
    assert client.get(reverse("admin:areas_area_add")).status_code == 403
    assert client.get(reverse("admin:audit_accesslog_add")).status_code == 403


def test_staff_may_enter_but_manage_no_people(client, cast):
    client.force_login(cast.staff)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_nothing_can_be_deleted_by_anybody(client, cast):
    client.force_login(cast.administrator)
    for model, page in admin.site._registry.items():
        assert not page.has_delete_permission(None), model
    url = reverse("admin:accounts_user_delete", args=[cast.staff.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


def test_pages_obey_the_content_security_policy(client, cast):
    client.force_login(cast.administrator)
    for name in ("index", "accounts_user_changelist", "accounts_user_add", "areas_area_changelist"):
        page = client.get(reverse(f"admin:{name}")).content.decode()
        assert "<script>" not in page
        assert " style=" not in page
        assert " onclick=" not in page


class TestPeople:
    @pytest.fixture
    def new(self, client, cast):
        client.force_login(cast.administrator)
        form = {
            "username": "wati",
            "full_name": "Wati Lestari",
            "unit": "",
            "area": GEMBOR,
            "role": Role.KELURAHAN_OFFICER.value,
            "is_active": "on",
        }
        return client.post(reverse("admin:accounts_user_add"), form, follow=True)

    def test_a_new_account_gets_one_role_an_area_and_a_password_shown_once(self, new, client):
        user = User.objects.get(username="wati")
        assert [group.name for group in user.groups.all()] == [Role.KELURAHAN_OFFICER.value]
        assert user.area_id == GEMBOR
        password = next(str(m) for m in new.context["messages"] if "Kata sandi" in str(m)).split(": ")[1][:14]
        assert user.check_password(password)
        assert LogEntry.objects.filter(object_id=str(user.pk)).exists()

    def test_the_new_password_stands_in_no_cookie(self, client, cast):
        client.force_login(cast.administrator)
        picked = {"action": "give_new_password", "_selected_action": [cast.staff.pk]}
        answer = client.post(reverse("admin:accounts_user_changelist"), picked)
        assert set(answer.cookies) <= {"sessionid", "csrftoken"}
        page = client.get(answer["Location"])
        assert "Kata sandi rina: " in page.content.decode()
        assert "no-cache" in page["Cache-Control"]
        assert "Kata sandi rina: " not in client.get(answer["Location"]).content.decode()

    def test_an_account_without_an_area_is_not_made(self, client, cast):
        client.force_login(cast.administrator)
        client.post(reverse("admin:accounts_user_add"), {"username": "tanpa", "role": Role.STAFF.value})
        assert not User.objects.filter(username="tanpa").exists()

    def test_nobody_changes_their_own_account(self, client, cast):
        client.force_login(cast.administrator)
        url = reverse("admin:accounts_user_change", args=[cast.administrator.pk])
        assert client.post(url, {"username": "yusuf", "role": Role.STAFF.value}).status_code == 403
        client.post(
            reverse("admin:accounts_user_changelist"),
            {"action": "give_new_password", "_selected_action": [cast.administrator.pk]},
        )
        password = User.objects.get(pk=cast.administrator.pk).password
        assert password == cast.administrator.password

    def test_a_new_password_by_action_replaces_the_old_one(self, client, cast):
        client.force_login(cast.administrator)
        client.post(
            reverse("admin:accounts_user_changelist"),
            {"action": "give_new_password", "_selected_action": [cast.staff.pk]},
        )
        assert User.objects.get(pk=cast.staff.pk).password != cast.staff.password

    def test_an_administrator_of_a_kecamatan_sees_and_gives_only_what_lies_in_it(self, client, cast):
        client.force_login(UserFactory(role=Role.ADMINISTRATOR, area=area(PERIUK)))
        page = client.get(reverse("admin:accounts_user_changelist")).content.decode()
        assert "Sri Wahyuni" in page
        assert "Joko Susilo" not in page
        form = {"username": "luar", "full_name": "x", "area": JATIUWUNG, "role": Role.STAFF.value}
        client.post(reverse("admin:accounts_user_add"), form)
        assert not User.objects.filter(username="luar").exists()
        assert client.get(reverse("admin:accounts_user_change", args=[cast.officer_b.pk])).status_code == 302


class TestBaseForm:
    """A form on the base for a person: identifiers masked, kept as they are, judged when typed anew."""

    @pytest.fixture
    def bound(self, cast, rf):
        from households.models import Person

        class PersonPage(BackofficeAdmin):
            fields = ("name", "nik", "reason")

        page = PersonPage(Person, admin.site)
        page.view_needs = page.change_needs = Can.APPLY_IMPORT
        request = rf.get("/")
        request.user = cast.staff
        person = PersonFactory(nik="9971014104750001")
        form_class = page.get_form(request, person, change=True, fields=["name", "nik", "reason"])
        assert issubclass(form_class, BackofficeForm)
        return request, page, person, form_class

    def test_the_identifier_is_shown_masked(self, bound):
        _, _, person, form_class = bound
        assert "9971********0001" in str(form_class(instance=person)["nik"])
        assert "9971014104750001" not in form_class(instance=person).as_p()

    def test_left_as_it_is_shown_it_stays(self, bound):
        request, page, person, form_class = bound
        form = form_class({"name": "Baru", "nik": "9971********0001", "reason": "Salah eja"}, instance=person)
        assert form.is_valid(), form.errors
        assert form.changed_data == ["name", "reason"]
        page.save_model(request, form.save(commit=False), form, True)
        person.refresh_from_db()
        assert (person.name, person.nik) == ("Baru", "9971014104750001")
        # All in one transaction here, so at one moment: the order says nothing.
        assert ("Rina Marlina", "Salah eja") in [
            (change.by, change.note) for change in changes_of(person.household)
        ]

    def test_typed_anew_it_is_judged(self, bound):
        _, _, person, form_class = bound
        form = form_class({"name": "Baru", "nik": "12345", "reason": "x"}, instance=person)
        assert "nik" in form.errors

    def test_a_reason_is_asked_for(self, bound):
        _, _, person, form_class = bound
        assert "reason" in form_class({"name": "Baru", "nik": ""}, instance=person).errors
