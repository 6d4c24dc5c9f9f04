"""Addresses of proposals, grants, decrees and budgets; part of kub/urls.py."""

from __future__ import annotations

from django.urls import path

from kub.views import budgets, decrees, grants, proposals

urlpatterns = [
    path("usulan/", proposals.index, name="proposals"),
    path("usulan/<int:pk>/", proposals.detail, name="proposal"),
    path("usulan/<int:pk>/rab/", proposals.lines, name="lines"),
    path("usulan/<int:pk>/langkah/<slug:name>/", proposals.move, name="proposal_move"),
    path("usulan/<int:pk>/putuskan/", grants.decide, name="decide"),
    path("<int:pk>/usulan/baru/", proposals.new, name="proposal_new"),
    path("hibah/", grants.index, name="grants"),
    path("hibah/<int:pk>/", grants.detail, name="grant"),
    path("hibah/<int:pk>/perjanjian/", grants.agreement, name="agreement"),
    path("hibah/<int:pk>/setoran/", grants.refund, name="refund"),
    path("hibah/<int:pk>/lepas/", grants.release, name="release"),
    path("hibah/<int:pk>/langkah/<slug:name>/", grants.move, name="grant_move"),
    path("termin/<int:pk>/bayar/", grants.pay, name="pay"),
    path("buku-besar/<int:pk>/balik/", grants.reverse, name="reverse"),
    path("keputusan/", decrees.index, name="decrees"),
    path("keputusan/baru/", decrees.new, name="decree_new"),
    path("keputusan/<int:pk>/", decrees.detail, name="decree"),
    path("anggaran/", budgets.index, name="budgets"),
    path("anggaran/<int:pk>/", budgets.detail, name="budget"),
    path("anggaran/tahun/<int:year>/", budgets.year, name="year"),
    path("jenis-usaha/", budgets.kinds, name="kinds"),
    path("jenis-usaha/<int:pk>/rab/", budgets.template, name="template"),
]
