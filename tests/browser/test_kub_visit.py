"""A visit to a business group on a phone: typed in with a thumb, kept while there is no signal, sent once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from kub.models import Group, Visit
from tests.browser.conftest import PHONE, Visitor
from tests.kit.uploaded import photo_with_place
from tests.kub.factories import GroupFactory, VisitFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(cast: Any) -> Group:
    """A group in Gembor nobody has visited for seventy days."""
    group: Group = GroupFactory(name="Melati Rasa")
    VisitFactory(group=group, visited_on=timezone.localdate() - timedelta(days=70))
    return group


def test_a_visit_is_recorded_on_a_phone(visitor: Callable[..., Visitor], cast: Any, group: Group) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/kub/{group.pk}/kunjungan/")
    officer.page.get_by_role("link", name="Catat kunjungan").first.click()
    officer.check()
    page = officer.page
    boxes = page.locator("[name=active]")
    assert boxes.count() == 5
    for at in range(4):
        boxes.nth(at).check()
    boxes.nth(4).uncheck()
    page.get_by_label(re.compile(r"^\s*Omzet")).fill("3.500.000")
    page.get_by_label(re.compile(r"^\s*Biaya")).fill("2.100.000")
    page.get_by_text("Rp1.400.000").wait_for()
    page.get_by_label(re.compile(r"^\s*Masalah")).fill("Oven perlu diservis")
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.get_by_text("tersimpan").first.wait_for()
    officer.check()
    visit = Visit.objects.order_by("-pk")[0]
    assert (visit.active_members, visit.turnover, visit.profit) == (4, 3_500_000, 1_400_000)


def test_a_visit_typed_in_without_signal_is_kept_and_sent_once(
    visitor: Callable[..., Visitor], cast: Any, group: Group
) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/kub/{group.pk}/kunjungan/baru/")
    page = officer.page
    page.get_by_label(re.compile(r"^\s*Omzet")).fill("900.000")
    page.get_by_label(re.compile(r"^\s*Biaya")).fill("400.000")
    page.context.set_offline(True)
    page.get_by_role("button", name="Simpan kunjungan").dblclick()
    page.get_by_text("Sinyal hilang.").wait_for()
    assert Visit.objects.count() == 1
    officer.went_wrong.clear()  # the browser itself reports the lost line
    page.context.set_offline(False)
    page.get_by_text("tersimpan.").first.wait_for()
    assert Visit.objects.count() == 2
    officer.open(f"/kub/{group.pk}/kunjungan/baru/")
    assert page.get_by_label(re.compile("Omzet")).input_value() == ""


def test_a_draft_with_its_photo_comes_back_and_is_sent_small(
    visitor: Callable[..., Visitor], cast: Any, group: Group
) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    address = f"/kub/{group.pk}/kunjungan/baru/"
    officer.open(address)
    page = officer.page
    page.get_by_label(re.compile(r"^\s*Omzet")).fill("900.000")
    page.get_by_label(re.compile(r"^\s*Biaya")).fill("400.000")
    page.locator("[name=active]").first.check()
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place((3000, 2000))}
    page.get_by_label(re.compile(r"^\s*Foto")).set_input_files(photo)
    page.locator("img[data-photo]").wait_for(state="visible")
    officer.open(address)  # the phone was put away
    page.get_by_text("Isian yang belum terkirim dikembalikan.").wait_for()
    assert page.get_by_label(re.compile(r"^\s*Omzet")).input_value() == "900.000"
    assert page.locator("[name=active]").first.is_checked()
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.get_by_text("dengan foto").wait_for()
    visit = Visit.objects.order_by("-pk")[0]
    with visit.photo.open("rb") as file, Image.open(file) as kept:
        assert max(kept.size) == 1600
        assert dict(kept.getexif()) == {}
    assert visit.present.count() == 1


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    visitor: Callable[..., Visitor], cast: Any, group: Group
) -> None:
    officer = visitor(cast.officer_a, screen=PHONE)
    officer.open(f"/kub/{group.pk}/kunjungan/baru/")
    page = officer.page
    page.get_by_label(re.compile(r"^\s*Omzet")).fill("sedikit")
    page.get_by_label(re.compile(r"^\s*Biaya")).fill("400.000")
    page.get_by_label(re.compile(r"^\s*Masalah")).fill("Oven perlu diservis")
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.get_by_role("alert").wait_for()
    officer.went_wrong.clear()  # the browser itself reports the refusal
    officer.check()
    assert page.get_by_label(re.compile(r"^\s*Masalah")).input_value() == "Oven perlu diservis"
    page.get_by_label(re.compile(r"^\s*Omzet")).fill("900.000")
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.get_by_text("tersimpan.").first.wait_for()
    assert Visit.objects.count() == 2
