"""Downloads: at once or in the background, only for who asked, each one logged, gone after a day."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tangerang_poverty.accounts.permissions import Can, Role
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.spreadsheets.write import Sheet
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export
from tests.factories import GEMBOR, role_group

pytestmark = pytest.mark.django_db
ROWS = 2_500


class BrokenBuilder(Exception):
    pass


def build(params, by):
    if params.get("broken"):
        raise BrokenBuilder
    rows = ([number, f"=1+{number}"] for number in range(ROWS))
    return exports.Content(
        sheets=[Sheet("Keluarga", ["No", "Nama"], rows)],
        total=ROWS,
        with_identities=True,
        is_sample=bool(params.get("sample")),
    )


@pytest.fixture(autouse=True)
def _registered(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(exports.KINDS, "uji", exports.Kind("Daftar uji", build, Can.EXPORT_HOUSEHOLDS))


def content(response):
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


class TestInTheBackground:
    def test_what_is_asked_for_is_built_and_handed_out_and_logged(self, client, cast):
        client.force_login(cast.staff)
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        export.refresh_from_db()
        assert (export.state, export.rows, export.percent) == (Export.State.READY, ROWS, 100)
        page = client.get(reverse("privacy:export", args=[export.pk]))
        assert reverse("privacy:export_file", args=[export.pk]) in page.content.decode()
        assert not AccessLog.objects.exists()
        response = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert response["Content-Disposition"].startswith('attachment; filename="daftar-uji-')
        book = content(response)
        assert book["Keluarga"].max_row == ROWS + 1
        line = AccessLog.objects.get()
        assert (line.by, line.action, line.rows, line.with_identities) == (cast.staff, "download", ROWS, True)

    def test_the_workbook_says_who_took_it(self, client, cast):
        client.force_login(cast.staff)
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        book = content(client.get(reverse("privacy:export_file", args=[export.pk])))
        notes = " ".join(str(cell.value) for row in book["Keterangan"] for cell in row)
        assert "Diunduh oleh Rina Marlina" in notes
        assert "DATA CONTOH" not in notes

    def test_a_sample_says_that_it_is_one_in_name_and_notes(self, client, cast):
        client.force_login(cast.staff)
        export = exports.ask(kind="uji", params={"sample": True}, by=cast.staff)
        response = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert 'filename="contoh-' in response["Content-Disposition"]
        assert "DATA CONTOH" in str(content(response)["Keterangan"]["B2"].value)

    def test_nobody_else_gets_it(self, client, cast):
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        client.force_login(cast.second_staff)
        assert client.get(reverse("privacy:export", args=[export.pk])).status_code == 404
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 404
        assert not AccessLog.objects.exists()

    def test_who_may_not_export_may_not_ask(self, cast):
        with pytest.raises(PermissionDenied):
            exports.ask(kind="uji", params={}, by=cast.leadership)
        assert not Export.objects.exists()

    def test_who_has_lost_the_permission_since_gets_nothing(self, client, cast):
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        cast.staff.groups.clear()
        client.force_login(cast.staff)
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 403

    def test_who_works_in_another_area_since_gets_nothing(self, client, cast):
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        cast.staff.area_id = GEMBOR
        cast.staff.save()
        client.force_login(cast.staff)
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 403

    def test_who_may_see_no_identities_any_more_gets_no_file_with_them(self, client, cast):
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        cast.staff.groups.set([role_group(Role.OFFICE_HEAD)])  # still exports, but masked
        client.force_login(cast.staff)
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 403

    def test_a_builder_that_breaks_leaves_a_failed_export_and_no_file(self, client, cast):
        export = exports.ask(kind="uji", params={"broken": True}, by=cast.staff)
        export.refresh_from_db()
        assert (export.state, export.file.name) == (Export.State.FAILED, "")
        client.force_login(cast.staff)
        page = client.get(reverse("privacy:export", args=[export.pk])).content.decode()
        assert "Minta sekali lagi" in page
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 404

    def test_an_export_is_built_once_even_when_two_workers_take_it(self, cast):
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        export.refresh_from_db()
        built = export.finished_at
        exports.build(export)
        export.refresh_from_db()
        assert export.finished_at == built

    def test_while_it_is_built_the_page_asks_again_by_itself(self, client, cast):
        export = Export.objects.create(kind="uji", title="Daftar uji", asked_by=cast.staff)
        Export.objects.update(state=Export.State.RUNNING, done=1_000, total=4_000)
        client.force_login(cast.staff)
        url = reverse("privacy:export", args=[export.pk])
        fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert 'hx-trigger="load' in fragment
        assert 'value="25"' in fragment
        assert "<html" not in fragment

    def test_work_that_was_stopped_long_ago_counts_as_failed(self, client, cast):
        export = Export.objects.create(kind="uji", title="Daftar uji", asked_by=cast.staff)
        Export.objects.update(state=Export.State.RUNNING, asked_at=timezone.now() - timedelta(hours=2))
        client.force_login(cast.staff)
        page = client.get(reverse("privacy:export", args=[export.pk])).content.decode()
        assert "Minta sekali lagi" in page


class TestPdfInTheBackground:
    """What `write` writes is up to the part; here a line of text that tells who was handed the stamp."""

    @pytest.fixture
    def ask(self, cast, monkeypatch):
        def papers(params, by):
            def write(path, stamp):
                if params.get("broken"):
                    raise BrokenBuilder
                path.write_text(f"{stamp.taken} {stamp.sample}", encoding="utf-8")

            parts = [exports.Part(f"bagian-{number}", 10 * number, write) for number in params["parts"]]
            return exports.Papers(parts, with_identities=False, is_sample=params.get("sample", False))

        kind = exports.Kind("Kertas uji", papers, Can.EXPORT_HOUSEHOLDS, unit="lembar")
        monkeypatch.setitem(exports.KINDS, "kertas", kind)

        def ask(**params):
            export = exports.ask(kind="kertas", params=params, by=cast.staff, title="Kertas Gembor")
            export.refresh_from_db()
            return export

        return ask

    def test_one_is_handed_out_as_it_is(self, client, cast, ask):
        client.force_login(cast.staff)
        export = ask(parts=[1])
        assert (export.rows, export.total, export.format_name) == (10, 10, "PDF")
        answer = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith('attachment; filename="kertas-gembor-')
        assert b"Diunduh oleh Rina Marlina pada" in b"".join(answer.streaming_content)
        assert AccessLog.objects.get().what == "Kertas Gembor"

    def test_several_come_in_one_zip_with_their_names(self, client, cast, ask):
        client.force_login(cast.staff)
        export = ask(parts=[1, 2], sample=True)
        assert (export.rows, export.done, export.total) == (30, 30, 30)
        assert "30 lembar" in client.get(reverse("privacy:export", args=[export.pk])).content.decode()
        answer = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert 'filename="contoh-kertas-gembor-' in answer["Content-Disposition"]
        archive = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))
        assert archive.namelist() == ["bagian-1.pdf", "bagian-2.pdf"]
        assert "DATA CONTOH" in archive.read("bagian-2.pdf").decode()

    def test_one_that_breaks_leaves_a_failed_export_and_no_file(self, ask):
        export = ask(parts=[1, 2], broken=True)
        assert (export.state, export.file.name) == (Export.State.FAILED, "")


class TestRetention:
    def test_after_a_day_the_file_is_gone_and_the_log_stays(self, client, cast, tmp_path):
        client.force_login(cast.staff)
        export = exports.ask(kind="uji", params={}, by=cast.staff)
        content(client.get(reverse("privacy:export_file", args=[export.pk])))
        Export.objects.update(asked_at=timezone.now() - timedelta(hours=25))
        assert client.get(reverse("privacy:export_file", args=[export.pk])).status_code == 404
        call_command("purge_expired")
        assert not Export.objects.exists()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        assert AccessLog.objects.count() == 1

    def test_todays_files_stay(self, cast, tmp_path):
        exports.ask(kind="uji", params={}, by=cast.staff)
        call_command("purge_expired")
        assert Export.objects.count() == 1
        assert list(tmp_path.rglob("*.xlsx"))


def test_a_small_workbook_comes_at_once_and_is_logged(rf, cast):
    request = rf.get("/")
    request.user = cast.officer_a
    response = exports.respond_xlsx(
        request,
        title="Anggota",
        filename="anggota",
        sheets=[Sheet("Anggota", ["NIK"], [["9971010101750001"]])],
        rows=1,
        with_identities=False,
        is_sample=True,
    )
    assert response["Content-Disposition"].startswith('attachment; filename="contoh-anggota-')
    assert content(response)["Anggota"]["A2"].value == "9971010101750001"
    response.file_to_stream.close()
    line = AccessLog.objects.get()
    assert (line.by, line.what, line.rows, line.area_id) == (cast.officer_a, "Anggota", 1, "36.71.08.1002")


def test_a_small_pdf_comes_at_once_and_is_logged(rf, cast):
    request = rf.post("/")
    request.user = cast.officer_a
    response = exports.respond_pdf(
        request,
        title="Anggota",
        filename="anggota",
        write=lambda path, stamp: path.write_text(stamp.taken, encoding="utf-8"),
        rows=3,
        with_identities=False,
        is_sample=False,
        what="Anggota (PDF)",
    )
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"Diunduh oleh Sri Wahyuni")
    response.file_to_stream.close()
    line = AccessLog.objects.get()
    assert (line.what, line.rows, line.area_id) == ("Anggota (PDF)", 3, "36.71.08.1002")


def test_a_pdf_that_cannot_be_made_is_not_logged(rf, cast):
    request = rf.post("/")
    request.user = cast.officer_a

    def broken(path, stamp):
        raise BrokenBuilder

    with pytest.raises(BrokenBuilder):
        exports.respond_pdf(
            request, title="A", filename="a", write=broken, rows=1, with_identities=False, is_sample=False
        )
    assert not AccessLog.objects.exists()
