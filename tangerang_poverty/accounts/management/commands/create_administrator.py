"""Makes the first administrator of an office, who then gives accounts to everybody else on the page Pengelolaan."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tangerang_poverty.accounts import roles
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.areas.models import Area


class Command(BaseCommand):
    help = "Membuat administrator pertama; kata sandinya ditanyakan di terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="nama lengkap")

    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(pk=settings.CITY_CODE).first()
        if area is None:
            raise CommandError("Wilayah belum ada; jalankan load_areas lebih dahulu.")
        user = User(username=options["username"], full_name=options["name"], area=area)
        try:
            user.clean_fields(exclude=["password"])
            user.validate_unique()
            password = getpass("Kata sandi: ")
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if getpass("Sekali lagi: ") != password:
            raise CommandError("Kedua kata sandi tidak sama.")
        with transaction.atomic():
            roles.sync()
            user.set_password(password)
            user.save()
            user.groups.set([roles.group_of(Role.ADMINISTRATOR)])
        self.stdout.write(f"Administrator {user.username} dibuat.")
