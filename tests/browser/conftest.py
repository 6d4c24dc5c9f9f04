"""A real browser on a real server: signed in through the form, every page it passes is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from tangerang_poverty.accounts.models import User
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.factories import PASSWORD

PHONE, DESK = (360, 740), (1280, 900)
PATIENCE = 15_000  # milliseconds until a thing that does not come is a failure
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PROJECT = Path(__file__).resolve().parents[2]

# Playwright's loop runs in this thread; Django would take its own synchronous queries here for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass
class Visitor:
    """Somebody in front of a screen. `went_wrong` collects script errors and what the policy blocked."""

    page: Page
    address: str
    went_wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a path of the product and check the page."""
        self.page.goto(self.address + path)
        self.check()

    def sign_in(self, user: User) -> None:
        self.page.goto(self.address + "/")
        self.page.get_by_role("textbox", name="Nama pengguna").fill(user.username)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk").click()
        self.page.get_by_role("heading", level=1).wait_for()

    def check(self) -> None:
        """No accessibility violation, no sideways scroll, no error in the console."""
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        assert not self.went_wrong, f"{self.page.url}: {self.went_wrong}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: Browser, live_server: Any, cast: Any) -> Iterator[Callable[..., Visitor]]:
    """`visitor(user, screen=PHONE)`: that person, signed in, on a screen of that size."""
    contexts = []

    def make(user: User, *, screen: tuple[int, int] = DESK) -> Visitor:
        context = browser.new_context(viewport={"width": screen[0], "height": screen[1]}, locale="id-ID")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        somebody = Visitor(page, live_server.url)
        page.on("pageerror", lambda error: somebody.went_wrong.append(str(error)))
        page.on(
            "console",
            lambda message: somebody.went_wrong.append(message.text) if message.type == "error" else None,
        )
        somebody.sign_in(user)
        return somebody

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def start_worker(settings: Any, transactional_db: None) -> Iterator[Callable[[], None]]:
    """Starts a worker process of its own on the test database, as in production."""
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "import"]}
    }
    environment = os.environ | {
        "DATABASE_URL": _database_url(),
        "DJANGO_SETTINGS_MODULE": "tangerang_poverty.settings",
    }
    command = ["manage.py", "db_worker", "--queue-name", "*", "--interval", "0.1", "--no-startup-delay"]
    started: list[subprocess.Popen[bytes]] = []
    yield lambda: started.append(subprocess.Popen([sys.executable, *command], cwd=PROJECT, env=environment))
    for process in started:
        process.kill()
        process.wait()


def _database_url() -> str:
    """The suite's server, with the name of the database this process tests on."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
