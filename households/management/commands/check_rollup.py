"""Recounts from the rows what the triggers keep (roll-ups, names); says or mends what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

NAMES_OF_PEOPLE = ("head_name", "search_key")
SHOWN = 20  # differences printed one by one; the rest is counted


@dataclass(frozen=True)
class Check:
    """What a table must hold. `recount` gives the key columns and the value columns from the rows themselves.

    `absent` is what a row missing on either side stands for; None where every row exists on both sides.
    """

    title: str
    table: str
    keys: tuple[str, ...]
    values: tuple[str, ...]
    recount: str
    absent: str | None


NAMES = Check(
    title="Nama keluarga",
    table="households_household",
    keys=("id",),
    values=("head_name", "member_count", "search_key"),
    recount="""
        SELECT h.id,
               coalesce(max(p.name) FILTER (WHERE p.relation = 1), '') AS head_name,
               count(p.id) FILTER (WHERE p.status = 'present') AS member_count,
               coalesce(string_agg(p.name_key, '|' ORDER BY p.id), '') AS search_key
        FROM households_household AS h LEFT JOIN households_person AS p ON p.household_id = h.id
        GROUP BY h.id
    """,
    absent=None,
)
WAVES = Check(
    title="Rekap gelombang",
    table="households_wavecount",
    keys=("wave_id", "area_id", "rank_scale", "rank_group"),
    values=("households", "people", "helped"),
    recount="""
        SELECT r.wave_id, r.area_id, r.rank_scale, coalesce(r.rank_group, 0) AS rank_group,
               count(*) AS households, sum(r.member_count) AS people, count(h.helped_in) AS helped
        FROM households_householdrecord AS r JOIN households_household AS h ON h.id = r.household_id
        GROUP BY 1, 2, 3, 4
    """,
    absent="0",
)
REGISTRY = Check(
    title="Rekap registri",
    table="households_registrycount",
    keys=("area_id", "status", "rank_scale", "rank_group", "helped"),
    values=("households", "people"),
    recount="""
        SELECT area_id, status, rank_scale, coalesce(rank_group, 0) AS rank_group, helped_in IS NOT NULL AS helped,
               count(*) AS households, sum(member_count) AS people
        FROM households_household GROUP BY 1, 2, 3, 4, 5
    """,
    absent="0",
)


class Command(BaseCommand):
    """`checks` are made in their order; `locked` are the tables nobody may write to while they are mended."""

    help = "Memeriksa rekap dan nama keluarga terhadap barisnya; keluar dengan kode 1 bila ada yang berbeda."
    # Names first: mending them changes households, whose trigger then moves the registry's roll-up.
    checks: ClassVar[tuple[Check, ...]] = (NAMES, WAVES, REGISTRY)
    locked: ClassVar[tuple[str, ...]] = (
        "households_household",
        "households_person",
        "households_householdrecord",
        "households_wavecount",
        "households_registrycount",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="betulkan yang berbeda")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if repair:  # nobody writes between the recount and the mending; reading goes on
                cursor.execute(f"LOCK TABLE {', '.join(self.locked)} IN SHARE ROW EXCLUSIVE MODE")
            found = 0
            for check in self.checks:
                found += self._report(check, _differences(cursor, check))
                if repair:
                    _repair(cursor, check)
            left = sum(1 for check in self.checks for _ in _differences(cursor, check)) if repair else found
        if left:
            raise CommandError(f"{left} perbedaan. Jalankan lagi dengan --repair untuk membetulkannya.")
        self.stdout.write(
            f"{found} perbedaan dibetulkan." if found else "Semua rekap sesuai dengan barisnya."
        )

    def _report(self, check: Check, differences: Iterator[tuple[Any, ...]]) -> int:
        """Prints the differences of one check; returns how many there are."""
        number = 0
        for number, row in enumerate(differences, 1):
            if number <= SHOWN:
                split = len(check.keys)
                key, kept, counted = (
                    row[:split],
                    row[split : split + len(check.values)],
                    row[split + len(check.values) :],
                )
                place = ", ".join(f"{name}={value}" for name, value in zip(check.keys, key, strict=True))
                for name, is_, should in zip(check.values, kept, counted, strict=True):
                    if is_ != should:
                        # search keys hold the names of people: say that they differ, not what they are
                        said = "berbeda" if name in NAMES_OF_PEOPLE else f"{is_}, seharusnya {should}"
                        self.stdout.write(f"{check.title} ({place}): {name} {said}")
        if number > SHOWN:
            self.stdout.write(f"{check.title}: dan {number - SHOWN} lagi")
        return number


def _differences(cursor: Any, check: Check) -> Iterator[tuple[Any, ...]]:
    """Keys, kept values, true values of every row that differs. One statement, so one moment in time."""
    keys = ", ".join(check.keys)
    kept, counted = (_values(check, side) for side in ("kept", "counted"))
    cursor.execute(
        f"SELECT {keys}, {kept}, {counted} FROM {check.table} AS kept "
        f"FULL JOIN ({check.recount}) AS counted USING ({keys}) "
        f"WHERE ({kept}) IS DISTINCT FROM ({counted}) ORDER BY {keys}"
    )
    yield from cursor.fetchall()


def _values(check: Check, side: str) -> str:
    return ", ".join(
        f"{side}.{value}" if check.absent is None else f"coalesce({side}.{value}, {check.absent})"
        for value in check.values
    )


def _repair(cursor: Any, check: Check) -> None:
    """Makes the table say what the rows say. A roll-up row nothing stands behind stays, with zeros."""
    keys = ", ".join(check.keys)
    values = ", ".join(check.values)
    if check.absent is None:
        cursor.execute(
            f"UPDATE {check.table} AS kept SET ({values}) = ROW({_values(check, 'counted')}) "
            f"FROM ({check.recount}) AS counted WHERE kept.id = counted.id "
            f"AND ({_values(check, 'kept')}) IS DISTINCT FROM ({_values(check, 'counted')})"
        )
        return
    zeros = ", ".join(check.absent for _ in check.values)
    taken = ", ".join(f"{value} = excluded.{value}" for value in check.values)
    cursor.execute(
        f"INSERT INTO {check.table} ({keys}, {values}) "
        f"SELECT {keys}, {values} FROM ({check.recount}) AS counted UNION ALL "
        f"SELECT {keys}, {zeros} FROM {check.table} AS kept "
        f"WHERE NOT EXISTS (SELECT FROM ({check.recount}) AS counted WHERE ({_on(check)})) "
        f"ON CONFLICT ({keys}) DO UPDATE SET {taken}"
    )


def _on(check: Check) -> str:
    return " AND ".join(f"kept.{key} = counted.{key}" for key in check.keys)
