"""The receipts of a report through its pages: added, looked at, taken away, refused; handed in, accepted, returned."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from kub.actions.receipts import Spent, add_receipt
from kub.lifecycle import GrantState, ReportState
from kub.models import AccountabilityReport, Receipt
from tangerang_poverty.kit.problems import Refused
from tests.factories import JATIUWUNG, area
from tests.kit.uploaded import PROGRAM, pdf, photo_with_place, picture, upload
from tests.kub.factories import GrantFactory, GroupFactory, ProposalFactory, ReceiptFactory, ReportFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def report(cast):
    return ReportFactory()


@pytest.fixture
def officer(cast, client):
    client.force_login(cast.officer_a)
    return client


def lines(report):
    return list(report.grant.proposal.lines.order_by("position"))


def add(client, report, content=None, *, name="nota.jpg", follow=True, **data):
    """Post a receipt for the first line as a browser would."""
    posted = {
        "line": lines(report)[0].pk,
        "dated_on": TODAY.isoformat(),
        "amount": "1.550.000",
        "description": "Toko Makmur",
        "file": upload(photo_with_place() if content is None else content, name),
    }
    return client.post(reverse("kub:receipt_add", args=[report.pk]), posted | data, follow=follow)


def move(client, report, name, **data):
    return client.post(reverse("kub:report_move", args=[report.pk, name]), data, follow=True)


def page(client, report):
    return client.get(report.get_absolute_url()).content.decode()


def kept_files():
    folder = Path(settings.MEDIA_ROOT) / "kub"
    return {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


class TestAdding:
    def test_a_photo_is_kept_drawn_anew(self, officer, cast, report):
        answer = add(officer, report)
        receipt = Receipt.objects.get()
        assert "Kuitansi 1 tersimpan." in answer.content.decode()
        assert (receipt.amount, receipt.number, receipt.content_type) == (1_550_000, 1, "image/jpeg")
        assert (receipt.uploaded_by, receipt.description) == (cast.officer_a, "Toko Makmur")
        with receipt.file.open("rb") as file:
            content = file.read()
        assert b"RAHASIA" not in content
        assert receipt.size == len(content)
        assert "nota" not in receipt.file.name

    def test_a_pdf_too_and_the_numbers_go_on(self, officer, report):
        add(officer, report)
        add(officer, report, pdf(), name="nota.pdf", line=lines(report)[1].pk)
        numbers = Receipt.objects.order_by("number").values_list("number", "content_type")
        assert list(numbers) == [(1, "image/jpeg"), (2, "application/pdf")]

    def test_one_after_the_other(self, officer, report):
        answer = add(officer, report, lagi="1", follow=False)
        assert answer["Location"] == reverse("kub:receipt_add", args=[report.pk])

    def test_pressed_twice_it_is_there_once(self, officer, report):
        first, second = add(officer, report), add(officer, report)
        assert (first.status_code, second.status_code) == (200, 200)
        assert Receipt.objects.count() == 1
        assert len(kept_files()) >= 1

    def test_the_same_picture_for_something_else_is_refused(self, officer, report):
        add(officer, report)
        answer = add(officer, report, amount="99000")
        assert answer.status_code == 422
        assert "sudah menjadi kuitansi 1 dalam LPJ ini" in answer.content.decode()

    def test_the_same_picture_in_another_report_is_refused(self, officer, report):
        other = ReportFactory(grant=GrantFactory(proposal=ProposalFactory(state="recommended")))
        add(officer, other)
        answer = add(officer, report)
        assert "sudah menjadi kuitansi dalam LPJ lain" in answer.content.decode()
        assert Receipt.objects.filter(report=report).count() == 0

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (PROGRAM, "nota.jpg", "sebenarnya program Windows"),
            (b"<html><script>alert(1)</script></html>", "nota.pdf", "sebenarnya halaman web"),
            (b"%PDF-1.7\n<html>", "nota.pdf", "bukan PDF yang sebenarnya"),
            (pdf() + PROGRAM, "nota.pdf", "bukan PDF yang sebenarnya"),
            (b"", "nota.jpg", "kosong; tidak ada isinya"),
            (photo_with_place()[:900], "nota.jpg", "rusak atau terpotong"),
        ],
    )
    def test_what_is_no_receipt_is_told_and_nothing_stays(self, officer, report, content, name, sentence):
        before = kept_files()
        answer = add(officer, report, content, name=name)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Receipt.objects.count() == 0
        assert kept_files() == before

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"amount": "0"}, "Paling sedikit Rp1."),
            ({"amount": "-5000"}, "tidak boleh kurang dari nol"),
            ({"amount": "1500,50"}, "tanpa sen"),
            ({"amount": "banyak"}, "Tulis bilangan bulat dengan angka"),
            ({"dated_on": (TODAY + timedelta(days=1)).isoformat()}, "belum tiba"),
            ({"dated_on": "2001-01-01"}, "padahal hibahnya baru dibayar"),
            ({"line": "999999"}, "div_id_line"),
        ],
    )
    def test_what_is_filled_in_wrong(self, officer, report, data, sentence):
        answer = add(officer, report, **data)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Receipt.objects.count() == 0

    def test_a_line_of_another_proposal_is_refused(self, cast, report):
        other = ProposalFactory().lines.first()
        with pytest.raises(Refused, match="bukan dari RAB hibah ini"):
            add_receipt(
                report, Spent(other, TODAY, 1), file=upload(picture()), by=cast.officer_a, today=TODAY
            )

    def test_a_nik_in_the_description_is_masked(self, officer, report):
        add(officer, report, description="Nota Siti 9971014505800001")
        assert "9971014505800001" not in Receipt.objects.get().description

    def test_nothing_is_added_to_a_report_that_was_sent(self, officer, report):
        ReceiptFactory(report=report)
        move(officer, report, "kirim")
        answer = add(officer, report)
        assert answer.status_code == 422
        assert "LPJ ini sudah dikirim" in answer.content.decode()

    def test_a_failure_of_the_database_leaves_no_file(self, cast, report, monkeypatch):
        before = kept_files()

        def fail(self: Receipt, **how: object) -> None:
            raise OSError("disk")

        monkeypatch.setattr(Receipt, "save", fail)
        spent = Spent(lines(report)[0], TODAY, 1)
        with pytest.raises(OSError, match="disk"):
            add_receipt(report, spent, file=upload(picture()), by=cast.officer_a, today=TODAY)
        assert kept_files() == before


class TestFiles:
    def test_a_photo_is_shown_and_can_run_nothing(self, officer, report):
        add(officer, report)
        answer = officer.get(reverse("kub:receipt_file", args=[Receipt.objects.get().pk]))
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Disposition"].startswith("inline;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].endswith("; sandbox")
        assert "no-store" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")

    def test_a_pdf_is_saved_never_shown(self, officer, report):
        add(officer, report, pdf(), name="nota.html")
        answer = officer.get(reverse("kub:receipt_file", args=[Receipt.objects.get().pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="kuitansi-1-lpj-{report.pk}.pdf"'
        assert b"".join(answer.streaming_content) == pdf()

    def test_another_area_does_not_find_it(self, client, cast, officer, report):
        add(officer, report)
        client.force_login(cast.officer_b)
        assert client.get(reverse("kub:receipt_file", args=[Receipt.objects.get().pk])).status_code == 404

    def test_it_has_no_address_of_its_own(self, officer, report):
        add(officer, report)
        name = Receipt.objects.get().file.name
        for address in (f"/media/{name}", f"/static/{name}", f"/{name}"):
            assert officer.get(address).status_code == 404


class TestRemoving:
    def test_it_asks_and_takes_the_file_along(self, officer, report, django_capture_on_commit_callbacks):
        add(officer, report)
        receipt = Receipt.objects.get()
        address = reverse("kub:receipt_remove", args=[receipt.pk])
        assert "tidak dapat dikembalikan" in officer.get(address).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            officer.post(address)
        assert not Receipt.objects.exists()
        assert not default_storage.exists(receipt.file.name)

    def test_not_from_a_report_that_was_sent(self, officer, report):
        add(officer, report)
        move(officer, report, "kirim")
        answer = officer.post(reverse("kub:receipt_remove", args=[Receipt.objects.get().pk]))
        assert answer.status_code == 422
        assert Receipt.objects.exists()

    def test_a_number_is_not_given_twice(self, officer, report):
        for turn in range(3):
            add(officer, report, picture((200 + turn, 100)))
        officer.post(reverse("kub:receipt_remove", args=[Receipt.objects.get(number=2).pk]))
        add(officer, report, picture((300, 100)))
        assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 3, 4]


class TestTheReport:
    def test_the_budget_beside_the_receipts(self, officer, report):
        oven, material = lines(report)
        add(officer, report, amount="10.150.000", line=oven.pk)
        add(officer, report, picture(), amount="400.000", line=material.pk)
        text = re.sub(r"\s+", " ", page(officer, report))
        assert '<span class="bk-state is-bad">lebih Rp150.000</span>' in text
        assert '<span class="bk-state is-info">sisa Rp9.600.000</span>' in text
        assert "Rp10.550.000" in text
        assert "Rp1.450.000" in text  # of 12.000.000 without a receipt yet

    def test_more_than_was_paid_is_the_groups_own(self, officer, report):
        add(officer, report, amount="12.500.000")
        assert "ditanggung kelompok sendiri" in page(officer, report)

    def test_an_empty_one_is_not_sent(self, officer, report):
        assert "Tambahkan dahulu kuitansinya." in page(officer, report)
        assert "LPJ ini belum berisi kuitansi." in move(officer, report, "kirim").content.decode()

    def test_sent_examined_and_accepted(self, officer, client, cast, report):
        add(officer, report, amount="12.000.000")
        assert "menunggu diperiksa" in move(officer, report, "kirim").content.decode()
        assert "Terima LPJ" not in page(officer, report)
        client.force_login(cast.staff)
        text = page(client, report)
        assert "Rp12.000.000 dicatat dalam buku besar" in text
        assert f"Dikirim oleh {cast.officer_a}" in text
        assert "diterima." in move(client, report, "terima").content.decode()
        report.grant.refresh_from_db()
        assert report.grant.accounted == 12_000_000

    def test_who_sent_it_does_not_examine_it(self, client, cast, report):
        client.force_login(cast.staff)
        ReceiptFactory(report=report)
        move(client, report, "kirim")
        text = page(client, report)
        assert "Anda yang mengirim LPJ ini, jadi diperiksa orang lain." in text
        assert "Terima LPJ" not in text
        assert "dikerjakan orang lain" in move(client, report, "terima").content.decode()
        report.refresh_from_db()
        assert report.state == ReportState.SUBMITTED

    def test_returned_with_a_reason_mended_and_sent_again(self, officer, client, cast, report):
        add(officer, report)
        move(officer, report, "kirim")
        client.force_login(cast.verifier)
        answer = client.post(reverse("kub:report_move", args=[report.pk, "kembalikan"]), {"note": ""})
        assert answer.status_code == 422
        move(client, report, "kembalikan", note="Kuitansi oven kurang jelas")
        client.force_login(cast.officer_a)
        text = page(client, report)
        assert "Kuitansi oven kurang jelas" in text
        assert f"Dikembalikan oleh {cast.verifier}" in text
        add(client, report, picture())
        move(client, report, "kirim")
        report.refresh_from_db()
        assert report.state == ReportState.SUBMITTED

    def test_a_receipt_that_cannot_be_read(self, officer, client, cast, report):
        add(officer, report)
        move(officer, report, "kirim")
        receipt = Receipt.objects.get()
        client.force_login(cast.staff)
        mark = reverse("kub:receipt_unreadable", args=[receipt.pk])
        answer = client.post(mark, {"note": "Jumlahnya terpotong"})
        assert answer["Location"].endswith("#kuitansi-1")
        text = page(client, report)
        assert "Jumlahnya terpotong" in text
        assert "kembalikan supaya diganti" in text
        assert "tidak terbaca" in move(client, report, "terima").content.decode()
        client.post(mark, {"terbaca": "1"})
        receipt.refresh_from_db()
        assert (receipt.unreadable, receipt.unreadable_note) == (False, "")
        move(client, report, "terima")
        report.refresh_from_db()
        assert report.state == ReportState.ACCEPTED

    def test_only_an_examiner_marks_and_only_while_it_waits(self, officer, client, cast, report):
        add(officer, report)
        mark = reverse("kub:receipt_unreadable", args=[Receipt.objects.get().pk])
        assert officer.post(mark).status_code == 403
        client.force_login(cast.staff)
        assert "selama LPJ menunggu diperiksa" in client.post(mark).content.decode()

    @pytest.mark.parametrize("name", ["terima", "kembalikan"])
    def test_an_officer_does_not_examine(self, officer, report, name):
        ReceiptFactory(report=report)
        move(officer, report, "kirim")
        assert move(officer, report, name, note="Salah").status_code == 403

    def test_the_head_reads_and_does_nothing(self, client, cast, report):
        client.force_login(cast.head)
        text = page(client, report)
        assert "LPJ disusun dan dikirim petugas" in text
        assert move(client, report, "kirim").status_code == 403

    def test_an_unknown_move(self, officer, report):
        assert move(officer, report, "hapus").status_code == 404

    def test_days_left_and_over(self, officer, report):
        AccountabilityReport.objects.filter(pk=report.pk).update(due_on=TODAY + timedelta(days=6))
        assert "6 hari lagi" in page(officer, report)
        AccountabilityReport.objects.filter(pk=report.pk).update(due_on=TODAY - timedelta(days=3))
        assert "terlambat 3 hari" in page(officer, report)

    def test_other_reports_of_the_grant_count_before_it(self, officer, cast, report):
        ReceiptFactory(report=report, amount=9_000_000)
        AccountabilityReport.objects.filter(pk=report.pk).update(
            state=ReportState.SUBMITTED, submitted_at=timezone.now(), submitted_by=cast.officer_a
        )
        second = AccountabilityReport.objects.create(
            grant=report.grant, instalment=report.grant.instalments.get(number=2), due_on=TODAY
        )
        text = page(officer, second)
        assert "LPJ lain" in text
        assert "9.000.000" in text
        assert "sisa Rp1.000.000" in text

    def test_of_a_group_elsewhere_it_is_not_found(self, officer):
        elsewhere = GroupFactory(area=area(JATIUWUNG))
        grant = GrantFactory(proposal=ProposalFactory(group=elsewhere, state="recommended"))
        report = ReportFactory(grant=grant)
        for address in (report.get_absolute_url(), reverse("kub:receipt_add", args=[report.pk])):
            assert officer.get(address).status_code == 404

    def test_once_the_grant_has_ended_nothing_is_written(self, officer, report):
        type(report.grant).objects.filter(pk=report.grant_id).update(state=GrantState.CLOSED)
        assert add(officer, report).status_code == 422
