"""What the whole suite shares: the rule for browser tests, and who may sign in lives in tests/cast.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from pytest_django.plugin import blocking_manager_key

from tests import chromium, quick_migrations

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


@pytest.fixture(scope="session")
def _quick_migrations() -> Iterator[None]:
    """Building the test database is the longest step of all; the SQL it runs stays the same."""
    with pytest.MonkeyPatch.context() as patcher:
        quick_migrations.patch(patcher)
        yield


@pytest.fixture(scope="session")
def django_db_setup(_quick_migrations: None, django_db_setup: None, django_db_blocker: Any) -> None:
    """The roles stand in the test database from the start: making them costs more than most tests."""
    _write_roles(django_db_blocker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test with transactions of its own leaves an empty database; the roles are put back."""
    yield
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        _write_roles(item.config.stash[blocking_manager_key])


def _write_roles(blocker: Any) -> None:
    from tangerang_poverty.accounts import roles

    with blocker.unblock():
        roles.sync()


@pytest.fixture
def cast(db: None) -> Cast:
    """One signed-up person for each role, in the small area tree."""
    from tests.cast import make_cast

    return make_cast()
