"""Addresses of the figures of groups and grants, and of the rows behind them; part of kub/urls.py."""

from __future__ import annotations

from django.urls import path

from kub.views import recap, worklists

urlpatterns = [
    path("rekap/", recap.recap, name="recap"),
    path("orang/", recap.people, name="people"),
    path("orang/unduh/", recap.people_export, name="people_export"),
    path("lpj/", worklists.reports, name="reports"),
    path("lpj/unduh/", worklists.reports_export, name="reports_export"),
    path("termin/", worklists.payable, name="payable"),
]
