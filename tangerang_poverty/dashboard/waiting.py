"""What waits for the reader: real work they may do now, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from households.imports.actions import apply_problems, is_at_work
from households.models import Household, ImportBatch
from households.reports.quality import CHECKS
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.dashboard.waiting_kub import groups_and_grants
from tangerang_poverty.dashboard.waiting_line import Waiting
from tangerang_poverty.kit.formats import long_date, number
from trainings.lifecycle import CohortState, EnrolmentState, ProgrammeState
from trainings.models import CohortCount, PastCount, PastTraining, Promotion, Session

# Checks answered from the family's own row, so that asking costs one short query.
OFFICER_CHECKS = ("tanpa-kepala", "tanpa-rt-rw", "tanpa-anggota")
STARTING = timedelta(minutes=1)  # a worker needs a moment to take an import up


def waiting_for(user: User, *, today: date) -> list[Waiting]:
    """The lines of the card; empty when nothing waits."""
    return [
        *_imports(user),
        *_trainings(user, today),
        *groups_and_grants(user, today),
        *_quality(user, today),
    ]


def _imports(user: User) -> list[Waiting]:
    if not user.has_perm(Can.VIEW_IMPORTS):
        return []
    batches = list(ImportBatch.objects.visible_to(user).unfinished().select_related("wave", "submitted_by"))
    to_apply = [batch for batch in batches if _may_apply(batch, user)]
    to_review = [
        batch
        for batch in batches
        if batch.state == ImportBatch.State.STAGED and batch.uploaded_by_id == user.pk
    ]
    interrupted = [batch for batch in batches if _interrupted(batch, user)]
    return [
        line
        for line in (
            _line(to_apply, "Impor menunggu diterapkan", _submitted(to_apply)),
            _line(to_review, "Impor siap ditinjau dan diajukan", _names(to_review)),
            _line(interrupted, "Impor terhenti, bisa dilanjutkan", _names(interrupted), is_late=True),
        )
        if line
    ]


def _may_apply(batch: ImportBatch, user: User) -> bool:
    return (
        batch.state == ImportBatch.State.SUBMITTED
        and user.has_perm(Can.APPLY_IMPORT)
        and not apply_problems(batch, by=user)
    )


def _interrupted(batch: ImportBatch, user: User) -> bool:
    """At work by its state, but nobody holds it: its worker was stopped."""
    return (
        batch.state in ImportBatch.BUSY_STATES
        and user.has_perm(Can.UPLOAD_IMPORT)
        and batch.uploaded_at < timezone.now() - STARTING
        and not is_at_work(batch)
    )


def _line(
    batches: Sequence[ImportBatch], title: str, remark: str, *, is_late: bool = False
) -> Waiting | None:
    """One line for all of them; it leads to the only one, or to the list."""
    if not batches:
        return None
    only = len(batches) == 1
    href = reverse("households:import_detail", args=[batches[0].pk]) if only else reverse("households:waves")
    return Waiting(number(len(batches)), title, remark, href, is_late)


def _submitted(batches: Sequence[ImportBatch]) -> str:
    if not batches:
        return ""
    last = max(batches, key=lambda batch: batch.submitted_at or batch.uploaded_at)
    ago = timesince(last.submitted_at or last.uploaded_at, depth=1)
    return f"{last.wave}, diajukan {last.submitted_by}, {ago} lalu"


def _names(batches: Sequence[ImportBatch]) -> str:
    return ", ".join(dict.fromkeys(str(batch.wave) for batch in batches))


def _quality(user: User, today: date) -> list[Waiting]:
    """For the officer of a kelurahan: families whose record can be completed at the desk."""
    if not (user.area and user.area.level == Area.Level.KELURAHAN and user.has_perm(Can.CORRECT_HOUSEHOLD)):
        return []
    counts = Household.objects.visible_to(user).aggregate(
        **{
            f"n{i}": Count("pk", filter=Q(CHECKS[key].families(today)))
            for i, key in enumerate(OFFICER_CHECKS)
        }
    )
    address = reverse("households:list")
    return [
        Waiting(
            number(counts[f"n{i}"]),
            CHECKS[key].label,
            CHECKS[key].advice,
            f"{address}?{urlencode({'mutu': key})}",
        )
        for i, key in enumerate(OFFICER_CHECKS)
        if counts[f"n{i}"]
    ]


def _trainings(user: User, today: date) -> list[Waiting]:
    """People to tell and sheets to fill in for the officer; participants and old lists to judge for the office."""
    lines: list[Waiting | None] = []
    if user.has_perm(Can.REGISTER_PARTICIPANTS):
        lines.append(_promotions(user))
    if user.has_perm(Can.MARK_ATTENDANCE) and user.area and user.area.level == Area.Level.KELURAHAN:
        lines.append(_unrecorded(user, today))
    if user.has_perm(Can.VERIFY_PARTICIPANTS):
        lines.append(_to_verify(user))
    if user.has_perm(Can.IMPORT_PAST):
        lines.append(_unmatched(user))
    return [line for line in lines if line]


def _promotions(user: User) -> Waiting | None:
    found = (
        Promotion.objects.unseen()
        .visible_to(user)
        .aggregate(n=Count("pk"), first=Min("enrolment__cohort_id"), last=Max("enrolment__cohort_id"))
    )
    if not found["n"]:
        return None
    return Waiting(
        number(found["n"]),
        "Peserta cadangan mendapat kursi",
        "Beri tahu yang bersangkutan, lalu tandai.",
        reverse("trainings:cohort", args=[found["first"]])
        if found["first"] == found["last"]
        else reverse("trainings:home"),
    )


def _unrecorded(user: User, today: date) -> Waiting | None:
    """Sessions whose day has come and whose attendance nobody has recorded; late from the next day on."""
    due = Session.objects.visible_to(user).filter(
        recorded_at=None, held_on__lte=today, cohort__state=CohortState.RUNNING
    )
    found = due.aggregate(n=Count("pk"), since=Min("held_on"), first=Min("cohort_id"), last=Max("cohort_id"))
    if not found["n"]:
        return None
    is_late = found["since"] < today
    return Waiting(
        number(found["n"]),
        "Pertemuan belum dicatat kehadirannya",
        f"Yang pertama {long_date(found['since'])}." if is_late else "Pertemuan hari ini.",
        reverse("trainings:attendance", args=[found["first"]])
        if found["first"] == found["last"]
        else reverse("trainings:home"),
        is_late=is_late,
    )


def _to_verify(user: User) -> Waiting | None:
    """From the roll-up; programmes that are closed ask nobody any more."""
    going_on = (ProgrammeState.OPEN, ProgrammeState.RUNNING)
    found = (
        CohortCount.objects.visible_to(user)
        .filter(state=EnrolmentState.REGISTERED, n__gt=0, cohort__programme__state__in=going_on)
        .aggregate(
            total=Sum("n"),
            cohorts=Count("cohort_id", distinct=True),
            only=Min("cohort_id"),
            first=Min("cohort__programme_id"),
            last=Max("cohort__programme_id"),
        )
    )
    if not found["total"]:
        return None
    if found["cohorts"] == 1:
        href = reverse("trainings:verify", args=[found["only"]])
    elif found["first"] == found["last"]:
        href = reverse("trainings:programme", args=[found["first"]])
    else:
        href = reverse("trainings:home")
    remark = f"Di {number(found['cohorts'])} angkatan."
    return Waiting(number(found["total"]), "Peserta menunggu diperiksa", remark, href)


def _unmatched(user: User) -> Waiting | None:
    counts = PastCount.objects.visible_to(user).filter(state=PastTraining.State.UNMATCHED)
    waiting = counts.aggregate(total=Sum("n"))["total"]
    if not waiting:
        return None
    return Waiting(
        number(waiting),
        "Lulusan lama belum cocok dengan keluarganya",
        "Riwayat pelatihan dari berkas.",
        reverse("trainings:past_rows"),
    )
