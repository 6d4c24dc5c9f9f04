"""The training cohorts of the kelurahan."""

from __future__ import annotations

from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "trainings"
    verbose_name = "Pelatihan"

    def ready(self) -> None:
        from households.sample import load
        from trainings import sample

        load.afterwards("menyusun pelatihan contoh", sample.build)
