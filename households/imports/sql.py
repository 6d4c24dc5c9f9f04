"""How the set-based statements of an import are run: one batch, one cursor, named parameters."""

from __future__ import annotations

from typing import Any

# How exactly a birth date is known, of the rows called {}.
FINENESS = "array_position(ARRAY['age', 'year', 'month', 'day'], {}.birth_precision::text)"


class Statements:
    """Runs SQL for one batch; every statement may use %(batch)s, %(wave)s and what `more` adds."""

    def __init__(self, cursor: Any, **params: Any) -> None:
        self.cursor = cursor
        self.params = params

    def run(self, sql: str, **more: Any) -> int:
        """Rows changed."""
        self.cursor.execute(sql, {**self.params, **more})
        return int(self.cursor.rowcount)

    def table(self, name: str, sql: str, *, key: str = "", **more: Any) -> None:
        """A temporary table of this transaction out of a query, indexed by `key` and known to the planner."""
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {sql}", **more)
        if key:
            self.run(f"CREATE INDEX ON {name} ({key})")
        self.run(f"ANALYZE {name}")

    def column(self, sql: str, **more: Any) -> list[Any]:
        self.cursor.execute(sql, {**self.params, **more})
        return [row[0] for row in self.cursor.fetchall()]
