"""What the whole suite shares: the rule for browser tests, and who may sign in lives in tests/cast.py."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests import chromium

if TYPE_CHECKING:
    from tests.cast import Cast

# No timed asserts: a busy machine is no defect. In CI the examples are the same each time.
hypothesis.settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    if chromium.REQUIRED and not chromium.CHROMIUM:
        raise pytest.UsageError(f"BERDIKARI_REQUIRE_BROWSER=1, but {chromium.MISSING}.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium.CHROMIUM:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium.CHROMIUM:
        terminalreporter.write_line(f"Browser tests: with {chromium.CHROMIUM}.")
    else:
        terminalreporter.write_line(f"Browser tests: NOT RUN, {chromium.MISSING}.")


@pytest.fixture
def cast(db: None) -> Cast:
    """One signed-up person for each role, in the small area tree."""
    from tests.cast import make_cast

    return make_cast()
