"""How the groups of the sample come and go: founded by graduates, left by some, one of them dissolved."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from kub.actions import groups as actions
from kub.actions import members
from kub.models import BusinessKind, Group, LegalForm, Membership
from kub.sample.office import Team
from kub.sample.people import Circle
from kub.sample.words import BANKS, FLOWERS, KIND_OF_COURSE, PLACES, SURNAMES
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Refused

OFFICES = (Membership.Role.CHAIR, Membership.Role.SECRETARY, Membership.Role.TREASURER)
LEFT = 4  # members of a group that has become too small
WAIT = (60, 100)  # days between the end of a course and the founding
HURRY = 3  # one of so many groups whose course has just ended is confirmed at once


class Founders:
    """Forms and confirms groups on the day their people would have."""

    def __init__(self, team: Team, chance: Random, today: date) -> None:
        self.team, self.chance, self.today = team, chance, today
        names = [f"{flower} {surname}" for surname in SURNAMES for flower in FLOWERS]
        self.names = chance.sample(names, len(names))
        self.kinds = {kind.name: kind for kind in BusinessKind.objects.all()}
        self.areas = {area.code: area for area in Area.objects.kelurahan().select_related("parent")}
        self.made = self.fresh = 0

    def form(self, circle: Circle) -> Group | None:
        """The group of a circle, confirmed unless its course has only just ended. None when the office would refuse."""
        formed_on: date | None = circle.passed_on + timedelta(days=self.chance.randint(*WAIT))
        waits = False
        if formed_on is None or formed_on > self.today:
            self.fresh += 1
            waits, formed_on = self.fresh % HURRY > 0, self.today
        draft = self._draft(circle, formed_on=None if waits and self.fresh % 2 else formed_on)
        roles = [*OFFICES, *(Membership.Role.MEMBER for _ in circle.people)]
        founders = {one.person: role for one, role in zip(circle.people, roles, strict=False)}
        try:
            group = actions.form_group(draft, founders=founders, by=self.team.staff, today=formed_on)
            if not waits:
                actions.activate(group, by=self.team.staff)
        except Refused:  # somebody has moved away or died meanwhile: they would not get this far
            return None
        self.made += 1
        Group.objects.filter(pk=group.pk).update(is_sample=True)
        return group

    def _draft(self, circle: Circle, *, formed_on: date | None) -> Group:
        turn, rounds = self.made % len(self.names), self.made // len(self.names)
        name = f"{self.names[turn]} {rounds + 1}" if rounds else self.names[turn]
        kind = self.kinds[KIND_OF_COURSE.get(circle.course, "Jasa lain")]
        return Group(
            name=name,
            kind=kind,
            area=self.areas[circle.area],
            cohort_id=circle.cohort,
            legal_form=LegalForm.REGISTERED if formed_on else LegalForm.INFORMAL,
            address=f"Jl. {self.names[turn].split()[0]} No. {self.chance.randint(2, 60)}",
            formed_on=formed_on,
            meeting_place=self.chance.choice(PLACES) if formed_on else "",
            report_number=f"{self.made + 1:03d}/BA-KUB/{formed_on.year}" if formed_on else "",
            bank_name=self.chance.choice(BANKS) if formed_on else "",
            account_number=str(self.chance.randrange(10**9, 10**10)) if formed_on else "",
            account_holder=f"KUB {name}" if formed_on else "",
        )

    def lose(self, group: Group, kind: str) -> None:
        """Who leaves today: the "treasurer", so many "member"s that too few are left, or "all", by dissolving it."""
        if kind == "all":
            reason = "Anggota kembali bekerja sendiri-sendiri; sisa barang diserahkan ke kelurahan"
            dissolved_on = self.today - timedelta(days=self.chance.randint(30, 80))
            actions.dissolve(
                group, dissolved_on=dissolved_on, reason=reason, by=self.team.staff, today=self.today
            )
            return
        live = list(group.memberships.live().order_by("pk"))
        going = [one for one in live if one.role == Membership.Role.TREASURER]
        if kind == "member":
            plain = [one for one in live if not one.holds_office]
            going = plain[: max(0, len(live) - LEFT)]
        for one in going:
            reason = self.chance.choice((Membership.LeaveReason.WORK, Membership.LeaveReason.MOVED))
            left_on = max(one.joined_on, self.today - timedelta(days=self.chance.randint(3, 20)))
            members.leave(
                one, left_on=left_on, reason=reason, by=self.team.staff, today=self.today, confirm_below=True
            )
