"""The log of who saw or took personal data: one line each time, never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from tangerang_poverty.audit import log
from tangerang_poverty.audit.models import AccessLog
from tests.factories import HouseholdFactory

pytestmark = pytest.mark.django_db


def test_a_line_names_who_what_where_and_why(cast):
    household = HouseholdFactory()
    line = log.record(
        by=cast.staff,
        action=AccessLog.Action.REVEAL,
        what="NIK Siti",
        reason="Verifikasi",
        subject=household,
        area_id=household.area_id,
    )
    assert (line.subject_type, line.subject_id) == ("households.household", str(household.pk))
    assert (line.by, line.reason, line.area) == (cast.staff, "Verifikasi", household.area)


def test_without_an_area_it_counts_for_the_readers_own(cast):
    line = log.record(by=cast.officer_a, action=AccessLog.Action.DOWNLOAD, what="Daftar", rows=40)
    assert line.area == cast.officer_a.area
    assert line in AccessLog.objects.visible_to(cast.kecamatan_officer)
    assert line not in AccessLog.objects.visible_to(cast.officer_b)


@pytest.mark.parametrize("change", [{"rows": 0}, None])
def test_a_line_can_be_neither_changed_nor_deleted(cast, change):
    log.record(by=cast.staff, action=AccessLog.Action.SEARCH, what="NIK")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        AccessLog.objects.update(**change) if change else AccessLog.objects.all().delete()
    assert AccessLog.objects.count() == 1
