"""Pages of a long list by key: as fast on the last page as on the first, and steady while rows come and go.

One query per page, no COUNT and no OFFSET: `(a, b, id) > (x, y, z) ORDER BY a, b, id LIMIT n + 1`, a row
comparison that PostgreSQL answers from an index on exactly those columns.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from tangerang_poverty.kit.encrypted import decrypt, encrypt

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """At most one page of rows in their order, and the cursors of its neighbours (None: there is none)."""

    items: list[Row]
    next_cursor: str | None
    previous_cursor: str | None


def keyset_page(
    queryset: QuerySet[Any, Row], *, order: Sequence[str], size: int, cursor: str = ""
) -> KeysetPage[Row]:
    """The page of `queryset` at `cursor`; "" and any cursor that is not ours or leads to nothing: page one.

    `order` names columns, all ascending or all with "-" (PostgreSQL's row comparison knows one direction);
    the primary key is added. They must be NOT NULL, as a comparison with NULL is never true and would lose
    rows: ValueError for a nullable field or mixed directions. `.values()` rows must hold these columns and
    the key, a foreign key as "area_id". A cursor is encrypted: it holds the last row's values (a name, say)
    and stands in addresses and logs.
    """
    columns, descending = _columns(queryset, order)
    backward, key = _decoded(cursor, columns)
    rows = queryset
    if key is not None:
        comparison = TupleLessThan if backward != descending else TupleGreaterThan
        rows = rows.filter(comparison(Tuple(*map(F, columns)), key))
    sign = "-" if backward != descending else ""
    found = list(rows.order_by(*(sign + column for column in columns))[: size + 1])
    if key is not None and not found:
        return keyset_page(queryset, order=order, size=size)
    more, items = len(found) > size, found[:size]
    if backward:
        items.reverse()
    has_next, has_previous = (True, more) if backward else (more, key is not None)
    return KeysetPage(
        items,
        _encoded("next", items[-1], columns) if has_next else None,
        _encoded("previous", items[0], columns) if has_previous else None,
    )


def _columns(queryset: QuerySet[Any, Any], order: Sequence[str]) -> tuple[list[str], bool]:
    """The columns without signs, the primary key last, and whether they descend."""
    signs = {column.startswith("-") for column in order}
    if len(signs) > 1:
        raise ValueError("Keyset pages need one direction for all columns.")
    options, columns = queryset.model._meta, []
    for column in (column.removeprefix("-") for column in order):
        try:
            field = options.get_field(column)
        except FieldDoesNotExist:  # an annotation or the way over a relation: the caller knows
            columns.append(column)
            continue
        if getattr(field, "null", False):
            raise ValueError(f"{column} may be NULL: keyset pages would lose those rows.")
        columns.append(getattr(field, "attname", column))
    key = options.pk.attname
    return [*(column for column in columns if column not in ("pk", key)), key], signs == {True}


def _purpose(columns: Sequence[str]) -> str:
    return "cursor " + " ".join(columns)  # a cursor of another order is none


def _encoded(direction: str, row: Any, columns: Sequence[str]) -> str:
    key = [_value(row, column) for column in columns]
    data = encrypt(json.dumps([direction, *key], cls=DjangoJSONEncoder), purpose=_purpose(columns))
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _value(row: Any, column: str) -> Any:
    if isinstance(row, Model):
        for name in column.split("__"):
            row = getattr(row, name)
        return row
    return row[column]


def _decoded(cursor: str, columns: Sequence[str]) -> tuple[bool, tuple[Any, ...] | None]:
    """(backward, key of the row to go on from); (False, None) for page one."""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        direction, *key = json.loads(decrypt(data, purpose=_purpose(columns))) if data else ("next",)
    except (InvalidTag, binascii.Error, ValueError):
        return False, None
    return (direction == "previous", tuple(key)) if key else (False, None)
