"""The forms of programmes, quotas, cohorts and participants."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from households.forms import ActionForm
from households.models import ImportBatch, Wave
from households.rules import CLASS_LABELS
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.text import visible
from trainings.actions import cohorts, programmes
from trainings.models import Cohort, Course, Enrolment, Programme
from trainings.reports.programme import EQUAL, PROPORTIONAL
from trainings.rules import LARGEST_QUOTA

QUOTA_FIELD = re.compile(r"kuota-(\d{2}\.\d{2}\.\d{2}\.\d{4})")
_FIELDS = (
    "year",
    "wave",
    "account_code",
    "budget",
    "default_quota",
    "registration_opens_on",
    "registration_closes_on",
    "class_up_to",
    "decile_up_to",
    "min_age",
    "max_age",
    "years_between",
    "course_gap_years",
    "min_attendance",
    "min_score",
)
_HELP = {
    "account_code": "Menurut DPA, misalnya 5.2.2.03.01.",
    "budget": "Rupiah penuh, tanpa titik.",
    "class_up_to": "Untuk daftar yang memakai kelas, seperti PPLS.",
    "decile_up_to": "Untuk daftar yang memakai desil atau persentil.",
    "min_age": "Kosong: tidak dibatasi.",
    "max_age": "Kosong: tidak dibatasi.",
    "years_between": "Keluarga yang anggotanya lulus boleh ikut lagi setelah sekian tahun.",
    "course_gap_years": "Keterampilan yang sama tidak kembali ke satu kelurahan selama sekian tahun.",
    "min_attendance": "Bagian pertemuan yang dihadiri agar lulus. Terlambat dihitung hadir.",
    "min_score": "0 sampai 100. Kosong: tanpa penilaian.",
}


class LineField(forms.CharField):
    """Words on one line, without characters that nobody sees: they would hide what a page or a paper says."""

    def to_python(self, value: Any) -> str:
        return visible(str(super().to_python(value)))


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CourseInput(forms.TextInput):
    """A text with the known courses offered."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "keterampilan", "autocomplete": "off"})


class VersionedForm(ActionForm):
    """A form that two may have open: it carries the version its user saw, and that of now once told."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def version_now(self) -> str:
        """The version of what is recorded by now."""
        raise NotImplementedError

    def show(self, refusal: Refused) -> None:
        super().show(refusal)
        if any(problem.code == "changed_meanwhile" for problem in refusal.problems):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["seen"] = self.version_now()  # type: ignore[index]


class ProgrammeForm(forms.ModelForm[Programme], VersionedForm):
    """A programme; its course is named, and made when it is new."""

    course_name = LineField(
        label="Keterampilan", max_length=80, widget=CourseInput, help_text="Misalnya Payet atau Kue Kering."
    )

    class Meta:
        model = Programme
        fields = _FIELDS
        widgets = {
            "registration_opens_on": DateInput,
            "registration_closes_on": DateInput,
            "class_up_to": forms.Select(choices=[("", "Semua kelas"), *CLASS_LABELS.items()]),
            "decile_up_to": forms.Select(
                choices=[("", "Semua desil"), *((n, f"Desil {n}") for n in range(1, 11))]
            ),
        }
        help_texts = _HELP

    field_order = ["course_name", *_FIELDS]

    def __init__(self, *args: Any, free: tuple[str, ...] | None = None, **kwargs: Any) -> None:
        """`free` are the fields that may be changed (None: all); the others stand there and are not taken."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(
                course_name=self.instance.course.name, seen=programmes.version_of(self.instance)
            )
        else:
            loaded = (
                Wave.objects.filter(batches__state=ImportBatch.State.APPLIED)
                .order_by("reference_date")
                .last()
            )
            self.initial.update(year=timezone.localdate().year, wave=loaded)
        self.courses = list(Course.objects.filter(is_active=True).values_list("name", flat=True))
        if free is not None:
            for name, field in self.fields.items():
                field.disabled = name not in (*free, "seen")

    def version_now(self) -> str:
        return programmes.version_of(Programme.objects.get(pk=self.instance.pk))

    def _post_clean(self) -> None:
        """The action checks the whole programme, once the course is known."""
        self.instance = forms.models.construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )

    def _field_of(self, problem: Problem) -> str | None:
        return "course_name" if problem.field == "course" else super()._field_of(problem)


class PlanForm(forms.Form):
    """How the seats are shared out."""

    cara = forms.ChoiceField(
        label="Cara membagi",
        choices=[(EQUAL, "Sama untuk tiap kelurahan"), (PROPORTIONAL, "Sebanding banyaknya keluarga")],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    kursi = forms.IntegerField(
        label="Kursi",
        min_value=0,
        max_value=LARGEST_QUOTA * 200,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )


def posted_quotas(data: Any) -> tuple[dict[str, int], list[Problem]]:
    """The quotas of a posted plan by kelurahan, and what is wrong with those that are no number."""
    quotas, problems = {}, []
    for name, value in data.items():
        found = QUOTA_FIELD.fullmatch(name)
        if found is None:
            continue
        text = str(value).strip() or "0"
        if text.isascii() and text.isdigit() and len(text) < 6:
            quotas[found[1]] = int(text)
        else:
            problems.append(Problem("no_number", f"Kuota {found[1]}: “{text[:20]}” bukan bilangan bulat."))
    return quotas, problems


class OverrideForm(ActionForm):
    """A kelurahan that had the course lately and gets it all the same."""

    area = forms.ModelChoiceField(Area.objects.none(), label="Kelurahan", empty_label="Pilih kelurahan")
    quota = forms.IntegerField(label="Kuota", min_value=1, max_value=LARGEST_QUOTA)
    reason = LineField(label="Alasan pengecualian", max_length=250, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


class CohortForm(VersionedForm):
    """Seats, place and instructor of a cohort."""

    def __init__(self, data: Any, *, cohort: Cohort) -> None:
        initial = {name: getattr(cohort, name) for name in ("quota", "venue", "instructor")}
        super().__init__(data, initial=initial | {"seen": cohorts.version_of(cohort)})
        self.cohort = cohort

    def version_now(self) -> str:
        return cohorts.version_of(Cohort.objects.get(pk=self.cohort.pk))

    quota = forms.IntegerField(label="Kuota", min_value=0, max_value=LARGEST_QUOTA)
    venue = LineField(label="Tempat", max_length=150, required=False)
    instructor = LineField(label="Instruktur", max_length=150, required=False)


class WithdrawForm(ActionForm):
    """Why a participant leaves."""

    reason = forms.ChoiceField(label="Alasan", choices=[("", "Pilih alasan"), *Enrolment.LeaveReason.choices])
    note = LineField(
        label="Keterangan", max_length=250, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
