"""What somebody saw when they opened a form, as a short token: a save over a later change is refused."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from households.models import Household, Person

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
    """The same token as long as no field that people may correct has changed; keyed, so it tells no NIK."""
    fields = HOUSEHOLD_FIELDS if isinstance(row, Household) else PERSON_FIELDS
    values = "\x1f".join(str(getattr(row, name) or "") for name in fields)
    return salted_hmac(
        "households.actions.versions", f"{row.pk}\x1f{values}", algorithm="sha256"
    ).hexdigest()[:32]
