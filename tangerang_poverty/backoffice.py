"""Django's admin as the office uses it."""

from __future__ import annotations

from django.contrib import admin


class BackofficeSite(admin.AdminSite):
    pass
