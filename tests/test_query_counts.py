"""A page asks the database as often for 50 rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households.models import (
    Household,
    ImportBatch,
    Person,
    StagedHousehold,
    StagedPerson,
    StagedProblem,
    Verdict,
)
from tangerang_poverty.audit import log
from tangerang_poverty.audit.history import audited
from tangerang_poverty.audit.models import AccessLog
from tests.cast import Cast
from tests.factories import (
    GEBANG_RAYA,
    GEMBOR,
    HouseholdFactory,
    HouseholdRecordFactory,
    ImportBatchFactory,
    PersonFactory,
    PersonRecordFactory,
    UserFactory,
    WaveFactory,
    area,
    official_kelurahan,
)
from tests.kub import many_figures, many_grants, many_groups, many_visits
from tests.trainings import many_past, many_sessions
from tests.trainings.factories import (
    CohortFactory,
    CourseFactory,
    EnrolmentFactory,
    PastTrainingFactory,
    ProgrammeFactory,
    listed_family,
)
from trainings.lifecycle import EnrolmentState
from trainings.models import Cohort, PastTraining, Programme

pytestmark = pytest.mark.django_db
MANY = 50


@dataclass
class Ground:
    """What a page needs before it has rows."""

    cast: Cast
    wave: Any
    earlier: Any
    household: Any
    batch: Any
    cohort: Any


@pytest.fixture
def ground(cast):
    wave = WaveFactory(code="UJI2")
    earlier = WaveFactory(code="UJI1", reference_date=date(2008, 9, 30))
    household = HouseholdFactory()
    for listed in (wave, earlier):
        HouseholdRecordFactory(household=household, wave=listed)
    batch = ImportBatchFactory(wave=wave, state=ImportBatch.State.STAGED, uploaded_by=cast.staff)
    return Ground(cast, wave, earlier, household, batch, CohortFactory(quota=60))


def families(ground: Ground, number: int) -> None:
    for index in range(number):
        household = HouseholdFactory(area=area(GEMBOR if index % 2 else GEBANG_RAYA))
        HouseholdRecordFactory(household=household, wave=ground.wave, batch=ground.batch)


def members(ground: Ground, number: int) -> None:
    record = ground.household.records.first()
    for person in PersonFactory.create_batch(number, household=ground.household):
        PersonRecordFactory(person=person, household_record=record)


def changes(ground: Ground, number: int) -> None:
    people = PersonFactory.create_batch(number, household=ground.household)
    for index, person in enumerate(people):
        by = UserFactory()
        with audited(by=by, action="correct_person", note="uji"):
            Person.objects.filter(pk=person.pk).update(occupation=f"Pekerjaan {index}")
        Household.objects.filter(pk=ground.household.pk).update(
            area=area(GEBANG_RAYA if index % 2 else GEMBOR)
        )


def waves(ground: Ground, number: int) -> None:
    for wave in WaveFactory.create_batch(number):
        ImportBatchFactory(wave=wave)


def imports(ground: Ground, number: int) -> None:
    ImportBatchFactory.create_batch(number, wave=ground.wave)


def staged(ground: Ground, number: int) -> None:
    for row in range(number):
        place = {"batch": ground.batch, "sheet": "RT", "row": row + 2}
        StagedHousehold.objects.create(
            **place, source_key=f"K{row}", area=area(), head_name="Budi", verdict=Verdict.REJECTED
        )
        StagedPerson.objects.create(
            **place, household_key=f"K{row}", name="Budi", name_key="budi", verdict=Verdict.REJECTED
        )
        for is_person in (True, False):
            StagedProblem.objects.create(
                **place, is_person=is_person, code="area_unknown", is_error=True, message="Tidak dikenal."
            )


def log_lines(ground: Ground, number: int) -> None:
    for _ in range(number):
        log.record(by=UserFactory(), action=AccessLog.Action.REVEAL, what="NIK", area_id=GEMBOR)


def people_who_work_here(ground: Ground, number: int) -> None:
    UserFactory.create_batch(number, area=area())


def participants(ground: Ground, number: int) -> None:
    """Some with a seat, some who wait; each of a family of their own."""
    for state in (EnrolmentState.REGISTERED, EnrolmentState.WAITING):
        EnrolmentFactory.create_batch(number, cohort=ground.cohort, state=state)


def courses_of_the_family(ground: Ground, number: int) -> None:
    """Of every kind: one who passed, one who waits, one that a spreadsheet names."""
    for _ in range(number):
        year = 2030 + Programme.objects.count()
        cohort = CohortFactory(programme=ProgrammeFactory(year=year), area=area())
        for state in (EnrolmentState.GRADUATED, EnrolmentState.WAITING):
            person = PersonFactory(household=ground.household, family_number=year + (state == "waiting"))
            EnrolmentFactory(cohort=cohort, family=ground.household, person=person, state=state)
        PastTrainingFactory(person=person, course=CourseFactory(name=f"Keterampilan {year}"))


def graduates_of_the_past(ground: Ground, number: int) -> None:
    for _ in range(number):
        PastTrainingFactory(person=HouseholdFactory().people.get())


def years_of_training(ground: Ground, number: int) -> None:
    """Years with a cohort, a participant, one who waits to be judged, and a graduate of the past."""
    programmes(ground, number)
    for cohort in Cohort.objects.order_by("-pk")[:number]:
        EnrolmentFactory(cohort=cohort)
    for turn in range(number):
        PastTrainingFactory(year=2000 + (PastTraining.objects.count() + turn) % 100)


def programmes(ground: Ground, number: int) -> None:
    for _ in range(number):
        year = 2030 + Programme.objects.count()
        CohortFactory(programme=ProgrammeFactory(year=year), area=area())


def cohorts(ground: Ground, number: int) -> None:
    """In the kelurahan of the small tree there is room for two more only; those of the official list serve."""
    codes = [code for code in official_kelurahan() if code != GEMBOR][:100]
    free = [code for code in codes if not Cohort.objects.filter(area=code).exists()]
    for code in free[:number]:
        EnrolmentFactory(cohort=CohortFactory(programme=ground.cohort.programme, area=area(code)))


def families_of_the_programme(ground: Ground, number: int) -> None:
    for _ in range(number):
        listed_family(ground.cohort, name="Siti Suryani")


Address = Callable[[Ground], str]
Grow = Callable[[Ground, int], None]


def at(name: str, *arguments: Callable[[Ground], Any], query: str = "") -> Address:
    return lambda ground: reverse(name, args=[argument(ground) for argument in arguments]) + query


def _family(ground: Ground) -> int:
    return ground.household.pk  # type: ignore[no-any-return]


def _cohort(ground: Ground) -> int:
    return ground.cohort.pk  # type: ignore[no-any-return]


def _programme(ground: Ground) -> int:
    return ground.cohort.programme_id  # type: ignore[no-any-return]


def _batch(ground: Ground) -> int:
    return ground.batch.pk  # type: ignore[no-any-return]


# Page, who reads it, what there is more of.
PAGES: dict[str, tuple[Address, str, Grow]] = {
    "dashboard": (at("dashboard:home"), "staff", families),
    "families": (at("households:list"), "staff", families),
    "families found by name": (at("households:list", query="?cari=suparman"), "staff", families),
    "data quality": (at("households:quality"), "staff", families),
    "family": (at("households:detail", _family), "staff", members),
    "history of a family": (at("households:history", _family), "staff", changes),
    "waves": (at("households:waves"), "staff", waves),
    "wave": (at("households:wave", lambda ground: ground.wave.code), "staff", imports),
    "import": (at("households:import_detail", _batch), "staff", staged),
    "rows of an import": (at("households:import_rows", _batch), "staff", staged),
    "progress of an import": (at("households:import_progress", _batch), "staff", staged),
    "dashboard with trainings": (at("dashboard:home"), "staff", years_of_training),
    "family with trainings": (at("households:detail", _family), "staff", courses_of_the_family),
    "recapitulation": (at("trainings:recap"), "staff", cohorts),
    "recapitulation of a kelurahan": (at("trainings:recap"), "officer_a", years_of_training),
    "participants": (at("trainings:participants"), "staff", participants),
    "graduates of the past": (
        at("trainings:participants", query="?keadaan=riwayat"),
        "staff",
        graduates_of_the_past,
    ),
    "trainings": (at("trainings:home"), "staff", programmes),
    "programme": (at("trainings:programme", _programme), "staff", cohorts),
    "quotas": (at("trainings:programme_quotas", _programme), "staff", cohorts),
    "cohort": (at("trainings:cohort", _cohort), "staff", participants),
    "verification": (at("trainings:verify", _cohort), "staff", participants),
    "desk": (at("trainings:desk", _cohort), "officer_a", families_of_the_programme),
    "desk, found by name": (
        at("trainings:desk", _cohort, query="?cari=siti"),
        "officer_a",
        families_of_the_programme,
    ),
    "admin: families": (at("admin:households_household_changelist"), "staff", families),
    "admin: people of the office": (
        at("admin:accounts_user_changelist"),
        "administrator",
        people_who_work_here,
    ),
    "admin: log": (at("admin:audit_accesslog_changelist"), "administrator", log_lines),
    "admin: waves": (at("admin:households_wave_changelist"), "administrator", waves),
    **{name: (address, "staff", grow) for name, (address, grow) in many_past.PAGES.items()},
    **{name: (address, "staff", grow) for name, (address, grow) in many_sessions.PAGES.items()},
    **{name: (address, "staff", grow) for name, (address, grow) in many_groups.PAGES.items()},
    **many_grants.PAGES,
    **{name: (address, "staff", grow) for name, (address, grow) in many_visits.PAGES.items()},
    **many_figures.PAGES,
    "own account": (at("profile"), "staff", people_who_work_here),
}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_one_row_and_fifty_cost_the_same_number_of_queries(page, ground, client):
    address, reader, grow = PAGES[page]
    client.force_login(getattr(ground.cast, reader))
    grow(ground, 1)
    queries_of(client, address(ground))  # warm: content types, the session's first page
    few = queries_of(client, address(ground))
    grow(ground, MANY - 1)
    many = queries_of(client, address(ground))
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)) or many)
    assert few, "a page that asks nothing proves nothing"


def queries_of(client: Any, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, answer
    return [query["sql"] for query in captured.captured_queries]
