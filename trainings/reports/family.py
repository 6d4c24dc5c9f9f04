"""What a family has taken part in: programmes and the past, for the family's page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from households.models import Household
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from trainings.lifecycle import EnrolmentState
from trainings.models import Certificate, Enrolment, PastTraining
from trainings.reports.cohort import STATE_KINDS
from trainings.selection import Waiting, ranked


@dataclass(frozen=True, slots=True)
class FamilyTraining:
    """One course a member took or takes part in. `href` leads to it, "" where the reader may not follow."""

    year: int
    course: str
    place: str
    who: str
    state: str
    kind: str  # of its badge
    remark: str  # seat, place on the waiting list, why it ended, or that a spreadsheet says so
    attended: str  # "9 dari 12 pertemuan (75 %)"; "" while none was recorded
    certificate: str
    certificate_href: str
    href: str


def family_trainings(household: Household, *, user: User) -> list[FamilyTraining]:
    """The latest first; of the household, and of people who live in it now. Five queries at most."""
    # By key and not over the person's household: each side is then answered from an index of its own.
    theirs = Q(household=household) | Q(person__in=[person.pk for person in household.people.all()])
    enrolments = list(_enrolments(theirs))
    waiting = _places([one for one in enrolments if one.state == EnrolmentState.WAITING])
    opens = user.has_perm(Can.VIEW_TRAININGS)
    lines = [_line(one, waiting.get(one.pk, ""), user=user, opens=opens) for one in enrolments]
    past = PastTraining.objects.filter(theirs, state=PastTraining.State.MATCHED)
    lines += [_past_line(row) for row in past.select_related("course", "area", "person")]
    return sorted(lines, key=lambda line: line.year, reverse=True)


def _enrolments(theirs: Q) -> Any:
    recorded = Count("cohort__sessions", filter=Q(cohort__sessions__recorded_at__isnull=False), distinct=True)
    certificates = Certificate.objects.live()
    return (
        Enrolment.objects.filter(theirs)
        .select_related("person", "cohort__area", "programme__course")
        .prefetch_related(Prefetch("certificates", certificates, to_attr="live_certificates"))
        .annotate(recorded=recorded)
        .order_by("-programme__year", "-registered_at")
    )


def _places(waiting: list[Enrolment]) -> dict[int, str]:
    """Where in line these stand, by enrolment; one query for all their cohorts."""
    if not waiting:
        return {}
    lines: dict[int, list[Waiting]] = defaultdict(list)
    rows = Enrolment.objects.waiting().filter(cohort__in={one.cohort_id for one in waiting})
    for pk, cohort, scale, group, moment in rows.values_list(
        "pk", "cohort_id", "household__rank_scale", "household__rank_group", "registered_at"
    ):
        lines[cohort].append(Waiting(pk, scale, group, timezone.localtime(moment)))
    return {
        one.enrolment_id: f"urutan {place} dari {len(line)}"
        for line in lines.values()
        for place, one in enumerate(ranked(line), 1)
    }


def _line(one: Any, place: str, *, user: User, opens: bool) -> FamilyTraining:
    certificate = one.live_certificates[0] if one.live_certificates else None
    inside = one.cohort.area_id.startswith(user.area_id or "-")
    return FamilyTraining(
        year=one.programme.year,
        course=one.programme.course.name,
        place=one.cohort.area.label,
        who=one.person.name,
        state=one.get_state_display(),
        kind=STATE_KINDS[EnrolmentState(one.state)],
        remark=_remark(one, place),
        attended=_share(one.sessions_attended, one.recorded),
        certificate=certificate.number if certificate else "",
        certificate_href=certificate.get_absolute_url() if certificate else "",
        href=one.get_absolute_url() if opens and inside else "",
    )


def _remark(one: Enrolment, place: str) -> str:
    if one.state == EnrolmentState.WITHDRAWN:
        return str(one.get_leave_reason_display()).lower()
    if one.state == EnrolmentState.REFUSED:
        return one.decision_note
    return f"kursi {one.seat}" if one.seat else place


def _share(attended: int, recorded: int) -> str:
    if not recorded:
        return ""
    return f"{attended} dari {recorded} pertemuan ({100 * attended // recorded} %)"


def _past_line(row: PastTraining) -> FamilyTraining:
    return FamilyTraining(
        year=row.year,
        course=row.course.name,
        place=row.area.label,
        who=row.person.name if row.person else row.name,
        state="Lulus",
        kind="good",
        remark="dari riwayat",
        attended="",
        certificate="",
        certificate_href="",
        href="",
    )
