"""What `make run` starts: PostgreSQL, the web server and the workers, until Ctrl-C; nothing stays behind."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import functools
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from honcho.manager import Manager
from honcho.process import Popen, Process

from tangerang_poverty.trial.private_postgres import PrivatePostgres, make_var, write_secret
from tangerang_poverty.trial.server_account import CannotServe

PROJECT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1  # linux/prctl.h: the signal a process gets when its parent dies
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run until stopped, by what PORT, SCALE, DATABASE_URL and BERDIKARI_DATA say; gives an exit code."""
    for number in STOP_SIGNALS:
        signal.signal(number, _leave)
    try:
        port = checked_port(os.environ.get("PORT", "8000"))
        checked_scale(os.environ.get("SCALE", "1"))
        var = make_var(Path(os.environ.get("BERDIKARI_DATA", PROJECT / "var")))
        with _database(var) as url:
            environment = trial_environment(var, url)
            prepared = subprocess.run(
                [sys.executable, "-m", "tangerang_poverty.trial.prepare"],
                cwd=PROJECT,
                env=environment,
                check=False,
            )
            return prepared.returncode or serve(port, environment)
    except CannotServe as reason:
        print(reason, file=sys.stderr)
    except PermissionError as error:
        print(f"{error.filename} is closed to this user: another one (root?) made it.", file=sys.stderr)
    return 2


def checked_port(text: str) -> int:
    """The port as a number. Raises CannotServe when it is none or another program listens on it."""
    if not (text.isdigit() and 1 <= int(text) <= 65535):
        raise CannotServe(f"PORT={text} is not a port: a number from 1 to 65535 is.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError as error:
            raise CannotServe(
                f"Port {text} is reserved for root. Choose another one: make run PORT=8001"
            ) from error
        except OSError as error:
            another = f"Choose another one: make run PORT={min(int(text) + 1, 65535)}"
            raise CannotServe(f"Port {text} is taken by another program. {another}") from error
    return int(text)


def checked_scale(text: str) -> float:
    """How much of the sample city an empty registry gets, 0 to 1. Raises CannotServe for anything else."""
    with contextlib.suppress(ValueError):
        if 0 <= float(text) <= 1:
            return float(text)
    raise CannotServe(f"SCALE={text} is not a share of the sample city: a number from 0 to 1 is.")


def trial_environment(var: Path, url: str) -> dict[str, str]:
    """The environment of every process, its keys made once; also in `var/trial.env` for commands by hand."""
    file = var / "trial.env"
    kept = dict(_read(file)) if file.exists() else {}
    made = {
        "BERDIKARI_MODE": "trial",
        "BERDIKARI_DATA": str(var),
        "DATABASE_URL": url,
        "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(50),
        "FIELD_KEY": kept.get("FIELD_KEY") or base64.urlsafe_b64encode(secrets.token_bytes(64)).decode(),
    }
    write_secret(file, "".join(f"export {name}={shlex.quote(value)}\n" for name, value in made.items()))
    return {**os.environ, **made, "PYTHONUNBUFFERED": "1"}


def serve(port: int, environment: dict[str, str]) -> int:
    """Web server, workers and greeting under honcho until one ends or this is stopped; gives an exit code."""
    python, address = shlex.quote(sys.executable), f"http://127.0.0.1:{port}/"
    gunicorn = f"-m gunicorn tangerang_poverty.wsgi --bind 127.0.0.1:{port} --workers 2 --threads 4"
    processes = {
        "web": f"{gunicorn} --no-control-socket --log-level warning",
        # Two workers, so that a download does not wait for an import that takes minutes.
        "import": "manage.py db_worker --queue-name import",
        "worker": "manage.py db_worker --queue-name default",
        "start": f"-m tangerang_poverty.trial.welcome {address}",
    }
    manager = Manager()
    manager._process_ctor = Leashed
    for name, command in processes.items():
        manager.add_process(name, f"exec {python} {command}", env=environment, cwd=str(PROJECT))
    manager.loop()
    _ignore_signals()
    return 0 if manager.returncode in (130, 143) else manager.returncode or 1


class Leashed(Process):  # type: ignore[misc]
    """A process under honcho that, on Linux, ends when this program is killed without a chance to stop it."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        _end_with_parent(signal.SIGKILL)
        self._child_ctor = functools.partial(Popen, preexec_fn=lambda: _end_with_parent(signal.SIGTERM))
        super().run(events, ignore_signals)


def _end_with_parent(number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


@contextlib.contextmanager
def _database(var: Path) -> Iterator[str]:
    """DATABASE_URL if it is set, else a private server for as long as this lasts."""
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
        return
    print("Starting PostgreSQL ...", flush=True)
    server = PrivatePostgres(var)
    if not server.folder.is_relative_to(var):
        print(f"The account {server.account.name} cannot enter {var}: the database is in {server.folder}.")
    try:
        url = server.start()
        if not server.owned:
            raise CannotServe("Berdikari runs from this folder already. Stop that one first, with Ctrl-C.")
        yield url
    finally:
        _ignore_signals()  # a second Ctrl-C must not leave the server running
        if server.owned:
            server.stop()


def _read(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text().splitlines():
        name, _, value = shlex.split(line)[1].partition("=")
        yield name, value


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
