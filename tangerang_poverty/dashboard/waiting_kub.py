"""What waits for the reader among business groups and grants: each line opens the rows, or the only one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from kub.lifecycle import DutyKind, GrantState, GroupState, ProposalState
from kub.models import Duty, Grant, Group, Policy, Proposal, Visit
from kub.reports import worklists
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard.waiting_line import Waiting
from tangerang_poverty.kit.formats import long_date, number, rupiah

# Who may take the step, the state it leads on from, the duty it is (which nobody has twice), the word of that state in
# the address of the list, and what is said of it.
PROPOSAL_STEPS = (
    (Can.SUBMIT_PROPOSALS, ProposalState.DRAFT, DutyKind.SUBMIT, "draf", "Usulan hibah masih draf"),
    (Can.VERIFY_PROPOSALS, ProposalState.SUBMITTED, DutyKind.VERIFY, "diajukan", "Usulan perlu diverifikasi"),
    (Can.RECOMMEND_PROPOSALS, ProposalState.VERIFIED, None, "diverifikasi", "Usulan perlu rekomendasi"),
    (
        Can.DECIDE_PROPOSALS,
        ProposalState.RECOMMENDED,
        DutyKind.DECIDE,
        "direkomendasi",
        "Usulan menunggu keputusan rapat",
    ),
)
GRANT_STEPS = (
    (Can.SIGN_AGREEMENTS, GrantState.DECIDED, "diputuskan", "Hibah menunggu perjanjian"),
    (Can.CLOSE_GRANTS, GrantState.ACCOUNTED, "lpj-lengkap", "Hibah siap diselesaikan, LPJ lengkap"),
)
NO_VISIT = "tanpa-kunjungan"  # the flag by which the list of groups filters


def groups_and_grants(user: User, today: date) -> list[Waiting]:
    """The lines of proposals, grants, reports and groups; empty when nothing waits."""
    if not user.has_perm(Can.VIEW_GROUPS):
        return []
    lines = [*_proposals(user), *_grants(user), *_reports(user, today), *_groups(user, today)]
    return [line for line in lines if line]


def _proposals(user: User) -> list[Waiting | None]:
    held = Duty.objects.filter(proposal=OuterRef("pk"), user=user)
    lines = []
    for can, state, duty, word, title in PROPOSAL_STEPS:
        if not user.has_perm(can):
            continue
        rows = Proposal.objects.visible_to(user).filter(state=state)
        if duty is not None:  # who has another duty on it leaves this one to somebody else
            rows = rows.exclude(Exists(held.exclude(duty=duty)))
        found = rows.aggregate(n=Count("pk"), amount=Sum("amount"), only=Min("pk"))
        remark = f"{rupiah(found['amount'] or 0)} diusulkan."
        lines.append(_line(found, title, remark, one="kub:proposal", many="kub:proposals", keadaan=word))
    return lines


def _grants(user: User) -> list[Waiting | None]:
    lines = []
    for can, state, word, title in GRANT_STEPS:
        if user.has_perm(can):
            rows = Grant.objects.visible_to(user).filter(state=state)
            found = rows.aggregate(n=Count("pk"), amount=Sum("decided"), only=Min("proposal_id"))
            remark = f"{rupiah(found['amount'] or 0)} diputuskan."
            lines.append(_line(found, title, remark, one="kub:proposal", many="kub:grants", keadaan=word))
    if user.has_perm(Can.PAY_GRANTS):
        lines.append(_to_pay(user))
    return lines


def _to_pay(user: User) -> Waiting | None:
    rows = worklists.payable(user)
    found = rows.aggregate(n=Count("pk"), amount=Sum("amount"), only=Min("grant__proposal_id"))
    remark = f"{rupiah(found['amount'] or 0)} seluruhnya."
    return _line(found, "Termin siap dibayar", remark, one="kub:proposal", many="kub:payable")


def _reports(user: User, today: date) -> list[Waiting | None]:
    """For the office those to examine; for who helps the groups those that are late, and those that soon will be."""
    if user.area is None:
        return []
    lines = []
    if user.has_perm(Can.EXAMINE_REPORTS):
        lines.append(_reports_of(worklists.SENT, user.area, today, without=user))
    if user.has_perm(Can.PREPARE_REPORTS):
        lines.append(_reports_of(worklists.LATE, user.area, today))
        lines.append(_reports_of(worklists.SOON, user.area, today))
    return lines


def _reports_of(kind: str, area: Area, today: date, *, without: User | None = None) -> Waiting | None:
    """`without`: who has sent a report leaves it to others to examine."""
    rows = worklists.reports(kind, area, today=today)
    rows = rows.exclude(submitted_by=without) if without else rows
    found = rows.aggregate(n=Count("pk"), amount=Sum("instalment__paid"), only=Min("pk"), since=Min("due_on"))
    if not found["n"]:
        return None
    remark = {
        worklists.SENT: f"{rupiah(found['amount'])} dibayar.",
        worklists.LATE: f"Paling lama {number((today - found['since']).days)} hari.",
        worklists.SOON: f"Yang pertama {long_date(found['since'])}.",
    }[kind]
    title = worklists.REPORTS[kind][0]
    is_late = kind == worklists.LATE
    return _line(found, title, remark, one="kub:report", many="kub:reports", is_late=is_late, keadaan=kind)


def _groups(user: User, today: date) -> list[Waiting | None]:
    lines = []
    groups = Group.objects.visible_to(user)
    if user.has_perm(Can.MANAGE_GROUPS):
        found = groups.filter(state=GroupState.FORMING).aggregate(n=Count("pk"), only=Min("pk"))
        remark = "Catat rapat pembentukan dan pengurusnya, lalu sahkan."
        lines.append(
            _line(found, "KUB sedang dibentuk", remark, one="kub:group", many="kub:home", keadaan="forming")
        )
    if user.has_perm(Can.RECORD_VISITS):
        lines.append(_to_visit(groups, today))
    return lines


def _to_visit(groups: Any, today: date) -> Waiting | None:
    """Active groups that nobody has visited for as long as is worth a warning; the flag says the same."""
    policy = Policy.current()
    last = Visit.objects.filter(group=OuterRef("pk")).order_by("-visited_on", "-pk")
    rows = groups.active().annotate(seen_on=Coalesce(Subquery(last.values("visited_on")[:1]), F("formed_on")))
    due = rows.filter(seen_on__lte=today - timedelta(days=policy.visit_warn_days))
    found = due.aggregate(n=Count("pk"), only=Min("pk"), since=Min("seen_on"))
    if not found["n"]:
        return None
    days = (today - found["since"]).days
    return _line(
        found,
        "KUB perlu dikunjungi",
        f"Paling lama {number(days)} hari tanpa kunjungan.",
        one="kub:group",
        many="kub:home",
        is_late=days >= policy.visit_alarm_days,
        tanda=NO_VISIT,
    )


def _line(
    found: dict[str, Any],
    title: str,
    remark: str,
    *,
    one: str,
    many: str,
    is_late: bool = False,
    **filters: str,
) -> Waiting | None:
    """One line for all of them; it leads to the only one, or to the list."""
    if not found["n"]:
        return None
    only = found["n"] == 1
    href = reverse(one, args=[found["only"]]) if only else reverse(many)
    if filters and not only:
        href += f"?{urlencode(filters)}"
    return Waiting(number(found["n"]), title, remark, href, is_late)
