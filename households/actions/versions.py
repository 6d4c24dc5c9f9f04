"""Which fields of a family and a member count as changed since somebody opened a form."""

from __future__ import annotations

from households.models import Household, Person
from tangerang_poverty.kit.versions import fingerprint

HOUSEHOLD_FIELDS = ("area_id", "address", "rt", "rw", "rank", "rank_scale")
PERSON_FIELDS = (
    "name",
    "sex",
    "birth_date",
    "birth_precision",
    "birth_place",
    "nik",
    "kk",
    "relation",
    "family_number",
    "education",
    "occupation",
    "disability",
    "status",
)


def version_of(row: Household | Person) -> str:
    """The same token as long as no field that people may correct has changed."""
    fields = HOUSEHOLD_FIELDS if isinstance(row, Household) else PERSON_FIELDS
    return fingerprint(row, fields, purpose="households.actions.versions")
