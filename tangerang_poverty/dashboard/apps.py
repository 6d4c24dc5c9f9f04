from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "tangerang_poverty.dashboard"
    label = "dashboard"
