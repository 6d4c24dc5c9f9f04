"""Brings database, sign-ins and static files of a trial up to date; `run` starts it as its own program."""

from __future__ import annotations

import io
import os
import sys

import django
from django.core.management import CommandError, call_command
from django.db import DatabaseError

STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Bringing the database up to date", "migrate", ("--no-input",)),
    ("Loading the areas", "load_areas", ()),
    ("Loading the waves", "load_waves", ()),
    ("Writing the roles", "sync_roles", ()),
    ("Making sign-ins for this installation", "sample_users", ()),
    ("Collecting the static files", "collectstatic", ("--no-input",)),
    ("Looking for work that was interrupted", "resume_work", ()),
)


def main() -> int:
    """Run every step; SCALE is how much of the sample city an empty registry gets. Gives an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangerang_poverty.settings")
    django.setup()
    load = ("Asking for the sample city", "load_sample", ("--scale", os.environ.get("SCALE", "1")))
    for sentence, command, arguments in (*STEPS, load):
        print(f"{sentence} ...", flush=True)
        try:
            call_command(command, *arguments, stdout=io.StringIO())
        except (CommandError, DatabaseError) as problem:
            print(f"{command}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
