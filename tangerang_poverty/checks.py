"""What must be true before the product starts: no account of the sample where real people are kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from tangerang_poverty.accounts.models import User

SENTENCE = "Sample accounts exist, and BERDIKARI_MODE is production."
HINT = "Run `manage.py sample_users --remove`; their passwords have been printed on a screen."


@register("berdikari")
def no_sample_accounts_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Stops every command that checks the system (runserver, check, …); `migrate`, `--remove` still run."""
    return [Error(SENTENCE, hint=HINT, id="berdikari.E001")] if _found() else []


def refuse_sample_accounts() -> None:
    """Raises ImproperlyConfigured, which keeps gunicorn from answering: it runs no system checks itself."""
    if _found():
        raise ImproperlyConfigured(f"{SENTENCE} {HINT}")


def _found() -> bool:
    if not settings.PRODUCTION:
        return False
    try:
        return User.objects.filter(is_sample=True, is_active=True).exists()
    except DatabaseError:  # not migrated or not reachable: nothing can be signed in to either
        return False
