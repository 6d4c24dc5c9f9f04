"""The list of groups: its filters in the address, its pages, its workbook."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kub.lifecycle import GroupState, Stage
from kub.models import Group
from tangerang_poverty.accounts.models import User
from tangerang_poverty.audit.models import AccessLog
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export
from tests.cast import Cast
from tests.factories import GEBANG_RAYA, GEMBOR, JATIUWUNG, PERIUK, area
from tests.kub.factories import BusinessKindFactory, GroupFactory, VisitFactory
from tests.kub.group_pages import client_of, page, text, url

pytestmark = pytest.mark.django_db
LIST, EXPORT = "/kub/", "/kub/unduh/"


def some_groups() -> dict[str, Group]:
    beads = BusinessKindFactory(name="Payet/bordir")
    return {
        "melati": GroupFactory(name="Melati", area=area(GEMBOR)),
        "mawar": GroupFactory(name="Mawar", area=area(GEBANG_RAYA), kind=beads, members=2),
        "anggrek": GroupFactory(name="Anggrek", area=area(JATIUWUNG), stage=Stage.INDEPENDENT, members=3),
        "kenanga": GroupFactory(name="Kenanga", area=area(GEMBOR), state=GroupState.FORMING, members=0),
    }


def shown(user: User, query: str = "") -> set[str]:
    return set(re.findall(r'href="/kub/\d+/">([^<]+)<', page(user, f"{LIST}{query}")))


def test_everybody_sees_the_groups_of_the_own_area(cast: Cast) -> None:
    some_groups()
    assert shown(cast.staff) == {"Melati", "Mawar", "Anggrek", "Kenanga"}
    assert shown(cast.kecamatan_officer) == {"Melati", "Mawar", "Kenanga"}
    assert shown(cast.officer_a) == {"Melati", "Kenanga"}
    assert shown(cast.officer_b) == {"Anggrek"}
    page(cast.leadership, LIST, status=403)


def test_a_row_says_who_leads_it_and_how_many_they_are(cast: Cast) -> None:
    group = some_groups()["melati"]
    chair = group.memberships.get(role="chair").person
    assert f"Melati {group.kind} Gembor Gembor Periuk {chair} 5 Tumbuh Aktif" in text(page(cast.staff, LIST))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"?wilayah={PERIUK}", {"Melati", "Mawar", "Kenanga"}),
        (f"?wilayah={JATIUWUNG}", {"Anggrek"}),
        ("?keadaan=forming", {"Kenanga"}),
        ("?tahap=mandiri", {"Anggrek"}),
        ("?cari=mEl", {"Melati"}),
        (f"?keadaan=active&wilayah={GEMBOR}", {"Melati"}),
    ],
)
def test_filters_stand_in_the_address(cast: Cast, query: str, expected: set[str]) -> None:
    some_groups()
    assert shown(cast.staff, query) == expected


def test_filters_by_warning_and_names_the_worst(cast: Cast) -> None:
    groups = some_groups()
    VisitFactory(group=groups["melati"])
    assert shown(cast.staff, "?tanda=anggota-kurang") == {"Mawar", "Anggrek"}
    assert shown(cast.staff, "?tanda=tanpa-kunjungan") == {"Mawar", "Anggrek"}
    assert shown(cast.staff, f"?tanda=ada&wilayah={PERIUK}") == {"Mawar"}
    assert shown(cast.officer_a, "?tanda=ada") == set()
    read = text(page(cast.staff, f"{LIST}?tanda=ada&wilayah={PERIUK}"))
    assert "Belum dikunjungi 200 hari dan 2 tanda lagi" in read
    groups_sheet, _ = workbook(cast.staff, f"{EXPORT}?tanda=anggota-kurang&wilayah={PERIUK}")
    assert "Anggota tinggal 2" in rows(groups_sheet)[0]["Tanda peringatan"]


def test_filters_by_kind(cast: Cast) -> None:
    kind = some_groups()["mawar"].kind
    assert shown(cast.staff, f"?jenis={kind.pk}") == {"Mawar"}
    assert "1 KUB di Kota Tangerang · Payet/bordir" in text(page(cast.staff, f"{LIST}?jenis={kind.pk}"))


@pytest.mark.parametrize(
    "query",
    ["keadaan=hilang", "tahap=x", "tanda=x", "jenis=0", "jenis=x", "wilayah=99.99", f"wilayah={JATIUWUNG}"],
)
def test_what_is_not_there_or_not_ones_own_is_not_found(cast: Cast, query: str) -> None:
    page(cast.kecamatan_officer, f"{LIST}?{query}", status=404)


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    assert "Bentuk KUB dari lulusan" in text(page(cast.staff, LIST))
    assert "Belum ada KUB di wilayah Anda." in text(page(cast.verifier, LIST))
    assert "Hapus saringan" in page(cast.staff, f"{LIST}?cari=tidakada")


def test_pages_show_every_group_once(cast: Cast) -> None:
    GroupFactory.create_batch(53, members=0)
    seen: list[str] = []
    address: str | None = LIST
    while address:
        html = page(cast.staff, address)
        seen += re.findall(r'href="/kub/(\d+)/"', html)
        onward = re.search(r'href="(\?[^"]*hal=[^"]+)"[^>]*>\s*Berikutnya', html)
        address = f"{LIST}{unescape(onward[1])}" if onward else None
    assert len(seen) == len(set(seen)) == 53


def test_a_number_is_never_searched_by_address(cast: Cast) -> None:
    answer = client_of(cast.staff).get(f"{LIST}?cari=9971014107850001&keadaan=active")
    assert answer["Location"] == f"{LIST}?keadaan=active"


def test_the_navigation_leads_here_for_who_may_see_it(cast: Cast) -> None:
    assert f'href="{LIST}"' in page(cast.treasurer, "/")
    assert f'href="{LIST}"' not in page(cast.leadership, "/")


@pytest.mark.parametrize("who", ["officer_a", "kecamatan_officer", "staff", "verifier", "head", "treasurer"])
def test_the_help_speaks_of_groups_to_who_sees_them(cast: Cast, who: str) -> None:
    read = text(page(cast.everybody()[who], reverse("help")))
    assert ("Membentuk KUB" in read) == (who in ("officer_a", "staff"))
    assert ("Melihat KUB" in read) == (who not in ("officer_a", "staff"))


class TestWorkbook:
    def test_holds_what_is_filtered_with_its_members_and_is_logged(self, cast: Cast) -> None:
        group = some_groups()["melati"]
        groups, members = workbook(cast.staff, f"{EXPORT}?wilayah={GEMBOR}&keadaan=active")
        (row,) = rows(groups)
        assert (row["Nama KUB"], row["Kecamatan"], row["Anggota"]) == ("Melati", "Periuk", 5)
        assert row["Ketua"] == group.memberships.get(role="chair").person.name
        assert row["Rekening"] == group.masked_account
        assert group.account_number not in str(groups)
        assert len(rows(members)) == 5
        assert {one["Nama KUB"] for one in rows(members)} == {"Melati"}
        line = AccessLog.objects.get()
        assert (line.by, line.rows, line.with_identities) == (cast.staff, 5, False)
        assert line.what == "Daftar KUB; Kelurahan Gembor; Aktif"

    def test_ends_at_the_own_area(self, cast: Cast) -> None:
        some_groups()
        groups, members = workbook(cast.officer_b, EXPORT)
        assert {row["Kelurahan"] for row in rows(groups)} == {"Jatiuwung"}
        assert len(rows(members)) == 3
        answer = client_of(cast.officer_b).post(f"{EXPORT}?wilayah={GEMBOR}")
        assert answer.status_code == 404

    def test_a_group_without_members_is_in_it(self, cast: Cast) -> None:
        some_groups()
        groups, members = workbook(cast.staff, f"{EXPORT}?keadaan=forming")
        assert [row["Nama KUB"] for row in rows(groups)] == ["Kenanga"]
        assert [row for row in members[1:] if any(row)] == []

    def test_a_long_list_is_built_in_the_background(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        some_groups()
        monkeypatch.setattr(exports, "DIRECT_ROWS", 1)
        answer = client_of(cast.staff).post(f"{EXPORT}?wilayah={PERIUK}")
        export = Export.objects.get()
        assert answer["Location"] == reverse("privacy:export", args=[export.pk])
        assert (export.state, export.rows) == (Export.State.READY, 3 + 7)


def workbook(user: User, address: str) -> list[list[tuple[Any, ...]]]:
    """Both sheets."""
    answer = client_of(user).post(address)
    assert answer.status_code == 200
    file = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    return [list(file[name].iter_rows(values_only=True)) for name in ("Daftar KUB", "Anggota KUB")]


def rows(sheet: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]


def test_addresses_are_those_of_the_table() -> None:
    assert (url("home"), url("groups_export")) == (LIST, EXPORT)
