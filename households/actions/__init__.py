"""What writes to the registry by hand; every function takes `by=` and is one transaction."""

from households.actions.correction import add_person, correct_household, correct_person
from households.actions.identity import Identity, find_by_identity, reveal_identity
from households.actions.status import change_status

__all__ = [
    "Identity",
    "add_person",
    "change_status",
    "correct_household",
    "correct_person",
    "find_by_identity",
    "reveal_identity",
]
