"""The filters of the lists of proposals and grants: what their addresses may carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404

from kub.models import Budget, BusinessKind, FiscalYear, GrantForm
from kub.reports.grant_lists import GRANT_ORDERS, OF_GRANTS, OF_PROPOSALS, PROPOSAL_ORDERS, Asked
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.widgets import QuickSelect

REFINING = ("wilayah", "jenis", "bentuk", "rekening", "urut")


class ProposalsForm(forms.Form):
    """Search and filters of the list of proposals, named as in the address. Areas end at the user's own."""

    states: Mapping[str, str] = OF_PROPOSALS
    orders: Mapping[str, tuple[str, tuple[str, ...]]] = PROPOSAL_ORDERS

    cari = forms.CharField(required=False, max_length=120, label="Cari nama KUB")
    keadaan = forms.ChoiceField(required=False, label="Keadaan", widget=QuickSelect)
    tahun = forms.ChoiceField(required=False, label="Tahun anggaran", widget=QuickSelect)
    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)
    jenis = forms.ChoiceField(required=False, label="Jenis usaha", widget=QuickSelect)
    bentuk = forms.ChoiceField(
        required=False,
        label="Bentuk",
        choices=[("", "Uang dan barang"), *GrantForm.choices],
        widget=QuickSelect,
    )
    urut = forms.ChoiceField(required=False, label="Urutan", widget=QuickSelect)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        years = FiscalYear.objects.order_by("-year").values_list("year", flat=True)
        kinds = BusinessKind.objects.order_by("name").values_list("pk", "name")
        self._offer("wilayah", area_choices(self.areas.values(), own=user.area_id))
        self._offer("keadaan", [("", "Semua keadaan"), *self.states.items()])
        self._offer("tahun", [("", "Semua tahun"), *((str(year), str(year)) for year in years)])
        self._offer("jenis", [("", "Semua jenis"), *((str(pk), name) for pk, name in kinds)])
        self._offer("urut", [(word, label) for word, (label, _) in self.orders.items()])
        if len(self.areas) < 2:
            del self.fields["wilayah"]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "cari" else "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def refining(self) -> list[forms.BoundField]:
        """The fields that stand behind "more"."""
        return [self[name] for name in REFINING if name in self.fields]

    @property
    def is_refined(self) -> bool:
        return any(self.data.get(name) for name in REFINING)

    def in_words(self) -> list[str]:
        """The filters that are set, as a workbook's notes say them: "Keadaan: Draf"."""
        chosen = {name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)}
        return [f"{self.fields[name].label}: {self._shown(name, value)}" for name, value in chosen.items()]

    def _shown(self, name: str, value: str) -> str:
        field = self.fields[name]
        labels = _flat(field.choices) if isinstance(field, forms.ChoiceField) else {}
        return labels.get(value, value)

    def asked(self) -> Asked:
        """The filters as values. Raises Http404 for what the user may not ask or what does not exist."""
        if not self.is_valid():
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        return Asked(
            search="" if may_hold_number(chosen["cari"]) else chosen["cari"],
            state=chosen["keadaan"],
            year=int(chosen["tahun"]) if chosen["tahun"] else None,
            area=self.areas.get(chosen.get("wilayah", "")),
            kind=int(chosen["jenis"]) if chosen["jenis"] else None,
            form=chosen["bentuk"],
            budget=int(chosen["rekening"]) if chosen.get("rekening") else None,
            order=chosen["urut"],
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the order that is asked for."""
        return self.orders[self.cleaned_data["urut"]][1]


class GrantsForm(ProposalsForm):
    """The same for grants, by account code too."""

    states = OF_GRANTS
    orders = GRANT_ORDERS

    rekening = forms.ChoiceField(required=False, label="Kode rekening", widget=QuickSelect)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, user=user)
        budgets = Budget.objects.order_by("-year_id", "account_code")
        names = [(str(one.pk), f"{one.year_id} · {one.account_code} {one.name}") for one in budgets]
        self._offer("rekening", [("", "Semua rekening"), *names])


def _flat(choices: Any) -> dict[str, str]:
    """Choices with their groups opened."""
    found: dict[str, str] = {}
    for value, label in choices:
        inner = _flat(label) if isinstance(label, list | tuple) else {str(value): str(label).strip()}
        found |= inner
    return found
