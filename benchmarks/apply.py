"""An import applied (staging, checks, records and golden rows) against three other ways of loading the same rows.

Ours begins with a file. What it takes to read the file and understand its cells is timed inside the same run and
told apart, for the others begin with rows that are already the final ones.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from django.db import connection

from benchmarks import city, peers_apply
from benchmarks.database import psql
from benchmarks.timing import NO_BUDGET, Line
from households.imports import actions
from households.imports.parse import RowParser
from households.models import Household, HouseholdRecord, Person, PersonRecord

TABLES = (Household, Person, HouseholdRecord, PersonRecord)
TIMES_COPY, TIMES_BULK, TIMES_IMPORT_EXPORT = 3, 4, 10
PART = 0.1  # of the city: what the slow peers load


@dataclass
class Taken:
    """Seconds of one import: reading and parsing, everything until it is staged, and applying."""

    reading: float = 0.0
    staging: float = 0.0
    applying: float = 0.0

    @property
    def loading(self) -> float:
        return self.staging + self.applying


@dataclass
class _Stopwatch:
    """Adds up the time spent inside the functions it wraps; nested ones count once."""

    seconds: float = 0.0
    inside: bool = field(default=False)

    def wraps(self, function: Any) -> Any:
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self.inside:
                return function(*args, **kwargs)
            self.inside, start = True, time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - start
                self.inside = False

        return timed

    def iterates(self, rows: Iterator[Any]) -> Iterator[Any]:
        step, end = self.wraps(next), object()
        while (row := step(rows, end)) is not end:
            yield row


@contextmanager
def _reading_timed() -> Iterator[_Stopwatch]:
    """Times the reader and the parser wherever staging calls them; the cost of timing itself falls on staging."""
    from households.imports import stage

    watch, tables = _Stopwatch(), stage.tables

    def timed_tables(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for table in watch.iterates(tables(*args, **kwargs)):
            table.rows = watch.iterates(iter(table.rows))
            yield table

    names = ("padded", "key", "same_household", "household", "person")
    parser = {name: watch.wraps(getattr(RowParser, name)) for name in names}
    with patch.object(stage, "tables", timed_tables), patch.multiple(RowParser, **parser):
        yield watch


def ours(path: Path) -> Taken:
    """One import of a file into an empty registry."""
    city.empty()
    batch = city.upload(path)
    gc.collect()
    taken = Taken()
    with _reading_timed() as watch:
        start = time.perf_counter()
        actions.stage(batch.pk)
        taken.reading = watch.seconds
        taken.staging = time.perf_counter() - start - watch.seconds
    start = time.perf_counter()
    city.apply(batch)
    taken.applying = time.perf_counter() - start
    return taken


class Dump:
    """The four tables as an import left them, and the ways to load them into empty tables again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts = self.count()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_batch")
            cursor.execute("CREATE TABLE bench_batch AS TABLE households_importbatch")
            for model in TABLES:
                with self._file(model).open("wb") as file:
                    cursor.copy_expert(f"COPY {model._meta.db_table} ({_columns(model)}) TO STDOUT", file)
        script = (f"\\copy {m._meta.db_table} ({_columns(m)}) from '{self._file(m)}'" for m in TABLES)
        (folder / "load.sql").write_text("\n".join(script) + "\n")

    def _file(self, model: Any) -> Path:
        return self.folder / f"{model._meta.db_table}.copy"

    @staticmethod
    def count() -> list[int]:
        return [model._default_manager.count() for model in TABLES]

    def timed(self, way: Any) -> float:
        """Seconds a way takes to load the rows into empty tables, all of them in one transaction."""
        city.empty()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO households_importbatch SELECT * FROM bench_batch")
        gc.collect()
        start = time.perf_counter()
        way()
        taken = time.perf_counter() - start
        assert self.count() == self.counts, "a peer did not load the same rows"
        return taken

    def copy(self) -> None:
        command = [psql(), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(self.folder / "load.sql")]
        subprocess.run([*command, "-d", os.environ["DATABASE_URL"]], check=True)


def _columns(model: Any) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)


def run(rounds: int) -> list[Line]:
    small = round(city.families() * PART)
    return [*_part(small, rounds), *_whole(city.families(), rounds)]


def _part(families: int, rounds: int) -> list[Line]:
    """Ours and all peers on the same part of the city; the slowest peer is measured once."""
    path = city.list_of(families)
    mine: list[Taken] = []
    seconds: dict[str, list[float]] = {"copy": [], "bulk_create": [], "tuned": []}
    with TemporaryDirectory() as name:
        ours(path)  # warms caches and connections
        for _ in range(rounds):
            mine.append(ours(path))
            dump = Dump(Path(name))
            rows = peers_apply.read_back()
            tables = peers_apply.datasets(rows)
            ways = {
                "copy": dump.copy,
                "bulk_create": partial(peers_apply.bulk_create, rows),
                "tuned": partial(peers_apply.import_export, tables),
            }
            for way, load in ways.items():
                seconds[way].append(dump.timed(load))
        documented = dump.timed(partial(peers_apply.import_export_documented, tables))
    loading = statistics.median(taken.loading for taken in mine)
    median = {way: statistics.median(taken) for way, taken in seconds.items()}
    what = f"apply {families:,} families"
    return [
        _against_copy(what, loading, median["copy"]),
        _times_faster(what, loading, median["bulk_create"], "bulk_create", TIMES_BULK),
        _times_faster(
            what, loading, documented, "django-import-export, bulk mode as documented", TIMES_IMPORT_EXPORT
        ),
        Line(what, loading, median["tuned"], "the same, without any lookup of rows or keys", NO_BUDGET, True),
    ]


def _times_faster(what: str, loading: float, peer: float, name: str, times: int) -> Line:
    return Line(what, loading, peer, name, f"≥ {times}× as fast", peer / loading >= times)


def _against_copy(what: str, loading: float, copy: float) -> Line:
    return Line(what, loading, copy, r"psql \copy", f"≤ {TIMES_COPY}× the time", loading <= TIMES_COPY * copy)


def _whole(families: int, rounds: int) -> list[Line]:
    """Ours and `\\copy` on the whole city, the last of which stays for what is measured next; bulk_create once."""
    path = city.list_of(families)
    mine, copied = [], []
    with TemporaryDirectory() as name:
        for turn in range(rounds):
            mine.append(ours(path))
            dump = Dump(Path(name))
            if turn == 0:
                created = dump.timed(partial(peers_apply.bulk_create, peers_apply.read_back()))
            copied.append(dump.timed(dump.copy))
    city.analyze()

    def median(part: str) -> float:
        return statistics.median(getattr(taken, part) for taken in mine)

    def told(job: str, part: str) -> Line:
        return Line(f"{job}, {families:,} families", median(part), None, "", NO_BUDGET, True)

    return [
        _against_copy(f"apply {families:,} families", median("loading"), statistics.median(copied)),
        _times_faster(f"apply {families:,} families", median("loading"), created, "bulk_create", TIMES_BULK),
        told("… of it staging and judging", "staging"),
        told("… of it applying, one transaction", "applying"),
        told("reading and parsing the file before", "reading"),
    ]
