"""The addresses of reports, visits, stages and warnings for the access matrix, and how to reach each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile

from kub.models import AccountabilityReport
from tangerang_poverty.accounts.permissions import Can
from tests.kub import grants_access
from tests.kub.factories import ReceiptFactory, VisitFactory

MARKED_OR_TOLD = frozenset({302, 422})  # it marks while the report is examined and says so otherwise
SENT_OR_REFUSED = frozenset({302, 403, 422})  # each move asks for its own permission: tests of the receipts


def _file() -> ContentFile[bytes]:
    return ContentFile(b"uji", name="uji.jpg")


def visit(world: Any, user: Any, place: str) -> dict[str, Any]:
    """A visit that the user recorded, with a photo."""
    return {"pk": VisitFactory(group=world.groups[place], made_by=user, photo=_file()).pk}


def report(world: Any, user: Any, place: str) -> dict[str, Any]:
    """The report of the instalment that is paid."""
    return {"pk": AccountabilityReport.objects.get(grant=grants_access.grant(world, user, place)["pk"]).pk}


def a_report_move(world: Any, user: Any, place: str) -> dict[str, Any]:
    return report(world, user, place) | {"name": "kirim"}


def receipt(world: Any, user: Any, place: str) -> dict[str, Any]:
    found = AccountabilityReport.objects.get(**report(world, user, place))
    return {"pk": ReceiptFactory(report=found, file=_file()).pk}


def pages(page: Callable[..., Any]) -> dict[str, Any]:
    """The rows of the table; `page` makes one."""
    view, record, prepare = Can.VIEW_GROUPS, Can.RECORD_VISITS, Can.PREPARE_REPORTS
    return {
        "kub:visits": page(view, grants_access.group, scoped=True),
        "kub:visit_new": page(record, grants_access.group, scoped=True),
        "kub:visit_edit": page(record, visit, scoped=True),
        "kub:visit_photo": page(view, visit, scoped=True),
        "kub:stage": page(Can.SET_STAGE, grants_access.group, scoped=True),
        "kub:attention": page(view),
        "kub:reminders": page(view),
        "kub:report": page(view, report, scoped=True),
        "kub:report_move": page(view, a_report_move, scoped=True, method="post", answers=SENT_OR_REFUSED),
        "kub:receipt_add": page(prepare, report, scoped=True),
        "kub:receipt_file": page(view, receipt, scoped=True),
        "kub:receipt_remove": page(prepare, receipt, scoped=True),
        "kub:receipt_unreadable": page(
            Can.EXAMINE_REPORTS, receipt, scoped=True, method="post", answers=MARKED_OR_TOLD
        ),
    }
