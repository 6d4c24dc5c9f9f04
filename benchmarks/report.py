"""The results as Markdown: one table, and the machine they were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime

import django
from django.db import connection

from benchmarks import city
from benchmarks.database import PROJECT
from benchmarks.timing import Line

DOCUMENT = PROJECT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- results of make bench -->", "<!-- end of the results -->"
HEAD = ("job", "Berdikari", "compared with", "it takes", "Berdikari is", "budget", "met")


def results(lines: Sequence[Line]) -> str:
    rows = [HEAD, ("---",) * len(HEAD), *(line.cells() for line in lines)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{machine()}\n\n{table}\n"


def machine() -> str:
    """One sentence: date, cores, memory, versions, and the scale when it is not the whole one."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    said = (
        f"Measured on {datetime.now().astimezone():%Y-%m-%d} on {os.cpu_count()} cores with {memory:.0f} GB of memory, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"Django {django.__version__}, PostgreSQL {server.split()[0]}."
    )
    if city.scale() != 1:
        said += f" All sizes times {city.scale():g} (BENCH_SCALE): the budgets hold for the whole size."
    return said


def write(results: str) -> None:
    """Put the results between their two marks in docs/benchmarks.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{results}{END}{after}", encoding="utf-8")
