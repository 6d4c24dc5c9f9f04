from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "tangerang_poverty.kit"
    label = "kit"
