"""The facts behind the early warnings, gathered for one group or for all of a city at the same number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone

from kub.flags import (
    LABELS,
    Asked,
    Code,
    Facts,
    Flag,
    Illegible,
    LateReport,
    Limits,
    Overspent,
    Twin,
    Visited,
    flags_of,
)
from kub.lifecycle import EntryKind, GrantState, GroupState, ProposalState, ReportState
from kub.models import (
    AccountabilityReport,
    Group,
    LedgerEntry,
    Membership,
    Policy,
    Proposal,
    Receipt,
    Visit,
)
from kub.reports.accountability import WRITTEN
from kub.reports.stages import OFFICES

UNDER_WAY = (
    ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.VERIFIED, ProposalState.RECOMMENDED,
    ProposalState.DECIDED,
)  # fmt: skip
OVER = (GrantState.CLOSED, GrantState.CANCELLED)
Rows = dict[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Flagged:
    """A group with its flags, the alarms first."""

    group: Group
    flags: Sequence[Flag]

    @property
    def alarms(self) -> int:
        return sum(flag.is_alarm for flag in self.flags)


def limits(policy: Policy) -> Limits:
    """What the office has laid down."""
    return Limits(
        policy.min_members, policy.visit_warn_days, policy.visit_alarm_days, policy.young_group_days
    )


def flags_of_group(group: Group, *, today: date) -> list[Flag]:
    """The flags of one group; none while it is being formed and after it has ended."""
    return flags_by_group(Group.objects.filter(pk=group.pk), today=today).get(group.pk, [])


def flags_of_proposal(proposal: Proposal, *, today: date) -> list[Flag]:
    """The flags of its group as long as the proposal or its grant is on its way; none once that has ended."""
    grant = getattr(proposal, "grant", None)
    if proposal.state not in UNDER_WAY or (grant is not None and grant.state in OVER):
        return []
    return flags_of_group(proposal.group, today=today)


def flags_by_group(groups: QuerySet[Group], *, today: date) -> dict[int, list[Flag]]:
    """The flags of those of the groups that are active and have some, by key. Ten queries, however many groups."""
    active = groups.filter(state=GroupState.ACTIVE).order_by()
    terms = limits(Policy.current())
    found = {pk: flags_of(one, terms, today=today) for pk, one in _facts(active, today=today).items()}
    return {pk: flags for pk, flags in found.items() if flags}


def flagged(groups: QuerySet[Group], *, today: date, code: str = "") -> list[Flagged]:
    """The groups with flags, those with most alarms first; with `code` those that have this one."""
    by_group = flags_by_group(groups, today=today)
    wanted = {pk: flags for pk, flags in by_group.items() if not code or any(f.code == code for f in flags)}
    rows = groups.filter(pk__in=wanted).select_related("kind", "area__parent")
    found = [Flagged(group, wanted[group.pk]) for group in rows]
    return sorted(found, key=lambda one: (-one.alarms, -len(one.flags), one.group.name, one.group.pk))


def _facts(groups: QuerySet[Group], *, today: date) -> dict[int, Facts]:
    keys = groups.values("pk")
    started = dict(groups.values_list("pk", "formed_on"))
    roles = _roles(keys)
    visits, late, asked = _visits(keys), _late(keys, today), _asked(keys)
    paid, twins = _paid(keys), _twins(keys)
    overspent, illegible = _overspent(keys), _illegible(keys)
    found = {}
    for pk, formed_on in started.items():
        assert formed_on is not None, "an active group has been formed"  # noqa: S101 - a constraint says so
        url = reverse("kub:group", args=[pk])
        first, amount = paid.get(pk, (None, 0))
        found[pk] = Facts(
            formed_on=formed_on,
            members=len(roles[pk]),
            url=url,
            visits_url=reverse("kub:visits", args=[pk]),
            vacant=[office.label for office in OFFICES if office not in roles[pk]],
            visits=visits[pk],
            paid_on=first,
            paid=amount,
            late=late[pk],
            asked=asked[pk],
            twins=[Twin(name, other, url) for name, other in twins[pk]],
            overspent=overspent[pk],
            illegible=illegible[pk],
        )
    return found


def _roles(keys: Any) -> Rows:
    found: Rows = defaultdict(list)
    for pk, role in Membership.objects.live().filter(group__in=keys).order_by().values_list("group", "role"):
        found[pk].append(role)
    return found


def _visits(keys: Any) -> Rows:
    """The last two of each group, newest first."""
    place = Window(RowNumber(), partition_by="group", order_by=[F("visited_on").desc(), F("pk").desc()])
    rows = Visit.objects.filter(group__in=keys).annotate(place=place).filter(place__lte=2)
    found: Rows = defaultdict(list)
    for pk, on, turnover in rows.order_by("group", "place").values_list("group", "visited_on", "turnover"):
        found[pk].append(Visited(on, turnover))
    return found


def _paid(keys: Any) -> dict[int, tuple[date | None, int]]:
    """The day of the first payment that stands, and what was paid in all."""
    stands = Q(reverses=None, reversed_by=None)
    rows = LedgerEntry.objects.filter(kind=EntryKind.PAYMENT, grant__proposal__group__in=keys).order_by()
    rows = rows.values("grant__proposal__group").annotate(
        first=Min("booked_on", filter=stands), all=Sum("amount")
    )
    return {
        row["grant__proposal__group"]: (row["first"], row["all"]) for row in rows if row["first"] is not None
    }


def _late(keys: Any, today: date) -> Rows:
    rows = AccountabilityReport.objects.filter(
        grant__proposal__group__in=keys,
        grant__state=GrantState.PAYING,
        state__in=WRITTEN,
        due_on__lt=today,
    ).order_by("due_on", "pk")
    found: Rows = defaultdict(list)
    for row in rows.values(
        "pk", "state", "due_on", "instalment__number", "grant__proposal__group", "grant__proposal__year"
    ):
        what = f"LPJ termin {row['instalment__number']} hibah {row['grant__proposal__year']}"
        found[row["grant__proposal__group"]].append(
            LateReport(
                what,
                row["due_on"],
                reverse("kub:report", args=[row["pk"]]),
                returned=row["state"] == ReportState.RETURNED,
            )
        )
    return found


def _asked(keys: Any) -> Rows:
    """Proposals that are on their way or being paid, with the day they were first handed in."""
    rows = Proposal.objects.filter(group__in=keys, state__in=UNDER_WAY).exclude(grant__state__in=OVER)
    rows = rows.annotate(first=Min("steps__at", filter=Q(steps__move="submit"))).order_by("pk")
    found: Rows = defaultdict(list)
    for pk, group, year, first, state in rows.values_list("pk", "group", "year", "first", "state"):
        if first is None and state != ProposalState.DRAFT:
            continue
        on = timezone.localdate(first) if first else None
        found[group].append(Asked(f"Usulan hibah {year}", on, reverse("kub:proposal", args=[pk])))
    return found


def _twins(keys: Any) -> Rows:
    """Members whose NIK is that of a member of another group: two rows of one person, so the database allowed it."""
    elsewhere = (
        Membership.objects.live()
        .filter(person__nik=OuterRef("person__nik"))
        .exclude(group=OuterRef("group"))
        .order_by("pk")
    )
    rows = Membership.objects.live().filter(group__in=keys, person__nik__isnull=False)
    rows = rows.annotate(other=Subquery(elsewhere.values("group__name")[:1])).filter(other__isnull=False)
    found: Rows = defaultdict(list)
    for group, name, other in rows.order_by("person__name").values_list("group", "person__name", "other"):
        found[group].append((name, other))
    return found


def _overspent(keys: Any) -> Rows:
    """Lines on which a report that is not accepted yet has spent too much, all reports of the grant together."""
    is_open = ~Q(report__state=ReportState.ACCEPTED)
    rows = (
        Receipt.objects.filter(line__proposal__group__in=keys)
        .order_by()
        .values("line", "line__item", "line__proposal__group")
        .annotate(
            planned=Coalesce("line__granted", "line__amount"),
            spent=Sum("amount"),
            open=Count("pk", filter=is_open),
            report=Min("report", filter=is_open),
        )
        .filter(open__gt=0, spent__gt=F("planned"))
    )
    found: Rows = defaultdict(list)
    for row in rows.order_by("line__position", "line"):
        url = f"{reverse('kub:report', args=[row['report']])}#rincian-{row['line']}"
        found[row["line__proposal__group"]].append(
            Overspent(row["line__item"], row["planned"], row["spent"], url)
        )
    return found


def _illegible(keys: Any) -> Rows:
    rows = (
        Receipt.objects.filter(report__grant__proposal__group__in=keys, unreadable=True)
        .exclude(report__state=ReportState.ACCEPTED)
        .order_by("report", "number")
    )
    found: Rows = defaultdict(list)
    for group, report, number, item, amount in rows.values_list(
        "report__grant__proposal__group", "report", "number", "line__item", "amount"
    ):
        url = f"{reverse('kub:report', args=[report])}#kuitansi-{number}"
        found[group].append(Illegible(str(number), item, amount, url))
    return found


def counts(found: Sequence[Flagged]) -> dict[str, int]:
    """How many groups carry each warning, by its words, the most frequent first."""
    number: Counter[Code] = Counter(code for one in found for code in {flag.code for flag in one.flags})
    return {LABELS[code]: n for code, n in number.most_common()}
