"""Valid objects of the trainings by default: a test names only what it wants otherwise."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from households.models import Household, Person
from tangerang_poverty.kit.text import name_key
from tests.factories import (
    GEMBOR,
    HouseholdFactory,
    HouseholdRecordFactory,
    PersonFactory,
    UserFactory,
    WaveFactory,
    area,
)
from trainings.actions.graduation import new_code
from trainings.lifecycle import HOLDING_SEAT, CohortState, EnrolmentState, PastImportState, ProgrammeState
from trainings.models import (
    Attendance,
    Certificate,
    Cohort,
    Course,
    Enrolment,
    Finding,
    Graduation,
    PastImport,
    PastTraining,
    Programme,
    Session,
)


class CourseFactory(DjangoModelFactory[Course]):
    class Meta:
        model = Course
        django_get_or_create = ("name",)

    name = "Kue Kering"


class ProgrammeFactory(DjangoModelFactory[Programme]):
    """Open for registration today, for the families of one list; give `state=` for another."""

    class Meta:
        model = Programme

    year = factory.LazyFunction(lambda: timezone.localdate().year)
    course = factory.SubFactory(CourseFactory)
    wave = factory.SubFactory(WaveFactory, code="UJI-ACUAN", name="Daftar Acuan")
    account_code = "5.2.2.03.01"
    budget = 1_000_000_000
    registration_opens_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=10))
    registration_closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    state = ProgrammeState.OPEN


class CohortFactory(DjangoModelFactory[Cohort]):
    """In Gembor, with five seats."""

    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    area = factory.LazyFunction(area)
    quota = 5
    venue = "Aula kelurahan"
    instructor = "Ibu Kartini"


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    """The head of a new family with the next seat, registered by somebody; `state=` and `seat=` for others.

    A state that holds a seat moves the cohort's counter, as the actions do; a quota that is too small grows.
    """

    class Meta:
        model = Enrolment
        exclude = ("family",)

    cohort = factory.SubFactory(CohortFactory)
    state = EnrolmentState.REGISTERED
    family = factory.LazyAttribute(lambda enrolment: listed_family(enrolment.cohort))
    household = factory.SelfAttribute("family")
    person = factory.LazyAttribute(lambda enrolment: enrolment.household.people.get(relation=1))
    family_number = factory.SelfAttribute("person.family_number")
    registered_at = factory.LazyFunction(timezone.now)
    registered_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class: type[Enrolment], *args: Any, **values: Any) -> Enrolment:
        cohort, state = values["cohort"], values["state"]
        if state in HOLDING_SEAT and values.get("seat") is None:
            taken = set(
                Enrolment.objects.filter(cohort=cohort, seat__isnull=False).values_list("seat", flat=True)
            )
            values["seat"] = next(number for number in range(1, 2_000) if number not in taken)
        if state == EnrolmentState.WITHDRAWN:
            values = {
                "left_at": timezone.now(),
                "left_by": values["registered_by"],
                "leave_reason": "work",
            } | values
        if state == EnrolmentState.REFUSED:
            values = {"decision_note": "Data tidak sesuai"} | values
        if state not in (EnrolmentState.REGISTERED, EnrolmentState.WAITING, EnrolmentState.WITHDRAWN):
            values = {"decided_at": timezone.now(), "decided_by": UserFactory()} | values
        values["programme_id"] = cohort.programme_id
        if values.get("seat"):
            cohort.refresh_from_db(fields=["seats_taken", "quota"])
            cohort.seats_taken += 1
            cohort.quota = max(cohort.quota, cohort.seats_taken)
            cohort.save(update_fields=["seats_taken", "quota"])
        return super()._create(model_class, *args, **values)


class SessionFactory(DjangoModelFactory[Session]):
    """The next meeting of the cohort, a day after the last, from nine to twelve; not recorded."""

    class Meta:
        model = Session

    cohort = factory.SubFactory(CohortFactory, state=CohortState.RUNNING)
    number = factory.LazyAttribute(lambda session: session.cohort.sessions.count() + 1)
    held_on = factory.LazyAttribute(
        lambda session: timezone.localdate() - timedelta(days=30) + timedelta(days=session.number)
    )
    starts_at = time(9)
    ends_at = time(12)


class AttendanceFactory(DjangoModelFactory[Attendance]):
    """Present at a meeting of their own cohort."""

    class Meta:
        model = Attendance

    enrolment = factory.SubFactory(EnrolmentFactory, state=EnrolmentState.ACCEPTED)
    session = factory.LazyAttribute(lambda attendance: SessionFactory(cohort=attendance.enrolment.cohort))
    mark = Attendance.Mark.PRESENT


class GraduationFactory(DjangoModelFactory[Graduation]):
    """Of a cohort whose course is over, decided today."""

    class Meta:
        model = Graduation

    cohort = factory.SubFactory(CohortFactory, state=CohortState.FINISHED)
    report_number = factory.Sequence(lambda n: f"800/{n + 1}/BA-PEL")
    decided_on = factory.LazyFunction(timezone.localdate)
    signatory_name = "H. Hasan Basri, S.Sos., M.Si."
    signatory_title = "Kepala Dinas Sosial Kota Tangerang"
    decided_by = factory.SubFactory(UserFactory)


class CertificateFactory(DjangoModelFactory[Certificate]):
    """Of a graduate of the graduation's cohort; what is printed copies the enrolment."""

    class Meta:
        model = Certificate

    graduation = factory.SubFactory(GraduationFactory)
    enrolment = factory.LazyAttribute(
        lambda certificate: EnrolmentFactory(
            cohort=certificate.graduation.cohort, state=EnrolmentState.GRADUATED
        )
    )
    programme = factory.SelfAttribute("enrolment.programme")
    sequence = factory.Sequence(lambda n: n + 1)
    number = factory.LazyAttribute(
        lambda certificate: f"{certificate.sequence:04d}/PEL/{certificate.programme.year}"
    )
    code = factory.LazyFunction(new_code)
    name = factory.LazyAttribute(lambda certificate: certificate.enrolment.person.name)
    course_name = factory.LazyAttribute(lambda certificate: str(certificate.programme.course))
    area_name = factory.LazyAttribute(lambda certificate: certificate.enrolment.cohort.area.label)
    year = factory.SelfAttribute("programme.year")
    started_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    ended_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    session_count = 12
    hours = 36
    issued_on = factory.LazyFunction(timezone.localdate)


class PastImportFactory(DjangoModelFactory[PastImport]):
    """Applied; give `state="staged", applied_at=None, applied_by=None` for one that is not."""

    class Meta:
        model = PastImport

    filename = "riwayat.xlsx"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    state = PastImportState.APPLIED
    uploaded_by = factory.SubFactory(UserFactory)
    applied_by = factory.SelfAttribute("uploaded_by")
    applied_at = factory.LazyFunction(timezone.now)
    summary = factory.LazyFunction(lambda: {"rows": 1, "findings": {"none": 1}, "notes": []})


class PastTrainingFactory(DjangoModelFactory[PastTraining]):
    """Waits to be matched; with `person=` it is matched with them and their family."""

    class Meta:
        model = PastTraining

    past_import = factory.SubFactory(PastImportFactory)
    sheet = "Riwayat"
    row = factory.Sequence(lambda n: n + 2)
    year = 2014
    course = factory.SubFactory(CourseFactory)
    area = factory.LazyFunction(area)
    name = factory.Sequence(lambda n: f"Lulusan Lama {n}")
    name_key = factory.LazyAttribute(lambda row: name_key(row.name))
    finding = Finding.NONE

    @classmethod
    def _create(cls, model_class: type[PastTraining], *args: Any, **values: Any) -> PastTraining:
        if person := values.get("person"):
            values = {
                "state": PastTraining.State.MATCHED,
                "household": person.household,
                "family_number": person.family_number,
            } | values
        if values.get("state", PastTraining.State.UNMATCHED) != PastTraining.State.UNMATCHED:
            values = {"matched_at": timezone.now(), "matched_by": values["past_import"].uploaded_by} | values
        return super()._create(model_class, *args, **values)


def listed_family(cohort: Cohort, *, name: str = "", **values: Any) -> Household:
    """A family of the cohort's kelurahan that stands in the programme's list; `name` is its head's."""
    head = {"head__name": name} if name else {}
    born = {"head__birth_date": date(timezone.localdate().year - 40, 4, 12)}
    household = HouseholdFactory(area=cohort.area, **head, **born, **values)
    HouseholdRecordFactory(household=household, wave=cohort.programme.wave)
    return household


def head_of(household: Household) -> Person:
    return household.people.get(relation=Person.Relation.HEAD)


def member(household: Household, **values: Any) -> Person:
    """A grown-up member of a family."""
    born = date(timezone.localdate().year - 25, 4, 12)
    return PersonFactory(household=household, **{"birth_date": born, **values})


__all__ = [
    "GEMBOR",
    "AttendanceFactory",
    "CertificateFactory",
    "CohortFactory",
    "CourseFactory",
    "EnrolmentFactory",
    "GraduationFactory",
    "PastImportFactory",
    "PastTrainingFactory",
    "ProgrammeFactory",
    "SessionFactory",
    "head_of",
    "listed_family",
    "member",
]
