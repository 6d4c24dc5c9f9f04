"""Pages of the past and how to put more rows on each, for the test that counts their queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from tests.factories import GEBANG_RAYA, HouseholdFactory, PersonFactory, area
from tests.trainings.factories import CourseFactory, PastImportFactory, PastTrainingFactory
from trainings.models import Finding, PastImport, PastTraining, StagedPast


def past_files(ground: Any, number: int) -> None:
    PastImportFactory.create_batch(number, summary={"rows": 3, "findings": {"none": 3}})


def past_rows(ground: Any, number: int) -> None:
    for index in range(number):
        person = PersonFactory(household=ground.household)
        PastTrainingFactory(past_import=_past_import(), name=f"Siti {index}", person=person)
        PastTrainingFactory(past_import=_past_import(), name=f"Siti {index}", area=area(GEBANG_RAYA))


def namesakes(ground: Any, number: int) -> None:
    for name in ("Siti Aminah", "Siti Aminh") * number:
        person = PersonFactory(household=HouseholdFactory(), name=name)
        PastTrainingFactory(past_import=_past_import(), person=person)


def past_staged(ground: Any, number: int) -> None:
    past_import = _past_import()
    for row in range(number):
        for finding in (Finding.NAME, Finding.REJECTED):
            person = PersonFactory(household=HouseholdFactory())
            problem = {"code": "x", "column": "Tahun", "value": "1", "message": "Salah.", "error": True}
            StagedPast.objects.create(
                past_import=past_import,
                sheet="Riwayat",
                row=row + 2,
                year=2014,
                area=area(),
                course_text="Payet",
                course=CourseFactory(name="Payet"),
                name="Siti",
                name_key="siti",
                problems=[problem],
                finding=finding,
                person=person,
            )


def _past_import() -> PastImport:
    return PastImport.objects.first() or PastImportFactory(state="staged", applied_at=None, applied_by=None)


def _past_row(ground: Any) -> int:
    row = PastTraining.objects.filter(name="Siti Aminah", state="unmatched").first()
    return (row or PastTrainingFactory(past_import=_past_import(), name="Siti Aminah")).pk


def _of_import(name: str) -> Callable[[Any], str]:
    return lambda ground: reverse(f"trainings:{name}", args=[_past_import().pk])


# The address of each page, and what there is more of.
PAGES: dict[str, tuple[Callable[[Any], str], Callable[[Any, int], None]]] = {
    "past": (lambda ground: reverse("trainings:past"), past_files),
    "file of the past": (_of_import("past_import"), past_staged),
    "rows of a file of the past": (_of_import("past_staged"), past_staged),
    "rows of the past that wait": (lambda ground: reverse("trainings:past_rows"), past_rows),
    "rows of the past with their families": (
        lambda ground: reverse("trainings:past_rows") + "?keadaan=cocok",
        past_rows,
    ),
    "row of the past": (lambda ground: reverse("trainings:past_row", args=[_past_row(ground)]), namesakes),
    "admin: files of the past": (
        lambda ground: reverse("admin:trainings_pastimport_changelist"),
        past_files,
    ),
    "admin: rows of the past": (
        lambda ground: reverse("admin:trainings_pasttraining_changelist"),
        past_rows,
    ),
}
