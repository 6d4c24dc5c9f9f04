"""A fresh database for the bench: on a private server as durable as production's, or beside DATABASE_URL's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from tangerang_poverty.trial.private_postgres import PrivatePostgres
from tangerang_poverty.trial.server_account import wheel_folder

PROJECT = Path(__file__).resolve().parents[1]
NAME = "berdikari_bench"


@contextmanager
def fresh_database() -> Iterator[str]:
    """The URL of an empty database, dropped at the end. The database DATABASE_URL names is not touched."""
    if os.environ.get("DATABASE_URL"):
        yield from _inside(os.environ["DATABASE_URL"])
        return
    server = PrivatePostgres(PROJECT / "var", name="postgres-bench")
    with server as url:
        if not server.owned:
            raise SystemExit("The bench runs in this folder already.")
        yield from _inside(url)


def _inside(url: str) -> Iterator[str]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
            try:
                yield urlsplit(url)._replace(path=f"/{NAME}").geturl()
            finally:
                cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def psql() -> str:
    """The program psql: the machine's own, else the one in the wheel."""
    return shutil.which("psql") or str(wheel_folder() / "pginstall" / "bin" / "psql")
