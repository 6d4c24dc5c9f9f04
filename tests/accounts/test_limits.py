"""How often a page without sign-in may be opened from one address."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tangerang_poverty.accounts import limits
from tangerang_poverty.accounts.limits import within_limit


@pytest.fixture(autouse=True)
def _nothing_counted(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000.0)
    cache.clear()
    yield
    cache.clear()


def asked(rf, address, times=1, of="uji"):
    return [within_limit(rf.get("/", REMOTE_ADDR=address), of=of, times=3, seconds=60) for _ in range(times)]


def test_so_many_and_no_more(rf):
    assert asked(rf, "203.0.113.5", 4) == [True, True, True, False]


def test_another_address_another_page_and_the_next_minute_count_anew(rf, monkeypatch):
    asked(rf, "203.0.113.5", 4)
    assert asked(rf, "203.0.113.6") == [True]
    assert asked(rf, "203.0.113.5", of="lain") == [True]
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_060.0)
    assert asked(rf, "203.0.113.5") == [True]


def test_a_network_of_ipv6_is_one_address_and_ipv4_written_as_ipv6_is_its_own(rf):
    asked(rf, "2001:db8:1:2::1", 3)
    assert asked(rf, "2001:db8:1:2:ffff::9") == [False]
    assert asked(rf, "2001:db8:1:3::1") == [True]
    asked(rf, "::ffff:203.0.113.5", 3)
    assert asked(rf, "203.0.113.5") == [False]
    assert asked(rf, "::ffff:203.0.113.6") == [True]


def test_behind_a_proxy_the_one_in_front_of_it_counts(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert [within_limit(rf.get("/", **request), of="uji", times=1, seconds=60) for _ in range(2)] == [
        True,
        False,
    ]
    request["HTTP_X_FORWARDED_FOR"] = "203.0.113.10"
    assert within_limit(rf.get("/", **request), of="uji", times=1, seconds=60)
