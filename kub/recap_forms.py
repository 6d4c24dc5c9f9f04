"""The filters of the list of people behind the funnel: what its address may carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from kub.reports.funnel import STEPS, Asked
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.widgets import QuickSelect
from trainings.recap_forms import years_of

FIRST = next(iter(STEPS))


class PeopleForm(forms.Form):
    """Search and filters, named as in the address. Choices end at the user's own area."""

    cari = forms.CharField(required=False, max_length=120, label="Cari nama")
    langkah = forms.ChoiceField(
        required=False,
        label="Sampai langkah",
        choices=[(word, label) for word, (label, _) in STEPS.items()],
        widget=QuickSelect,
    )
    tahun = forms.ChoiceField(required=False, label="Tahun pelatihan", widget=QuickSelect)
    wilayah = forms.ChoiceField(required=False, label="Wilayah pelatihan", widget=QuickSelect)
    berhenti = forms.BooleanField(required=False, label="Hanya yang belum sampai langkah berikutnya")

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        self.own = self.areas.get(user.area_id or "")
        self._offer("wilayah", area_choices(self.areas.values(), own=user.area_id))
        years = [(str(year), str(year)) for year in sorted(years_of(user), reverse=True)]
        self._offer("tahun", [("", "Semua tahun"), *years])
        for name, css in (("cari", "form-control"), ("berhenti", "form-check-input")):
            self.fields[name].widget.attrs["class"] = css
        for name in ("langkah", "tahun", "wilayah"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def has_areas(self) -> bool:
        """Whether there is an area to choose: an officer of one kelurahan has none."""
        return len(self.areas) > 1

    def asked(self) -> Asked:
        """The filters as values. Raises Http404 for what the user may not ask or what does not exist."""
        if not self.is_valid() or self.own is None:
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        return Asked(
            area=self.areas.get(chosen["wilayah"], self.own),
            step=chosen["langkah"] or FIRST,
            year=int(chosen["tahun"]) if chosen["tahun"] else None,
            stopped=chosen["berhenti"],
            search="" if may_hold_number(chosen["cari"]) else chosen["cari"],
        )

    def in_words(self) -> list[str]:
        """What is asked for, as the workbook's notes say it."""
        asked = self.asked()
        label, meaning = STEPS[asked.step]
        words = [
            f"{label}: {meaning}",
            f"Dilatih tahun {asked.year}" if asked.year else "Semua tahun pelatihan",
        ]
        words += ["Belum sampai langkah berikutnya"] if asked.stopped else []
        words.append(asked.area.label)
        return words + ([f"Cari: {asked.search}"] if asked.search else [])
