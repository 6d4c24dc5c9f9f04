"""Django's admin on our own site class: scoped, audited, masked."""

from django.contrib.admin.apps import AdminConfig


class BackofficeAdminConfig(AdminConfig):
    default_site = "tangerang_poverty.backoffice.BackofficeSite"
