"""The budget by year and account code: allotted, decided, paid, accounted for, sent back, left.

Everything is summed by the database: one query for the accounts of all years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse

from kub.lifecycle import RUNNING_GRANTS, ProposalState
from kub.models import Budget, BusinessKind, Ceiling, FiscalYear, Grant
from kub.reports.figure import Figure
from tangerang_poverty.kit.formats import percent, rupiah

SUMMED = ("paid", "accounted", "refunded")
CEILINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Money:
    """What became of an account, or of several. `decided` is what is bound: decided and not given back."""

    allotted: int = 0
    decided: int = 0
    paid: int = 0
    accounted: int = 0
    refunded: int = 0

    @property
    def left(self) -> int:
        """What may still be decided."""
        return self.allotted - self.decided

    @property
    def decided_percent(self) -> int:
        return self._share(self.decided)

    @property
    def paid_percent(self) -> int:
        return self._share(self.paid)

    def _share(self, part: int) -> int:
        return min(100, 100 * part // self.allotted) if self.allotted else 0

    def __add__(self, other: Money) -> Money:
        return Money(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


NOTHING = Money()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: an account, a year or a kind of business; "" where the reader may open nothing."""

    label: str
    money: Money
    remark: str = ""
    url: str = ""
    grants_url: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of business: its ceilings by year, and how many lines its proposals begin with."""

    kind: BusinessKind
    ceilings: tuple[tuple[int, int], ...]
    lines: int


def accounts() -> list[tuple[Budget, Money]]:
    """Every account of every year with its sums, the latest year first. One query."""
    return _with_sums(Budget.objects.all())


def account(pk: int) -> tuple[Budget, Money] | None:
    """One account with its sums; None: there is none. One query."""
    return next(iter(_with_sums(Budget.objects.filter(pk=pk))), None)


def _with_sums(rows: Any) -> list[tuple[Budget, Money]]:
    sums = {f"{name}_sum": Sum(f"grants__{name}", default=0) for name in SUMMED}
    found = rows.select_related("year").annotate(**sums).order_by("-year_id", "account_code")
    return [(budget, _money(budget)) for budget in found]


def rows_of_year(found: Iterable[tuple[Budget, Money]], year: int, *, links: bool) -> list[Row]:
    """The accounts of one year."""
    return [
        Row(
            label=budget.account_code,
            money=money,
            remark=budget.name,
            url=reverse("kub:budget", args=[budget.pk]),
            grants_url=grants_url(rekening=budget.pk) if links and money.decided else "",
        )
        for budget, money in found
        if budget.year_id == year
    ]


def rows_by_year(
    found: Iterable[tuple[Budget, Money]], years: Iterable[FiscalYear], *, links: bool
) -> list[Row]:
    """The years added up, those without an account too."""
    sums: dict[int, Money] = {}
    for budget, money in found:
        sums[budget.year_id] = sums.get(budget.year_id, NOTHING) + money
    return [
        Row(
            label=str(year.year),
            money=sums.get(year.year, NOTHING),
            remark="ditutup" if year.is_closed else "",
            url=budgets_url(year.year),
            grants_url=grants_url(tahun=year.year) if links and sums.get(year.year, NOTHING).decided else "",
        )
        for year in years
    ]


def total(rows: Iterable[Row]) -> Money:
    return sum((row.money for row in rows), NOTHING)


def by_kind(budget: Budget, *, links: bool) -> list[Row]:
    """The grants of an account by kind of business, the largest first. One query."""
    rows = (
        Grant.objects.filter(budget=budget)
        .order_by()
        .values("proposal__kind", "proposal__kind__name")
        .annotate(number=Count("pk"), **{f"{name}_sum": Sum(name) for name in ("decided", *SUMMED)})
        .order_by("-decided_sum", "proposal__kind__name")
    )
    return [
        Row(
            label=row["proposal__kind__name"],
            money=Money(
                decided=row["decided_sum"],
                paid=row["paid_sum"],
                accounted=row["accounted_sum"],
                refunded=row["refunded_sum"],
            ),
            grants_url=grants_url(rekening=budget.pk, jenis=row["proposal__kind"]) if links else "",
            number=row["number"],
        )
        for row in rows
    ]


def figures(money: Money, url: str) -> list[Figure]:
    """The figures of one account; they open its grants where `url` is given."""
    share = percent(money.decided / money.allotted) if money.allotted else ""
    return [
        Figure("Pagu", rupiah(money.allotted)),
        Figure("Diputuskan", rupiah(money.decided), url, f"{share} dari pagu" if share else ""),
        Figure("Dibayar", rupiah(money.paid), url),
        Figure("LPJ diterima", rupiah(money.accounted), url),
        Figure("Dikembalikan", rupiah(money.refunded), url if money.refunded else ""),
        Figure("Sisa pagu", rupiah(money.left)),
    ]


def kinds() -> list[KindRow]:
    """The kinds of business in use with their ceilings, the latest year first. Two queries."""
    ceilings: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for kind, year, amount in Ceiling.objects.order_by("-year_id").values_list("kind", "year", "amount"):
        ceilings[kind].append((year, amount))
    rows = BusinessKind.objects.filter(is_active=True).annotate(lines=Count("template")).order_by("name")
    return [KindRow(kind, tuple(ceilings[kind.pk][:CEILINGS_SHOWN]), kind.lines) for kind in rows]


def open_work(year: FiscalYear) -> str:
    """What of a year has not come to an end, in words; "" when everything has. Two queries."""
    proposals = year.proposals.exclude(
        state__in=(ProposalState.DECIDED, ProposalState.REFUSED, ProposalState.WITHDRAWN)
    ).count()
    grants = Grant.objects.filter(proposal__year=year, state__in=RUNNING_GRANTS).count()
    words = [f"{number} {word}" for number, word in ((proposals, "usulan"), (grants, "hibah")) if number]
    return " dan ".join(words)


def grants_url(**asked: Any) -> str:
    """The list of grants with these filters."""
    return f"{reverse('kub:grants')}?{urlencode(asked)}"


def budgets_url(year: int) -> str:
    """The page of the budget at a year."""
    return f"{reverse('kub:budgets')}?tahun={year}"


def _money(budget: Any) -> Money:
    return Money(budget.allotted, budget.decided, *(getattr(budget, f"{name}_sum") for name in SUMMED))
