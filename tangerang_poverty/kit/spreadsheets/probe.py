"""Run as a program of its own: reads a workbook once, so that one which kills the reader kills only this.

A damaged XLS may claim a length of 500 GB, a cell of an XLSX may say that it stands in row 900,000,000; the
reading library then ends the whole process, which no `except` can catch. Usage: python probe.py FILE, with the
names of the sheets that need no look as JSON on its input. Ends by a signal when the file is deadly, in any
other way when not.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from python_calamine import CalamineWorkbook

MEMORY_BYTES = 4 << 30


def main(path: str) -> None:
    spared = set(json.load(sys.stdin))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open(path, "rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        for name in workbook.sheet_names:
            if name not in spared:
                workbook.get_sheet_by_name(name)
    except MemoryError:
        os.abort()  # the reader itself has no limit


if __name__ == "__main__":
    main(sys.argv[1])
