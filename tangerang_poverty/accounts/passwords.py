"""What a password must be, said in the product's own words; Django's validators judge."""

from __future__ import annotations

from django.contrib.auth import password_validation as django


class LongEnough(django.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"Kata sandi Anda terlalu pendek: paling sedikit {self.min_length} karakter."

    def get_help_text(self) -> str:
        return f"Paling sedikit {self.min_length} karakter."


class NotCommon(django.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Kata sandi Anda terlalu umum dan mudah ditebak."

    def get_help_text(self) -> str:
        return "Bukan kata sandi yang umum."


class NotOnlyDigits(django.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "Kata sandi Anda tidak boleh angka saja."

    def get_help_text(self) -> str:
        return "Bukan angka saja."


class NotTheName(django.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "Kata sandi Anda terlalu mirip dengan nama atau nama pengguna Anda."

    def get_help_text(self) -> str:
        return "Tidak mirip nama atau nama pengguna Anda."
