"""What `make test` starts: pytest against a private PostgreSQL of its own, or against DATABASE_URL."""

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
PYTEST = ["-m", "pytest", "-n", "2", "--create-db"]


def main() -> int:
    """Run the suite with the further arguments; gives pytest's exit code, or 2 without a database."""
    if "DATABASE_URL" in os.environ:
        return _pytest(os.environ["DATABASE_URL"])
    try:
        server = PrivatePostgres(PROJECT / "var", name="postgres-test", disposable=True)
        with server as url:
            if not server.owned:
                raise CannotServe(
                    "Another `make test` runs in this folder. Wait for it, or set DATABASE_URL."
                )
            return _pytest(url)
    except CannotServe as reason:
        print(reason, file=sys.stderr)
        return 2


def _pytest(url: str) -> int:
    suite = subprocess.Popen(
        [sys.executable, *PYTEST, *sys.argv[1:]], cwd=PROJECT, env=dict(os.environ, DATABASE_URL=url)
    )

    def stop(number: int, frame: FrameType | None) -> None:
        # Ctrl-C reaches pytest by itself; the other signals reach only this process.
        if number != signal.SIGINT:
            suite.terminate()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return suite.wait()


if __name__ == "__main__":
    sys.exit(main())
