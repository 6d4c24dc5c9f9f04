"""Addresses of long downloads."""

from __future__ import annotations

from django.urls import path

from tangerang_poverty.privacy import views

app_name = "privacy"
urlpatterns = [
    path("<int:pk>/", views.export, name="export"),
    path("<int:pk>/berkas/", views.export_file, name="export_file"),
]
