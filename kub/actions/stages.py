"""The stage a group has reached: decided by a checklist of which the records answer what they can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kub.lifecycle import MOVED_MEANWHILE, GroupState, Stage
from kub.models import Group, StageReview
from kub.reports.stages import facts_of
from kub.stages import CRITERIA, measured, next_stage, stage_problems
from tangerang_poverty.accounts.guards import require
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.audit.history import audited
from tangerang_poverty.kit.identifiers import without_numbers
from tangerang_poverty.kit.problems import Problem, Refused

NOT_ACTIVE = Problem("not_active", "Tahap hanya ditetapkan untuk KUB yang aktif.")


@transaction.atomic
def set_stage(
    group: Group,
    *,
    to: str,
    vouched: Mapping[str, bool],
    note: str,
    decided_on: date,
    by: User,
    today: date,
) -> StageReview:
    """Move a group one stage up or down from the stage that `group` was seen at.

    `vouched` are the points a person ticks; what the records can answer they answer themselves.
    Raises Refused with every problem, PermissionDenied without the right or outside the area.
    """
    require(by, Can.SET_STAGE)
    if not Group.objects.visible_to(by).filter(pk=group.pk).exists():
        raise PermissionDenied("outside the area")
    held = Group.objects.select_for_update().get(pk=group.pk)
    if held.stage != group.stage:
        raise Refused(MOVED_MEANWHILE)
    checks = _checks(held, to, vouched, today=today)
    problems = [] if held.state == GroupState.ACTIVE else [NOT_ACTIVE]
    problems += stage_problems(held.stage, to, checks=checks, note=note, decided_on=decided_on, today=today)
    if problems:
        raise Refused(problems)
    said = without_numbers(note.strip())
    with audited(by=by, action="stage", note=said):
        Group.objects.filter(pk=held.pk).update(stage=to)
        return StageReview.objects.create(
            group=held,
            from_stage=held.stage,
            to_stage=to,
            checks=checks,
            note=said,
            decided_on=decided_on,
            made_by=by,
        )


def _checks(group: Group, to: str, vouched: Mapping[str, bool], *, today: date) -> dict[str, bool]:
    """Every point of the stage above with its answer; none for a step down."""
    if to != next_stage(group.stage):
        return {}
    stage = Stage(to)
    answers = measured(stage, facts_of(group, today=today), today=today)
    return {
        point.code: answers[point.code].is_met if point.is_measured else bool(vouched.get(point.code))
        for point in CRITERIA[stage]
    }
