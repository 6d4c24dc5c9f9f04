"""Addresses of the dashboard."""

from __future__ import annotations

from django.urls import path

from tangerang_poverty.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("dasbor.xlsx", views.excel, name="excel"),
    path("dasbor/peta/", views.boundary_map, name="map"),
]
