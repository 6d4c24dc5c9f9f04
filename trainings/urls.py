"""Addresses of the trainings."""

from __future__ import annotations

from django.urls import path

from trainings.views import (
    attendance,
    cohorts,
    desk,
    graduation,
    participants,
    past,
    past_rows,
    programmes,
    sessions,
    verification,
)

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
    path("angkatan/<int:pk>/jadwal/", sessions.timetable, name="timetable"),
    path("angkatan/<int:pk>/jadwal/tambah/", sessions.make, name="sessions_make"),
    path("pertemuan/<int:pk>/ubah/", sessions.edit, name="session_edit"),
    path("pertemuan/<int:pk>/hapus/", sessions.delete, name="session_delete"),
    path("pertemuan/<int:pk>/kehadiran/", attendance.sheet, name="session_sheet"),
    path("angkatan/<int:pk>/kehadiran/", attendance.grid, name="attendance"),
    path("angkatan/<int:pk>/nilai/", graduation.scores, name="scores"),
    path("angkatan/<int:pk>/kelulusan/", graduation.graduation, name="graduation"),
    path("kelulusan/<int:pk>/batalkan/", graduation.revoke, name="graduation_revoke"),
    path("angkatan/<int:pk>/meja/", desk.desk, name="desk"),
    path("angkatan/<int:pk>/meja/cari/", desk.search, name="desk_search"),
    path("angkatan/<int:pk>/meja/daftar/", desk.register, name="desk_register"),
    path("peserta/<int:pk>/", participants.detail, name="enrolment"),
    path("peserta/<int:pk>/mundur/", participants.withdraw, name="withdraw"),
    path("kursi-terisi/<int:pk>/diberitahukan/", participants.tick_off, name="promotion_seen"),
    path("riwayat/", past.past, name="past"),
    path("riwayat/unggah/", past.upload, name="past_upload"),
    path("riwayat/contoh/", past.template, name="past_template"),
    path("riwayat/berkas/<int:pk>/", past.detail, name="past_import"),
    path("riwayat/berkas/<int:pk>/baris/", past.staged, name="past_staged"),
    path("riwayat/berkas/<int:pk>/ditolak/", past.rejected, name="past_rejected"),
    path("riwayat/berkas/<int:pk>/keterampilan/", past.courses, name="past_courses"),
    path("riwayat/berkas/<int:pk>/langkah/<slug:name>/", past.move, name="past_move"),
    path("riwayat/baris/", past_rows.rows, name="past_rows"),
    path("riwayat/baris/unduh/", past_rows.export, name="past_rows_export"),
    path("riwayat/baris/cari-ulang/", past_rows.search_again, name="past_search_again"),
    path("riwayat/baris/<int:pk>/", past_rows.row, name="past_row"),
    path("riwayat/baris/<int:pk>/cari/", past_rows.search, name="past_row_search"),
    path("riwayat/baris/<int:pk>/cocokkan/", past_rows.match, name="past_match"),
    path("riwayat/baris/<int:pk>/kesampingkan/", past_rows.dismiss, name="past_dismiss"),
    path("riwayat/baris/<int:pk>/buka-lagi/", past_rows.reopen, name="past_reopen"),
]
