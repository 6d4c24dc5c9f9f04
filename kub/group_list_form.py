"""The filters of the list of groups: what its address may carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from kub.flags import LABELS
from kub.lifecycle import GroupState, Stage
from kub.models import BusinessKind
from kub.reports.groups import ANY_FLAG, Asked
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.choices import CHOOSABLE, area_choices
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.widgets import QuickSelect


class GroupsForm(forms.Form):
    """Search and filters, named as in the address. Choices end at the user's own area."""

    cari = forms.CharField(required=False, max_length=80, label="Cari nama KUB")
    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)
    jenis = forms.ChoiceField(required=False, label="Jenis usaha", widget=QuickSelect)
    keadaan = forms.ChoiceField(
        required=False,
        label="Keadaan",
        choices=[("", "Semua keadaan"), *GroupState.choices],
        widget=QuickSelect,
    )
    tahap = forms.ChoiceField(
        required=False, label="Tahap", choices=[("", "Semua tahap"), *Stage.choices], widget=QuickSelect
    )

    tanda = forms.ChoiceField(
        required=False,
        label="Tanda peringatan",
        choices=[
            ("", "Dengan atau tanpa tanda"),
            (ANY_FLAG, "Perlu perhatian"),
            *((code.value, label) for code, label in LABELS.items()),
        ],
        widget=QuickSelect,
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.areas = {area.code: area for area in Area.objects.visible_to(user).only(*CHOOSABLE)}
        self.kinds = {str(kind.pk): kind for kind in BusinessKind.objects.all()}
        self._offer("wilayah", area_choices(self.areas.values(), own=user.area_id))
        kinds = [(pk, kind.name) for pk, kind in self.kinds.items()]
        self._offer("jenis", [("", "Semua jenis"), *kinds])
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
    def more(self) -> list[Any]:
        """What stands behind the search."""
        names = ("jenis", "tahap", "tanda")
        return [self[name] for name in (("wilayah", *names) if self.has_areas else names)]

    @property
    def is_refined(self) -> bool:
        """Whether one of them is set."""
        return any(self[field.name].value() for field in self.more)

    def asked(self) -> Asked:
        """The filters as values. Raises Http404 for what the user may not ask or what does not exist."""
        if not self.is_valid():
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        return Asked(
            area=self.areas.get(chosen["wilayah"]),
            kind=self.kinds.get(chosen["jenis"]),
            stage=chosen["tahap"],
            state=chosen["keadaan"],
            flag=chosen["tanda"],
            search="" if may_hold_number(chosen["cari"]) else chosen["cari"],
        )

    def in_words(self) -> list[str]:
        """What is asked for, as the page and the workbook's notes say it."""
        asked = self.asked()
        words = [asked.area.label] if asked.area else []
        words += [str(asked.kind)] if asked.kind else []
        words += [str(Stage(asked.stage).label)] if asked.stage else []
        words += [str(GroupState(asked.state).label)] if asked.state else []
        words += [dict(self.fields["tanda"].choices)[asked.flag]] if asked.flag else []  # type: ignore[attr-defined]
        return words + ([f"Cari: {asked.search}"] if asked.search else [])
