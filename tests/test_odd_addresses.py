"""What nobody types but somebody sends: every address with parameters answers, whatever stands in them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import ImportBatch
from tests.factories import HouseholdRecordFactory, ImportBatchFactory

pytestmark = pytest.mark.django_db
ODD = ("\0", "36.71\0", "../../", "x'", "-1", "9" * 40, "\u202e", "%00", "36.71.99")
PAGES = {
    "dashboard:home": ("wilayah", "dari", "ke", "tampil"),
    "dashboard:map": ("wilayah",),
    "households:list": ("cari", "wilayah", "peringkat", "status", "gelombang", "mutu", "urut", "hal"),
    "households:quality": ("wilayah",),
    "households:import_upload": ("gelombang",),
    "households:import_rows": ("lembar", "hasil", "masalah", "wilayah", "hal"),
}


@pytest.mark.parametrize("name", PAGES)
def test_odd_parameters_get_a_page_or_are_not_found(client, cast, name):
    client.force_login(cast.staff)
    HouseholdRecordFactory()
    arguments = [ImportBatchFactory(state=ImportBatch.State.STAGED).pk] if "rows" in name else []
    for parameter in PAGES[name]:
        for value in ODD:
            answer = client.get(reverse(name, args=arguments), {parameter: value})
            assert answer.status_code in (200, 404), (parameter, value)


def test_an_odd_reason_for_an_undo_is_no_error(client, cast):
    client.force_login(cast.staff)
    batch = ImportBatchFactory(
        state=ImportBatch.State.APPLIED, applied_at=timezone.now(), applied_by=cast.second_staff
    )
    address = reverse("households:import_move", args=[batch.pk, "batalkan"])
    assert client.post(address, {"reason": "salah\0berkas"}).status_code == 302
    batch.refresh_from_db()
    assert batch.undo_reason == "salahberkas"


@pytest.mark.parametrize("name", ["list", "import_detail", "import_rows"])
def test_no_page_with_people_stays_in_a_shared_browser(client, cast, name):
    client.force_login(cast.staff)
    arguments = [ImportBatchFactory(state=ImportBatch.State.STAGED).pk] if "import" in name else []
    assert "no-store" in client.get(reverse(f"households:{name}", args=arguments))["Cache-Control"]
