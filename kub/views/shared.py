"""What the pages of proposals, grants, decrees and budgets share: fetching within the reader's area, refusals."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from kub.models import Grant, Proposal
from kub.reports.proposals import for_page
from tangerang_poverty.accounts.models import User
from tangerang_poverty.kit.problems import Refused

NOT_SAVED = 422


def reader(request: HttpRequest) -> User:
    return cast(User, request.user)


def own_proposal(request: HttpRequest, pk: int) -> Proposal:
    """The proposal inside the reader's area, with what its pages name; 404 for any other."""
    found: Proposal = get_object_or_404(for_page(Proposal.objects.visible_to(request.user)), pk=pk)
    return found


def own_grant(request: HttpRequest, pk: int) -> Grant:
    """The grant inside the reader's area, with its proposal; 404 for any other."""
    proposal: Any = get_object_or_404(for_page(Proposal.objects.visible_to(request.user)), grant=pk)
    found: Grant = proposal.grant
    return found


def sees_the_city(user: Any) -> bool:
    """Whether lists inside the reader's area hold the rows of the whole city."""
    return bool(user.area_id == settings.CITY_CODE)


def tell(request: HttpRequest, refusal: Refused) -> None:
    """A refusal where there is no form to show it in."""
    for problem in refusal.problems:
        messages.error(request, problem.message)
