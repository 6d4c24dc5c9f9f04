"""Waits until the page answers, prints its address and one sign-in per role, then stays until stopped."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy would not find this machine


def main(address: str) -> None:
    """`address` is the first page's URL. A page that answers with an error is not called ready."""
    said = ""
    while problem := _problem(address):
        if problem.startswith("HTTP") and problem != said:
            print(f"The page answers, but with an error: {problem}", flush=True)
            said = problem
        time.sleep(0.2 if not said else 2)
    signs = subprocess.run(
        [sys.executable, MANAGE, "sample_users", "--print"], capture_output=True, text=True, check=False
    )
    print(f"\nBerdikari answers at {address}\n\n{signs.stdout}{signs.stderr}\nCtrl-C stops it.", flush=True)
    signal.pause()


def _problem(address: str) -> str:
    """Why the page is not to be seen yet; "" when it is."""
    try:
        with DIRECT.open(address, timeout=10):
            return ""
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1])
