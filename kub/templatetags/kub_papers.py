"""The card of the papers a page offers: `{% load kub_papers %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from kub.models import Decree, Group, Proposal
from kub.paper_exports import Offer, offers_of_decree, offers_of_group, offers_of_proposal
from tangerang_poverty.accounts.permissions import Can

register = template.Library()


@register.inclusion_tag("kub/_papers.html", takes_context=True)
def papers(context: Context, subject: Group | Proposal | Decree) -> dict[str, Any]:
    """`{% papers group %}`, of a proposal with its grant, or of a decree; nothing for who may take none away."""
    request = context["request"]
    may = request.user.has_perm(Can.EXPORT_GROUPS)
    return {
        "offers": _offers(subject) if may else [],
        "may_clear": request.user.has_perm(Can.EXPORT_IDENTITIES),
        "csrf_token": context.get("csrf_token"),
    }


def _offers(subject: Group | Proposal | Decree) -> list[Offer]:
    if isinstance(subject, Group):
        return offers_of_group(subject)
    return offers_of_decree(subject) if isinstance(subject, Decree) else offers_of_proposal(subject)
