"""People who work here, and the names of what they may do."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from tangerang_poverty.accounts.permissions import LABELS, ROLE_LABELS, Role
from tangerang_poverty.areas.models import Area


class User(AbstractUser):
    """One person with one area and a role (Group). Without an area nobody sees anything."""

    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="wilayah kerja"
    )
    full_name = models.CharField("nama lengkap", max_length=120, blank=True)
    unit = models.CharField("bagian", max_length=80, blank=True, help_text="Misalnya: Seksi Data.")
    is_sample = models.BooleanField("akun contoh", default=False, editable=False)

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    class Meta:
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split()[0]

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in str(self).split()[:2]).upper()

    @property
    def role_label(self) -> str:
        """The unit when one is given, else the role in words."""
        names = [ROLE_LABELS[Role(group.name)] for group in self.groups.all() if group.name in set(Role)]
        return self.unit or ", ".join(names)


class Capability(models.Model):  # noqa: DJ008
    """No table of its own: the place where the named permissions of `Can` hang."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [(can.codename, label) for can, label in LABELS.items()]
