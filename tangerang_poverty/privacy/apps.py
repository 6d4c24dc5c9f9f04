from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "tangerang_poverty.privacy"
    label = "privacy"
    verbose_name = "Unduhan"
