"""Every address of the product. Each view names its permission or is marked open (tests/test_access.py)."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from tangerang_poverty.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("unduhan/", include("tangerang_poverty.privacy.urls")),
    path("akun/", include("tangerang_poverty.accounts.urls")),
    path("bantuan/", views.help_page, name="help"),
    path("sehat/", views.health, name="health"),
    path("pengelolaan/", admin.site.urls),
]
