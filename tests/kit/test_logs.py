"""The log quotes errors, and errors quote cells: identity numbers in them are masked."""

from __future__ import annotations

import logging
from logging.config import DictConfigurator  # type: ignore[attr-defined]

import pytest
from django.conf import settings


def test_no_number_of_a_person_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(settings.LOGGING["formatters"]["line"])
    try:
        int("9971051708450001x")
    except ValueError:
        logging.getLogger("berdikari.imports").exception("Import 7: %s", "9971 0517 0845 0002")
    line = formatter.format(caplog.records[0])
    assert "Import 7: 9971***********0002" in line
    assert "ValueError: invalid literal for int() with base 10: '9971********0001x'" in line
    assert line.startswith(formatter.formatTime(caplog.records[0]))
