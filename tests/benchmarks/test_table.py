"""The bench's table: its arithmetic, and that the last results judge every budget."""

from __future__ import annotations

import re

import pytest

from benchmarks.report import BEGIN, DOCUMENT, END, HEAD
from benchmarks.timing import NO_BUDGET, Line

# What has a budget: words that stand in the row's job or in what it is compared with.
BUDGETS = [
    ("read XLSX", "openpyxl"),
    ("memory of that reading", ""),
    ("write XLSX", "openpyxl"),
    ("apply", "psql"),
    ("apply", "bulk_create"),
    ("apply", "django-import-export"),
    ("export", "openpyxl"),
    ("list page", "django-tables2"),
    ("SQL of the list page", "the same at"),
    ("dashboard", "GROUP BY"),
    ("dashboard", ""),
    ("name search", "icontains"),
    ("officer's desk", ""),
    ("20 processes race", ""),
    ("certificates", "WeasyPrint"),
    ("certificates", "reportlab"),
]


@pytest.mark.parametrize(
    ("ours", "other", "said"),
    [
        (1.0, 6.0, "6.0 times as fast"),
        (3.0, 2.0, "1.50 times the time"),
        (2.0, None, "—"),
        (2.0, 2.0, "1.00 times the time"),
    ],
)
def test_a_line_compares_its_two_medians(ours, other, said):
    assert Line("job", ours, other, "peer", "≥ 6× as fast", True).cells()[4] == said


def test_a_missed_budget_is_seen_and_a_row_without_one_is_not_judged():
    assert Line("job", 1, 2, "peer", "≥ 6× as fast", False).cells()[-1] == "**no**"
    assert Line("job", 1, None, "", NO_BUDGET, True).cells()[-1] == NO_BUDGET


def results() -> list[list[str]]:
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) : text.index(END)]
    return [re.split(r" \| ", line.strip("| ")) for line in shown.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(("job", "peer"), BUDGETS)
def test_the_last_results_judge_every_budget(job, peer):
    judged = [
        row
        for row in results()
        if len(row) == len(HEAD) and job in row[0] and peer in row[2] and row[5] != NO_BUDGET
    ]
    assert judged
