"""A certificate from the office's printer to somebody's phone: printed, checked by its address, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.browser.conftest import PATIENCE, PHONE, Visitor
from tests.trainings.factories import CertificateFactory
from trainings.actions.graduation import revoke

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stranger(browser: Browser, live_server: Any) -> Visitor:
    """Somebody with a phone and no account."""
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="id-ID")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    somebody = Visitor(page, live_server.url)
    page.on("pageerror", lambda error: somebody.went_wrong.append(str(error)))
    return somebody


def test_a_printed_certificate_is_confirmed_by_its_address_until_it_is_taken_back(
    visitor: Callable[..., Visitor], stranger: Visitor, cast: Any, tmp_path: Path
) -> None:
    certificate = CertificateFactory()
    cohort = certificate.enrolment.cohort
    staff = visitor(cast.staff)
    staff.open(cohort.get_absolute_url())
    button = staff.page.get_by_role("button", name="PDF sertifikat")
    with staff.page.expect_download() as download:
        button.click()
    printed = tmp_path / "sertifikat.pdf"
    download.value.save_as(printed)
    text = PdfReader(printed).pages[0].extract_text()
    assert certificate.name in text
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", text)
    assert code is not None
    stranger.open("/sertifikat/")
    stranger.page.get_by_role("textbox").fill(code[0].lower())
    stranger.page.get_by_role("button").click()
    stranger.page.get_by_role("heading", level=1, name="Sertifikat ini berlaku").wait_for()
    assert stranger.page.url.endswith(certificate.get_absolute_url())
    assert certificate.name in stranger.page.content()
    assert certificate.number in stranger.page.content()
    stranger.check()
    assert stranger.page.context.cookies() == []
    revoke(certificate.graduation, by=cast.staff, reason="salah menghitung kehadiran")
    stranger.page.reload()
    stranger.page.get_by_role("heading", level=1, name=re.compile("tidak berlaku|dicabut")).wait_for()
    stranger.check()
