"""Django's admin on our own site class (scoped, audited, masked), and the checks of the whole product."""

from django.contrib.admin.apps import AdminConfig


class BackofficeAdminConfig(AdminConfig):
    default_site = "tangerang_poverty.backoffice.BackofficeSite"

    def ready(self) -> None:
        super().ready()
        from tangerang_poverty import admin, checks  # noqa: F401  registers their pages and checks
