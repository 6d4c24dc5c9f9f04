"""School and work of a person at a given age, in the codes of the 2015 form."""

from __future__ import annotations

from households.sample.people import Human

NEVER, ATTENDS, LEFT = 0, 1, 2
_LEVELS = {1: 1, 2: 4, 3: 7, 4: 10}  # certificate → level of school


def certificate(human: Human, age: int) -> int:
    """Highest certificate by that age: 0 none, 1 SD, 2 SMP, 3 SMA, 4 diploma."""
    reachable = 0 if age < 13 else 1 if age < 16 else 2 if age < 19 else 3 if age < 22 else 4
    return min(human.schooling, reachable)


def school(human: Human, age: int) -> int | None:
    """0 never, 1 attends, 2 left school; None below five years."""
    if age < 5:
        return None
    if age < 13:
        return NEVER if age < 7 and human.luck < 0.5 else ATTENDS
    if (age < 16 and human.schooling >= 2) or (age < 19 and human.schooling >= 3):
        return ATTENDS
    return LEFT if human.schooling or human.luck < 0.6 else NEVER


def level_and_class(human: Human, age: int) -> tuple[int | None, int | None]:
    """Highest level of school and the class reached in it; None for who never went."""
    state = school(human, age)
    if state is None or state == NEVER:
        return None, None
    if state == ATTENDS:
        if age < 13:
            return 1, min(6, max(1, age - 6))
        return (4, age - 12) if age < 16 else (7, age - 15)
    reached = certificate(human, age)
    return (_LEVELS[reached], 8) if reached else (1, 1 + int(human.luck * 5))


def works(human: Human, age: int) -> bool:
    """Whether the person worked last week."""
    if age < 15 or age > 72 or school(human, age) == ATTENDS:
        return False
    share = 0.88 if human.sex == 1 else 0.36
    return human.luck < (share if age < 60 else share / 2)


def card(human: Human, age: int) -> int:
    """Identity papers as a sum: 1 birth certificate, 2 pupil's card, 4 KTP."""
    papers = 4 if age >= 17 and human.luck < 0.93 else 0
    if human.birth[0] > 1990 and int(human.luck * 100) % 10 < 6:
        papers += 1
    if school(human, age) == ATTENDS and int(human.luck * 1000) % 10 < 3:
        papers += 2
    return papers
