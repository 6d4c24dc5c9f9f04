"""Groups of the graduates, each with a grant in each of ten years: bulk writes, with the ledger's triggers at work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from benchmarks import city
from benchmarks.certificates import graduated
from kub.lifecycle import EntryKind, GrantState, GroupState, ProposalState, ReportState
from kub.models import (
    AccountabilityReport,
    Budget,
    BusinessKind,
    Decree,
    FiscalYear,
    Grant,
    GrantForm,
    Group,
    Instalment,
    LedgerEntry,
    Membership,
    Proposal,
    ProposalLine,
)
from tangerang_poverty.accounts.models import User
from trainings.models import Enrolment

GROUPS, YEARS, MEMBERS = 1_000, 10, 5
LINES = (
    ("Oven gas", 2, "unit", 5_500_000),
    ("Mixer", 1, "unit", 1_450_000),
    ("Bahan baku", 1, "paket", 4_000_000),
)
AMOUNT = sum(quantity * price for _, quantity, _, price in LINES)
SPENT = AMOUNT - 300_000
OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)
ACCOUNTS = ("5.1.4.05.01", "5.1.4.05.02")
ALLOTTED = 100_000_000_000


def ensure() -> int:
    """The groups and their grants; gives how many groups there are."""
    city.ensure()
    if not Group.objects.exists():
        groups = _groups()
        last = timezone.localdate().year - 1
        for year in range(last - YEARS + 1, last + 1):
            _year(year, groups)
        city.analyze()
    return Group.objects.count()


def years() -> list[int]:
    return list(FiscalYear.objects.order_by("year").values_list("year", flat=True))


@transaction.atomic
def _groups() -> list[Group]:
    """Five graduates of one kelurahan in each, until there are enough."""
    by, programme = city.staff(), graduated()
    kinds = list(BusinessKind.objects.order_by("name")[:12]) or [
        BusinessKind.objects.create(name="Kue kering")
    ]
    seats = Enrolment.objects.filter(programme=programme, state="graduated").select_related("cohort")
    parties = _parties(seats.order_by("cohort__area_id", "seat"))
    made, members = [], []
    for number, party in enumerate(islice(parties, round(GROUPS * city.scale()))):
        founded = date(programme.year, 7, 1)
        group = Group(
            name=f"Melati {number + 1}",
            kind=kinds[number % len(kinds)],
            area_id=party[0].cohort.area_id,
            address=f"Jalan Melati {number % 90 + 1}",
            formed_on=founded,
            meeting_place="Aula kelurahan",
            report_number=f"{number + 1}/BA-KUB",
            bank_name="Bank BJB",
            account_number=f"{number + 1:010d}",
            account_holder=f"Melati {number + 1}",
            state=GroupState.ACTIVE,
            created_by=by,
        )
        made.append(group)
        members += [
            Membership(
                group=group,
                person_id=one.person_id,
                household_id=one.household_id,
                family_number=one.family_number,
                role=OFFICES[turn] if turn < len(OFFICES) else Membership.Role.MEMBER,
                joined_on=founded,
            )
            for turn, one in enumerate(party)
        ]
    Group.objects.bulk_create(made)
    Membership.objects.bulk_create(members)
    return made


def _parties(seats: Iterable[Enrolment]) -> Iterator[list[Enrolment]]:
    """Fives of one kelurahan; who is left over stays alone."""
    party: list[Enrolment] = []
    for seat in seats:
        if party and party[0].cohort.area_id != seat.cohort.area_id:
            party = []
        party.append(seat)
        if len(party) == MEMBERS:
            yield party
            party = []


@transaction.atomic
def _year(number: int, groups: list[Group]) -> None:
    """Each group's proposal of a year, decided by one decree, paid at once and accounted for."""
    by, treasurer = city.staff(), _person("treasurer")
    year = FiscalYear.objects.create(year=number, lpj_latest_on=date(number + 1, 1, 31))
    budgets = [
        Budget.objects.create(year=year, account_code=code, name="Hibah", allotted=ALLOTTED)
        for code in ACCOUNTS
    ]
    decree = Decree.objects.create(
        number=f"460/Kep.218-Dinsos/{number}",
        year=year,
        decided_on=date(number, 4, 10),
        meeting_on=date(number, 4, 8),
        signatory_name="H. Hasan Basri, S.Sos., M.Si.",
        signatory_title="Kepala Dinas Sosial Kota Tangerang",
        created_by=by,
    )
    grants = _grants(_proposals(groups, year, by), decree, budgets)
    _book(grants, EntryKind.DECISION, decree.decided_on, AMOUNT, by, document=decree.number)
    parts = Instalment.objects.bulk_create(Instalment(grant=one, number=1, amount=AMOUNT) for one in grants)
    _book(grants, EntryKind.PAYMENT, date(number, 5, 4), AMOUNT, treasurer, document="SP2D", parts=parts)
    reports = _reports(grants, parts, number)
    _book(grants, EntryKind.ACCOUNTED, date(number, 9, 1), SPENT, by, reports=reports)


def _proposals(groups: list[Group], year: FiscalYear, by: User) -> list[Proposal]:
    made = Proposal.objects.bulk_create(
        Proposal(
            group=group,
            year=year,
            kind_id=group.kind_id,
            grant_form=GrantForm.CASH,
            purpose="Alat dan bahan baku",
            created_by=by,
        )
        for group in groups
    )
    ProposalLine.objects.bulk_create(
        ProposalLine(
            proposal=one, position=position, item=item, quantity=quantity, unit=unit, unit_price=price
        )
        for one in made
        for position, (item, quantity, unit, price) in enumerate(LINES, start=1)
    )
    mine = Proposal.objects.filter(year=year)
    mine.update(state=ProposalState.RECOMMENDED)
    ProposalLine.objects.filter(proposal__year=year).update(granted=F("quantity") * F("unit_price"))
    mine.update(state=ProposalState.DECIDED)
    return made


def _grants(proposals: list[Proposal], decree: Decree, budgets: list[Budget]) -> list[Grant]:
    return Grant.objects.bulk_create(
        Grant(
            proposal=one,
            decree=decree,
            budget=budgets[place % len(budgets)],
            agreement_number=f"{place + 1}/NPHD/{decree.year_id}",
            agreed_on=decree.decided_on + timedelta(days=7),
            state=GrantState.ACCOUNTED,
        )
        for place, one in enumerate(proposals)
    )


def _reports(grants: list[Grant], parts: list[Instalment], year: int) -> list[AccountabilityReport]:
    sent = datetime.combine(date(year, 8, 1), time(9), timezone.get_current_timezone())
    writer, examiner = city.staff(), _person("examiner")
    return AccountabilityReport.objects.bulk_create(
        AccountabilityReport(
            grant=grant,
            instalment=part,
            state=ReportState.ACCEPTED,
            due_on=date(year, 8, 2),
            submitted_at=sent,
            submitted_by=writer,
            examined_at=sent,
            examined_by=examiner,
        )
        for grant, part in zip(grants, parts, strict=True)
    )


def _book(
    grants: list[Grant],
    kind: EntryKind,
    day: date,
    amount: int,
    by: User,
    *,
    document: str = "",
    parts: list[Instalment] | None = None,
    reports: list[AccountabilityReport] | None = None,
) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            grant=grant,
            kind=kind,
            amount=amount,
            instalment=parts[place] if parts else None,
            report=reports[place] if reports else None,
            booked_on=day,
            document=document,
            description=str(kind.label),
            made_by=by,
        )
        for place, grant in enumerate(grants)
    )


def _person(name: str) -> User:
    found = User.objects.filter(username=name).first()
    return found or city.new_staff(name, area=settings.CITY_CODE)
