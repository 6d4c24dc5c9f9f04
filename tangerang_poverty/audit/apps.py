from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tangerang_poverty.audit"
    label = "audit"
    verbose_name = "Catatan akses"
