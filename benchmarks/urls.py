"""The product's addresses and the peer's list of families beside them."""

from __future__ import annotations

from django.urls import path

from benchmarks.peer_list import peer_list
from tangerang_poverty.urls import urlpatterns as product

urlpatterns = [*product, path("peer/keluarga/", peer_list)]
