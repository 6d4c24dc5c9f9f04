"""Addresses of what follows a grant: reports with their receipts, visits, stages, what needs attention."""

from __future__ import annotations

from django.urls import path

from kub.views import reports, stages, visits, watch

urlpatterns = [
    path("<int:pk>/kunjungan/", visits.visits, name="visits"),
    path("<int:pk>/kunjungan/baru/", visits.visit_new, name="visit_new"),
    path("kunjungan/<int:pk>/", visits.visit_edit, name="visit_edit"),
    path("kunjungan/<int:pk>/foto/", visits.visit_photo, name="visit_photo"),
    path("<int:pk>/tahap/", stages.stage, name="stage"),
    path("perhatian/", watch.attention, name="attention"),
    path("pengingat/", watch.reminders, name="reminders"),
    path("lpj/<int:pk>/", reports.report, name="report"),
    path("lpj/<int:pk>/kuitansi/", reports.receipt_add, name="receipt_add"),
    path("lpj/<int:pk>/<slug:name>/", reports.report_move, name="report_move"),
    path("kuitansi/<int:pk>/berkas/", reports.receipt_file, name="receipt_file"),
    path("kuitansi/<int:pk>/hapus/", reports.receipt_remove, name="receipt_remove"),
    path("kuitansi/<int:pk>/tidak-terbaca/", reports.receipt_unreadable, name="receipt_unreadable"),
]
