"""`make run` as a user meets it: answers, stops without a trace, goes on; and what it says to wrong input."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest

from tangerang_poverty.trial import run
from tangerang_poverty.trial.server_account import CannotServe

PROJECT = Path(run.__file__).resolve().parents[2]
PATIENCE = 120  # seconds; a hang must fail, a slow machine must not


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="bk"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Trial:
    """A running `python -m tangerang_poverty.trial.run` and what it has printed."""

    def __init__(self, var: Path, port: int) -> None:
        kept = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")
        }
        self.var, self.output = var, var.with_name("output")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tangerang_poverty.trial.run"],
                cwd=PROJECT,
                env={**kept, "PORT": str(port), "SCALE": "0", "BERDIKARI_DATA": str(var)},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + PATIENCE
        while words not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < until, self.printed()
            time.sleep(0.1)

    def processes(self) -> list[str]:
        """Every process that works for this trial, by its environment or its command line."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), *process.environ().values()]
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if any(str(self.var) in word for word in words):
                found.append(str(process.pid))
        return found

    def stop(self, number: int) -> int:
        os.killpg(self.process.pid, number)  # as a terminal does with Ctrl-C
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(var: Path, port: int) -> Iterator[Callable[[], Trial]]:
    trials: list[Trial] = []

    def trial() -> Trial:
        trials.append(Trial(var, port))
        return trials[-1]

    yield trial
    for left in trials:
        if left.process.poll() is None:
            left.stop(signal.SIGTERM)


def alive(number: int) -> bool:
    """Whether a process runs; one that has ended and waits to be buried has no command line any more."""
    try:
        return bool(psutil.Process(number).cmdline())
    except psutil.NoSuchProcess:
        return False


def children(number: int) -> dict[str, int]:
    """Numbers of the processes below `number`, by their command lines."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    below, found = {str(number)}, {}
    for _ in range(5):
        for pid, parent, command in rows:
            if parent in below:
                below.add(pid)
                found[command] = int(pid)
    return found


@pytest.mark.slow
def test_it_answers_stops_without_a_trace_goes_on_and_stops_when_a_part_of_it_dies(start, var, port):
    first = start()
    first.wait_for("Ctrl-C stops it")
    assert f"http://127.0.0.1:{port}/" in first.printed()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        assert page.status == 200
    keys = (var / "trial.env").read_text()
    assert first.stop(signal.SIGINT) == 0
    assert first.processes() == []

    second = start()
    second.wait_for("Ctrl-C stops it")
    assert (var / "trial.env").read_text() == keys
    worker = next(
        number for command, number in children(second.process.pid).items() if "db_worker" in command
    )
    os.kill(worker, signal.SIGKILL)
    assert second.process.wait(PATIENCE) != 0
    assert second.processes() == []


@pytest.mark.slow
def test_killed_outright_it_leaves_no_web_server_or_worker_and_starts_again(start):
    killed = start()
    killed.wait_for("Ctrl-C stops it")
    left = set(children(killed.process.pid).values())
    killed.process.kill()
    killed.process.wait(PATIENCE)
    until = time.monotonic() + PATIENCE
    while any(alive(number) for number in left):
        assert time.monotonic() < until
        time.sleep(0.1)
    again = start()
    again.wait_for("Ctrl-C stops it")
    assert again.stop(signal.SIGTERM) == 0
    assert again.processes() == []


@pytest.mark.slow
def test_a_stop_while_it_prepares_leaves_nothing_behind_either(start):
    trial = start()
    trial.wait_for("Bringing the database up to date")
    assert trial.stop(signal.SIGTERM) != 0
    assert trial.processes() == []


def test_a_port_in_use_is_named_with_a_way_out(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CannotServe, match=f"Port {port} is taken .* make run PORT="):
            run.checked_port(str(port))


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(CannotServe, match="not a port"):
        run.checked_port(text)


@pytest.mark.parametrize(("text", "share"), [("1", 1), ("0", 0), ("0.1", 0.1)])
def test_a_scale_is_a_share(text, share):
    assert run.checked_scale(text) == share


@pytest.mark.parametrize("text", ["", "half", "-0.1", "1.5", "nan", "inf"])
def test_what_is_no_scale_is_refused(text):
    with pytest.raises(CannotServe, match="not a share"):
        run.checked_scale(text)


def test_keys_are_made_once_and_closed_to_others(tmp_path):
    first = run.trial_environment(tmp_path, "postgres://one/db")
    second = run.trial_environment(tmp_path, "postgres://two/db")
    assert second["FIELD_KEY"] == first["FIELD_KEY"]
    assert second["SECRET_KEY"] == first["SECRET_KEY"]
    assert second["DATABASE_URL"] == "postgres://two/db"
    assert (tmp_path / "trial.env").stat().st_mode & 0o777 == 0o600


def test_another_installation_has_other_keys(tmp_path):
    environments = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        environments.append(run.trial_environment(tmp_path / name, "postgres:///db"))
    assert environments[0]["FIELD_KEY"] != environments[1]["FIELD_KEY"]
    assert environments[0]["SECRET_KEY"] != environments[1]["SECRET_KEY"]


def test_a_shell_can_read_the_environment_for_commands_by_hand(tmp_path):
    url = "postgres://u:p@%2Fa%20folder's%2Fx:5432/db"
    run.trial_environment(tmp_path, url)
    script = '. "$1"; printf %s "$DATABASE_URL"'
    read = subprocess.run(
        ["sh", "-c", script, "sh", tmp_path / "trial.env"], capture_output=True, text=True, check=True, env={}
    )
    assert read.stdout == url
