"""Signing in: lockout, two steps, recovery codes, ends of a session; no way to sign up."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.urls import NoReverseMatch, reverse

from tangerang_poverty import settings as product
from tangerang_poverty.accounts.sessions import SEEN_AT, SIGNED_IN_AT
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/akun/login/"


@pytest.fixture(autouse=True)
def _shared_cache(settings):
    """The cache of the product, not the one in memory that the rest of the suite uses."""
    settings.CACHES = product.CACHES
    caches["default"].clear()


def sign_in(client, username, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": username, "password": password, **more})


def confirm_password(client, answer):
    """Changing how one signs in asks for the password again, wherever the session stands."""
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url, {"password": PASSWORD}).status_code == 302


def is_signed_in(client):
    return client.get(reverse("profile")).status_code == 200


def test_the_first_page_sends_a_stranger_to_the_sign_in(client):
    answer = client.get(reverse("profile"))
    assert answer.status_code == 302
    assert answer.url == f"{LOGIN}?next=/akun/profil/"


def test_the_right_password_opens_the_page_that_was_asked_for(client, cast):
    answer = client.post(f"{LOGIN}?next=/akun/profil/", {"login": "rina", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/akun/profil/")
    assert is_signed_in(client)


def test_another_site_is_never_the_next_page(client, cast):
    answer = client.post(f"{LOGIN}?next=https://example.com/", {"login": "rina", "password": PASSWORD})
    assert answer.url == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, cast):
    known = sign_in(client, "rina", "salah-sekali")
    unknown = sign_in(client, "bukan-siapa-siapa", "salah-sekali")
    assert known.context["form"].errors == unknown.context["form"].errors != {}
    assert not is_signed_in(client)


def test_after_five_failures_even_the_right_password_waits(client, cast):
    for _ in range(5):
        sign_in(client, "rina", "salah-sekali")
    answer = sign_in(client, "rina")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not is_signed_in(client)


def test_no_other_port_in_the_address_gives_new_tries(client, cast):
    for port in range(8001, 8006):
        client.post(
            LOGIN, {"login": "rina", "password": "salah-sekali"}, headers={"Host": f"testserver:{port}"}
        )
    sign_in(client, "rina")
    assert not is_signed_in(client)


def test_no_other_spelling_of_the_name_gives_new_tries(client, cast):
    for spelling in ("rina", "RINA", "Rina", "rına", " rina "):  # ı without a dot: upper case I
        sign_in(client, spelling, "salah-sekali")
    sign_in(client, "rina")
    assert not is_signed_in(client)


def test_the_lockout_of_one_name_leaves_others_alone(client, cast):
    for _ in range(5):
        sign_in(client, "rina", "salah-sekali")
    sign_in(client, "agus")
    assert is_signed_in(client)


def test_an_office_behind_one_address_is_not_locked_out_by_those_who_mistype(client, cast):
    for number in range(35):
        sign_in(client, f"tebakan{number}", "salah-sekali")
    sign_in(client, "agus")
    assert is_signed_in(client)


def test_a_flood_of_failures_from_one_address_locks_the_address_for_a_while(client, cast):
    for number in range(40):
        sign_in(client, f"tebakan{number}", "salah-sekali")
    sign_in(client, "agus")
    assert not is_signed_in(client)


def test_failures_are_counted_in_the_database_where_every_web_process_sees_them(client, cast):
    assert product.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert product.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache")
        before = cursor.fetchone()[0]
        sign_in(client, "rina", "salah-sekali")
        cursor.execute("SELECT count(*) FROM accounts_cache")
        assert cursor.fetchone()[0] > before


def test_a_locked_account_does_not_sign_in(client, cast):
    type(cast.staff).objects.filter(pk=cast.staff.pk).update(is_active=False)
    sign_in(client, "rina")
    assert not is_signed_in(client)


def test_an_account_that_is_locked_while_signed_in_is_out_at_once(client, cast):
    sign_in(client, "rina")
    type(cast.staff).objects.filter(pk=cast.staff.pk).update(is_active=False)
    assert not is_signed_in(client)


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email"])
def test_doors_that_are_not_used_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_signing_out_needs_a_post_and_ends_the_session(client, cast):
    sign_in(client, "rina")
    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_the_password_is_changed_with_the_old_one_and_must_not_be_weak(client, cast):
    sign_in(client, "rina")
    url = reverse("account_change_password")
    weak = client.post(url, {"oldpassword": PASSWORD, "password1": "1234567890", "password2": "1234567890"})
    assert weak.context["form"].errors
    strong = {"oldpassword": PASSWORD, "password1": "jambu-merah-71", "password2": "jambu-merah-71"}
    assert client.post(url, strong).status_code == 302
    client.post(reverse("account_logout"))
    sign_in(client, "rina", "jambu-merah-71")
    assert is_signed_in(client)


def test_what_a_password_must_be_is_said_in_the_products_words(client, cast):
    sign_in(client, "rina")
    url = reverse("account_change_password")
    assert "Paling sedikit 10 karakter. " in client.get(url).content.decode()
    for weak, says in (
        ("1234567890", "Kata sandi Anda tidak boleh angka saja."),
        ("password123", "Kata sandi Anda terlalu umum"),
        ("pendek", "Kata sandi Anda terlalu pendek: paling sedikit 10 karakter."),
        ("rina-marlina", "Kata sandi Anda terlalu mirip dengan nama"),  # the full name counts too
    ):
        answer = client.post(url, {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
        assert says in answer.content.decode(), weak


def test_no_form_of_the_account_says_sandi_alone_or_repeats_its_label(client, cast):
    page = client.get(LOGIN).content.decode()
    assert "Kata sandi" in page
    assert "placeholder" not in page
    answer = sign_in(client, "rina", "salah-sekali").content.decode()
    assert "Nama pengguna atau kata sandi yang Anda tulis tidak benar." in answer


def test_signing_out_is_one_press_from_every_page(client, cast):
    sign_in(client, "rina")
    page = client.get(reverse("profile")).content.decode()
    assert f'<a class="btn btn-sm bk-out" href="{reverse("account_logout")}"' not in page
    header = page[: page.index("<main")]
    assert header.count(f'method="post" action="{reverse("account_logout")}"') == 2  # wide and on a phone
    assert header.count("csrfmiddlewaretoken") == 2


def test_passwords_are_kept_with_argon2():
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


class TestSession:
    @pytest.fixture
    def rina(self, client, cast):
        sign_in(client, "rina")
        client.get(reverse("profile"))
        return client

    def _move(self, client, name, seconds):
        session = client.session
        session[name] = int(time.time()) - seconds
        session.save()

    def test_lasts_a_working_day_however_busy(self, rina):
        self._move(rina, SIGNED_IN_AT, 8 * 3600 - 60)
        assert is_signed_in(rina)
        self._move(rina, SIGNED_IN_AT, 8 * 3600 + 60)
        answer = rina.get(reverse("profile"), follow=True)
        assert "Sesi Anda sudah berakhir" in answer.content.decode()
        assert not is_signed_in(rina)

    def test_ends_after_two_hours_without_a_page(self, rina):
        self._move(rina, SEEN_AT, 2 * 3600 + 60)
        assert not is_signed_in(rina)

    def test_every_page_starts_the_two_hours_anew(self, rina):
        self._move(rina, SEEN_AT, 3600)
        assert is_signed_in(rina)
        assert time.time() - rina.session[SEEN_AT] < 60


class TestTwoSteps:
    @pytest.fixture
    def secret(self, client, cast):
        """Rina turns it on, and signs out."""
        sign_in(client, "rina")
        confirm_password(client, client.get(reverse("mfa_activate_totp")))
        page = client.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        assert page.status_code == 200
        code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
        answer = client.post(reverse("mfa_activate_totp"), {"code": code})
        assert answer.status_code == 302, answer.context["form"].errors
        client.post(reverse("account_logout"))
        caches["default"].clear()  # the same code may be used once only, the test needs it again
        return secret

    def code(self, secret):
        return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))

    def test_the_password_alone_is_not_enough(self, client, secret):
        answer = sign_in(client, "rina")
        assert answer.url.startswith(reverse("mfa_authenticate"))
        assert client.get(answer.url).status_code == 200
        assert not is_signed_in(client)

    def test_password_and_code_are(self, client, secret):
        sign_in(client, "rina")
        client.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        assert is_signed_in(client)

    def test_a_wrong_code_is_refused(self, client, secret):
        sign_in(client, "rina")
        wrong = f"{(int(self.code(secret)) + 1) % 1_000_000:06d}"
        assert client.post(reverse("mfa_authenticate"), {"code": wrong}).context["form"].errors
        assert not is_signed_in(client)

    def test_a_recovery_code_serves_once(self, client, cast, secret):
        codes = Authenticator.objects.get(user=cast.staff, type="recovery_codes").wrap().get_unused_codes()
        sign_in(client, "rina")
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_signed_in(client)
        client.post(reverse("account_logout"))
        sign_in(client, "rina")
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert not is_signed_in(client)

    def test_the_administrator_turns_it_off_when_the_phone_is_lost(self, client, cast, secret):
        client.force_login(cast.administrator)
        client.post(
            reverse("admin:accounts_user_changelist"),
            {"action": "reset_two_step", "_selected_action": [cast.staff.pk]},
        )
        client.post(reverse("account_logout"))
        sign_in(client, "rina")
        assert is_signed_in(client)

    def test_its_pages_show_and_turn_it_off_again(self, client, cast, secret):
        sign_in(client, "rina")
        client.post(reverse("mfa_authenticate"), {"code": self.code(secret)})
        confirm_password(client, client.get(reverse("mfa_view_recovery_codes")))
        for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
            assert client.get(reverse(name)).status_code == 200, name
        assert client.get(reverse("mfa_download_recovery_codes"))["Content-Type"].startswith("text/plain")
        assert "Aktif" in client.get(reverse("profile")).content.decode()
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=cast.staff, type="totp").exists()
