"""Addresses of the trainings."""

from __future__ import annotations

from django.urls import path

from trainings.views import cohorts, desk, participants, programmes, verification

app_name = "trainings"
urlpatterns = [
    path("", programmes.home, name="home"),
    path("program/baru/", programmes.new, name="programme_new"),
    path("program/<int:pk>/", programmes.detail, name="programme"),
    path("program/<int:pk>/ubah/", programmes.edit, name="programme_edit"),
    path("program/<int:pk>/kuota/", programmes.quotas, name="programme_quotas"),
    path("program/<int:pk>/tambah-kelurahan/", programmes.add_cohort, name="cohort_add"),
    path("program/<int:pk>/langkah/<slug:name>/", programmes.move, name="programme_move"),
    path("angkatan/<int:pk>/", cohorts.detail, name="cohort"),
    path("angkatan/<int:pk>/ubah/", cohorts.edit, name="cohort_edit"),
    path("angkatan/<int:pk>/mulai/", cohorts.start, name="cohort_start"),
    path("angkatan/<int:pk>/periksa/", verification.verify, name="verify"),
    path("angkatan/<int:pk>/meja/", desk.desk, name="desk"),
    path("angkatan/<int:pk>/meja/cari/", desk.search, name="desk_search"),
    path("angkatan/<int:pk>/meja/daftar/", desk.register, name="desk_register"),
    path("peserta/<int:pk>/", participants.detail, name="enrolment"),
    path("peserta/<int:pk>/mundur/", participants.withdraw, name="withdraw"),
    path("kursi-terisi/<int:pk>/diberitahukan/", participants.tick_off, name="promotion_seen"),
]
