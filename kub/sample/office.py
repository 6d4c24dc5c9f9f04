"""What the office of the sample lays down: years, ceilings, budgets, the lines a kind begins with; and who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from kub.models import Budget, BusinessKind, Ceiling, FiscalYear, GrantForm, TemplateLine
from kub.sample.words import KINDS
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role

LPJ_DAYS = 90
# Account code and name of the budget, by what is given.
ACCOUNTS = {
    GrantForm.CASH: ("5.1.05.05.01", "Hibah uang kepada kelompok masyarakat"),
    GrantForm.GOODS: ("5.1.02.05.01", "Barang untuk diserahkan kepada masyarakat"),
}
STEP = 50_000_000  # budgets are round
SMALLEST, DEAREST = 100_000_000, 25_000_000


@dataclass(frozen=True, slots=True)
class Team:
    """The people of the sample by what they do; an officer of a kelurahan hands in what is of there."""

    staff: User
    desk: User
    verifier: User
    head: User
    treasurer: User
    officers: dict[str, User]

    def clerk(self, area: str) -> User:
        """Who prepares and hands in for a group in a kelurahan."""
        return self.officers.get(area, self.desk)


def team() -> Team | None:
    """None while somebody of the sample is missing."""

    def of(role: Role) -> list[User]:
        rows = User.objects.filter(is_sample=True, is_active=True, groups__name=role)
        return list(rows.order_by("pk"))

    staff, verifiers, heads = of(Role.STAFF), of(Role.VERIFIER), of(Role.OFFICE_HEAD)
    treasurers = of(Role.TREASURER)
    if len(staff) < 2 or not (verifiers and heads and treasurers):
        return None
    officers = {user.area_id or "": user for user in of(Role.KELURAHAN_OFFICER)}
    return Team(staff[0], staff[1], verifiers[0], heads[0], treasurers[0], officers)


def lay_down_kinds() -> None:
    """The kinds of business of the sample, each with the lines its proposals begin with."""
    for name, (_, lines) in KINDS.items():
        kind, _ = BusinessKind.objects.get_or_create(name=name)
        if not kind.template.exists():
            TemplateLine.objects.bulk_create(
                TemplateLine(kind=kind, position=at, item=item, quantity=n, unit=unit, unit_price=price)
                for at, (item, n, unit, price) in enumerate(lines, 1)
            )


def lay_down_years(needs: Mapping[int, Mapping[str, int]], *, last: int) -> None:
    """Fiscal years with their ceilings, and budgets that pay for so many grants of each form; `last` is this year."""
    kinds = {kind.name: kind for kind in BusinessKind.objects.filter(name__in=KINDS)}
    for year, grants in sorted(needs.items()):
        fiscal, _ = FiscalYear.objects.get_or_create(
            year=year, defaults={"lpj_days": LPJ_DAYS, "lpj_latest_on": date(year + 1, 1, 31)}
        )
        share = max(85, 100 - 5 * (last - year))
        for name, (ceiling, _) in KINDS.items():
            amount = ceiling * share // 100
            Ceiling.objects.get_or_create(kind=kinds[name], year=fiscal, defaults={"amount": amount})
        for form, (code, name) in ACCOUNTS.items():
            asked = max(SMALLEST, grants.get(form, 0) * DEAREST)
            Budget.objects.get_or_create(
                year=fiscal,
                account_code=code,
                defaults={"name": name, "allotted": -(-asked // STEP) * STEP},
            )


def close_books(before: int, *, by: User) -> None:
    """Closes the years before one: nothing is booked in them any more."""
    moment = timezone.now() - timedelta(days=30)
    FiscalYear.objects.filter(year__lt=before, closed_at=None).update(closed_at=moment, closed_by=by)
