"""The forms of a group: its particulars, its founders, its members and offices, its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from households.forms import ActionForm
from kub.actions.groups import version_of
from kub.actions.members import LEAVE_REASONS
from kub.models import BusinessKind, Group, Membership
from kub.reports.candidates import Candidate
from kub.reports.groups import OFFICES
from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem
from trainings.forms import DateInput, VersionedForm

_FIELDS: tuple[str, ...] = ("name", "kind", "area", "address", "formed_on", "meeting_place", "report_number")
_CHANGED_FIELDS = (*_FIELDS, "legal_form", "bank_name", "account_number", "account_holder")
_HELP = {
    "address": "Tempat usahanya, bila sudah ada.",
    "formed_on": "Boleh menyusul; wajib sebelum pembentukan disahkan.",
    "report_number": "Berita acara pembentukan. Boleh menyusul.",
    "account_holder": "Seperti tertulis pada buku tabungan.",
}
_SPACES = str.maketrans("", "", " .-")
FOUNDER = "jabatan-"
NOT_IN = ""


class _GroupForm(forms.ModelForm[Group], ActionForm):
    """The particulars of a group; the action checks them as a whole."""

    class Meta:
        model = Group
        fields = _FIELDS
        widgets = {"formed_on": DateInput}
        help_texts = _HELP

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_kinds()
        self._offer_areas(user)

    def _offer_kinds(self) -> None:
        kinds = BusinessKind.objects.filter(is_active=True)
        if self.instance.kind_id:
            kinds = kinds | BusinessKind.objects.filter(pk=self.instance.kind_id)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["kind"].empty_label = "Pilih jenis usaha"  # type: ignore[attr-defined]

    def _offer_areas(self, user: User) -> None:
        """The kelurahan of the reader; of a group that is there, those of its own kecamatan. One is no choice."""
        field: Any = self.fields["area"]
        areas = Area.objects.visible_to(user).kelurahan().select_related("parent").defer("boundary")
        if self.instance.area_id:
            areas = areas.filter(parent=self.instance.area.parent_id)
        field.queryset = areas
        field.choices = [("", "Pilih kelurahan"), *((one.code, f"{one.name}, {one.parent}") for one in areas)]
        if len(field.choices) == 2:
            self.initial["area"] = field.choices[1][0]
            field.disabled = True

    def _post_clean(self) -> None:
        """The action checks the whole group."""
        self.instance = forms.models.construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )


class NewGroupForm(_GroupForm):
    """A group that begins without members."""


class CohortGroupForm(_GroupForm):
    """A group of a cohort's graduates: beside its particulars a choice for each of them."""

    field_order = _FIELDS

    def __init__(self, *args: Any, candidates: Sequence[Candidate], part: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].disabled = True
        self.rows = [(one, self._choice(one, part)) for one in candidates]

    def _choice(self, candidate: Candidate, part: int) -> Any:
        """The bound field of one who may join, None for who may not."""
        if candidate.problems:
            return None
        name = f"{FOUNDER}{candidate.person.pk}"
        self.fields[name] = forms.ChoiceField(
            required=False,
            label=candidate.person.name,
            choices=[(NOT_IN, "Tidak ikut"), (Membership.Role.MEMBER, "Anggota"), *_offices()],
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.initial[name] = Membership.Role.MEMBER if candidate.part == part else NOT_IN
        return self[name]

    @property
    def particulars(self) -> list[Any]:
        return [self[name] for name in _FIELDS]

    @property
    def founders(self) -> dict[int, str]:
        """The role of each who was chosen, by person."""
        return {
            int(name.removeprefix(FOUNDER)): role
            for name, role in self.cleaned_data.items()
            if name.startswith(FOUNDER) and role
        }


class GroupForm(_GroupForm, VersionedForm):
    """The particulars of a group that is there. The account starts empty: empty leaves it as it is."""

    account_number = forms.CharField(
        label="Nomor rekening",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    drop_account = forms.BooleanField(label="Hapus rekening yang tercatat", required=False)
    note = forms.CharField(
        label="Alasan perubahan",
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Wajib bila rekening berganti saat hibahnya berjalan.",
    )

    class Meta(_GroupForm.Meta):
        fields = _CHANGED_FIELDS

    field_order = (*_CHANGED_FIELDS, "drop_account", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = self.instance.account_number
        self.initial.update(seen=version_of(self.instance), account_number="")
        if self.kept:
            self.fields[
                "account_number"
            ].help_text = f"Tercatat {self.instance.masked_account}. Kosongkan bila tidak berganti."
        else:
            del self.fields["drop_account"]

    def clean_account_number(self) -> str | None:
        typed: str = self.cleaned_data["account_number"].translate(_SPACES)
        return typed or self.kept

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("drop_account"):
            cleaned |= {"account_number": None, "bank_name": "", "account_holder": ""}
        return cleaned

    def version_now(self) -> str:
        return version_of(Group.objects.get(pk=self.instance.pk))


class JoinForm(ActionForm):
    """When somebody joins, and as what."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    joined_on = forms.DateField(label="Tanggal masuk", widget=DateInput)
    role = forms.ChoiceField(label="Jabatan", choices=[(Membership.Role.MEMBER, "Anggota")])

    def __init__(self, data: Any, *, vacant: Sequence[str], today: date) -> None:
        super().__init__(data, initial={"joined_on": today, "role": Membership.Role.MEMBER})
        self.fields["joined_on"].widget.attrs["class"] = "form-control"
        self.fields["role"].widget.attrs["class"] = "form-select"
        offices = [(value, label) for value, label in _offices() if value in vacant]
        self.fields["role"].choices = [(Membership.Role.MEMBER, "Anggota"), *offices]  # type: ignore[attr-defined]


class LeaveForm(ActionForm):
    """When a member leaves, and why."""

    left_on = forms.DateField(label="Tanggal keluar", widget=DateInput)
    reason = forms.ChoiceField(
        label="Alasan", choices=[("", "Pilih alasan"), *((one.value, one.label) for one in LEAVE_REASONS)]
    )
    note = forms.CharField(
        label="Keterangan", max_length=250, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class OfficesForm(ActionForm):
    """Who holds each of the offices from a day on."""

    def __init__(self, data: Any, *, members: Sequence[Membership], today: date) -> None:
        self.members = {str(one.pk): one for one in members}
        held = {one.role: str(one.pk) for one in members}
        super().__init__(data, initial={"on": today} | {role: held.get(role, "") for role in OFFICES})
        people = [("", "Belum ada"), *((pk, one.person.name) for pk, one in self.members.items())]
        for role in OFFICES:
            self.fields[role] = forms.ChoiceField(label=role.label, required=False, choices=people)
        self.fields["on"] = forms.DateField(label="Berlaku tanggal", widget=DateInput)

    @property
    def officers(self) -> dict[str, Membership | None]:
        return {role: self.members.get(self.cleaned_data[role]) for role in OFFICES}


class DissolveForm(ActionForm):
    """When a group ended, and why."""

    dissolved_on = forms.DateField(label="Tanggal bubar", widget=DateInput)
    reason = forms.CharField(label="Alasan", max_length=250, widget=forms.Textarea(attrs={"rows": 2}))


def _offices() -> list[tuple[str, str]]:
    return [(role.value, str(role.label)) for role in OFFICES]


def in_words(problems: Sequence[Problem]) -> str:
    """Several problems as one message."""
    return " ".join(problem.message for problem in problems)
