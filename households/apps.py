from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = "Registri keluarga"

    def ready(self) -> None:
        from households import exports as households_exports
        from tangerang_poverty.accounts.permissions import Can
        from tangerang_poverty.privacy import exports

        exports.register(
            households_exports.KIND, households_exports.TITLE, households_exports.build, Can.EXPORT_HOUSEHOLDS
        )
