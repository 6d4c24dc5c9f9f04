"""`python -m benchmarks [NAME …] [--write]`: everything measured side by side, printed as one table."""

from __future__ import annotations

import argparse
import base64
import importlib
import os
import secrets
import shutil
import sys

from benchmarks.database import PROJECT, fresh_database

FILES = PROJECT / "var" / "bench"  # lists, uploads and exports of one bench
# In this order: each finds the registry as the one before left it, and makes what is missing.
NAMES = ("files", "apply", "export", "pages", "trainings", "certificates", "kub", "search", "millions")


def main() -> int:
    """Exit code 1 when a budget is missed."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is given"
    )
    asked.add_argument("--write", action="store_true", help="put the results into docs/benchmarks.md")
    asked.add_argument("--rounds", type=int, default=3, help="measurements of each job; their median counts")
    options = asked.parse_args()
    if unknown := set(options.names) - set(NAMES):
        asked.error(f"unknown: {', '.join(sorted(unknown))}")
    if options.write and (options.names or "BENCH_SCALE" in os.environ):
        asked.error("--write wants the whole bench at its whole size: a part would pass for all of it")
    names = [name for name in NAMES if name in options.names or not options.names]
    shutil.rmtree(FILES, ignore_errors=True)  # what a bench that was killed left
    try:
        with fresh_database() as url:
            return _measure(names, url, options)
    finally:
        shutil.rmtree(FILES, ignore_errors=True)


def _measure(names: list[str], url: str, options: argparse.Namespace) -> int:
    _configure(url)
    from benchmarks import city, report

    print("Preparing an empty database …", file=sys.stderr, flush=True)
    city.prepare()
    lines = []
    for name in names:
        print(f"Measuring {name} …", file=sys.stderr, flush=True)
        lines += importlib.import_module(f"benchmarks.{name}").run(options.rounds)
    results = report.results(lines)
    print(results)
    if options.write:
        report.write(results)
    return 0 if all(line.met for line in lines) else 1


def _configure(url: str) -> None:
    """Django as `make run` has it, on the bench's database, with a key of its own and files of its own."""
    os.environ |= {
        "DATABASE_URL": url,
        "BERDIKARI_MODE": "trial",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEY": base64.urlsafe_b64encode(secrets.token_bytes(64)).decode(),
        "BERDIKARI_DATA": str(FILES),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    }
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
