"""How long a sign-in lasts: a working day at most, and not longer than a break without a page."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
NOTICED_EVERY = 60  # seconds: the time of the last page is not written with every request


def session_limits(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Ends a session older than SESSION_COOKIE_AGE or idle for longer than SESSION_IDLE_AGE (both seconds)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            started = request.session.setdefault(SIGNED_IN_AT, now)
            seen = request.session.setdefault(SEEN_AT, now)
            if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_AGE:
                logout(request)
                messages.info(request, "Sesi Anda sudah berakhir. Silakan masuk lagi.")
            elif now - seen >= NOTICED_EVERY:
                request.session[SEEN_AT] = now
        return get_response(request)

    return middleware
