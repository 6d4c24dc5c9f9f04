"""The filters of what has to be watched: groups with warnings, reports that are due."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from kub.flags import LABELS
from kub.reports.reminders import WHICH
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.widgets import QuickSelect


class WatchForm(forms.Form):
    """Filters, named as in the address. Choices end at the user's own area; who has one kelurahan has no choice."""

    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        wilayah: Any = self.fields["wilayah"]
        wilayah.choices = area_choices(self.areas.values(), own=user.area_id)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
        if len(self.areas) < 2:
            del self.fields["wilayah"]

    def asked(self) -> dict[str, Any]:
        """What is asked for, by the name of its field. Raises Http404 for what does not exist or is not theirs."""
        if not self.is_valid():
            raise Http404("No such filter.")
        return self.cleaned_data

    @property
    def area(self) -> Area | None:
        return self.areas.get(self.asked().get("wilayah") or "")


class AttentionForm(WatchForm):
    """Groups with a warning."""

    tanda = forms.ChoiceField(
        required=False,
        label="Tanda",
        choices=[("", "Semua tanda"), *((code.value, label) for code, label in LABELS.items())],
        widget=QuickSelect,
    )
    field_order = ("tanda", "wilayah")


class RemindersForm(WatchForm):
    """Reports that are due or late."""

    keadaan = forms.ChoiceField(
        required=False, label="Keadaan", choices=[("", "Semua"), *WHICH.items()], widget=QuickSelect
    )
    field_order = ("keadaan", "wilayah")
