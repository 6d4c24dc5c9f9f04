"""Builds the groups of the sample, what became of their proposals, and what is found at them today.

Everything goes through the same actions as in the office, each on the day it would have happened; only the moment at
which something was written down is set back afterwards. Repeated, it builds nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import cycle
from random import Random

from django.db import transaction
from django.utils import timezone

from kub.lifecycle import GroupState
from kub.models import Group
from kub.sample import office
from kub.sample.founding import Founders
from kub.sample.people import HOMES, circles
from kub.sample.stories import EARLIER, HURRIED, THIS_YEAR, Run
from kub.sample.telling import Teller
from kub.sample.visiting import Visitor

YOUNG = 35  # days between the founding and a proposal, more than is worth a warning
BEGUN = (3, 28)  # month and day on which the proposals of an earlier year were begun
FRESH = 10  # days since the founding of a group that has hurried
PAUSE = 6  # after the first round of stories every so many groups have no proposal


@transaction.atomic
def build(seed: int) -> None:
    """The groups of the sample. Nothing when there is one already, or nobody who could form one."""
    team = office.team()
    if team is None or Group.objects.exists():
        return
    chance = Random(f"{seed}:kub")  # noqa: S311  (a sample, no secret)
    today = timezone.localdate()
    office.lay_down_kinds()
    founders = Founders(team, chance, today)
    formed = [group for circle in circles(chance) if (group := founders.form(circle)) is not None]
    active = [group for group in formed if group.state == GroupState.ACTIVE]
    runs = plans(active, today)
    office.lay_down_years(_needs(runs, today), last=today.year)
    teller, visitor = Teller(team, chance, today), Visitor(team, chance, today)
    for run in runs:
        teller.tell(run)
    last = {run.group.pk: run.story for run in runs}
    for group in active:
        story = last.get(group.pk)
        visitor.follow(group, story.visits if story else "good")
        if story and story.loss:
            founders.lose(group, story.loss)
    office.close_books(today.year - 1, by=team.staff)


def plans(active: list[Group], today: date) -> list[Run]:
    """Which group proposes when, and how it goes.

    Groups of earlier years proposed in the spring after they were formed. This year's stories are those of the young
    groups, where the officers of the sample work first; while these are too few, older groups ask once more.
    """
    turned = date(today.year - 1, 6, 1)
    fresh = [group for group in active if _formed(group) > today - timedelta(days=FRESH)]
    old = [group for group in active if _formed(group) < turned]
    young = [group for group in active if group not in fresh and group not in old]
    young.sort(key=lambda group: group.area_id not in HOMES.values())
    runs = [
        Run(group, story, date(_formed(group).year, *BEGUN))
        for group, story in zip(old, cycle(EARLIER), strict=False)
    ]
    again = [run.group for run in reversed(runs) if not run.story.loss][: max(0, len(THIS_YEAR) - len(young))]
    for turn, group in enumerate([*young, *again]):
        if turn >= len(THIS_YEAR) and turn % PAUSE == 0:
            continue
        story = THIS_YEAR[turn % len(THIS_YEAR)]
        begun = max(today - timedelta(days=story.began), _formed(group) + timedelta(days=YOUNG))
        runs.append(Run(group, story, min(begun, today)))
    return [*runs, *(Run(group, HURRIED, today) for group in fresh)]


def _formed(group: Group) -> date:
    return group.formed_on or group.created_at.date()


def _needs(runs: list[Run], today: date) -> dict[int, Counter[str]]:
    """How many grants of each form the budget of each year has to pay for."""
    needs: dict[int, Counter[str]] = {today.year: Counter()}
    for run in runs:
        needs.setdefault(run.fiscal_year(today), Counter())[run.grant_form] += 1
    return needs
