"""Addresses of the groups and their grants."""

from __future__ import annotations

from django.urls import path

from kub import grant_urls, recap_urls, watch_urls
from kub.views import groups, members, papers

app_name = "kub"
urlpatterns = [
    path("", groups.home, name="home"),
    path("unduh/", groups.export, name="groups_export"),
    path("baru/", groups.new, name="group_new"),
    path("dari-angkatan/<int:pk>/", members.from_cohort, name="group_from_cohort"),
    path("<int:pk>/", groups.detail, name="group"),
    path("<int:pk>/ubah/", groups.edit, name="group_edit"),
    path("<int:pk>/sahkan/", groups.activate, name="group_move"),
    path("<int:pk>/bubarkan/", groups.dissolve, name="group_dissolve"),
    path("<int:pk>/anggota/tambah/", members.add, name="member_add"),
    path("<int:pk>/pengurus/", members.offices, name="office"),
    path("anggota/<int:pk>/keluar/", members.leave, name="member_leave"),
    *grant_urls.urlpatterns,
    *recap_urls.urlpatterns,
    *watch_urls.urlpatterns,
    path("usulan/unduh/", papers.proposals, name="proposals_export"),
    path("hibah/unduh/", papers.grants, name="grants_export"),
    path("anggaran/unduh/", papers.budgets, name="budgets_export"),
    path("dokumen/<slug:name>/<int:pk>/<slug:form>/", papers.paper, name="paper"),
]
