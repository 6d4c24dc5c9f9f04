"""What pages of other parts show of the trainings: `{% load trainings %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from households.models import Household
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.kit.templatetags.ui import state
from trainings.lifecycle import EnrolmentState
from trainings.reports.cohort import STATE_KINDS
from trainings.reports.family import family_trainings as trainings_of

register = template.Library()


@register.inclusion_tag("trainings/_family.html", takes_context=True)
def family_trainings(context: Context, family: Household) -> dict[str, Any]:
    """`{% family_trainings family %}`: the card of what the family has taken part in."""
    return {"family": family, "lines": trainings_of(family, user=context["request"].user)}


@register.simple_tag
def enrolment_state(value: str) -> SafeString:
    """`{% enrolment_state row.state %}`: the state of a participant as a badge."""
    known = EnrolmentState(value)
    return state(STATE_KINDS[known], str(known.label))


@register.simple_tag(takes_context=True)
def family_link(context: Context, family: Household) -> SafeString | str:
    """`{% family_link household %}`: the family, as a link where the reader may follow it."""
    user = context["request"].user
    inside = family.area_id.startswith(user.area_id or "-") and user.has_perm(Can.VIEW_HOUSEHOLDS)
    name = family.head_name or "Tanpa kepala"
    if not inside:
        return name
    return format_html('<a class="bk-n bk-wrapping" href="{}">{}</a>', family.get_absolute_url(), name)
