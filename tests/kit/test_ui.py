"""The frame of every page and its components, by the HTML a reader gets."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.context import navigation
from tangerang_poverty.kit.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def shown(source: str, path: str = "/", **context: object) -> str:
    request = RequestFactory().get(path)
    html = engines["django"].from_string(source).render({"request": request, **context})
    return re.sub(r"\s+", " ", html).strip()


def test_the_vendored_files_are_those_the_readme_names():
    folder = ROOT / "static" / "vendor"
    named = dict(
        re.findall(r"^\| `([\w.]+)` .*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), re.MULTILINE)
    )
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "README.md"
    }
    assert named == there


def test_every_icon_a_template_names_is_drawn():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (ROOT / "templates/ui/_icons.html").read_text()))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r"""\{% (?:icon|empty) ["'](\w+)["']|#i-(\w+)""", path.read_text())
        for name in name
        if name
    }
    assert "download" in asked
    assert asked - drawn == set()


def test_every_item_of_the_navigation_leads_somewhere_and_names_a_permission_that_exists():
    for _, name, permission, prefix in settings.NAVIGATION:
        assert reverse(name).startswith(prefix)
        assert permission in set(Can)


def a_request(path: str, *permissions: str) -> object:
    user = SimpleNamespace(is_authenticated=True, has_perm=lambda permission: permission in permissions)
    return SimpleNamespace(path=path, user=user)


def test_navigation_shows_only_what_the_reader_may_open():
    assert [item.label for item in navigation(a_request("/", Can.USE_BACKOFFICE))] == ["Pengelolaan"]
    assert navigation(a_request("/")) == []
    assert navigation(SimpleNamespace(path="/", user=AnonymousUser())) == []


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["Dasbor"]),
        ("/keluarga/7/", ["Keluarga"]),
        ("/keluarga/mutu/", ["Mutu data"]),
        ("/akun/profil/", []),
    ],
)
def test_navigation_marks_the_part_the_page_belongs_to(path, current):
    items = navigation(a_request(path, *Can))
    assert [item.label for item in items if item.current] == current


def test_a_page_names_itself_its_version_and_its_sample():
    notice = {
        "is_sample": True,
        "loading": True,
        "step": "Mengimpor PPLS 2008",
        "done": 11000,
        "total": 55000,
    }
    html = shown("{% extends 'base.html' %}", version="1.2.3", sample_notice=notice)
    assert "Berdikari 1.2.3" in html
    assert "Data contoh: orang dan angka di sini karangan." in html
    assert "<strong>11.000</strong> dari 55.000" in html
    assert 'value="20"' in html
    assert html.index('href="#isi"') < html.index('id="isi"')


def test_a_page_of_real_data_says_nothing_of_a_sample():
    assert "karangan" not in shown("{% extends 'base.html' %}", sample_notice=None)


def test_a_sample_that_stopped_says_why():
    html = shown(
        "{% include 'ui/_sample.html' %}", sample_notice={"is_sample": True, "failed": "Cakram penuh."}
    )
    assert "Pemuatan data contoh terhenti: Cakram penuh." in html
    assert "<progress" not in html


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_but_themselves(name):
    html = render_to_string(f"{name}.html")
    assert html.count("<h1>") == 1
    assert 'href="/"' in html


def test_filters_write_numbers_and_dates_as_the_office_does():
    source = (
        "{{ n|number }}|{{ d|signed }}|{{ s|percent }}|{{ r|rupiah }}|{{ day|long_date }}|"
        "{{ at|long_datetime }}|{{ day|partial_date:'year' }}|{{ nothing|number }}{{ nothing|long_date }}"
    )
    values = {
        "n": 52000,
        "d": -2879,
        "s": 0.055,
        "r": 20_000_000,
        "day": date(2015, 11, 24),
        "at": datetime(2015, 11, 23, 18, 5, tzinfo=UTC),
        "nothing": None,
    }
    assert shown(source, **values).replace("\u00a0", " ").split("|") == [
        "52.000",
        "−2.879",
        "5,5 %",
        "Rp20.000.000",
        "24 November 2015",
        "24 November 2015 pukul 01.05",
        "tahun 2015",
        "",
    ]


def test_a_figure_is_a_link_where_it_opens_something_and_text_where_not():
    assert (
        shown("{% num_link 52000 url %}", url="/k?a=1&b=2")
        == '<a class="bk-n" href="/k?a=1&amp;b=2">52.000</a>'
    )
    assert shown("{% num_link 52000 %}") == "52.000"
    assert shown("{% num_link text %}", text="<b>") == "&lt;b&gt;"


def test_a_state_is_a_word_with_a_shape():
    assert shown("{% state 'warn' 'belum ada' %}") == '<span class="bk-state is-warn">belum ada</span>'
    with pytest.raises(ValueError, match="green"):
        shown("{% state 'green' 'Aktif' %}")


def test_a_note_escapes_what_came_from_outside():
    html = shown("{% note 'bad' %}<b>{{ text }}</b>{% endnote %}", text="<script>")
    assert 'class="bk-note is-bad"' in html
    assert "<b>&lt;script&gt;</b>" in html


def test_progress_of_unknown_size_shows_no_share():
    html = shown("{% progress 5 0 label='Pemeriksaan' %}")
    assert "value=" not in html
    assert 'aria-label="Pemeriksaan"' in html


def test_progress_never_passes_the_end():
    assert 'value="100"' in shown("{% progress 12 10 label='Pemeriksaan' %}")


def test_steps_tell_done_from_now_without_colour():
    items = [
        {"title": "Unggah", "remark": "Dedi", "state": "done"},
        {"title": "Periksa", "remark": "", "state": "now"},
        {"title": "Tinjau", "remark": "", "state": ""},
    ]
    html = shown("{% steps items %}", items=items)
    assert html.count("Selesai:") == 1
    assert html.count('aria-current="step"') == 1


def test_pages_keep_the_filters_of_the_address():
    page = SimpleNamespace(next_cursor="n1", previous_cursor=None)
    html = shown("{% pages page %}", "/keluarga/?cari=siti&hal=old", page=page)
    assert 'href="?cari=siti&amp;hal=n1"' in html
    assert "Sebelumnya" not in html


def test_a_list_of_one_page_has_no_pages():
    assert shown("{% pages page %}", page=SimpleNamespace(next_cursor=None, previous_cursor=None)) == ""


def test_sorting_starts_at_the_first_page_and_turns_round_on_a_second_press():
    tag = "{% sort_header 'Nama' 'nama' current both_ways=True %}"
    first = shown(tag, "/?cari=siti&hal=old", current="wilayah")
    assert 'href="?cari=siti&amp;urut=nama"' in first
    assert "aria-sort" not in first
    again = shown(tag, current="nama")
    assert 'aria-sort="ascending"' in again
    assert 'href="?urut=-nama"' in again


class Correction(forms.Form):
    name = forms.CharField(label="Nama", help_text="Seperti di KK.")
    note = forms.CharField(label="Catatan", required=False)

    def clean(self):
        raise forms.ValidationError("Tidak ada yang berubah.")


def test_errors_stand_above_the_fields_and_lead_to_them():
    html = shown("{% form_fields form %}", form=Correction({"name": ""}))
    assert html.index('role="alert"') < html.index("<input")
    assert '<a href="#id_name">Nama</a>' in html
    assert "<li>Tidak ada yang berubah.</li>" in html
    described = re.search(r'<input[^>]*name="name"[^>]*aria-describedby="([^"]*)"', html)
    assert described is not None
    assert all(f'id="{part}"' in html for part in described[1].split())
    assert 'aria-invalid="true"' in html


def test_a_form_not_yet_sent_has_no_errors():
    assert "role=" not in shown("{% form_fields form %}", form=Correction())


def test_problems_are_told_in_full():
    found = [Problem(code="a", message="Kuota penuh."), Problem(code="b", message="NIK ganda.")]
    html = shown("{% problems found %}", found=found)
    assert html.count("<li>") == 2
    assert "NIK ganda." in html


def test_a_download_that_is_logged_is_sent_with_its_token():
    html = shown("{% download '/e' 'Excel' post=True %}", csrf_token="token-1")
    assert 'method="post"' in html
    assert 'value="token-1"' in html
    assert "<form" not in shown("{% download '/e' 'Excel' %}")


def test_a_number_is_never_shown_whole():
    html = shown("{% masked nik '/buka' whose='Siti' %}", nik="9971010101710002")
    assert "9971********0002" in html
    assert "9971010101710002" not in html
    assert "Lihat NIK Siti (perlu alasan)" in html


def test_a_reader_who_may_not_reveal_gets_no_eye():
    assert "<a" not in shown("{% masked '9971********0002' %}")


def test_a_missing_number_says_so():
    assert "belum ada" in shown("{% masked '' %}")


def test_crumbs_link_all_that_have_an_address():
    html = shown("{% crumbs 'Keluarga' '/keluarga/' 'Gembor' '' %}")
    assert '<a href="/keluarga/">Keluarga</a>' in html
    assert "<span>Gembor</span>" in html
    with pytest.raises(ValueError, match="pairs"):
        shown("{% crumbs 'Keluarga' %}")


def test_a_disabled_action_stays_and_says_why():
    html = shown("{% disabled 'Ajukan' 'Tersedia setelah pemeriksaan selesai.' %}")
    described = re.search(r'aria-disabled="true" aria-describedby="([^"]+)"', html)
    assert described is not None
    assert f'id="{described[1]}">Tersedia setelah' in html


def test_a_figure_has_label_number_and_remark():
    html = shown("{% figure 'Gelombang' 2 '/g' 'PPLS 2008, PPLS 2011' %}")
    assert "<dt>Gelombang</dt>" in html
    assert '<a class="bk-n" href="/g">2</a><small>PPLS 2008, PPLS 2011</small>' in html


def test_an_empty_state_offers_what_fills_it():
    html = shown("{% empty 'search' 'Belum ada keluarga.' '/impor' 'Impor daftar' %}")
    assert "Belum ada keluarga." in html
    assert 'href="/impor">Impor daftar</a>' in html
    assert "<a" not in shown("{% empty 'search' 'Belum ada keluarga.' %}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_change_password", "account_logout", "account_reauthenticate", "mfa_activate_totp"]
)
def test_pages_of_the_account_are_ours_and_in_indonesian(client, cast, name):
    client.force_login(cast.staff)
    html = client.get(reverse(name), follow=True).content.decode()
    assert "Dinas Sosial Kota Tangerang" in html
    assert html.count("<h1>") == 1
    assert not re.search(r"Sign In|Sign Out|Password|Confirm Access", html)


@pytest.mark.django_db
def test_sign_in_refuses_with_a_reason_above_the_fields(client):
    answer = client.post(reverse("account_login"), {"login": "sri", "password": "salah"})
    html = answer.content.decode()
    assert 'role="alert"' in html
    assert 'id="masuk"' in html
