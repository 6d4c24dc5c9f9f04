"""The forms of the past: the spreadsheet, what its courses mean, filters of the list, and decisions about one row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from tangerang_poverty.accounts.models import User
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.identifiers import may_hold_number
from tangerang_poverty.kit.text import name_key
from tangerang_poverty.kit.widgets import QuickSelect
from trainings.models import PastImport, PastTraining
from trainings.models.past import PastTrainingQuerySet
from trainings.past.reports import GROUPS, NamedCourse

State = PastTraining.State
STATE_WORDS = {"menunggu": State.UNMATCHED, "cocok": State.MATCHED, "dikesampingkan": State.DISMISSED}
NEW = "baru"  # value of a course that is to be made


class UploadForm(forms.Form):
    """The spreadsheet to bring in."""

    source = forms.FileField(label="Berkas", help_text="XLSX, XLS, ODS, atau CSV, paling besar 10 MB.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].widget.attrs["accept"] = ".xlsx,.xls,.ods,.csv,.txt"


class CoursesForm(forms.Form):
    """For each course the file names, a known one or a new one of that name."""

    def __init__(
        self, data: Any = None, *, courses: list[NamedCourse], choices: list[tuple[int, str]]
    ) -> None:
        super().__init__(data)
        self.courses = courses
        known = [(str(pk), name) for pk, name in choices]
        for index, course in enumerate(courses):
            self.fields[f"course_{index}"] = forms.ChoiceField(
                label=course.text,
                choices=[(NEW, f"Buat baru: {course.text}"), *known],
                initial=str(course.course) if course.course else NEW,
                widget=QuickSelect(attrs={"class": "form-select"}),
            )

    def rows(self) -> list[tuple[NamedCourse, forms.BoundField]]:
        """Each course with its field."""
        return [(course, self[f"course_{index}"]) for index, course in enumerate(self.courses)]

    def chosen(self) -> dict[str, int | None]:
        """By folded name the course meant, None for a new one."""
        values = (self.cleaned_data[f"course_{index}"] for index in range(len(self.courses)))
        return {
            course.key: None if value == NEW else int(value)
            for course, value in zip(self.courses, values, strict=True)
        }


class RowsForm(forms.Form):
    """The filters of the list of the past, named as in the address. Choices end at the user's own area."""

    cari = forms.CharField(required=False, max_length=120, label="Cari nama")
    keadaan = forms.ChoiceField(
        required=False,
        label="Keadaan",
        choices=[("", "Menunggu"), ("cocok", "Cocok"), ("dikesampingkan", "Dikesampingkan")],
        widget=QuickSelect,
    )
    hasil = forms.ChoiceField(
        required=False,
        label="Hasil pencarian",
        choices=[("", "Semua"), *((group.word, group.label) for group in GROUPS[1:3])],
        widget=QuickSelect,
    )
    wilayah = forms.ChoiceField(required=False, label="Wilayah", widget=QuickSelect)
    tahun = forms.ChoiceField(required=False, label="Tahun", widget=QuickSelect)
    impor = forms.ChoiceField(required=False, label="Berkas", widget=QuickSelect)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        areas = Area.objects.visible_to(user).only("name", "level", "parent")
        groups: dict[str, list[tuple[str, str]]] = {}
        names = {area.code: area.name for area in areas}
        for area in areas:
            if area.level == Area.Level.KECAMATAN:
                groups.setdefault(area.code, []).insert(0, (area.code, f"Seluruh kecamatan {area.name}"))
            elif area.level == Area.Level.KELURAHAN:
                groups.setdefault(area.parent_id or "", []).append((area.code, area.name))
        grouped = [(names.get(code, "Kelurahan"), listed) for code, listed in groups.items()]
        self._offer("wilayah", [("", "Semua wilayah"), *grouped])
        years = PastTraining.objects.visible_to(user).order_by("-year").values_list("year", flat=True)
        self._offer("tahun", [("", "Semua tahun"), *((str(year), str(year)) for year in years.distinct())])
        imports = PastImport.objects.visible_to(user).order_by("-pk")
        self._offer("impor", [("", "Semua berkas"), *((str(one.pk), str(one)) for one in imports)])
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control" if name == "cari" else "form-select"

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: forms.ChoiceField = self.fields[name]  # type: ignore[assignment]
        field.choices = choices

    @property
    def more(self) -> list[forms.BoundField]:
        """The filters that are folded away."""
        return [self[name] for name in self.fields if name not in ("cari", "keadaan")]

    def rows(self) -> PastTrainingQuerySet:
        """The rows that fit, not ordered. Raises Http404 for what does not exist."""
        if not self.is_valid():
            raise Http404("No such filter.")
        chosen = self.cleaned_data
        rows: PastTrainingQuerySet = PastTraining.objects.visible_to(self.user)
        rows = rows.filter(state=STATE_WORDS[chosen["keadaan"] or "menunggu"])
        for group in GROUPS:
            if chosen["hasil"] == group.word:
                rows = rows.filter(finding__in=group.findings)
        if chosen["wilayah"]:
            rows = rows.within(chosen["wilayah"])
        if chosen["tahun"]:
            rows = rows.filter(year=int(chosen["tahun"]))
        if chosen["impor"]:
            rows = rows.filter(past_import=int(chosen["impor"]))
        for word in name_key(chosen["cari"]).split() if not may_hold_number(chosen["cari"]) else ():
            rows = rows.filter(name_key__contains=word)
        return rows

    def in_words(self) -> list[str]:
        """The filters that are set, as the workbook's notes say them."""
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if value and not may_hold_number(value):
                labels = dict(_flat(getattr(field, "choices", ())))
                said.append(f"{field.label}: {labels.get(value, value)}")
        return said


def _flat(choices: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for value, label in choices:
        found += label if isinstance(label, list) else [(value, label)]
    return found


class ReasonForm(forms.Form):
    """Why a row is set aside, or a whole file taken back."""

    reason = forms.CharField(label="Alasan", max_length=250)


class SearchForm(forms.Form):
    """Somebody to be found in the registry by name or NIK."""

    typed = forms.CharField(
        label="Nama atau NIK",
        max_length=120,
        help_text="Pencarian dengan NIK (16 angka) tercatat.",
    )
