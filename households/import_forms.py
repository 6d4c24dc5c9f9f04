"""The forms of the import wizard."""

from __future__ import annotations

from typing import Any

from django import forms

from households.imports.layouts import LAYOUTS
from households.models import Wave

FILES_AT_MOST = 2  # PBDT comes as one file of households and one of people


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or two uploaded files, as a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) and data else [data or None]
        cleaned = [super(SeveralFilesField, self).clean(file, initial) for file in files]
        if len(cleaned) > FILES_AT_MOST:
            raise forms.ValidationError(
                f"Pilih paling banyak {FILES_AT_MOST} berkas sekaligus; yang dipilih {len(cleaned)}."
            )
        return cleaned


class UploadForm(forms.Form):
    """What to import and for which wave. The layout is recognised unless one is named."""

    wave = forms.ModelChoiceField(Wave.objects.all(), label="Gelombang", empty_label="Pilih gelombang")
    sources = SeveralFilesField(
        label="Berkas",
        help_text="XLSX, XLS, ODS, atau CSV. Pilih dua berkas sekaligus untuk PBDT 2015 (RT dan IDV).",
    )
    layout = forms.ChoiceField(
        label="Tata letak",
        required=False,
        help_text="Dikenali dari judul kolomnya. Pilih sendiri hanya bila salah dikenali.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sources"].widget.attrs["accept"] = ".xlsx,.xls,.ods,.csv,.txt"
        layout: forms.ChoiceField = self.fields["layout"]  # type: ignore[assignment]
        layout.choices = [("", "Kenali sendiri"), *((key, item.label) for key, item in LAYOUTS.items())]
