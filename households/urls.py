"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from households.views import correction, household, imports, quality, registry, waves

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
    path("gelombang/", waves.waves, name="waves"),
    path("gelombang/impor/", imports.upload, name="import_upload"),
    path("gelombang/impor/<int:pk>/", imports.detail, name="import_detail"),
    path("gelombang/impor/<int:pk>/kemajuan/", imports.progress, name="import_progress"),
    path("gelombang/impor/<int:pk>/baris/", imports.rows, name="import_rows"),
    path("gelombang/impor/<int:pk>/ditolak/", imports.rejected, name="import_rejected"),
    path("gelombang/impor/<int:pk>/<slug:name>/", imports.move, name="import_move"),
    path("gelombang/<slug:code>/", waves.wave, name="wave"),
]
