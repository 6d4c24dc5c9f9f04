"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from households.views import correction, household, quality, registry

app_name = "households"

urlpatterns = [
    path("keluarga/", registry.registry, name="list"),
    path("keluarga/cari/", registry.search, name="search"),
    path("keluarga/unduh/", registry.export, name="export"),
    path("keluarga/mutu/", quality.quality, name="quality"),
    path("keluarga/<int:pk>/", household.detail, name="detail"),
    path("keluarga/<int:pk>/riwayat/", household.history, name="history"),
    path("keluarga/<int:pk>/koreksi/", correction.household, name="correct"),
    path("keluarga/<int:pk>/status/", correction.status, name="status"),
    path("keluarga/<int:pk>/anggota/tambah/", correction.new_person, name="person_add"),
    path("keluarga/<int:pk>/anggota/<int:person_pk>/koreksi/", correction.person, name="person_correct"),
    path("keluarga/<int:pk>/anggota/<int:person_pk>/identitas/", household.reveal, name="reveal"),
]
