from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tangerang_poverty.accounts"
    label = "accounts"
    verbose_name = "Pengguna"
