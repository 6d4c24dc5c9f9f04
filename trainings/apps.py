"""The training cohorts of the kelurahan."""

from __future__ import annotations

from django.apps import AppConfig


class TrainingsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "trainings"
    verbose_name = "Pelatihan"

    def ready(self) -> None:
        from households.sample import load
        from tangerang_poverty.accounts.permissions import Can
        from tangerang_poverty.privacy import exports as downloads
        from trainings import exports, participant_exports, sample

        load.afterwards("menyusun pelatihan contoh", sample.build)
        downloads.register(
            exports.KIND,
            exports.TITLE,
            exports.build_certificates,
            Can.EXPORT_TRAININGS,
            unit=exports.UNIT,
        )
        downloads.register(
            participant_exports.KIND,
            participant_exports.TITLE,
            participant_exports.build,
            Can.EXPORT_TRAININGS,
        )
