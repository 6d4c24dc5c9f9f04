"""The workbook of the list: exactly what is filtered, masked unless allowed, text stays text, each one logged."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from households import exports
from households.columns import SHEET_COLUMNS
from households.models import SampleLoad
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.privacy.models import Export
from tests.factories import (
    GEMBOR,
    JATIUWUNG,
    HouseholdFactory,
    HouseholdRecordFactory,
    WaveFactory,
    area,
)

pytestmark = pytest.mark.django_db
NUMBER = "9971011204750001"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def address(**filters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('households:export')}?{query}"


def book(response):
    assert response.status_code == 200
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


def rows(response) -> list[dict[str, object]]:
    header, *lines = book(response)["Keluarga"].iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_holds_what_is_filtered_in_the_order_of_the_list(staff, cast):
    HouseholdFactory(head__name="Budi")
    HouseholdFactory(head__name="Ali")
    HouseholdFactory(head__name="Candra", area=area(JATIUWUNG))
    found = rows(staff.post(address(wilayah=GEMBOR)))
    assert [row["Kepala rumah tangga"] for row in found] == ["Ali", "Budi"]
    line = AccessLog.objects.get()
    assert (line.by, line.action, line.rows, line.with_identities) == (cast.staff, "download", 2, False)
    assert "Gembor" in line.what


def test_a_row_says_all_about_the_family_with_masked_numbers(staff):
    family = HouseholdFactory(head__name="Ali", head__nik=NUMBER, head__education="SD", helped_in=2014)
    for code in ("PPLS2008", "PPLS2011"):
        HouseholdRecordFactory(household=family, wave=WaveFactory(code=code, name=code))
    response = staff.post(address())
    assert response["Content-Disposition"].startswith('attachment; filename="keluarga-')
    (row,) = rows(response)
    assert list(row) == [column.header for column in SHEET_COLUMNS]
    assert len(row) == 21
    assert row["NIK kepala"] == "9971********0001"
    assert (row["Kecamatan"], row["Kelurahan"], row["RT"], row["RW"]) == ("Periuk", "Gembor", "004", "011")
    assert (row["Anggota"], row["Kelompok peringkat"]) == (1, "Miskin")
    assert row["Gelombang"] == "PPLS2008, PPLS2011"
    assert row["Pendidikan kepala"] == "SD"
    assert row["Tahun pelatihan pertama"] == 2014


def test_the_families_not_yet_helped_are_a_download_of_their_own(staff):
    HouseholdFactory(head__name="Ali", helped_in=2014), HouseholdFactory(head__name="Budi")
    response = staff.post(address(pelatihan="belum"))
    assert [row["Kepala rumah tangga"] for row in rows(response)] == ["Budi"]
    assert "Pelatihan: Belum terbantu" in AccessLog.objects.get().what


def test_clear_numbers_go_only_to_who_may_and_only_when_asked_for(client, cast):
    HouseholdFactory(head__nik=NUMBER)
    client.force_login(cast.staff)
    assert rows(client.post(address(), {"nik": "on"}))[0]["NIK kepala"] == NUMBER
    assert AccessLog.objects.get().with_identities
    client.force_login(cast.officer_a)
    assert client.post(address(), {"nik": "on"}).status_code == 403
    assert rows(client.post(address()))[0]["NIK kepala"] == "9971********0001"


def test_a_cell_like_a_formula_stays_text(staff):
    HouseholdFactory(head__name="=1+1", address="=HYPERLINK(1)")
    sheet = book(staff.post(address()))["Keluarga"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if str(cell.value).startswith("=")]
    assert {cell.value for cell in cells} == {"=HYPERLINK(1)", "=1+1"}
    assert {cell.data_type for cell in cells} == {"s"}


def test_ends_at_the_own_area(client, cast):
    HouseholdFactory(head__name="Ali"), HouseholdFactory(head__name="Candra", area=area(JATIUWUNG))
    client.force_login(cast.officer_a)
    assert [row["Kepala rumah tangga"] for row in rows(client.post(address()))] == ["Ali"]
    assert client.post(address(wilayah=JATIUWUNG)).status_code == 404


def test_who_may_not_download_is_refused(client, cast):
    client.force_login(cast.treasurer)
    assert client.post(address()).status_code == 403
    assert not AccessLog.objects.exists()


def test_a_link_alone_downloads_nothing(staff):
    assert staff.get(address()).status_code == 405


def test_the_notes_name_the_filters_and_the_sample(staff):
    HouseholdFactory()
    SampleLoad.objects.create(scale=1)
    response = staff.post(address(wilayah=GEMBOR, status="on_list"))
    assert "contoh-" in response["Content-Disposition"]
    notes = " ".join(str(cell) for row in book(response)["Keterangan"].values for cell in row)
    assert "Wilayah: Gembor (Periuk)" in notes
    assert "Status: Dalam daftar" in notes
    assert "Rina Marlina" in notes
    assert "DATA CONTOH" in notes
    assert "disamarkan" in notes


def test_a_long_list_is_built_in_the_background(staff, cast, monkeypatch):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 2)
    for name in ("Ali", "Budi", "Candra"):
        HouseholdFactory(head__name=name, head__nik=None)
    response = staff.post(address(wilayah=GEMBOR))
    export = Export.objects.get()
    assert response["Location"] == reverse("privacy:export", args=[export.pk])
    assert (export.asked_by, export.state, export.rows) == (cast.staff, Export.State.READY, 3)
    file = staff.get(reverse("privacy:export_file", args=[export.pk]))
    assert [row["Kepala rumah tangga"] for row in rows(file)] == ["Ali", "Budi", "Candra"]


def test_who_waits_for_many_downloads_is_asked_to_wait(staff, cast, monkeypatch):
    monkeypatch.setattr(exports, "DIRECT_ROWS", 0)
    HouseholdFactory()
    for user in (cast.staff, cast.second_staff):
        Export.objects.bulk_create(Export(kind="households", title="Uji", asked_by=user) for _ in range(5))
    answer = staff.post(address(wilayah=GEMBOR), follow=True)
    assert "Anda masih menunggu 5 unduhan" in answer.content.decode()
    assert answer.redirect_chain == [(f"{reverse('households:list')}?wilayah={GEMBOR}", 302)]
    Export.objects.update(asked_at=timezone.now() - timedelta(hours=2))  # their worker died
    assert "/unduhan/" in staff.post(address(wilayah=GEMBOR))["Location"]


def test_the_background_does_not_open_numbers_to_who_lost_the_right(cast):
    with pytest.raises(PermissionDenied):
        exports.build({"with_identities": True}, cast.officer_a)


def test_as_many_queries_for_thirty_rows_as_for_one(staff):
    HouseholdFactory()
    rows(staff.post(address()))
    with CaptureQueriesContext(connection) as few:
        rows(staff.post(address()))
    HouseholdFactory.create_batch(29)
    with CaptureQueriesContext(connection) as many:
        assert len(rows(staff.post(address()))) == 30
    assert len(few) == len(many)
