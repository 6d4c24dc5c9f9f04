"""Runs a command against a PostgreSQL made for it and thrown away, or against DATABASE_URL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from tangerang_poverty.trial.private_postgres import PrivatePostgres
from tangerang_poverty.trial.server_account import CannotServe

PROJECT = Path(__file__).resolve().parents[2]


def main(command: list[str]) -> int:
    """Run `command` with DATABASE_URL in its environment; gives its exit code, or 2 without a database."""
    if os.environ.get("DATABASE_URL"):
        return _run(command, os.environ["DATABASE_URL"])
    try:
        server = PrivatePostgres(PROJECT / "var", name="postgres-test", disposable=True)
        with server as url:
            if not server.owned:
                raise CannotServe("The tests run in this folder already. Wait for them, or set DATABASE_URL.")
            return _run(command, url)
    except CannotServe as reason:
        print(reason, file=sys.stderr)
        return 2


def _run(command: list[str], url: str) -> int:
    process = subprocess.Popen(command, cwd=PROJECT, env=dict(os.environ, DATABASE_URL=url))

    def stop(number: int, frame: FrameType | None) -> None:
        # Ctrl-C reaches the command by itself; the other signals reach only this process.
        if number != signal.SIGINT:
            process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
