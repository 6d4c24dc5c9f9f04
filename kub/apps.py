"""The business groups of the graduates, and their capital grants."""

from __future__ import annotations

from django.apps import AppConfig


class KubConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "kub"
    verbose_name = "KUB dan hibah"
