"""The public pages that confirm a certificate by its code: for everybody, without sign-in and without a cookie."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tangerang_poverty.accounts.guards import open_to_everybody
from tangerang_poverty.accounts.limits import within_limit
from trainings.actions.graduation import CODE_LENGTH, CODE_LETTERS
from trainings.models import Certificate
from trainings.papers.certificates import grouped

CODE = re.compile(f"[{CODE_LETTERS}]{{{CODE_LENGTH}}}")
BETWEEN = re.compile(r"[\s\-‐‑‒–—−_.]+")  # what people write between the letters of a code
LOOKS, SECONDS = 60, 60  # from one address: a hall full of people behind one router, but no machine
LONGEST = 40  # of what was typed, shown again


def tidy(typed: str) -> str:
    """A code as it is kept, however it was typed: in small letters, with spaces or dashes; "" for what is no code."""
    bare = BETWEEN.sub("", typed[: 2 * LONGEST]).upper()
    return bare if CODE.fullmatch(bare) else ""


@open_to_everybody
@require_safe
def check(request: HttpRequest) -> HttpResponseBase:
    """The form. A code that may be one leads to its own address, any other to the words that there is none."""
    typed = request.GET.get("kode", "").strip()
    if not typed:
        canonical = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        context = {"indexable": True, "canonical": f"{canonical}{reverse('certificate_check')}"}
        return render(request, "trainings/certificate_check.html", context)
    code = tidy(typed)
    return redirect("certificate", code=code) if code else _unknown(request, typed)


@open_to_everybody
@never_cache
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What stands on one certificate and whether it is in force.

    Not for search engines (the page's robots tag): it names a person, and whoever holds the paper has the code.
    """
    if not within_limit(request, of="certificate", times=LOOKS, seconds=SECONDS):
        answer = render(request, "trainings/certificate_later.html", status=429)
        answer["Retry-After"] = str(SECONDS)
        return answer
    found = Certificate.objects.filter(code=tidy(code)).select_related("graduation").first()
    if found is None:
        return _unknown(request, code)
    context = {"certificate": found, "code": grouped(found.code)}
    return render(request, "trainings/certificate.html", context)


def _unknown(request: HttpRequest, typed: str) -> HttpResponse:
    """The same words for a code that nobody has and for what cannot be one."""
    context = {"typed": typed[:LONGEST], "unknown": True}
    return render(request, "trainings/certificate_check.html", context, status=404)
