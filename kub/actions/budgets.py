"""What the office lays down for a year: its books closed and opened again, the lines that proposals begin with."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from kub.actions.steps import note_problems
from kub.models import BusinessKind, FiscalYear, TemplateLine
from kub.rules import LineDraft, line_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.problems import Problem, Refused
from trainings.actions.programmes import CHANGED_MEANWHILE

LONGEST_REASON = 250


def require_whole_city(by: User) -> None:
    """A budget concerns the whole city, so whoever changes it works for the whole city. Raises PermissionDenied."""
    require(by, Can.MANAGE_KUB_BUDGET)
    if by.area_id != settings.CITY_CODE:
        raise PermissionDenied("A budget concerns the whole city.")


@transaction.atomic
def close_year(year: FiscalYear, *, reason: str, by: User) -> FiscalYear:
    """Closes the books of a year: nothing is proposed, decided or booked in it any more."""
    return _set_closed(year, closed=True, reason=reason, by=by)


@transaction.atomic
def reopen_year(year: FiscalYear, *, reason: str, by: User) -> FiscalYear:
    """Opens the books of a closed year again."""
    return _set_closed(year, closed=False, reason=reason, by=by)


def _set_closed(year: FiscalYear, *, closed: bool, reason: str, by: User) -> FiscalYear:
    require_whole_city(by)
    held = FiscalYear.objects.select_for_update().get(pk=year.pk)
    problems = note_problems(reason, required="Tuliskan alasannya.")
    if len(reason.strip()) > LONGEST_REASON:
        problems = [Problem("long_note", f"Alasan paling panjang {LONGEST_REASON} huruf.", "note")]
    if held.is_closed == closed:
        word = "ditutup" if closed else "terbuka"
        problems.append(Problem("already", f"Tahun {held} sudah {word}."))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_kub_budget", note=reason.strip()):
        held.closed_at, held.closed_by = (timezone.now(), by) if closed else (None, None)
        held.save(update_fields=["closed_at", "closed_by"])
    return held


def template_version(kind: BusinessKind) -> str:
    """A token of the lines that proposals of a kind begin with, for a form that two may have open."""
    lines = kind.template.values_list("position", "item", "quantity", "unit", "unit_price")
    return salted_hmac("kub.actions.budgets", repr([kind.pk, *lines]), algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def save_template(kind: BusinessKind, lines: Sequence[LineDraft], *, by: User, seen: str = "") -> None:
    """The lines that proposals of a kind begin with, anew, or none at all. Proposals stay as they are."""
    require_whole_city(by)
    held = BusinessKind.objects.select_for_update(no_key=True).get(pk=kind.pk)
    if seen and seen != template_version(held):
        raise Refused(CHANGED_MEANWHILE)
    problems = [problem for problem in line_problems(lines) if problem.code != "no_lines"]
    if problems:
        raise Refused(problems)
    held.template.all().delete()
    TemplateLine.objects.bulk_create(
        TemplateLine(
            kind=held,
            position=position,
            item=line.item.strip(),
            quantity=line.quantity,
            unit=line.unit.strip(),
            unit_price=line.unit_price,
        )
        for position, line in enumerate(lines, 1)
    )
