"""The filters of the list of participants: what its address may carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.widgets import QuickSelect
from trainings.lifecycle import ProgrammeState
from trainings.models import Cohort, PastCount
from trainings.reports.participants import ANY, KINDS, Asked


class ParticipantsForm(forms.Form):
    """Search and filters, named as in the address. Choices end at the user's own area."""

    cari = forms.CharField(required=False, max_length=120, label="Cari nama")
    tahun = forms.ChoiceField(required=False, label="Tahun", widget=QuickSelect)
    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)
    keadaan = forms.ChoiceField(
        required=False,
        label="Keadaan",
        choices=[("", ANY.label), *((word, kind.label) for word, kind in KINDS.items())],
        widget=QuickSelect,
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        self._offer("wilayah", area_choices(self.areas.values(), own=user.area_id))
        years = [(str(year), str(year)) for year in sorted(years_of(user), reverse=True)]
        self._offer("tahun", [("", "Semua tahun"), *years])
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "cari" else "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def has_areas(self) -> bool:
        """Whether there is an area to choose: an officer of one kelurahan has none."""
        return len(self.areas) > 1

    def asked(self) -> Asked:
        """The filters as values. Raises Http404 for what the user may not ask or what does not exist."""
        if not self.is_valid():
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        return Asked(
            year=int(chosen["tahun"]) if chosen["tahun"] else None,
            area=self.areas.get(chosen["wilayah"]),
            kind=chosen["keadaan"],
            search="" if may_hold_number(chosen["cari"]) else chosen["cari"],
        )

    def in_words(self) -> list[str]:
        """What is asked for, as the workbook's notes say it."""
        asked = self.asked()
        words = [KINDS.get(asked.kind, ANY).label, f"Tahun {asked.year}" if asked.year else "Semua tahun"]
        words += [asked.area.label] if asked.area else []
        return words + ([f"Cari: {asked.search}"] if asked.search else [])


def years_of(user: User) -> set[int]:
    """The years with a cohort or a graduate of the past inside the user's area. Two queries."""
    cohorts = Cohort.objects.visible_to(user).exclude(programme__state=ProgrammeState.DRAFT)
    held = cohorts.order_by().values_list("programme__year", flat=True).distinct()
    past = PastCount.objects.visible_to(user).filter(n__gt=0).values_list("year", flat=True).distinct()
    return {*held, *past}
