"""What pages show of proposals and grants: `{% load grants %}`."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from kub.models import Grant, Proposal
from kub.reports.proposals import badge_of
from tangerang_poverty.kit.templatetags.ui import state

register = template.Library()


@register.simple_tag
def proposal_state(proposal: Proposal) -> SafeString:
    """`{% proposal_state proposal %}`: how far a proposal and its grant are, as a badge."""
    return state(*badge_of(proposal, getattr(proposal, "grant", None)))


@register.simple_tag
def grant_state(grant: Grant) -> SafeString:
    """`{% grant_state grant %}`: how far a grant is, as a badge."""
    return state(*badge_of(grant.proposal, grant))
