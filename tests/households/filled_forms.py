"""Fills in the forms of the registry the way a browser does, and reads the answers."""

from __future__ import annotations

import re
from html import unescape

from django.urls import reverse

from households.models import Household
from tangerang_poverty.audit.history import Change, changes_of

REASON = "menurut Kartu Keluarga"


def address(name: str, family: Household, *more: int) -> str:
    return reverse(f"households:{name}", args=[family.pk, *more])


def form_of(client, url: str) -> dict[str, str]:
    """The fields of the page's form with the values they start with."""
    page = client.get(url).content.decode()
    form = page[page.index('<form method="post">') : page.rindex("</form>")]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag and name[1] != "csrfmiddlewaretoken":
            values[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def send(client, url: str, **changes: str):
    """Opens the form, changes some fields and sends it."""
    return client.post(url, form_of(client, url) | {"reason": REASON} | changes)


def last_change(family: Household) -> Change:
    """The newest change somebody made with a reason (a test is one transaction: its rows are as new)."""
    return next(change for change in changes_of(family) if change.note)


def text(response) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
