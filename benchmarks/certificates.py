"""The certificates of a whole programme, as a worker makes them, beside reportlab and WeasyPrint making the pages."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.db import transaction
from django.utils import timezone

from benchmarks import city
from benchmarks.peers_certificates import reportlab_pages, weasyprint_pages
from benchmarks.timing import NO_BUDGET, Line, medians
from households.models import Household, Person, Wave
from tangerang_poverty.areas.models import Area
from tangerang_poverty.privacy.exports import build
from tangerang_poverty.privacy.models import Export
from trainings.actions.graduation import new_code
from trainings.exports import KIND, TITLE
from trainings.models import Certificate, Cohort, Course, Enrolment, Graduation, Programme
from trainings.papers.certificates import printable

SEATS = 50  # of each of the 104 kelurahan: 5,200
PART = 208  # pages that a peer makes; its time is scaled to the whole
TIMES_PEERS = 10
SITE = "https://berdikari.example"


def run(rounds: int) -> list[Line]:
    city.ensure()
    programme = graduated()
    count = Certificate.objects.filter(programme=programme).count()
    some = list(islice(printable(Certificate.objects.filter(programme=programme)), PART))
    taken = medians(
        {
            "ours": lambda: _ours(programme, count),
            "WeasyPrint": lambda: weasyprint_pages(some, SITE),
            "reportlab": lambda: reportlab_pages(some, SITE),
            "reportlab, segno": lambda: reportlab_pages(some, SITE, own_codes=False),
        },
        rounds=rounds,
    )
    ours = taken.pop("ours")
    whole = {name: seconds * count / len(some) for name, seconds in taken.items()}
    faster = min(whole["WeasyPrint"], whole["reportlab"])
    note = f"{len(some)} pages, scaled"
    job = f"certificates of the whole city ({count:,}), query included"
    return [
        Line(
            job,
            ours,
            whole[name],
            f"{name}, codes by {codes}; {note}",
            f"≥ {TIMES_PEERS}× as fast" if judged else NO_BUDGET,
            not judged or faster / ours >= TIMES_PEERS,
        )
        for name, codes, judged in (
            ("WeasyPrint", "segno", True),
            ("reportlab", "its own widget", True),
            ("reportlab, segno", "segno, drawn as one path", False),
        )
    ]


def _ours(programme: Programme, count: int) -> None:
    """Everything the worker does: permission, query, codes, a PDF for each kecamatan, their ZIP, the file kept."""
    params = {"programme": programme.pk, "site": SITE}
    export = Export.objects.create(kind=KIND, title=TITLE, params=params, asked_by=city.staff())
    build(export)
    export.refresh_from_db()
    assert (export.state, export.rows) == (Export.State.READY, count)
    export.file.delete(save=False)
    export.delete()


@transaction.atomic
def graduated() -> Programme:
    """A programme of last year whose cohorts have all graduated, a head of a family on each seat."""
    year = timezone.localdate().year - 1
    course, _ = Course.objects.get_or_create(name="Kue Kering")
    programme, new = Programme.objects.get_or_create(
        year=year,
        course=course,
        defaults={
            "wave": Wave.objects.get(code=city.WAVE),
            "account_code": "5.2.2.03.01",
            "registration_opens_on": date(year, 3, 1),
            "registration_closes_on": date(year, 3, 31),
            "state": "closed",
        },
    )
    if new:
        for area in (
            Area.objects.visible_to(city.staff()).kelurahan().select_related("parent").order_by("code")
        ):
            _cohort(programme, area)
    return programme


def _cohort(programme: Programme, area: Area) -> None:
    heads = list(
        Person.objects.filter(
            relation=Person.Relation.HEAD, household__area=area, household__status=Household.Status.ON_LIST
        ).order_by("pk")[:SEATS]
    )
    cohort = Cohort.objects.create(
        programme=programme, area=area, quota=SEATS, seats_taken=len(heads), state="finished"
    )
    by, now = city.staff(), timezone.now()
    rows = Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            programme=programme,
            household_id=head.household_id,
            family_number=head.family_number,
            person=head,
            seat=seat,
            state="graduated",
            registered_at=now,
            registered_by=by,
            decided_at=now,
            decided_by=by,
        )
        for seat, head in enumerate(heads, start=1)
    )
    graduation = Graduation.objects.create(
        cohort=cohort,
        report_number=f"800/{area.code}/BA",
        decided_on=date(programme.year, 6, 30),
        signatory_name="H. Hasan Basri, S.Sos., M.Si.",
        signatory_title="Kepala Dinas Sosial Kota Tangerang",
        decided_by=by,
    )
    before = Certificate.objects.filter(programme=programme).count()
    Certificate.objects.bulk_create(
        Certificate(
            enrolment=row,
            graduation=graduation,
            programme=programme,
            sequence=number,
            number=f"{number:04d}/SERT/DINSOS/{programme.year}",
            code=new_code(),
            name=row.person.name,
            course_name="Kue Kering",
            area_name=area.label,
            year=programme.year,
            started_on=date(programme.year, 5, 2),
            ended_on=date(programme.year, 6, 20),
            session_count=20,
            hours=60,
            issued_on=date(programme.year, 6, 30),
        )
        for number, row in enumerate(rows, start=before + 1)
    )
