"""Who looks in at the groups of the sample, what they find, and the stage a group reaches by it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from random import Random

from kub.actions.stages import set_stage
from kub.actions.visits import Found, record_visit
from kub.models import Group
from kub.sample import drawing
from kub.sample.office import Team
from kub.sample.words import PROBLEMS, STALLED
from kub.stages import CRITERIA, MONTHS, next_stage
from tangerang_poverty.kit.problems import Refused

# Days since the last visit, by what is told of it.
LAST = {"good": (4, 40), "idle": (8, 45), "stale": (63, 85), "forgotten": (95, 150)}
MOST = 9  # visits to one group
FIRST, EVERY = 30, 48  # days after the founding, and between two visits
MONTH, NEXT = 30, 45
PHOTOS = 4  # one of so many groups is photographed


class Visitor:
    """Visits groups on the days somebody would have."""

    def __init__(self, team: Team, chance: Random, today: date) -> None:
        self.team, self.chance, self.today = team, chance, today

    def follow(self, group: Group, kind: str) -> None:
        """All visits to a group; `kind` is a word of LAST, "" for a group nobody has been to."""
        if not kind or group.formed_on is None:
            return
        last = self.today - timedelta(days=self.chance.randint(*LAST[kind]))
        days = self._days(group.formed_on, last)
        members = list(group.memberships.live().values_list("pk", flat=True))
        turnover = self.chance.randint(20, 60) * 100_000
        for turn, day in enumerate(days):
            sells = kind != "idle" or turn < len(days) - 2
            turnover = int(round(turnover * self.chance.uniform(0.95, 1.2), -5)) if sells else turnover
            self._visit(group, day, members, turnover=turnover if sells else 0, is_last=day == days[-1])
        if kind == "good":
            self._rate(group)

    def _days(self, formed_on: date, last: date) -> list[date]:
        """The last one, and those before it down to the founding; with long pauses for an old group."""
        first = formed_on + timedelta(days=FIRST)
        pause = max(EVERY, (last - first).days // MOST)
        days = [last - timedelta(days=pause * turn) for turn in range(MOST)]
        return sorted(day for day in days if day >= first) or ([last] if last >= formed_on else [])

    def _visit(self, group: Group, day: date, members: list[int], *, turnover: int, is_last: bool) -> None:
        present = self.chance.sample(members, max(1, len(members) - self.chance.randint(0, 2)))
        with_photo = is_last and group.pk % PHOTOS == 0
        found = Found(
            visited_on=day,
            active=present if turnover else present[:2],
            turnover=turnover,
            costs=turnover * self.chance.randint(60, 85) // 100 if turnover else 150_000,
            stock=self.chance.randint(3, 20) * 100_000,
            problem=self.chance.choice(PROBLEMS if turnover else STALLED),
            next_visit_on=day + timedelta(days=NEXT),
        )
        photo = drawing.stall(self.chance.randint(0, 80), goods=len(present)) if with_photo else None
        by = self.team.clerk(group.area_id)
        record_visit(
            group,
            found,
            key=uuid.UUID(int=self.chance.getrandbits(128), version=4),
            by=by,
            today=day,
            photo=photo,
        )

    def _rate(self, group: Group) -> None:
        """One stage after the other, as long as the records allow it."""
        while (to := next_stage(group.stage)) is not None and group.formed_on is not None:
            if (self.today - group.formed_on).days < (MONTHS[to] + 1) * MONTH:
                return
            vouched = {point.code: True for point in CRITERIA[to] if not point.is_measured}
            try:
                set_stage(
                    group,
                    to=to,
                    vouched=vouched,
                    note="Dinilai pada kunjungan terakhir",
                    decided_on=self.today,
                    by=self.team.staff,
                    today=self.today,
                )
            except Refused:  # the records say no
                return
            group.refresh_from_db(fields=["stage"])
