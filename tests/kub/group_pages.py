"""How the tests of the groups ask for pages: as somebody, through the door a user takes."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from kub.models import Group
from tangerang_poverty.accounts.models import User


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
