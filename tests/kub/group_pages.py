"""How the tests of the groups ask for pages, through the door a user takes, and what they type into forms."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.models import Person
from kub.models import Group
from tangerang_poverty.accounts.models import User
from tests.factories import GEMBOR
from tests.kub.factories import BusinessKindFactory, graduate
from tests.trainings.factories import CohortFactory
from trainings.lifecycle import CohortState
from trainings.models import Cohort


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, url: str, *, status: int = 200) -> str:
    answer = client_of(user).get(url)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def send(user: User, url: str, data: dict[str, Any], *, status: int = 302) -> str:
    """Posts a form; where it is taken, what the page it leads to says, else the form with its errors."""
    client = client_of(user)
    answer = client.post(url, data)
    assert answer.status_code == status, text(answer.content.decode())
    if status == 302:
        answer = client.get(answer["Location"])
        assert answer.status_code == 200
    return answer.content.decode()


def text(html: str) -> str:
    """What is read: without tags, the space tidied."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def url(name: str, *arguments: Any, query: str = "") -> str:
    return reverse(f"kub:{name}", args=[getattr(one, "pk", one) for one in arguments]) + query


def names(group: Group) -> list[str]:
    """Who is in the group today."""
    return sorted(group.memberships.live().values_list("person__name", flat=True))


def today() -> Any:
    return timezone.localdate()


def finished(number: int, **values: Any) -> tuple[Cohort, list[Person]]:
    """A finished cohort in Gembor and its graduates."""
    cohort = CohortFactory(state=CohortState.FINISHED, quota=max(number, 5), **values)
    return cohort, [graduate(cohort) for _ in range(number)]


def particulars(**more: Any) -> dict[str, Any]:
    """What a form says of a group."""
    return {
        "name": "Melati Rasa",
        "kind": BusinessKindFactory().pk,
        "area": GEMBOR,
        "address": "Jl. Melati 3",
        "formed_on": str(today()),
        "meeting_place": "Aula kelurahan",
        "report_number": "1/BA-KUB",
    } | more


def founders(people: list[Person], *offices: str) -> dict[str, str]:
    """The choices of the form: the first people hold these offices, the rest are members."""
    roles = [*offices, *["member"] * (len(people) - len(offices))]
    return {f"jabatan-{person.pk}": role for person, role in zip(people, roles, strict=True)}


ALL = ("chair", "secretary", "treasurer")
