"""The forms of a visit and of a stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from households.forms import ActionForm
from kub.actions.visits import MOST_MONEY, Found, version_of
from kub.lifecycle import Stage
from kub.models import Membership, Visit
from kub.reports.stages import Line
from kub.stages import CRITERIA
from tangerang_poverty.kit.amounts import RupiahField
from tangerang_poverty.kit.problems import Refused
from trainings.forms import DateInput


def _money(label: str, help_text: str, **more: Any) -> RupiahField:
    return RupiahField(label=label, max_value=MOST_MONEY, help_text=help_text, **more)


class VisitForm(ActionForm):
    """What was found at a group; with `visit` a correction of it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    visited_on = forms.DateField(label="Tanggal kunjungan", widget=DateInput)
    active = forms.TypedMultipleChoiceField(
        label="Anggota yang aktif bekerja", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    turnover = _money("Omzet sebulan terakhir", "Semua hasil penjualan; 0 bila tidak ada.")
    costs = _money("Biaya sebulan terakhir", "Bahan, upah, gas, ongkos.")
    stock = _money("Nilai persediaan", "Bahan dan barang jadi yang masih ada.", required=False)
    problem = forms.CharField(
        label="Masalah", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_visit_on = forms.DateField(label="Kunjungan berikutnya", required=False, widget=DateInput)
    photo = forms.FileField(
        label="Foto",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(
        self,
        data: Any,
        files: Any,
        *,
        members: Sequence[Membership],
        today: date,
        visit: Visit | None = None,
    ) -> None:
        self.visit = visit
        initial: dict[str, Any] = {"visited_on": today}
        if visit is not None:
            names = ("visited_on", "turnover", "costs", "stock", "problem", "next_visit_on")
            initial = {name: getattr(visit, name) for name in names}
            initial |= {"active": [one.pk for one in visit.present.all()], "seen": version_of(visit)}
        super().__init__(data, files, initial=initial)
        active: Any = self.fields["active"]
        active.choices = [(one.pk, one) for one in members]
        self.fields["visited_on"].widget.attrs["max"] = today.isoformat()

    @property
    def ticked(self) -> set[int]:
        """The members who are ticked, in a posted form or at the start."""
        given = self["active"].value() or []
        return {int(one) for one in given if str(one).isdigit()}

    @property
    def found(self) -> Found:
        """What was filled in, as the actions take it."""
        values = {name: self.cleaned_data[name] for name in Found.__dataclass_fields__}
        return Found(**(values | {"stock": values["stock"] or 0}))

    def show(self, refusal: Refused) -> None:
        super().show(refusal)
        if self.visit and any(problem.code == "changed_meanwhile" for problem in refusal.problems):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["seen"] = version_of(Visit.objects.get(pk=self.visit.pk))  # type: ignore[index]


class StageForm(ActionForm):
    """A step up or down; the points a person vouches for are ticked."""

    to = forms.ChoiceField(choices=Stage, widget=forms.HiddenInput)
    seen = forms.ChoiceField(choices=Stage, widget=forms.HiddenInput)
    vouched = forms.MultipleChoiceField(
        required=False,
        choices=sorted({(point.code, point.label) for points in CRITERIA.values() for point in points}),
        widget=forms.CheckboxSelectMultiple,
    )
    decided_on = forms.DateField(label="Tanggal penilaian", widget=DateInput)
    note = forms.CharField(
        label="Catatan", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def ticked(self) -> dict[str, bool]:
        return dict.fromkeys(self.cleaned_data["vouched"], True)

    def lines(self, checklist: Sequence[Line]) -> list[tuple[Line, bool]]:
        """Each point with whether it is ticked."""
        ticked = set(self["vouched"].value() or [])
        return [(line, line.criterion.code in ticked) for line in checklist]
