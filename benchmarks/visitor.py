"""Somebody signed in who asks for pages through the WSGI handler, as a web server would call it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from tangerang_poverty.accounts.models import User


class Visitor:
    """Each `get` is one whole request: middleware, session, permissions, view, template, end of the request."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.application = get_wsgi_application()

    def get(self, address: str) -> bytes:
        """The page's bytes. Raises AssertionError for anything but a page."""
        parts = urlsplit(address)
        said: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookie,
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
        }
        answer = self.application(environ, lambda status, headers, error=None: said.append(status))
        try:
            page = b"".join(answer)
        finally:
            answer.close()
        assert said == ["200 OK"], f"{address}: {said}"
        return page


@contextmanager
def sql_timed() -> Iterator[list[tuple[str, float]]]:
    """Every query of the block with its seconds, from sending it until its rows are here."""
    taken: list[tuple[str, float]] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken.append((str(sql), time.perf_counter() - start))

    with connection.execute_wrapper(timed):
        yield taken
