"""PDF files: a typst template and data in, a file out. Data never become markup, and nothing comes from the network.

A template reads its data with `json(bytes(sys.inputs.data))`; a text in them is printed letter by letter, whatever
signs of typst stand in it. Only typst's own fonts are used, so a paper looks the same on every machine.
Each file is made by a process of its own, this module run as a program: typst keeps what it has laid out for the
next time and never lets go of it, which a web process or a worker that runs for weeks has no memory for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECONDS = 300  # five thousand certificates take some five; whoever waits longer waits for nothing


class PdfFailed(RuntimeError):
    """A template that typst refuses, or one that does not end."""


def write_pdf(path: Path, template: Path, data: Mapping[str, Any]) -> None:
    """Write to `path` what `template` makes of `data` (JSON). The template may import files of its own folder.

    Raises PdfFailed with typst's words; then no file is left at `path`.
    """
    said = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")  # half a surrogate becomes "?"
    try:
        done = subprocess.run(  # noqa: S603 - this very module, and two paths of ours
            [sys.executable, "-I", __file__, str(template), str(path)],
            input=said,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        path.unlink(missing_ok=True)
        raise PdfFailed(f"{template.name} took more than {SECONDS} seconds.") from late
    if done.returncode:
        path.unlink(missing_ok=True)
        raise PdfFailed(f"{template.name}: {done.stderr.decode(errors='replace').strip()}")


def _main(template: str, path: str) -> None:
    import typst

    try:
        typst.compile(
            template,
            output=path,
            root=str(Path(template).parent),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": sys.stdin.buffer.read().decode()},
        )
    except typst.TypstError as error:
        sys.exit(error.diagnostic)


if __name__ == "__main__":
    _main(*sys.argv[1:])
