"""The product's addresses and the peers' lists beside them."""

from __future__ import annotations

from django.urls import path

from benchmarks.peer_list import peer_list
from benchmarks.peers_kub import peer_groups, peer_proposals
from tangerang_poverty.urls import urlpatterns as product

urlpatterns = [
    *product,
    path("peer/keluarga/", peer_list),
    path("peer/kub/", peer_groups),
    path("peer/usulan/", peer_proposals),
]
