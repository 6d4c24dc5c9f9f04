"""How often a page that asks for no sign-in may be opened from one address."""

from __future__ import annotations

import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within_limit(request: HttpRequest, *, of: str, times: int, seconds: int) -> bool:
    """Counts this request; False when more than `times` came from its address in this span of `seconds`.

    The address is the one the sign-in limits count (TRUSTED_PROXIES); of IPv6 the network, for a household has
    one and can change the rest at will. Two requests of one moment may count as one: the limit stops machines, it
    counts nothing that matters.
    """
    key = f"limit:{of}:{_network(get_adapter().get_client_ip(request))}:{int(time.time()) // seconds}"
    number: int = cache.get(key, 0) + 1
    cache.set(key, number, seconds)
    return number <= times


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
