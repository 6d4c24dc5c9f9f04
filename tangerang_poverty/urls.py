"""Every address of the product. Each view names its permission or is marked open (tests/test_access.py)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from households.views import sample
from tangerang_poverty.accounts import views
from trainings.views import certificates

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tangerang_poverty.dashboard.urls")),
    path("", include("households.urls")),
    path("pelatihan/", include("trainings.urls")),
    path("kub/", include("kub.urls")),
    path("sertifikat/", certificates.check, name="certificate_check"),
    path(
        "sertifikat/<path:code>/", certificates.show, name="certificate"
    ),  # a path: the code as anybody types it
    path("unduhan/", include("tangerang_poverty.privacy.urls")),
    path("akun/", include("tangerang_poverty.accounts.urls")),
    path("bantuan/", views.help_page, name="help"),
    path("contoh/", sample.progress, name="sample_progress"),
    path("sehat/", views.health, name="health"),
    path("pengelolaan/", admin.site.urls),
]
