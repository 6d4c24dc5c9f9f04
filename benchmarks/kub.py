"""Groups and grants: list pages beside django-tables2 and django-filter, budget figures, the annex of a decree."""

from __future__ import annotations

import statistics
from functools import partial

from django.db import connection

from benchmarks import city, grants
from benchmarks.peers_annex import ROWS, reportlab_annex, weasyprint_annex
from benchmarks.timing import NO_BUDGET, Line, medians
from benchmarks.visitor import Visitor, sql_timed
from kub.models import Decree, Grant, Proposal
from kub.paper_exports import ANNEX_KIND, ANNEX_TITLE
from kub.reports import budgets
from kub.reports.annex import recipients
from tangerang_poverty.privacy.exports import build
from tangerang_poverty.privacy.models import Export

LISTS = {"groups": ("/kub/", "/peer/kub/"), "proposals": ("/kub/usulan/", "/peer/usulan/")}
FRAME = "/bantuan/"
TIMES_PEER = 8
REQUESTS = {"ours": 60, "peer": 20, "frame": 60}  # in each round
REPEATS = 50
PEERS = "django-tables2 + django-filter"


def run(rounds: int) -> list[Line]:
    number = grants.ensure()
    return [
        *_list("groups", number, rounds),
        *_list("proposals", Proposal.objects.count(), rounds),
        *_budgets(),
        *_annex(rounds),
    ]


def _list(what: str, number: int, rounds: int) -> list[Line]:
    """A page of the list as a whole request, and beyond the frame both share."""
    visitor = Visitor(city.staff())
    own, other = LISTS[what]
    asked = {"ours": own, "peer": other, "frame": FRAME}
    taken = medians(
        {
            name: lambda a=address, n=REQUESTS[name]: [visitor.get(a) for _ in range(n)]
            for name, address in asked.items()
        },
        rounds=rounds,
    )
    ours, peer, frame = (taken[name] * 1000 / REQUESTS[name] for name in asked)
    with sql_timed() as queries:
        visitor.get(own)
    sql = sum(seconds for _, seconds in queries) * 1000
    return [
        Line(
            f"list of {what}, {number:,} of them: {1000 / ours:.0f} and {1000 / peer:.0f} requests/s",
            ours,
            peer,
            PEERS,
            f"≥ {TIMES_PEER}× as fast",
            peer / ours >= TIMES_PEER,
            unit="ms",
        ),
        Line(
            f"… of it beyond the frame both share ({frame:.1f} ms)",
            ours - frame,
            peer - frame,
            PEERS,
            NO_BUDGET,
            True,
            unit="ms",
        ),
        Line(f"… of it SQL, {len(queries)} queries", sql, None, "", NO_BUDGET, True, unit="ms"),
    ]


def _budgets() -> list[Line]:
    """The panel of the budget: every account of every year from the sums that the ledger's trigger keeps."""
    ours, recounted, every = [], [], 0
    for _ in range(REPEATS):
        with sql_timed() as queries:
            found = budgets.accounts()
        every = len(queries)
        ours.append(sum(seconds for _, seconds in queries) * 1000)
        with sql_timed() as queries:
            counted = _from_the_ledger()
        recounted.append(queries[0][1] * 1000)
    shown = {
        budget.pk: (money.decided, money.paid, money.accounted, money.refunded) for budget, money in found
    }
    wrong = sum(shown[pk] != counted.get(pk, (0, 0, 0, 0)) for pk in shown)
    number = Grant.objects.count()
    what = f"budget figures, {len(grants.years())} years, {number:,} grants"
    return [
        Line(
            f"{what}: SQL",
            statistics.median(ours),
            statistics.median(recounted),
            "GROUP BY over the ledger",
            NO_BUDGET,
            True,
            unit="ms",
        ),
        Line(f"{what}: queries", every, None, "", "1", every == 1, unit=""),
        Line(f"{what}: accounts that differ from a recount", wrong, None, "", "0", not wrong, unit=""),
    ]


def _from_the_ledger() -> dict[int, tuple[int, int, int, int]]:
    """Decided, paid, accounted for and sent back of each account, from the entries themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT g.budget_id,
                coalesce(sum(CASE e.kind WHEN 'decision' THEN e.amount WHEN 'release' THEN -e.amount END), 0),
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'payment'), 0),
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'accounted'), 0),
                coalesce(sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0)
            FROM kub_ledgerentry AS e JOIN kub_grant AS g ON g.id = e.grant_id GROUP BY 1
            """,
            [],
        )
        return {pk: tuple(map(int, sums)) for pk, *sums in cursor.fetchall()}


def _annex(rounds: int) -> list[Line]:
    """The annex of one decree with 500 groups, as a worker makes it, beside the same table by other libraries."""
    decree = _decree_of(ROWS)
    rows = recipients(decree, by=city.staff())
    taken = medians(
        {
            "ours": lambda: _made(decree, len(rows)),
            "WeasyPrint": partial(weasyprint_annex, decree, rows),
            "reportlab": partial(reportlab_annex, decree, rows),
        },
        rounds=rounds,
    )
    ours = taken.pop("ours")
    return [
        Line(
            f"annex of a decree, {len(rows):,} groups, query included",
            ours,
            seconds,
            f"{name}, the pages alone",
            NO_BUDGET,
            True,
        )
        for name, seconds in taken.items()
    ]


def _decree_of(number: int) -> Decree:
    """A decree with as many groups: those beyond it move to one of their own."""
    decree = Decree.objects.order_by("-decided_on").first()
    assert decree is not None
    beyond = list(Grant.objects.filter(decree=decree).order_by("pk").values_list("pk", flat=True)[number:])
    if beyond:
        rest, _ = Decree.objects.get_or_create(
            number=f"{decree.number} B",
            defaults={
                name: getattr(decree, name)
                for name in (
                    *("year", "decided_on", "meeting_on", "signatory_name"),
                    *("signatory_title", "created_by"),
                )
            },
        )
        Grant.objects.filter(pk__in=beyond).update(decree=rest)
    return decree


def _made(decree: Decree, number: int) -> None:
    """Everything the worker does: permission, query, masking, pages, the file kept."""
    export = Export.objects.create(
        kind=ANNEX_KIND,
        title=ANNEX_TITLE,
        params={"decree": decree.pk, "clear": False},
        asked_by=city.staff(),
    )
    build(export)
    export.refresh_from_db()
    assert (export.state, export.rows) == (Export.State.READY, number)
    export.file.delete(save=False)
    export.delete()
