"""What pages of other parts show of the groups: `{% load kub %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from households.models import Household
from households.reports.household import FamilyPage
from kub.models import Group
from kub.reports import groups as listing
from kub.reports.family import FamilyGroups
from kub.reports.family import family_groups as groups_of
from tangerang_poverty.accounts.permissions import Can
from trainings.lifecycle import CohortState
from trainings.models import Cohort

register = template.Library()


@register.simple_tag(takes_context=True)
def family_groups(context: Context, family: Household, page: FamilyPage) -> FamilyGroups:
    """`{% family_groups family page as groups %}`: the family's groups, and its timeline with them."""
    return groups_of(family, page.events, user=context["request"].user)


@register.inclusion_tag("kub/_cohort.html", takes_context=True)
def cohort_groups(context: Context, cohort: Cohort) -> dict[str, Any]:
    """`{% cohort_groups cohort %}`: the groups that came of a finished cohort."""
    user = context["request"].user
    if cohort.state != CohortState.FINISHED or not user.has_perm(Can.VIEW_GROUPS):
        return {"lines": []}
    found = Group.objects.visible_to(user).filter(cohort=cohort).for_list().order_by("name", "pk")
    return {"lines": listing.lines(list(found), today=timezone.localdate())}
