"""Statement triggers that keep derived columns and the roll-ups true, whatever writes: ORM, bulk or raw SQL.

Each works on the transition tables of a whole statement, so a load of 55,000 rows pays for one grouped query.
Rows of a roll-up are touched in key order, so two writers cannot wait for each other in a circle.
"""

from __future__ import annotations

import pgtrigger

_EVENTS = {
    "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_rows")),
    "update": (pgtrigger.Update, pgtrigger.Referencing(old="old_rows", new="new_rows")),
    "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_rows")),
}


def statement_triggers(name: str, body: dict[str, str]) -> list[pgtrigger.Trigger]:
    """One trigger for each event: PostgreSQL allows transition tables for a single event only."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_{event}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=f"{body[event]} RETURN NULL;",
        )
        for event, (operation, referencing) in _EVENTS.items()
    ]


def roll_up(table: str, *, keys: dict[str, str], values: dict[str, str], beside: str = "") -> dict[str, str]:
    """Adds what a statement brought and takes away what it removed; groups that did not change are not touched.

    `keys` and `values` give each column of the roll-up as SQL over a changed row "r" and what is joined `beside` it.
    """
    selected = ", ".join(f"{sql} AS {name}" for name, sql in keys.items())
    plus = f"SELECT {selected}, {_as(values, sign='')} FROM new_rows AS r {beside}"
    minus = f"SELECT {selected}, {_as(values, sign='-')} FROM old_rows AS r {beside}"
    return {
        event: _add(table, keys, values, source)
        for event, source in {"insert": plus, "update": f"{plus} UNION ALL {minus}", "delete": minus}.items()
    }


def _as(values: dict[str, str], *, sign: str) -> str:
    return ", ".join(f"{sign}({sql}) AS {name}" for name, sql in values.items())


def _add(table: str, keys: dict[str, str], values: dict[str, str], source: str) -> str:
    """Adds the sums of `source`, by key and in key order, to the rows of a roll-up."""
    names = ", ".join(keys)
    return f"""
        INSERT INTO {table} ({names}, {", ".join(values)})
        SELECT {names}, {", ".join(f"sum({name})" for name in values)} FROM ({source}) AS delta
        GROUP BY {names} HAVING {" OR ".join(f"sum({name}) <> 0" for name in values)} ORDER BY {names}
        ON CONFLICT ({names}) DO UPDATE
        SET {", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in values)};
    """


def _household_names(source: str) -> str:
    """Head, number of members and search key of the households whose people changed."""
    return f"""
        UPDATE households_household AS h
        SET head_name = n.head_name, member_count = n.member_count, search_key = n.search_key
        FROM (
            SELECT t.household_id,
                   coalesce(max(p.name) FILTER (WHERE p.relation = 1), '') AS head_name,
                   count(p.id) FILTER (WHERE p.status = 'present') AS member_count,
                   coalesce(string_agg(p.name_key, '|' ORDER BY p.id), '') AS search_key
            FROM (SELECT DISTINCT household_id FROM ({source}) AS s) AS t
            LEFT JOIN households_person AS p ON p.household_id = t.household_id
            GROUP BY t.household_id
        ) AS n
        WHERE h.id = n.household_id
          AND (h.head_name, h.member_count, h.search_key) IS DISTINCT FROM (n.head_name, n.member_count, n.search_key);
    """


PERSON_TRIGGERS = statement_triggers(
    "household_names",
    {
        "insert": _household_names("SELECT household_id FROM new_rows"),
        "update": _household_names(
            "SELECT household_id FROM new_rows UNION ALL SELECT household_id FROM old_rows"
        ),
        "delete": _household_names("SELECT household_id FROM old_rows"),
    },
)

_RANK = {"rank_scale": "r.rank_scale", "rank_group": "coalesce(r.rank_group, 0)"}
_WAVE_KEYS = {"wave_id": "r.wave_id", "area_id": "r.area_id", **_RANK}

REGISTRY_COUNT_TRIGGERS = statement_triggers(
    "registry_count",
    roll_up(
        "households_registrycount",
        keys={
            "area_id": "r.area_id",
            "status": "r.status",
            **_RANK,
            "helped": "r.helped_in IS NOT NULL",
        },
        values={"households": "1", "people": "r.member_count::bigint"},
    ),
)

WAVE_COUNT_TRIGGERS = statement_triggers(
    "wave_count",
    roll_up(
        "households_wavecount",
        keys=_WAVE_KEYS,
        values={
            "households": "1",
            "people": "r.member_count::bigint",
            "helped": "(h.helped_in IS NOT NULL)::int",
        },
        beside="LEFT JOIN households_household AS h ON h.id = r.household_id",
    ),
)

# Whether a household is helped stands in the household, the wave's roll-up counts its records.
WAVE_HELPED_TRIGGER = pgtrigger.Trigger(
    name="wave_helped_update",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    func=_add(
        "households_wavecount",
        _WAVE_KEYS,
        {"households": "", "people": "", "helped": ""},
        f"""
            SELECT {", ".join(f"{sql} AS {name}" for name, sql in _WAVE_KEYS.items())},
                   0 AS households, 0 AS people, CASE WHEN now.helped_in IS NULL THEN -1 ELSE 1 END AS helped
            FROM new_rows AS now JOIN old_rows AS before ON before.id = now.id
            JOIN households_householdrecord AS r ON r.household_id = now.id
            WHERE (now.helped_in IS NULL) <> (before.helped_in IS NULL)
        """,
    )
    + " RETURN NULL;",
)
