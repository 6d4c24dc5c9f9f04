"""Run as a program of its own: reads a workbook once, so that one which kills the reader kills only this.

A damaged XLS may claim a length of 500 GB; the reading library then ends the whole process, which no `except`
can catch. Usage: python probe.py FILE. Ends by a signal when the file is deadly, in any other way when not.
"""

from __future__ import annotations

import resource
import sys

from python_calamine import CalamineWorkbook

MEMORY_BYTES = 4 << 30


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(path, "rb") as file:
        workbook = CalamineWorkbook.from_filelike(file)
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name)


if __name__ == "__main__":
    main(sys.argv[1])
