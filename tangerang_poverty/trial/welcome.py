"""Waits until the page answers, prints its address and one sign-in per role, then stays until stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy would not find this machine


def main(address: str) -> None:
    """`address` is the first page's URL. A page that answers with an error is not called ready."""
    while not _answers(address):
        time.sleep(0.2)
    signs = subprocess.run(
        [sys.executable, MANAGE, "sample_users", "--print"], capture_output=True, text=True, check=False
    )
    print(f"\nBerdikari answers at {address}\n\n{signs.stdout}{signs.stderr}\nCtrl-C stops it.", flush=True)
    signal.pause()


def _answers(address: str) -> bool:
    try:
        with DIRECT.open(address, timeout=10):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


if __name__ == "__main__":
    main(sys.argv[1])
