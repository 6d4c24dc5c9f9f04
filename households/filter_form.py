"""The form of the list's filters: its fields are what the address of the list may carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404

from households.models import Household, Wave, WaveCount
from households.reports.listing import SORTS, ListFilters
from households.reports.quality import CHECKS
from households.rules import CLASS_LABELS
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.widgets import QuickSelect

_TEN = range(1, 11)
HELPED = {"sudah": True, "belum": False}


def _rank_choices() -> list[tuple[str, Any]]:
    words = {
        "class": ("Kelas kesejahteraan (PPLS)", CLASS_LABELS),
        "percentile": ("Desil dari persentil", {n: f"Desil {n}" for n in _TEN}),
        "decile": ("Desil", {n: f"Desil {n}" for n in _TEN}),
    }
    groups = [
        (title, [(f"{scale}:{n}", label) for n, label in {**labels, 0: "Tanpa kelompok"}.items()])
        for scale, (title, labels) in words.items()
    ]
    return [("", "Semua peringkat"), *groups, (":0", "Tanpa peringkat")]


class FilterForm(forms.Form):
    """Search, filters and order, named as in the address. Choices end at the user's own area."""

    cari = forms.CharField(required=False, max_length=120, strip=True, label="Cari keluarga")
    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)
    peringkat = forms.ChoiceField(
        required=False, label="Peringkat", choices=_rank_choices, widget=QuickSelect
    )
    status = forms.ChoiceField(
        required=False,
        label="Status",
        choices=[("", "Semua status"), *Household.Status.choices],
        widget=QuickSelect,
    )
    gelombang = forms.ChoiceField(required=False, label="Gelombang", widget=QuickSelect)
    pelatihan = forms.ChoiceField(
        required=False,
        label="Pelatihan",
        choices=[("", "Semua"), ("sudah", "Sudah terbantu"), ("belum", "Belum terbantu")],
        widget=QuickSelect,
    )
    mutu = forms.ChoiceField(
        required=False,
        label="Mutu data",
        choices=[("", "Semua"), *((key, check.label) for key, check in CHECKS.items())],
        widget=QuickSelect,
    )
    urut = forms.ChoiceField(
        required=False,
        label="Urutan",
        choices=[(key, label) for key, (label, _) in SORTS.items()],
        widget=QuickSelect,
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        loaded = Exists(WaveCount.objects.filter(wave=OuterRef("pk"), households__gt=0))
        waves = Wave.objects.annotate(is_loaded=loaded).order_by("-reference_date")
        self.waves = {wave.code: wave for wave in waves}
        # While waves are not linked, a family stands once for each of them; the page offers one list of them.
        self.loaded_waves = [wave for wave in waves if wave.is_loaded]
        self._offer("wilayah", area_choices(self.areas.values(), own=user.area_id))
        self._offer(
            "gelombang", [("", "Semua gelombang"), *((code, str(wave)) for code, wave in self.waves.items())]
        )
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "cari" else "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def has_areas(self) -> bool:
        """Whether there is an area to choose: an officer of one kelurahan has none."""
        return len(self.areas) > 1

    @property
    def more(self) -> list[forms.BoundField]:
        """The filters that are folded away."""
        return [self[name] for name in self.fields if name not in ("cari", "wilayah")]

    def filters(self) -> ListFilters:
        """The filters as values. Raises Http404 for what the user may not ask or what does not exist."""
        if not self.is_valid():
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        scale, _, group = chosen["peringkat"].rpartition(":")
        return ListFilters(
            search="" if may_hold_number(chosen["cari"]) else chosen["cari"],
            area=self.areas.get(chosen["wilayah"]),
            rank=(scale, int(group)) if chosen["peringkat"] else None,
            status=chosen["status"],
            wave=self.waves.get(chosen["gelombang"]),
            helped=HELPED.get(chosen["pelatihan"]),
            quality=chosen["mutu"],
            sort=chosen["urut"] or "wilayah",
        )

    def in_words(self) -> dict[str, str]:
        """The filters that are set, by name, as the page and the workbook's notes say them."""
        words = {}
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if value and name != "urut" and not may_hold_number(value):
                labels = dict(_flat(field.choices)) if isinstance(field, forms.ChoiceField) else {}
                words[name] = f"{'Cari' if name == 'cari' else field.label}: {labels.get(value, value)}"
        return words

    @property
    def narrowed_by(self) -> list[str]:
        """What narrows the list beside place and wave, in words."""
        return [words for name, words in self.in_words().items() if name not in ("wilayah", "gelombang")]


def _flat(choices: Any) -> list[tuple[str, str]]:
    """Choices without their groups, whose names stand behind a label that does not say them itself."""
    found: list[tuple[str, str]] = []
    for value, label in choices:
        if isinstance(label, list):
            found += [(v, text if value in text else f"{text} ({value})") for v, text in label]
        else:
            found.append((value, label))
    return found
