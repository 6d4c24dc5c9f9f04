"""Where the browser of the browser tests is, and what they say when there is none."""

from __future__ import annotations

import os
import shutil

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("BERDIKARI_REQUIRE_BROWSER") == "1"
MISSING = "Chromium is not installed (Debian: apt-get install chromium)"
# What Playwright passes to Chromium: no sandbox (the suite may run as root), no talk with the outside.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
