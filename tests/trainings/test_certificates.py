"""Certificates: printed as they were given, only those in force; confirmed by their code to whoever holds the paper."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from households.models import SampleLoad
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.qr import QrCodes
from tangerang_poverty.privacy.models import Export
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, area
from tests.trainings.factories import (
    CertificateFactory,
    CohortFactory,
    EnrolmentFactory,
    GraduationFactory,
    ProgrammeFactory,
)
from trainings.lifecycle import CohortState, EnrolmentState
from trainings.models import Certificate
from trainings.papers import certificates as printed
from trainings.papers.certificates import held
from trainings.views.certificates import LOOKS, tidy

pytestmark = pytest.mark.django_db
CODE = "ABCDEFGH2345"


@pytest.fixture(autouse=True)
def _nothing_looked_at():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def a_certificate(**values):
    return CertificateFactory(**{"code": CODE, "name": "Siti Aminah", "number": "0007/PEL/2026", **values})


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def pages(answer):
    return [page.extract_text() for page in PdfReader(BytesIO(content(answer))).pages]


def of_cohort(cohort):
    return reverse("trainings:certificates", args=[cohort.pk])


def of_programme(programme):
    return reverse("trainings:programme_certificates", args=[programme.pk])


class TestThePublicPage:
    def test_shows_what_is_printed_and_nothing_else(self, client):
        certificate = a_certificate(issued_on=date(2026, 5, 30), year=2026)
        answer = client.get(certificate.get_absolute_url())
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Sertifikat ini berlaku" in page
        for words in ("Siti Aminah", "Kue Kering", "Kelurahan Gembor", "0007/PEL/2026", "ABCD-EFGH-2345"):
            assert words in page
        assert "30\xa0Mei\xa02026" in page
        person = certificate.enrolment.person
        household = certificate.enrolment.household
        for private in (person.nik, person.nik[-4:], person.kk, household.address, household.rt_rw):
            assert private not in page

    @pytest.mark.parametrize(
        "typed",
        ["abcdefgh2345", "ABCD-EFGH-2345", "abcd efgh 2345", " ABCD – EFGH – 2345 ", "ABCD.EFGH.2345"],
    )
    def test_the_code_is_taken_however_it_is_typed(self, client, typed):
        certificate = a_certificate()
        answer = client.get(reverse("certificate_check"), {"kode": typed})
        assert answer.url == certificate.get_absolute_url()
        assert "Siti Aminah" in client.get(reverse("certificate", args=[typed])).content.decode()

    @pytest.mark.parametrize(
        "typed",
        ["ABCDEFGH2346", "ABCDEFGH234", "ABCDEFGH23456", "0OIL", "x" * 3_000, "../../", "\0", "%00", "1'--"],
    )
    def test_unknown_and_impossible_codes_get_the_same_page_with_the_form(self, client, typed):
        a_certificate()
        answer = client.get(reverse("certificate", args=[typed]))
        assert answer.status_code == 404
        page = answer.content.decode()
        assert "Tidak ada sertifikat dengan kode itu." in page
        assert 'name="kode"' in page
        assert "Siti" not in page
        asked = client.get(reverse("certificate_check"), {"kode": typed})
        assert asked.status_code == (302 if tidy(typed) else 404)

    def test_what_was_typed_stands_in_the_form_again_and_is_no_markup(self, client):
        page = client.get(reverse("certificate_check"), {"kode": '"><script>'}).content.decode()
        assert 'value="&quot;&gt;&lt;script&gt;"' in page

    def test_a_revoked_one_says_so_first(self, client):
        certificate = a_certificate(revoked_at=timezone.now())
        page = client.get(certificate.get_absolute_url()).content.decode()
        assert "Sertifikat ini sudah dicabut" in page
        assert "Tidak berlaku lagi sejak" in page
        assert "Sertifikat ini berlaku" not in page

    def test_no_cookie_is_set_and_none_is_needed(self, client):
        certificate = a_certificate()
        for address in (certificate.get_absolute_url(), reverse("certificate_check"), "/sertifikat/salah/"):
            assert not client.get(address).cookies

    def test_the_form_is_for_search_engines_and_a_person_is_not(self, client):
        certificate = a_certificate()
        form = client.get(reverse("certificate_check")).content.decode()
        assert "noindex" not in form
        assert '<meta name="description"' in form
        assert '<link rel="canonical" href="http://testserver/sertifikat/">' in form
        answer = client.get(certificate.get_absolute_url())
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in client.get("/sertifikat/salah/").content.decode()

    def test_who_looks_too_often_waits_whether_the_codes_are_right_or_not(self, client):
        certificate = a_certificate()
        for number in range(LOOKS):
            code = certificate.code if number % 2 else "ZZZZZZZZZZZZ"
            assert client.get(reverse("certificate", args=[code])).status_code in (200, 404)
        answer = client.get(certificate.get_absolute_url())
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        assert "Siti" not in answer.content.decode()
        assert client.get(certificate.get_absolute_url(), REMOTE_ADDR="203.0.113.7").status_code == 200

    def test_a_sample_says_that_it_is_one(self, client):
        SampleLoad.objects.create(scale=1, seed=1)
        assert "Data contoh" in client.get(a_certificate().get_absolute_url()).content.decode()


class TestOfACohort:
    def test_a_page_for_each_in_the_order_of_their_numbers_with_what_was_printed(self, client, cast):
        client.force_login(cast.staff)
        graduation = GraduationFactory(place="Kota Tangerang")
        second = CertificateFactory(
            graduation=graduation, sequence=2, number="0002/PEL/2026", name="Tuti Suryani"
        )
        CertificateFactory(
            graduation=graduation,
            sequence=1,
            name='#panic("x") *Siti*',
            started_on=date(2026, 5, 4),
            ended_on=date(2026, 5, 29),
            issued_on=date(2026, 6, 2),
        )
        second.enrolment.person.name = "Nama Baru"
        second.enrolment.person.save()
        answer = client.post(of_cohort(graduation.cohort))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith('attachment; filename="sertifikat-kue-kering-')
        first, last = pages(answer)
        assert '#panic("x") *Siti*' in first
        for words in (
            "Kue Kering",
            "Kelurahan Gembor",
            graduation.signatory_name,
            "Kota Tangerang, 2 Juni 2026",
        ):
            assert words in first
        assert "diselenggarakan dari 4 sampai dengan 29 Mei 2026, 12 pertemuan, 36 jam" in first
        assert "Tuti Suryani" in last
        assert "0002/PEL/2026" in last
        assert "-".join((second.code[:4], second.code[4:8], second.code[8:])) in last
        assert second.enrolment.person.nik not in last
        line = AccessLog.objects.get()
        assert (line.rows, line.with_identities, line.area_id) == (2, False, GEMBOR)
        assert line.what.startswith("Sertifikat Pelatihan Kue Kering")

    def test_the_page_is_a4_across_and_each_kelurahan_has_a_bookmark(self, client, cast):
        client.force_login(cast.staff)
        certificate = a_certificate()
        reader = PdfReader(BytesIO(content(client.post(of_cohort(certificate.enrolment.cohort)))))
        box = reader.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (842, 595)
        kecamatan, below = reader.outline
        assert (kecamatan.title, below[0].title) == ("Kecamatan Periuk", "Kelurahan Gembor")

    @pytest.mark.parametrize("public", ["", "https://berdikari.example"])
    def test_the_qr_code_leads_to_the_public_page(self, client, cast, monkeypatch, settings, public):
        settings.PUBLIC_URL = public
        given = {}

        def write(path, template, data):
            given.update(data)
            path.write_bytes(b"%PDF")

        monkeypatch.setattr(printed, "write_pdf", write)
        client.force_login(cast.staff)
        certificate = a_certificate()
        content(client.post(of_cohort(certificate.enrolment.cohort)))
        site = public or "http://testserver"
        [page] = given["pages"]
        assert page["qr"] == QrCodes(f"{site}/sertifikat/", 12, "/").svg(CODE)
        assert f"{site}{certificate.get_absolute_url()}" == f"{site}/sertifikat/{CODE}/"
        assert given["site"] == site.partition("://")[2] + "/sertifikat/"

    def test_one_that_was_revoked_is_not_printed(self, client, cast):
        client.force_login(cast.staff)
        graduation = GraduationFactory()
        CertificateFactory(graduation=graduation, name="Siti Aminah")
        CertificateFactory(graduation=graduation, name="Tuti Suryani", revoked_at=timezone.now())
        assert len(pages(client.post(of_cohort(graduation.cohort)))) == 1
        Certificate.objects.update(revoked_at=timezone.now())
        answer = client.post(of_cohort(graduation.cohort), follow=True)
        assert "Belum ada sertifikat yang berlaku" in answer.content.decode()
        assert AccessLog.objects.count() == 1

    def test_a_sample_says_that_it_is_one_on_every_page_and_in_its_name(self, client, cast):
        SampleLoad.objects.create(scale=1, seed=1)
        client.force_login(cast.staff)
        certificate = a_certificate()
        CertificateFactory(graduation=certificate.graduation)
        answer = client.post(of_cohort(certificate.enrolment.cohort))
        assert 'filename="contoh-sertifikat' in answer["Content-Disposition"]
        assert all("DATA CONTOH" in page for page in pages(answer))

    def test_the_page_of_the_participant_leads_to_it(self, client, cast):
        client.force_login(cast.officer_a)
        certificate = a_certificate()
        page = client.get(certificate.enrolment.get_absolute_url()).content.decode()
        assert f'href="{certificate.get_absolute_url()}">0007/PEL/2026' in page

    def test_it_is_no_address_to_open(self, client, cast):
        client.force_login(cast.staff)
        assert client.get(of_cohort(a_certificate().enrolment.cohort)).status_code == 405


class TestOfAProgramme:
    @pytest.fixture
    def programme(self, cast):
        programme = ProgrammeFactory()
        for code, number in ((JATIUWUNG, 1), (GEMBOR, 2), (GEBANG_RAYA, 1)):
            cohort = CohortFactory(programme=programme, area=area(code), state=CohortState.FINISHED)
            graduation = GraduationFactory(cohort=cohort)
            for _ in range(number):
                CertificateFactory(graduation=graduation)
        CertificateFactory(
            graduation=graduation,
            revoked_at=timezone.now(),
            enrolment=EnrolmentFactory(cohort=cohort, state=EnrolmentState.GRADUATED),
        )
        return programme

    def asked(self, client, programme):
        answer = client.post(of_programme(programme))
        export = Export.objects.get()
        assert answer.url == reverse("privacy:export", args=[export.pk])
        return export

    def test_all_are_made_in_the_background_a_file_for_each_kecamatan(self, client, cast, programme):
        client.force_login(cast.staff)
        export = self.asked(client, programme)
        assert (export.state, export.rows, export.total, export.percent) == (Export.State.READY, 4, 4, 100)
        assert export.title == f"Sertifikat {programme}"
        page = client.get(reverse("privacy:export", args=[export.pk])).content.decode()
        assert "4 lembar" in page
        assert "Unduh PDF (dalam satu ZIP)" in page
        answer = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert answer["Content-Type"] == "application/zip"
        archive = zipfile.ZipFile(BytesIO(content(answer)))
        found = {name: len(PdfReader(archive.open(name)).pages) for name in archive.namelist()}
        assert found == {"sertifikat-kecamatan-periuk.pdf": 3, "sertifikat-kecamatan-cibodas.pdf": 1}
        assert (AccessLog.objects.get().rows, AccessLog.objects.get().what) == (4, export.title)

    def test_who_works_in_one_kecamatan_gets_its_own_as_one_pdf(self, client, cast, programme):
        client.force_login(cast.kecamatan_officer)
        export = self.asked(client, programme)
        answer = client.get(reverse("privacy:export_file", args=[export.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert len(PdfReader(BytesIO(content(answer))).pages) == 3

    def test_where_nobody_has_graduated_nothing_is_asked_for(self, client, cast):
        client.force_login(cast.staff)
        answer = client.post(of_programme(CohortFactory().programme), follow=True)
        assert "Belum ada sertifikat yang berlaku" in answer.content.decode()
        assert not Export.objects.exists()

    def test_the_programme_page_offers_them_once_somebody_has_graduated(self, client, cast, programme):
        client.force_login(cast.staff)
        assert of_programme(programme) in client.get(programme.get_absolute_url()).content.decode()
        young = CohortFactory(programme__course__name="Payet").programme
        assert of_programme(young) not in client.get(young.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 5, 4), date(2026, 5, 29), "dari 4 sampai dengan 29 Mei 2026"),
        (date(2026, 4, 27), date(2026, 5, 29), "dari 27 April sampai dengan 29 Mei 2026"),
        (date(2025, 12, 29), date(2026, 1, 9), "dari 29 Desember 2025 sampai dengan 9 Januari 2026"),
        (date(2026, 5, 4), date(2026, 5, 4), "pada 4 Mei 2026"),
    ],
)
def test_when_it_was_held_is_said_without_repeating(first, last, said):
    certificate = Certificate(started_on=first, ended_on=last, session_count=2, hours=0)
    assert held(certificate) == f"diselenggarakan {said}, 2 pertemuan"
