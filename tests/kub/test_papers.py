"""The papers of groups and grants: what each says, to whom it is handed out, masked and logged."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from households.models import SampleLoad
from kub.lifecycle import GroupState, ProposalState, ReportState
from kub.models import GrantForm, Group, Membership, Proposal
from kub.paper_exports import PAPERS
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.kit.identifiers import mask
from tests.factories import CITY, GEMBOR
from tests.kub.factories import DecreeFactory, GrantFactory, GroupFactory, MembershipFactory, ProposalFactory
from tests.kub.paper_files import asked, paid, report, reversal
from tests.paper_files import content, pages, sheets, text

pytestmark = pytest.mark.django_db
ODD = '#panic("x") *tebal* _miring_ =1+1'


@pytest.fixture
def staff(client, cast):
    client.force_login(cast.staff)
    return client


def recommended(**values):
    return ProposalFactory(state=ProposalState.RECOMMENDED, **values)


@pytest.fixture
def subjects():
    """What each paper is about, all of it in Gembor."""
    grant = GrantFactory()
    goods = GrantFactory(proposal=recommended(grant_form=GrantForm.GOODS))
    return {
        "berita-acara-pembentukan": grant.proposal.group,
        "usulan": grant.proposal,
        "lampiran-keputusan": grant.decree,
        "kwitansi": paid(grant),
        "serah-terima": goods,
        "laporan-hibah": grant,
    }


class TestEveryPaper:
    def test_each_has_a_subject_here(self, subjects):
        assert set(subjects) == set(PAPERS)

    @pytest.mark.parametrize("name", PAPERS)
    def test_it_is_handed_out_in_each_of_its_forms_and_logged(self, staff, cast, subjects, name):
        for form in PAPERS[name].formats:
            read = text if form == "pdf" else lambda answer: str(sheets(answer))
            assert read(asked(staff, name, subjects[name], form))
            line = AccessLog.objects.latest("pk")
            assert (line.by, line.action, line.with_identities) == (
                cast.staff,
                AccessLog.Action.DOWNLOAD,
                False,
            )
            assert line.area_id == (CITY if name == "lampiran-keputusan" else GEMBOR)
            assert str(subjects[name]) in line.what

    @pytest.mark.parametrize("name", PAPERS)
    def test_another_form_is_not_found(self, staff, subjects, name):
        assert asked(staff, name, subjects[name], "docx").status_code == 404
        if "excel" not in PAPERS[name].formats:
            assert asked(staff, name, subjects[name], "excel").status_code == 404

    @pytest.mark.parametrize("name", [name for name in PAPERS if name != "lampiran-keputusan"])
    def test_of_another_kelurahan_it_is_not_found(self, client, cast, subjects, name):
        client.force_login(cast.officer_a)
        assert content(asked(client, name, subjects[name]))
        client.force_login(cast.officer_b)
        assert asked(client, name, subjects[name]).status_code == 404

    @pytest.mark.parametrize("name", PAPERS)
    def test_who_may_take_nothing_away_gets_nothing(self, client, cast, subjects, name):
        client.force_login(cast.leadership)
        assert asked(client, name, subjects[name]).status_code == 403
        assert not AccessLog.objects.exists()

    @pytest.mark.parametrize("name", PAPERS)
    def test_it_is_no_address_to_open(self, staff, subjects, name):
        assert staff.get(reverse("kub:paper", args=[name, subjects[name].pk, "pdf"])).status_code == 405

    @pytest.mark.parametrize("name", ["lain", "daftar-hadir"])
    def test_what_there_is_not_is_not_found(self, staff, subjects, name):
        assert asked(staff, name, subjects["usulan"]).status_code == 404

    @pytest.mark.parametrize("name", PAPERS)
    def test_a_sample_says_that_it_is_one(self, staff, subjects, name):
        SampleLoad.objects.create(scale=1, seed=1)
        answer = asked(staff, name, subjects[name])
        assert 'filename="contoh-' in answer["Content-Disposition"]
        assert "DATA CONTOH" in text(answer)

    @pytest.mark.parametrize("name", PAPERS)
    def test_a_name_is_printed_letter_by_letter(self, staff, subjects, name):
        for number, group in enumerate(Group.objects.order_by("pk")):
            group.name = f"{ODD}{number}"
            group.save()
        shown = text(asked(staff, name, subjects[name]))
        assert ODD.replace(" ", "") in shown.replace(" ", "")


class TestNumbers:
    @pytest.mark.parametrize("name", [name for name, kind in PAPERS.items() if kind.clear])
    def test_account_and_nik_are_masked_unless_they_are_asked_for(self, staff, cast, client, subjects, name):
        group = subjects["berita-acara-pembentukan"]
        number, nik = group.account_number, group.memberships.first().person.nik
        hidden = text(asked(staff, name, subjects[name]))
        clear = text(asked(staff, name, subjects[name], nik="on"))
        shown = {"berita-acara-pembentukan": [nik], "usulan": [nik, number]}.get(name, [number])
        for one in shown:
            assert one in clear
        assert number not in hidden
        assert nik not in hidden
        assert mask(nik) in hidden or nik not in shown
        assert AccessLog.objects.latest("pk").with_identities
        client.force_login(cast.officer_a)
        assert asked(client, name, subjects[name], nik="on").status_code == 403

    @pytest.mark.parametrize("name", [name for name, kind in PAPERS.items() if not kind.clear])
    def test_papers_without_such_numbers_ignore_the_wish(self, client, cast, subjects, name):
        client.force_login(cast.officer_a)
        shown = text(asked(client, name, subjects[name], nik="on"))
        assert all(one.account_number not in shown for one in Group.objects.all())
        assert not AccessLog.objects.get().with_identities


class TestFounding:
    @pytest.fixture
    def group(self):
        return GroupFactory(
            name="Melati Rasa",
            formed_on=date(2015, 3, 3),
            meeting_place="Balai warga RW 03",
            report_number="012/BA-KUB/2015",
        )

    def test_it_says_when_where_and_who(self, staff, group):
        shown = text(asked(staff, "berita-acara-pembentukan", group))
        for words in (
            "BERITA ACARA PEMBENTUKAN KUB",
            "Nomor 012/BA-KUB/2015",
            "Selasa tanggal tiga bulan Maret tahun dua ribu lima belas (3 Maret 2015)",
            "Balai warga RW 03",
            "dihadiri 5 (lima) orang",
            "Kelurahan Gembor, Kecamatan Periuk",
            "Jalan Melati 4",
            "Ketua KUB Melati Rasa",
            "Lurah Gembor",
            "Tanda tangan",
        ):
            assert words in shown
        for one in group.memberships.select_related("person"):
            assert one.person.name in shown

    def test_it_keeps_to_who_was_there_when_it_was_founded(self, staff, group):
        chair = group.memberships.get(role=Membership.Role.CHAIR)
        Membership.objects.filter(pk=chair.pk).update(left_on=date(2015, 8, 1), leave_reason="moved")
        later = MembershipFactory(group=group, role=Membership.Role.CHAIR, joined_on=date(2015, 8, 1))
        later.person.name = "Datang Kemudian"
        later.person.save()
        shown = text(asked(staff, "berita-acara-pembentukan", group))
        assert chair.person.name in shown
        assert "Datang Kemudian" not in shown
        assert AccessLog.objects.get().rows == 5

    def test_members_written_down_after_the_meeting_were_there(self, staff, group):
        group.memberships.update(joined_on=date(2015, 3, 9))
        shown = text(asked(staff, "berita-acara-pembentukan", group))
        assert "dihadiri 5 (lima) orang" in shown

    def test_of_one_being_formed_it_leaves_dots(self, staff):
        group = GroupFactory(
            state=GroupState.FORMING, formed_on=None, report_number="", meeting_place="", members=1
        )
        shown = text(asked(staff, "berita-acara-pembentukan", group))
        assert "Nomor ......" in shown
        assert "Pada hari ini, ......" in shown


class TestProposal:
    def test_lines_add_up_and_the_amount_stands_in_words(self, staff):
        proposal = ProposalFactory(
            lines=(("Oven gas", 2, "unit", 5_000_500), ("Loyang", 12, "buah", 85_000)),
            state=ProposalState.SUBMITTED,
        )
        shown = text(asked(staff, "usulan", proposal))
        for words in (
            "Oven gas 2 unit 5.000.500 10.001.000",
            "Loyang 12 buah 85.000 1.020.000",
            "Jumlah 11.021.000",
            "Rp11.021.000 (sebelas juta dua puluh satu ribu rupiah)",
            "Alat dan bahan baku kue kering",
            "Diajukan",
        ):
            assert words in shown
        assert "masih draf" not in shown
        book = sheets(asked(staff, "usulan", proposal, "excel"))
        assert book["Rencana anggaran biaya"][1:] == [
            [1, "Oven gas", 2, "unit", 5_000_500, 10_001_000],
            [2, "Loyang", 12, "buah", 85_000, 1_020_000],
            [None, "Jumlah", None, None, None, 11_021_000],
        ]
        assert len(book["Anggota"]) == 6

    def test_a_draft_says_that_it_is_one(self, staff):
        assert "masih draf" in text(asked(staff, "usulan", ProposalFactory()))

    def test_one_without_lines_says_so(self, staff):
        shown = text(asked(staff, "usulan", ProposalFactory(lines=())))
        assert "Belum ada rincian biaya." in shown
        assert "Rp0 (nol rupiah)" in shown

    def test_once_decided_it_says_what_was_granted(self, staff):
        proposal = GrantFactory().proposal
        shown = text(asked(staff, "usulan", proposal))
        assert "Disetujui (Rp)" in shown
        assert "Rp20.000.000 (dua puluh juta rupiah)" in shown


class TestReceipt:
    @pytest.fixture
    def grant(self):
        grant = GrantFactory(agreement_number="012/NPHD/2026", agreed_on=date(2026, 4, 17))
        Group.objects.update(name="Melati Rasa")
        return grant

    def test_it_says_how_much_in_figures_and_words_what_for_and_who_signs(self, staff, grant):
        shown = text(asked(staff, "kwitansi", paid(grant)))
        chair = grant.proposal.group.memberships.get(role=Membership.Role.CHAIR).person.name
        for words in (
            "KWITANSI",
            "Nomor bukti SP2D 04512/LS/2026",
            "Bendahara Pengeluaran Dinas Sosial Kota Tangerang",
            "Dua belas juta rupiah",
            "Rp12.000.000",
            "termin 1 dari 2 untuk KUB Melati Rasa",
            f"SK {grant.decree.number}",
            "NPHD 012/NPHD/2026 tanggal 17 April 2026",
            "Tangerang, 4 Mei 2026",
            "Yudi Prasetyo",
            chair,
            "5.1.4.05.01",
        ):
            assert words in shown

    def test_a_grant_paid_at_once_names_no_instalment(self, staff):
        entry = paid(GrantFactory(shares=(100,)))
        shown = text(asked(staff, "kwitansi", entry))
        assert "Hibah modal usaha untuk KUB" in shown
        assert "Dua puluh juta rupiah" in shown

    def test_of_a_reversed_payment_there_is_none(self, staff, grant):
        entry = paid(grant)
        back = reversal(entry)
        address = reverse("kub:paper", args=["kwitansi", entry.pk, "pdf"])
        answer = staff.post(address)
        assert answer.status_code == 302
        assert answer.url == grant.get_absolute_url()
        [message] = [str(one) for one in staff.get(reverse("profile")).context["messages"]]
        assert f"sudah dibalik dengan baris {back.number} " in message
        assert asked(staff, "kwitansi", back).status_code == 404
        assert not AccessLog.objects.exists()

    def test_neither_of_other_entries_nor_of_goods(self, staff, grant):
        assert asked(staff, "kwitansi", grant.entries.get(kind="decision")).status_code == 404
        Proposal.objects.update(grant_form=GrantForm.GOODS)
        assert asked(staff, "kwitansi", paid(grant)).status_code == 404


class TestHandover:
    @pytest.fixture
    def grant(self):
        lines = (
            ("Oven gas", 2, "unit", 5_000_000),
            ("Loyang", 10, "buah", 100_000),
            ("Etalase", 1, "unit", 2_000_000),
        )
        return GrantFactory(proposal=recommended(grant_form=GrantForm.GOODS, lines=lines), shares=(100,))

    def test_it_lists_the_goods_and_their_worth(self, staff, grant):
        paid(grant)
        shown = text(asked(staff, "serah-terima", grant))
        for words in (
            "BERITA ACARA SERAH TERIMA BARANG",
            "Senin tanggal empat bulan Mei tahun dua ribu dua puluh enam (4 Mei 2026)",
            "Oven gas 2 unit 5.000.000 10.000.000",
            "Rp13.000.000 (tiga belas juta rupiah)",
            "PIHAK PERTAMA",
            "PIHAK KEDUA",
        ):
            assert words in shown

    def test_what_was_granted_in_part_leaves_the_quantity_open_and_what_was_not_is_left_out(self, staff):
        lines = (("Oven gas", 2, "unit", 5_000_000), ("Etalase", 1, "unit", 2_000_000))
        proposal = recommended(grant_form=GrantForm.GOODS, lines=lines)
        oven, case = proposal.lines.order_by("position")
        grant = GrantFactory(proposal=proposal, shares=(100,))
        Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.DRAFT)  # to write what was granted
        for line, granted in ((oven, 5_000_000), (case, 0)):
            line.granted = granted
            line.save()
        shown = text(asked(staff, "serah-terima", grant))
        assert "Oven gas .......... unit" in shown
        assert "Etalase" not in shown
        assert "Rp5.000.000 (lima juta rupiah)" in shown

    def test_before_the_payment_the_day_is_left_open(self, staff, grant):
        assert "Pada hari ini, ......" in text(asked(staff, "serah-terima", grant))

    def test_money_is_handed_over_with_a_receipt_instead(self, staff):
        assert asked(staff, "serah-terima", GrantFactory()).status_code == 404


class TestCard:
    def shown(self, user, subject):
        request = RequestFactory().get("/")
        request.user = user
        template = Template("{% load kub_papers %}{% papers subject %}")
        return template.render(Context({"request": request, "subject": subject, "csrf_token": "x"}))

    def test_a_grant_offers_its_proposal_a_receipt_for_each_payment_that_stands_and_its_report(self, cast):
        grant = GrantFactory()
        first = paid(grant)
        report(grant, 1, ReportState.ACCEPTED)
        second = paid(grant, 2)
        reversal(second)
        page = self.shown(cast.staff, grant.proposal)
        for name, pk in (("usulan", grant.proposal_id), ("kwitansi", first.pk), ("laporan-hibah", grant.pk)):
            assert reverse("kub:paper", args=[name, pk, "pdf"]) in page
        assert reverse("kub:paper", args=["kwitansi", second.pk, "pdf"]) not in page
        assert "serah-terima" not in page
        assert "Kwitansi termin 1" in page

    def test_goods_are_offered_with_their_handover(self, cast):
        grant = GrantFactory(proposal=recommended(grant_form=GrantForm.GOODS))
        paid(grant)
        page = self.shown(cast.staff, grant.proposal)
        assert reverse("kub:paper", args=["serah-terima", grant.pk, "pdf"]) in page
        assert "kwitansi" not in page

    def test_a_draft_offers_its_proposal_alone(self, cast):
        page = self.shown(cast.staff, ProposalFactory())
        assert page.count("formaction") == 2

    def test_groups_and_decrees_offer_theirs(self, cast):
        group, decree = GroupFactory(), DecreeFactory()
        assert reverse("kub:paper", args=["berita-acara-pembentukan", group.pk, "pdf"]) in self.shown(
            cast.staff, group
        )
        assert reverse("kub:paper", args=["lampiran-keputusan", decree.pk, "excel"]) in self.shown(
            cast.staff, decree
        )

    def test_clear_numbers_are_offered_to_who_may_have_them_and_papers_to_who_may_take_them(self, cast):
        group = GroupFactory()
        assert 'name="nik"' in self.shown(cast.staff, group)
        assert 'name="nik"' not in self.shown(cast.officer_a, group)
        assert self.shown(cast.leadership, group).strip() == ""


def test_long_names_are_not_cut(staff):
    long = "Raden Ajeng Kartini Sastrodiningrat Kusumawardhani Purbaningrum binti Haji Muhammad"
    group = GroupFactory()
    person = group.memberships.first().person
    person.name = long
    person.save()
    assert long in " ".join(" ".join(pages(asked(staff, "berita-acara-pembentukan", group))).split())
