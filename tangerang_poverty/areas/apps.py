from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "tangerang_poverty.areas"
    label = "areas"
    verbose_name = "Wilayah"
