"""Three years in the sample city: births, deaths, marriages, moves, and households that come and go."""

from __future__ import annotations

from random import Random

from households.sample.people import (
    CHILD,
    GRANDCHILD,
    HEAD,
    IN_LAW,
    MARRIED,
    OTHER,
    PARENT,
    SINGLE,
    SPOUSE,
    WIDOWED,
    Home,
    Human,
    Maker,
)

BEFORE, AFTER = 2008, 2011
REPORTED = (55, 52)  # thousand households in the first and the second list
EXITS, MERGES, SPLITS, MOVES = 0.12, 0.01, 0.03, 0.08  # shares of the first list's households

_EXIT_REASONS = ("better_off",) * 45 + ("moved_out",) * 35 + ("not_found",) * 20
_ENTRY_REASONS = ("newly_poor",) * 50 + ("moved_in",) * 20 + ("missed",) * 18 + ("new_family",) * 12
# Deaths in three years, per person, by age from.
_DYING = ((75, 0.17), (65, 0.085), (55, 0.035), (40, 0.013), (1, 0.004), (0, 0.02))


def households_after(before: int) -> int:
    """How many households the second list has when the first has `before`: 52,000 for 55,000."""
    return round(before * REPORTED[1] / REPORTED[0])


class Life:
    """Turns the city of the first list into that of the second, in place."""

    def __init__(self, rng: Random, maker: Maker) -> None:
        self.rng = rng
        self.maker = maker

    def three_years(self, homes: list[Home]) -> list[Home]:
        """The households of the second list; those of both lists and their people end with a state."""
        wanted = households_after(len(homes))
        staying = self._exits(homes, round(EXITS * len(homes)))
        staying = self._merges(staying, round(MERGES * len(homes)))
        for home in staying:
            home.state = "stay"
            self._one_home(home)
        splits = self._splits(staying, min(round(SPLITS * len(homes)), wanted - len(staying)))
        self._moves(staying)
        for home in staying:
            for human in home.members:
                human.state = human.state or home.state
        return [*staying, *splits, *self._entries(wanted - len(staying) - len(splits))]

    def _exits(self, homes: list[Home], count: int) -> list[Home]:
        """Drops households, the better off likelier; of old people who lived alone most have died."""
        order = sorted(range(len(homes)), key=lambda at: self.rng.random() * (1.6 - homes[at].welfare))
        gone = set(order[:count])
        for at in sorted(gone):
            home = homes[at]
            alone = len(home.members) == 1 and home.head.age(AFTER) > 60 and self.rng.random() < 0.6
            self._leave(home, "died" if alone else _EXIT_REASONS[int(self.rng.random() * 100)])
        return [home for at, home in enumerate(homes) if at not in gone]

    def _leave(self, home: Home, reason: str) -> None:
        home.state, home.reason = "exit", reason
        for human in home.members:
            human.state, human.reason = "exit", reason

    def _merges(self, homes: list[Home], count: int) -> list[Home]:
        """Small households that move in with another one, of the same kelurahan where there is one."""
        order = sorted(range(len(homes)), key=lambda at: (len(homes[at].members) > 2, self.rng.random()))
        absorbed = set(order[: min(count, len(homes) // 2)])
        by_area: dict[int, list[Home]] = {}
        rest = [home for at, home in enumerate(homes) if at not in absorbed]
        for home in rest:
            by_area.setdefault(home.area, []).append(home)
        for at in sorted(absorbed):
            home = homes[at]
            near = by_area.get(home.area, rest)
            host = near[int(self.rng.random() * len(near))]
            home.state, home.reason, home.origin = "merge", "merged", host
            family = max(human.family for human in host.members) + 1
            for human in home.members:
                human.state, human.family = "merge", family
                older = human.birth[0] + 17 < host.head.birth[0]
                human.relation = PARENT if older else OTHER
            host.members += home.members
        return rest

    def _one_home(self, home: Home) -> None:
        home.welfare = min(0.999, max(0.0, home.welfare + self.rng.gauss(0.02, 0.10)))
        self._deaths(home)
        self._departures(home)
        self._births(home)
        self._marriages(home)
        self._joiners(home)
        if home.head.relation != HEAD:
            succeed(home)
        home.in_order()

    def _deaths(self, home: Home) -> None:
        for human in list(home.members):
            age = human.age(AFTER)
            if len(home.members) > 1 and self.rng.random() < next(p for least, p in _DYING if age >= least):
                self._lose(home, human, "died")
                if human.spouse is not None:
                    human.spouse.marital, human.spouse.spouse = WIDOWED, None

    def _departures(self, home: Home) -> None:
        """Grown children who went to work or married elsewhere."""
        for human in list(home.members):
            grown = (
                human.relation in (CHILD, OTHER) and human.marital == SINGLE and 17 <= human.age(AFTER) <= 35
            )
            if grown and len(home.members) > 1 and self.rng.random() < 0.11:
                self._lose(home, human, "moved_out")

    def _lose(self, home: Home, human: Human, reason: str) -> None:
        home.members.remove(human)
        human.state, human.reason = "exit", reason

    def _births(self, home: Home) -> None:
        for woman in list(home.members):
            if woman.sex == 1 or woman.marital != MARRIED or not 18 <= woman.age(AFTER) <= 43:
                continue
            if self.rng.random() < (0.36 if woman.age(AFTER) < 32 else 0.13):
                relation = CHILD if woman.family == 1 else GRANDCHILD
                if woman.relation not in (HEAD, SPOUSE, CHILD, IN_LAW):
                    relation = OTHER
                year = self.maker.between(BEFORE, AFTER)
                month = self.maker.between(10, 12) if year == BEFORE else self.maker.between(1, 9)
                birth = (year, month, self.maker.between(1, 28))
                sex = 1 if self.rng.random() < 0.51 else 2
                baby = self.maker.human(home, sex, birth, relation, SINGLE, woman.family)
                baby.state, baby.reason = "entry", "born"

    def _marriages(self, home: Home) -> None:
        """A grown child brings a husband or a wife home: a new family under the same roof."""
        for human in list(home.members):
            single = human.relation == CHILD and human.marital == SINGLE and 19 <= human.age(AFTER) <= 32
            if single and self.rng.random() < 0.07:
                human.family = max(member.family for member in home.members) + 1
                self._wed(home, human, IN_LAW)

    def _wed(self, home: Home, human: Human, relation: int) -> Human:
        age = max(
            17, human.age(AFTER) + (self.maker.between(-5, 0) if human.sex == 1 else self.maker.between(0, 5))
        )
        birth = self.maker.born(AFTER - age, (AFTER, 9, 28))
        mate = self.maker.human(home, 3 - human.sex, birth, relation, MARRIED, human.family)
        mate.state, mate.reason = "entry", "married_in"
        human.marital, human.spouse, mate.spouse = MARRIED, mate, human
        return mate

    def _joiners(self, home: Home) -> None:
        if self.rng.random() < 0.015:
            sex = 1 if self.rng.random() < 0.5 else 2
            birth = self.maker.born(self.maker.between(1950, 2000), (AFTER, 9, 28))
            joiner = self.maker.human(home, sex, birth, OTHER, SINGLE)
            joiner.state, joiner.reason = "entry", "moved_in"

    def _splits(self, homes: list[Home], count: int) -> list[Home]:
        """Families with a kitchen of their own now: a married child's, or of a child who has just married."""
        ready = [at for at, home in enumerate(homes) if _part(home)]
        made: list[Home] = []
        for at in sorted(self.rng.sample(ready, min(count, len(ready)))):
            parent = homes[at]
            home = Home(
                parent.area, parent.culture, min(0.999, max(0.0, parent.welfare + self.rng.gauss(0, 0.08)))
            )
            home.members = _part(parent)
            parent.members = [human for human in parent.members if human not in home.members]
            home.state, home.reason, home.origin = "split", "split_off", parent
            home.dice = tuple(int(self.rng.random() * 100) for _ in range(20))
            if self.rng.random() < 0.3:
                home.area = self.maker.draw_area()
            self.maker.place(home)
            if home.area == parent.area and self.rng.random() < 0.5:
                home.rw, home.rt = parent.rw, parent.rt
            for human in home.members:
                human.state = human.state or "split"
            if home.head.marital == SINGLE:
                self._wed(home, home.head, IN_LAW)
            succeed(home)
            home.in_order()
            made.append(home)
        return made

    def _moves(self, homes: list[Home]) -> None:
        for home in homes:
            if self.rng.random() >= MOVES:
                continue
            if self.rng.random() < 0.4:
                home.area = self.maker.draw_area()
            self.maker.place(home)
            home.state = "move"

    def _entries(self, count: int) -> list[Home]:
        made = []
        for _ in range(count):
            reason = _ENTRY_REASONS[int(self.rng.random() * 100)]
            home = self.maker.home(AFTER, young=reason == "new_family")
            home.state, home.reason = "entry", reason
            for human in home.members:
                human.state, human.reason = "entry", reason
            made.append(home)
        return made


def _part(home: Home) -> list[Human]:
    """Those who could set up house and leave somebody behind: a second family, or a grown child."""
    for family in sorted({human.family for human in home.members} - {1}):
        part = [human for human in home.members if human.family == family and human.state != "merge"]
        if any(human.relation == CHILD and human.marital == MARRIED for human in part):
            return part
    if len(home.members) < 3:
        return []
    for human in home.members:
        if (
            human.relation == CHILD
            and human.marital == SINGLE
            and 22 <= human.age(AFTER) <= 34
            and not human.state
        ):
            return [human]
    return []


def succeed(home: Home) -> None:
    """Gives a household without its head a new one and turns the others' relations to fit."""
    adults = [human for human in home.members if human.age(AFTER) >= 17] or home.members
    head = next((human for human in adults if human.relation == SPOUSE), None)
    if head is None:
        head = min(adults, key=lambda human: (human.family, human.relation, human.sex, human.birth))
        head = head.spouse if head.sex == 2 and head.spouse is not None else head
    widowed = head.relation == SPOUSE
    for human in home.members:
        if human is head:
            continue
        if human is head.spouse:
            human.relation = SPOUSE
        elif not widowed:
            human.relation = _seen_from(head, human)
    head.relation = HEAD
    renumber(home)


def _seen_from(head: Human, human: Human) -> int:
    """A member's relation to a new head of the next generation."""
    if head.relation in (CHILD, IN_LAW):
        if human.relation in (HEAD, SPOUSE):
            return PARENT
        if human.relation == GRANDCHILD and human.family == head.family:
            return CHILD
    return OTHER


def renumber(home: Home) -> None:
    """Families numbered from 1, the head's own first."""
    order = sorted({human.family for human in home.members} - {home_head(home).family})
    new = {home_head(home).family: 1} | {family: place for place, family in enumerate(order, 2)}
    for human in home.members:
        human.family = new[human.family]


def home_head(home: Home) -> Human:
    """The member who is the head, wherever in the list."""
    return next(human for human in home.members if human.relation == HEAD)
