"""The forms of a proposal: made, moved on with a note, checked on the spot."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from households.forms import ActionForm
from kub.checklists import FIELD_CHECKS
from kub.models import FiscalYear, GrantForm
from trainings.forms import DateInput


def key_field() -> forms.UUIDField:
    """Names one intention: sent twice, it is carried out once."""
    return forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class WordingForm(ActionForm):
    """What a proposal asks for, in words, beside its lines."""

    grant_form = forms.ChoiceField(label="Bentuk bantuan", choices=GrantForm.choices)
    purpose = forms.CharField(
        label="Untuk apa", max_length=250, help_text="Misalnya: oven, cetakan, dan bahan baku tiga bulan."
    )


class ProposalForm(WordingForm):
    """A new proposal of a group."""

    request_key = key_field()
    year = forms.ModelChoiceField(
        FiscalYear.objects.none(), label="Tahun anggaran", empty_label="Pilih tahun"
    )

    field_order = ["request_key", "year", "grant_form", "purpose"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years: Any = self.fields["year"]
        years.queryset = FiscalYear.objects.filter(closed_at=None).order_by("-year")


class NoteForm(ActionForm):
    """A move with a note, asked for where the move says so."""

    note = forms.CharField(label="Catatan", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "Catatan", required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = label
        self.fields["note"].required = required


class FieldCheckForm(ActionForm):
    """What somebody found on the spot: the checklist, who was there, a note."""

    visited_on = forms.DateField(label="Tanggal pemeriksaan", widget=DateInput)
    checks = forms.MultipleChoiceField(
        label="Yang sesuai di lapangan",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Centang yang sesuai.",
    )
    members_met = forms.IntegerField(label="Anggota yang ditemui", min_value=0, max_value=100)
    note = forms.CharField(
        label="Catatan", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visited_on"].initial = timezone.localdate()
        self.fields["checks"].choices = [  # type: ignore[attr-defined]
            (point.code, point.label if point.required else f"{point.label} (tidak wajib)")
            for point in FIELD_CHECKS
        ]

    @property
    def answers(self) -> dict[str, bool]:
        """Every question with its answer."""
        met = set(self.cleaned_data["checks"])
        return {point.code: point.code in met for point in FIELD_CHECKS}
