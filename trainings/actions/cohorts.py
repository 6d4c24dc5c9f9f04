"""The cohorts of a programme: their seats as planned and changed, their place, the beginning of the course."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.versions import fingerprint
from trainings.actions.programmes import CHANGED_MEANWHILE, require_whole_city
from trainings.actions.seats import fill, locked
from trainings.lifecycle import COHORT_MOVES, CohortState, EnrolmentState, ProgrammeState, take
from trainings.models import Cohort, Programme
from trainings.reports.programme import course_repeats, last_years, needs_leave
from trainings.rules import quota_problems, reason_problems

COHORT_FIELDS = ("quota", "venue", "instructor", "state")


def version_of(cohort: Cohort) -> str:
    """A token of what people may change in a cohort, for a form that two may have open."""
    return fingerprint(cohort, COHORT_FIELDS, purpose="trainings.actions.cohorts")


def quotas_version(programme: Programme) -> str:
    """A token of all quotas of a programme, for the plan that two may have open."""
    quotas = programme.cohorts.order_by("area_id").values_list("area_id", "quota")
    return salted_hmac("trainings.actions.quotas", repr(list(quotas)), algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def set_quotas(
    programme: Programme, quotas: Mapping[str, int], *, by: User, today: date, seen: str = ""
) -> int:
    """Give each kelurahan (code) its seats; makes the cohorts that are missing. All or nothing.

    `seen` is the version of the quotas the user looked at, "" when there is no form. A kelurahan that had the
    course lately is refused here; `add_cohort` is the way past that rule. Raises Refused with every problem. Gives
    how many cohorts were made or changed.
    """
    require_whole_city(by)
    now = (
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course")
        .get(pk=programme.pk)
    )
    if now.state not in (ProgrammeState.DRAFT, ProgrammeState.OPEN):
        raise Refused(Problem("too_late", "Kuota hanya diubah sebelum program berjalan."))
    if seen and seen != quotas_version(now):
        raise Refused(CHANGED_MEANWHILE)
    areas = {area.code: area for area in Area.objects.visible_to(by).kelurahan().filter(code__in=quotas)}
    cohorts = {
        cohort.area_id: cohort
        for cohort in Cohort.objects.filter(programme=now, area__in=areas)
        .select_for_update(no_key=True)
        .order_by("area_id")
    }
    lately = last_years(now)
    problems = [
        Problem("unknown_area", f"Kelurahan {code} tidak dikenal.") for code in quotas if code not in areas
    ]
    for code, area in areas.items():
        cohort = cohorts.get(code)
        found = quota_problems(quotas[code], taken=cohort.seats_taken if cohort else 0)
        if quotas[code] and needs_leave(cohort, now):
            found += course_repeats(now, area, lately.get(code))
        problems += [Problem(one.code, f"{area}: {one.message}", one.field) for one in found]
    if problems:
        raise Refused(problems)
    changed = 0
    with audited(by=by, action="set_quotas"):
        for code in sorted(areas):
            cohort, quota = cohorts.get(code), quotas[code]
            if cohort is None and quota:
                Cohort.objects.create(programme=now, area=areas[code], quota=quota)
            elif cohort is not None and cohort.quota != quota:
                change_quota(cohort, quota, today=today)
            else:
                continue
            changed += 1
    return changed


@transaction.atomic
def add_cohort(programme: Programme, *, area: Area, quota: int, reason: str, by: User) -> Cohort:
    """A cohort, or seats for one that has none, in a kelurahan that had the course lately, with the reason why it
    gets it all the same."""
    require(by, Can.OVERRIDE_COURSE)
    now = (
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course")
        .get(pk=programme.pk)
    )
    problems = [*quota_problems(quota, taken=0), *reason_problems(reason)]
    if now.state not in (ProgrammeState.DRAFT, ProgrammeState.OPEN):
        problems.append(Problem("too_late", "Kelurahan hanya ditambah sebelum program berjalan."))
    if area.level != Area.Level.KELURAHAN:
        problems.append(Problem("no_kelurahan", "Pilih kelurahan.", "area"))
    before = Cohort.objects.filter(programme=now, area=area).select_for_update(no_key=True).first()
    if before is not None and (before.quota or before.override_at):
        problems.append(
            Problem("cohort_there", f"{area} sudah mempunyai angkatan dalam program ini.", "area")
        )
    if not Area.objects.visible_to(by).filter(pk=area.pk).exists():
        raise PermissionDenied("outside the area")
    if problems:
        raise Refused(problems)
    note = without_numbers(reason.strip())
    leave = {"override_reason": note, "override_by": by, "override_at": timezone.now()}
    with audited(by=by, action="override_course", note=note):
        if before is None:
            return Cohort.objects.create(programme=now, area=area, quota=quota, **leave)
        Cohort.objects.filter(pk=before.pk).update(**leave)
        held = locked(before)
        change_quota(held, quota, today=timezone.localdate())
    return held


@transaction.atomic
def change_cohort(
    cohort: Cohort, *, quota: int, venue: str, instructor: str, by: User, today: date, seen: str = ""
) -> Cohort:
    """Seats, place and instructor of one cohort; more seats go to those who wait at once. Refused below the taken.

    `seen` is the version the user looked at, "" when there is no form.
    """
    require(by, Can.MANAGE_SESSIONS)
    if not Cohort.objects.visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("outside the area")
    held = locked(cohort)
    if seen and seen != version_of(held):
        raise Refused(CHANGED_MEANWHILE)
    problems = quota_problems(quota, taken=held.seats_taken)
    if held.state == CohortState.FINISHED or held.programme.state == ProgrammeState.CLOSED:
        problems.append(Problem("finished", "Angkatan ini sudah selesai."))
    if quota and needs_leave(held, held.programme):
        problems += course_repeats(held.programme, held.area, last_years(held.programme).get(held.area_id))
    if problems:
        raise Refused(problems)
    with audited(by=by, action="change_cohort"):
        Cohort.objects.filter(pk=held.pk).update(venue=venue.strip(), instructor=instructor.strip())
        if quota != held.quota:
            change_quota(held, quota, today=today)
    changed: Cohort = Cohort.objects.for_list().get(pk=held.pk)
    return changed


@transaction.atomic
def start_cohort(cohort: Cohort, *, by: User) -> None:
    """Begin the course: everybody with a seat has been verified, and there is somebody."""
    require(by, Can.MANAGE_SESSIONS)
    if not Cohort.objects.visible_to(by).filter(pk=cohort.pk).exists():
        raise PermissionDenied("outside the area")
    held = locked(cohort)
    problems = []
    if held.programme.state != ProgrammeState.RUNNING:
        problems.append(Problem("still_open", "Tutup dahulu pendaftaran program ini."))
    to_verify = held.enrolments.filter(state=EnrolmentState.REGISTERED).count()
    if to_verify:
        problems.append(Problem("to_verify", f"Masih ada {to_verify} peserta yang belum diperiksa."))
    elif not held.seats_taken:
        problems.append(Problem("nobody", "Belum ada peserta yang diterima."))
    if problems and held.state in COHORT_MOVES["start"].from_:
        raise Refused(problems)
    with audited(by=by, action="change_cohort", note="Pelatihan dimulai"):
        take(held, COHORT_MOVES["start"], by=by)
    cohort.state = held.state


def change_quota(cohort: Cohort, quota: int, *, today: date) -> None:
    """Write another quota to a locked cohort: seats beyond it get a lower free number, new ones go to who waits."""
    beyond = list(cohort.enrolments.filter(seat__gt=quota).order_by("seat"))
    taken = set(cohort.enrolments.filter(seat__lte=quota).values_list("seat", flat=True))
    free = (number for number in range(1, quota + 1) if number not in taken)
    for enrolment, seat in zip(beyond, free, strict=False):
        cohort.enrolments.filter(pk=enrolment.pk).update(seat=seat)
    Cohort.objects.filter(pk=cohort.pk).update(quota=quota)
    cohort.quota = quota
    fill(cohort, today=today)
