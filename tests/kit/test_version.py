"""The version shown in the footer."""

from __future__ import annotations

from datetime import date

import pytest

from tangerang_poverty.kit.version import parse_version, version


def test_the_top_heading_of_the_change_log_is_the_version():
    assert parse_version("# Log\n\n## 2.0.1 — 2027-01-31\n\n## 2.0.0 — 2027-01-01\n") == (
        "2.0.1",
        date(2027, 1, 31),
    )


def test_it_is_shown_as_its_number_alone():
    assert str(parse_version("## 2.0.1 — 2027-01-31\n")) == "2.0.1"


@pytest.mark.parametrize("changelog", ["", "## Unreleased\n", "## 1.0 — 2027-01-31\n", "## 1.0.0\n"])
def test_a_change_log_without_a_release_is_refused(changelog):
    with pytest.raises(ValueError, match="change log"):
        parse_version(changelog)


def test_the_project_has_one():
    assert version().released_on >= date(2026, 11, 24)
