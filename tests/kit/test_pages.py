"""Keyset pages over the areas: every row once, both ways, one query each, and a row comparison in SQL."""

from __future__ import annotations

import base64
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.encrypted import encrypt
from tangerang_poverty.kit.pages import KeysetPage, keyset_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_city() -> None:
    city = make(None, "99.71", "Kota")
    for k in range(1, 5):
        kecamatan = make(city, f"99.71.{k:02d}", f"Kecamatan {k}")
        for number in range(1, 5 if k < 4 else 7):  # names repeat across kecamatan: ties in the order
            make(kecamatan, f"{kecamatan.code}.{1000 + number}", f"Nama {number}")


def make(parent: Area | None, code: str, name: str) -> Area:
    level = {5: "kota", 8: "kecamatan", 13: "kelurahan"}[len(code)]
    return Area.objects.create(
        code=code, name=name, level=level, parent=parent, bps_code=code.replace(".", "")[:10]
    )


def walk(order: tuple[str, ...], size: int, **values: bool) -> list[KeysetPage]:
    rows = Area.objects.values("code", "name") if values else Area.objects.all()
    pages = [keyset_page(rows, order=order, size=size)]
    while cursor := pages[-1].next_cursor:
        pages.append(keyset_page(rows, order=order, size=size, cursor=cursor))
    return pages


@pytest.mark.parametrize("size", [1, 5, 22, 23, 24])
@pytest.mark.parametrize("order", [("name",), ("-name",), ("code",), ()])
def test_walking_forward_shows_every_row_once_in_order(order: tuple[str, ...], size: int) -> None:
    shown = [area.code for page in walk(order, size) for area in page.items]
    sign = "-" if order and order[0].startswith("-") else ""
    assert shown == list(Area.objects.order_by(*order, f"{sign}code").values_list("code", flat=True))


@pytest.mark.parametrize("order", [("name",), ("-name",)])
def test_walking_back_shows_the_same_pages(order: tuple[str, ...]) -> None:
    pages = walk(order, 5)
    for before, page in pairwise(pages):
        assert page.previous_cursor
        back = keyset_page(Area.objects.all(), order=order, size=5, cursor=page.previous_cursor)
        assert back.items == before.items
        assert bool(back.previous_cursor) == bool(before.previous_cursor)
        assert back.next_cursor == before.next_cursor


def test_the_first_page_has_no_previous_and_the_last_no_next() -> None:
    pages = walk(("name",), 10)
    assert (pages[0].previous_cursor, pages[-1].next_cursor) == (None, None)
    assert [len(page.items) for page in pages] == [10, 10, 3]


def test_dictionaries_page_like_models() -> None:
    models = [area.code for page in walk(("name",), 4) for area in page.items]
    assert [row["code"] for page in walk(("name",), 4, values=True) for row in page.items] == models


def test_a_page_is_one_query_with_a_row_comparison_and_no_offset() -> None:
    cursor = walk(("name",), 5)[1].next_cursor
    assert cursor
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset_page(Area.objects.all(), order=("name",), size=5, cursor=cursor)
    (query,) = queries.captured_queries
    assert """("areas_area"."name", "areas_area"."code") > ('Nama 2', '99.71.""" in query["sql"]
    assert query["sql"].endswith('ORDER BY "areas_area"."name" ASC, "areas_area"."code" ASC LIMIT 6')


@pytest.mark.parametrize(
    "cursor",
    ["x", "=", "é", "AAAA", "A" * 5000, "../etc", "bnVsbA", encrypt('["next"]', purpose="other").hex()],
)
def test_a_cursor_that_is_not_ours_gives_page_one(cursor: str) -> None:
    first = keyset_page(Area.objects.all(), order=("name",), size=5)
    assert keyset_page(Area.objects.all(), order=("name",), size=5, cursor=cursor) == first


def test_a_cursor_of_another_order_gives_page_one() -> None:
    cursor = walk(("code",), 5)[0].next_cursor
    assert cursor
    first = keyset_page(Area.objects.all(), order=("name",), size=5)
    assert keyset_page(Area.objects.all(), order=("name",), size=5, cursor=cursor) == first


def test_changing_one_letter_of_a_cursor_gives_page_one() -> None:
    cursor = walk(("name",), 5)[0].next_cursor
    assert cursor
    forged = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    first = keyset_page(Area.objects.all(), order=("name",), size=5)
    assert keyset_page(Area.objects.all(), order=("name",), size=5, cursor=forged) == first


def test_a_cursor_shows_none_of_the_values_it_holds() -> None:
    cursor = walk(("name",), 5)[0].next_cursor
    assert cursor
    assert "Nama" not in cursor
    assert b"Nama" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def test_a_cursor_behind_the_last_row_gives_page_one() -> None:
    pages = walk(("code",), 22)
    Area.objects.filter(code=pages[1].items[0].code).delete()
    assert pages[0].next_cursor
    page = keyset_page(Area.objects.all(), order=("code",), size=22, cursor=pages[0].next_cursor)
    assert page.items[0].code == "99.71"


def test_an_empty_list_is_one_empty_page() -> None:
    assert keyset_page(Area.objects.none(), order=("name",), size=5) == KeysetPage([], None, None)


def test_nullable_columns_and_mixed_directions_are_refused() -> None:
    with pytest.raises(ValueError, match="may be NULL"):
        keyset_page(Area.objects.all(), order=("parent",), size=5)
    with pytest.raises(ValueError, match="one direction"):
        keyset_page(Area.objects.all(), order=("name", "-code"), size=5)
