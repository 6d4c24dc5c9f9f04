"""Asking for papers of the trainings."""

from __future__ import annotations

from django.urls import reverse

from tests.paper_files import content, pages, sheets, text
from tests.trainings.factories import EnrolmentFactory, listed_family
from trainings.lifecycle import EnrolmentState

__all__ = ["asked", "content", "enrolled", "pages", "recap", "sheets", "text"]


def enrolled(cohort, name, state=EnrolmentState.REGISTERED, **values):
    family = listed_family(cohort, name=name)
    return EnrolmentFactory(cohort=cohort, family=family, household=family, state=state, **values)


def asked(client, cohort, name, form="pdf", **wishes):
    return client.post(reverse("trainings:paper", args=[cohort.pk, name, form]), wishes)


def recap(client, programme, form):
    return client.post(reverse("trainings:programme_paper", args=[programme.pk, "rekapitulasi", form]))
