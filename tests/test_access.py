"""Who gets in where: every address × every role × own and other area. An address not in the table fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.backoffice import BackofficeAdmin
from tests.access_table import OPEN, PAGES, SIGNED_IN, Page, World, make_world, places
from trainings.models import Programme

pytestmark = pytest.mark.django_db
ADMIN = "admin"


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_world()


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name, those of the admin left to their own test."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: Any, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != ADMIN:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


def test_every_address_stands_in_the_table_and_the_table_names_no_other():
    assert {name for name, _ in addresses()} == set(PAGES)


@pytest.mark.parametrize(("name", "pattern"), list(addresses()))
def test_every_view_of_ours_names_its_permission_or_is_marked_open(name, pattern):
    page = PAGES[name]
    if page.third_party:
        return
    assert hasattr(pattern.callback, "needs"), "put @needs(Can.…) or an open_to_… mark on it"
    assert pattern.callback.needs == (page.needs if isinstance(page.needs, Can) else None)
    assert (page.needs == OPEN) == (getattr(pattern.callback, "login_required", True) is False)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_everybody_gets_what_the_table_says_in_the_own_area_and_nothing_of_another(name, world):
    page = PAGES[name]
    wrong = _wrong_for_a_stranger(name, page, world)
    for who, user in world.cast.everybody().items():
        client = Client()
        client.force_login(user)
        own, other = places(user)
        answer = _ask(client, name, page, page.arguments(world, user, own))
        expected = page.answers if _may(user, page) else {403}
        if answer.status_code not in expected or _leads_to_sign_in(answer):
            wrong.append(f"{who} in the own area: {answer.status_code}, not {sorted(expected)}")
        if page.scoped and not (other.startswith(user.area_id) and page.needs != SIGNED_IN):
            answer = _ask(client, name, page, page.arguments(world, user, other))
            expected_there = 404 if _may(user, page) else 403
            if answer.status_code != expected_there:
                wrong.append(f"{who} elsewhere: {answer.status_code}, not {expected_there}")
    assert not wrong


def test_an_account_without_an_area_or_a_role_sees_no_family(world):
    homeless = User.objects.create(username="tanpa-wilayah")
    homeless.groups.set(world.cast.staff.groups.all())
    roleless = User.objects.create(username="tanpa-peran", area=world.cast.staff.area)
    for user, expected in ((homeless, 404), (roleless, 403)):
        client = Client()
        client.force_login(user)
        for pk in (household.pk for household in world.households.values()):
            assert client.get(reverse("households:detail", args=[pk])).status_code == expected


def _ask(client: Client, name: str, page: Page, arguments: dict[str, Any]) -> Any:
    answer = getattr(client, page.method)(reverse(name, kwargs=arguments), page.data)
    if answer.streaming:
        b"".join(answer.streaming_content)  # a download is closed by being read
    return answer


def _wrong_for_a_stranger(name: str, page: Page, world: World) -> list[str]:
    somebody = world.cast.staff
    answer = _ask(Client(), name, page, page.arguments(world, somebody, places(somebody)[0]))
    right = answer.status_code in page.answers if page.needs == OPEN else _leads_to_sign_in(answer)
    return [] if right else [f"a stranger: {answer.status_code}"]


def _may(user: User, page: Page) -> bool:
    asked = [one for one in (page.needs, page.also) if isinstance(one, Can)]
    return user.has_perms([one.value for one in asked])


def _leads_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.url.startswith(reverse("account_login"))


class TestAdmin:
    """The admin's addresses come from its pages: each against each role, by the page's own permissions."""

    @pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
    def test_each_page_opens_for_its_permission_only(self, model, world):
        page = admin.site._registry[model]
        assert isinstance(page, BackofficeAdmin)
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        wrong = []
        for who, user in world.cast.everybody().items():
            client = Client()
            client.force_login(user)
            enters = user.has_perm(Can.USE_BACKOFFICE.value)
            views = enters and user.has_perm(page.view_needs.value)
            adds = enters and page.add_needs is not None and user.has_perm(page.add_needs.value)
            for address, allowed in ((f"{base}_changelist", views), (f"{base}_add", adds)):
                status = client.get(reverse(address)).status_code
                if status != (200 if allowed else 403):
                    wrong.append(f"{who} at {address}: {status}")
        assert not wrong

    @pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label_lower)
    def test_a_row_of_another_area_is_not_found(self, model, world, rf):
        page = admin.site._registry[model]
        if page.whole_city or model is Programme:  # a programme lies in every area that has a cohort of it
            return
        request = rf.get("/")
        request.user = AnonymousUser()
        if model is not User:
            assert not page.get_queryset(request).exists()
        for user in (world.cast.officer_a, world.cast.kecamatan_officer):
            request.user = user
            inside = page.get_queryset(request)
            assert set(inside) <= {row for row in model._default_manager.all() if _lies_in(row, user.area_id)}

    def test_a_stranger_is_sent_to_sign_in(self):
        models = [
            f"{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry
        ]
        for name in ("index", "login", "logout", "password_change", "autocomplete", "jsi18n", *models):
            answer = Client().get(reverse(f"admin:{name}"), follow=True)
            assert answer.redirect_chain[-1][0].startswith(reverse("account_login")), name


def _lies_in(row: Any, code: str) -> bool:
    places = (
        ("area_id",),
        ("household", "area_id"),
        ("cohort", "area_id"),
        ("enrolment", "cohort", "area_id"),
        ("group", "area_id"),
        ("proposal", "group", "area_id"),
        ("code",),  # of an area; a certificate has one of another kind
    )
    for path in places:
        value: Any = row
        for name in path:
            value = getattr(value, name, None)
        if isinstance(value, str):
            return value.startswith(code)
    return False


def test_the_world_has_what_the_table_needs(world):
    """So that a 404 in the matrix means the scope, and not an empty database."""
    for user in world.cast.everybody().values():
        own, other = places(user)
        assert own.startswith(user.area_id) or user.area_id in own
        assert own != other
