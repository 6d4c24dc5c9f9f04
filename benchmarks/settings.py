"""Settings of the bench: the product's own, and beside it the peers' applications and one page made with them."""

from __future__ import annotations

from tangerang_poverty.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "import_export", "django_tables2", "django_filters", "benchmarks"]  # noqa: F405
ROOT_URLCONF = "benchmarks.urls"
# Staging and applying are called directly; nothing waits for a worker.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default", "import"]}}
DJANGO_TABLES2_TABLE_ATTRS = {"class": "bk-table"}
