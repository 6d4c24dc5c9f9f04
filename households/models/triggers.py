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


def _roll_up(table: str, keys: str, *, people: str) -> dict[str, str]:
    """Adds what a statement brought and takes away what it removed; groups that did not change are not touched."""
    columns = [key.strip() for key in keys.split(",")]
    names = ", ".join(columns)
    selected = ", ".join(f"coalesce({c}, 0) AS {c}" if c == "rank_group" else c for c in columns)
    plus = f"SELECT {selected}, 1 AS n, {people} AS p FROM new_rows"
    minus = f"SELECT {selected}, -1 AS n, -{people} AS p FROM old_rows"
    return {
        event: f"""
            INSERT INTO {table} ({names}, households, people)
            SELECT {names}, sum(n), sum(p) FROM ({source}) AS delta
            GROUP BY {names} HAVING sum(n) <> 0 OR sum(p) <> 0 ORDER BY {names}
            ON CONFLICT ({names}) DO UPDATE
            SET households = {table}.households + excluded.households, people = {table}.people + excluded.people;
        """
        for event, source in {"insert": plus, "update": f"{plus} UNION ALL {minus}", "delete": minus}.items()
    }


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

REGISTRY_COUNT_TRIGGERS = statement_triggers(
    "registry_count",
    _roll_up(
        "households_registrycount", "area_id, status, rank_scale, rank_group", people="member_count::bigint"
    ),
)

WAVE_COUNT_TRIGGERS = statement_triggers(
    "wave_count",
    _roll_up(
        "households_wavecount", "wave_id, area_id, rank_scale, rank_group", people="member_count::bigint"
    ),
)
