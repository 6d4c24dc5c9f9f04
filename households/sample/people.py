"""Who lives in the sample city: people, households and how a household is put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from households.sample import names

Birth = tuple[int, int, int]

HEAD, SPOUSE, CHILD, IN_LAW, GRANDCHILD, PARENT, OTHER = 1, 2, 3, 4, 5, 6, 8
SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4


class Human:
    """One invented person; what changes between the waves is changed in place."""

    __slots__ = (
        "birth",
        "culture",
        "disability",
        "family",
        "illness",
        "job",
        "key",
        "luck",
        "marital",
        "name",
        "nik",
        "reason",
        "relation",
        "schooling",
        "sex",
        "spouse",
        "state",
        "work_status",
    )

    def __init__(self, name: tuple[str, ...], culture: str, sex: int, birth: Birth) -> None:
        self.name = name
        self.culture = culture
        self.sex = sex
        self.birth = birth
        self.relation = OTHER
        self.family = 1
        self.marital = SINGLE
        self.spouse: Human | None = None
        self.luck = 0.0  # settles whether this person works, at whatever age
        self.schooling = 0
        self.job = 0
        self.work_status = 0
        self.illness = 0
        self.disability = 0
        self.nik = ""
        self.key = ["", ""]  # source id in each wave
        self.state = ""
        self.reason = ""

    def age(self, year: int) -> int:
        """Whole years on 30 September of `year`."""
        return year - self.birth[0] - (self.birth[1] > 9)


class Home:
    """One household, its place and its means. `welfare` runs from 0 (poorest) to 1."""

    __slots__ = (
        "area",
        "culture",
        "dice",
        "key",
        "members",
        "number",
        "origin",
        "reason",
        "rt",
        "rw",
        "state",
        "street",
        "welfare",
    )

    def __init__(self, area: int, culture: str, welfare: float) -> None:
        self.area = area
        self.culture = culture
        self.welfare = welfare
        self.members: list[Human] = []
        self.street = ""
        self.number = 0
        self.rt = 0
        self.rw = 0
        self.dice: tuple[int, ...] = ()
        self.key = ["", ""]
        self.state = ""
        self.reason = ""
        self.origin: Home | None = None  # the household this one was split off from

    @property
    def head(self) -> Human:
        return self.members[0]

    @property
    def families(self) -> int:
        return len({human.family for human in self.members})

    def in_order(self) -> None:
        """Members as forms list them: family by family, head first, children from the eldest."""
        self.members.sort(
            key=lambda human: (human.relation != HEAD, human.family, human.relation, human.birth)
        )


def table(shares: Sequence[tuple[int, int]]) -> list[int]:
    """A hundred slots from (value, per cent) pairs that add up to 100."""
    return [value for value, share in shares for _ in range(share)]


# Highest certificate by year of birth, among poor families: 0 none, 1 SD, 2 SMP, 3 SMA, 4 diploma.
_SCHOOLING = (
    (1950, table([(0, 68), (1, 28), (2, 3), (3, 1)])),
    (1965, table([(0, 34), (1, 50), (2, 10), (3, 6)])),
    (1980, table([(0, 14), (1, 48), (2, 22), (3, 15), (4, 1)])),
    (9999, table([(0, 4), (1, 30), (2, 35), (3, 29), (4, 2)])),
)
_JOBS_MEN = table(
    [(9, 26), (11, 20), (12, 18), (14, 14), (19, 10), (13, 3), (20, 4), (1, 2), (2, 1), (21, 2)]
)
_JOBS_WOMEN = table([(12, 33), (9, 26), (19, 24), (13, 9), (20, 3), (17, 2), (2, 1), (21, 2)])
_STATUS = {
    9: table([(4, 88), (1, 8), (8, 4)]),
    11: table([(7, 62), (4, 30), (1, 8)]),
    12: table([(1, 72), (2, 16), (4, 8), (8, 4)]),
    14: table([(1, 56), (4, 34), (7, 10)]),
    19: table([(4, 62), (7, 20), (1, 18)]),
}
_STATUS_ELSE = table([(1, 40), (7, 32), (4, 24), (8, 4)])
_DISABILITIES = (1, 1, 1, 2, 3, 4, 5, 10, 10, 11, 12)
_ILLNESSES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 7, 9)


class Maker:
    """Makes people and households, all from one stream of chance."""

    def __init__(self, rng: Random, draw_area: Callable[[], int], kelurahan: Sequence[str]) -> None:
        self.rng = rng
        self.draw_area = draw_area
        self.kelurahan = kelurahan
        self.niks: set[str] = set()

    def pick(self, slots: Sequence[int]) -> int:
        return slots[int(self.rng.random() * len(slots))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.rng.random() * (high - low + 1))

    def born(self, year: int, before: Birth) -> Birth:
        """A day of that year, never after `before`."""
        birth = (year, self.between(1, 12), self.between(1, 28))
        return birth if birth <= before else (year, self.between(1, before[1]), 1)

    def human(
        self, home: Home, sex: int, birth: Birth, relation: int, marital: int, family: int = 1
    ) -> Human:
        """A person added to the household."""
        rng = self.rng
        culture = home.culture if rng.random() < 0.88 else names.CULTURES[self.between(0, 99)]
        made = Human(names.draw(rng, culture, sex, birth[0]), culture, sex, birth)
        made.relation, made.marital, made.family = relation, marital, family
        made.luck = rng.random()
        made.schooling = self.pick(next(slots for until, slots in _SCHOOLING if birth[0] < until))
        made.job = self.pick(_JOBS_MEN if sex == 1 else _JOBS_WOMEN)
        made.work_status = self.pick(_STATUS.get(made.job, _STATUS_ELSE))
        if rng.random() < 0.012:
            made.disability = self.pick(_DISABILITIES)
        if rng.random() < (0.22 if birth[0] < 1955 else 0.05):
            made.illness = self.pick(_ILLNESSES)
        made.nik = self._nik(made)
        home.members.append(made)
        return made

    def _nik(self, human: Human) -> str:
        """Sixteen digits of region 99, which exists nowhere; the day of a woman's birth counts from 41."""
        rng = self.rng
        local = rng.random() < 0.82
        region = (
            f"9971{self.between(1, 13):02d}"
            if local
            else f"99{self.between(1, 60):02d}{self.between(1, 30):02d}"
        )
        year, month, day = human.birth
        if year < 1970 and rng.random() < 0.18:  # cards of people who never knew their day
            day, month = 1, 1 if rng.random() < 0.6 else 7
        stem = f"{region}{day + (40 if human.sex == 2 else 0):02d}{month:02d}{year % 100:02d}"
        serial = self.between(1, 12)
        while f"{stem}{serial:04d}" in self.niks:
            serial += 1
        nik = f"{stem}{serial:04d}"
        self.niks.add(nik)
        return nik

    def place(self, home: Home) -> None:
        """A new address in the household's area."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.45:
            known = names.streets()
            home.street = f"JL. {known[int(rng.random() * len(known))]}"
        elif kind < 0.8:
            home.street = f"KP. {self.kelurahan[home.area]}"
        else:
            known = names.streets()
            home.street = f"GG. {known[int(rng.random() * len(known))]}"
        home.number = self.between(1, 140)
        home.rw = self.between(1, 14)
        home.rt = self.between(1, 7)

    def home(self, year: int, *, young: bool = False) -> Home:
        """A household as it stands on 30 September of `year`."""
        rng = self.rng
        home = Home(self.draw_area(), names.CULTURES[self.between(0, 99)], rng.random())
        self.place(home)
        home.dice = tuple(int(rng.random() * 100) for _ in range(20))
        age = self.between(21, 33) if young else min(86, max(22, int(rng.gauss(45, 12.5))))
        kind = rng.random()
        if kind < 0.05:
            self._alone(home, year, max(age, 48))
        elif kind < 0.16:
            self._one_parent(home, year, age)
        else:
            self._couple(home, year, age)
            if kind < 0.31 and age >= 42:
                self._married_child(home, year)
            elif kind < 0.40:
                self._parent(home, year)
            elif kind < 0.45:
                self._relative(home, year)
        home.in_order()
        return home

    def _alone(self, home: Home, year: int, age: int) -> None:
        sex = 2 if self.rng.random() < 0.7 else 1
        self.human(home, sex, self.born(year - age, (year, 9, 28)), HEAD, WIDOWED)

    def _one_parent(self, home: Home, year: int, age: int) -> None:
        sex = 2 if self.rng.random() < 0.8 else 1
        marital = WIDOWED if self.rng.random() < 0.6 else DIVORCED
        head = self.human(home, sex, self.born(year - age, (year, 9, 28)), HEAD, marital)
        self.children(home, head, year, CHILD, 1)

    def _couple(self, home: Home, year: int, age: int) -> None:
        latest = (year, 9, 28)
        husband = self.human(home, 1, self.born(year - age, latest), HEAD, MARRIED)
        her_age = max(17, age - self.between(0, 8))
        wife = self.human(home, 2, self.born(year - her_age, latest), SPOUSE, MARRIED)
        husband.spouse, wife.spouse = wife, husband
        self.children(home, wife, year, CHILD, 1)

    def children(self, home: Home, parent: Human, year: int, relation: int, family: int) -> None:
        """Children still at home: born every two to four years, gone the likelier the older they are."""
        wanted = self.pick((0, 1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 5, 6))
        birth_year = parent.birth[0] + self.between(18, 26)
        for _ in range(wanted):
            if birth_year > year or (birth_year == year and self.rng.random() < 0.3):
                return
            age = year - birth_year
            gone = 0.0 if age < 17 else 0.12 if age < 21 else 0.36 if age < 26 else 0.72
            if self.rng.random() >= gone:
                sex = 1 if self.rng.random() < 0.51 else 2
                self.human(home, sex, self.born(birth_year, (year, 9, 28)), relation, SINGLE, family)
            birth_year += self.between(2, 4)

    def _married_child(self, home: Home, year: int) -> None:
        """A child who married and stayed: a second family under the same roof."""
        age = min(self.between(20, 30), home.members[0].age(year) - 18)
        sex = 1 if self.rng.random() < 0.45 else 2
        latest = (year, 9, 28)
        child = self.human(home, sex, self.born(year - age, latest), CHILD, MARRIED, 2)
        mate_age = max(18, age + (self.between(-5, 0) if sex == 1 else self.between(0, 5)))
        mate = self.human(home, 3 - sex, self.born(year - mate_age, latest), IN_LAW, MARRIED, 2)
        child.spouse, mate.spouse = mate, child
        self.children(home, child if sex == 2 else mate, year, GRANDCHILD, 2)

    def _parent(self, home: Home, year: int) -> None:
        age = min(95, home.members[0].age(year) + self.between(19, 32))
        sex = 2 if self.rng.random() < 0.72 else 1
        self.human(home, sex, (year - age, self.between(1, 9), self.between(1, 28)), PARENT, WIDOWED)

    def _relative(self, home: Home, year: int) -> None:
        age = self.between(12, 40)
        sex = 1 if self.rng.random() < 0.5 else 2
        self.human(home, sex, self.born(year - age, (year, 9, 28)), OTHER, SINGLE)
