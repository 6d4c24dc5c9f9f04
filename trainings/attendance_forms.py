"""Forms of the timetable, the attendance, the scores and the graduation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms

from households.forms import ActionForm
from tangerang_poverty.kit.formats import long_date
from tangerang_poverty.kit.problems import Refused
from trainings.actions.attendance import Cell
from trainings.actions.graduation import Report, ScoreCell
from trainings.actions.sessions import Meeting, version_of
from trainings.forms import DateInput, LineField
from trainings.models import Cohort, Session
from trainings.timetable import DAYS, MOST_SESSIONS

# One way to write each key, so that no cell can stand twice in what is posted.
_KEY = "[1-9][0-9]{0,14}"
MARK_FIELD = re.compile(f"h-({_KEY})-({_KEY})-([HTIA]?)")
SCORE_FIELD = re.compile(f"nilai-({_KEY})-([0-9]{{0,3}})")
SAME_MARK = {"S": "I", "-": ""}  # sick is excused; a dash is an empty cell
LONGEST = 20  # characters of what somebody types into a cell


class TimeInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MeetingForm(ActionForm):
    """When, where and about what a cohort meets."""

    held_on = forms.DateField(label="Tanggal", widget=DateInput)
    starts_at = forms.TimeField(label="Mulai", widget=TimeInput)
    ends_at = forms.TimeField(label="Selesai", widget=TimeInput)
    venue = LineField(label="Tempat", max_length=150, required=False)
    instructor = LineField(label="Instruktur", max_length=150, required=False)
    topic = LineField(label="Materi", max_length=200, required=False)

    @property
    def meeting(self) -> Meeting:
        """What was filled in, as the actions take it."""
        return Meeting(**{name: self.cleaned_data[name] for name in MeetingForm.base_fields})


class SessionsForm(MeetingForm):
    """Several meetings at once: the first day, the days of the week, how many."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Hari",
        coerce=int,
        required=False,
        choices=list(enumerate(DAYS)),
        widget=forms.CheckboxSelectMultiple,
        help_text="Kosong: hari yang sama dengan tanggal pertama.",
    )
    number = forms.IntegerField(label="Banyaknya pertemuan", min_value=1, max_value=MOST_SESSIONS, initial=12)

    field_order = (
        "held_on", "weekdays", "number", "starts_at", "ends_at", "venue", "instructor", "topic",
    )  # fmt: skip

    def __init__(self, data: Any, *, cohort: Cohort) -> None:
        last = cohort.sessions.order_by("-number").first()
        initial = {
            "starts_at": last.starts_at if last else time(9),
            "ends_at": last.ends_at if last else time(12),
            "venue": cohort.venue,
            "instructor": cohort.instructor,
            "number": 1 if last else 12,
        }
        super().__init__(data, initial=initial)
        self.fields["held_on"].label = "Tanggal pertama"
        self.fields["topic"].help_text = "Sama untuk semua; dapat diubah tiap pertemuan."


class SessionForm(MeetingForm):
    """One meeting; `seen` is the version the user looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any, *, session: Session) -> None:
        self.session = session
        initial = {name: getattr(session, name) for name in MeetingForm.base_fields}
        initial["venue"] = session.venue or session.cohort.venue
        initial["instructor"] = session.instructor or session.cohort.instructor
        super().__init__(data, initial=initial | {"seen": version_of(session)})
        self.now_recorded: list[tuple[str, str]] = []

    def show(self, refusal: Refused) -> None:
        """Where somebody else saved first: what was typed stays, what is recorded now is named."""
        super().show(refusal)
        if any(problem.code == "changed_meanwhile" for problem in refusal.problems):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["seen"] = version_of(self.session)  # type: ignore[index]
            for name in self.changed_data:
                if name != "seen":
                    value = self.get_initial_for_field(self.fields[name], name)
                    self.now_recorded.append((str(self.fields[name].label), _text(value) or "kosong"))


class GraduationForm(ActionForm):
    """The report a decision is written in; `seen` is the outcome the user looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    report_number = LineField(label="Nomor berita acara", max_length=60)
    decided_on = forms.DateField(label="Tanggal berita acara", widget=DateInput)
    place = LineField(label="Tempat", max_length=80, initial="Tangerang")
    signatory_name = LineField(label="Nama penanda tangan sertifikat", max_length=100)
    signatory_title = LineField(
        label="Jabatan penanda tangan", max_length=100, initial="Kepala Dinas Sosial Kota Tangerang"
    )
    note = LineField(
        label="Catatan", max_length=250, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def report(self) -> Report:
        """What was filled in, as the action takes it."""
        return Report(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})

    def look_again(self, seen: str) -> None:
        """The page shows the outcome as it is now, so that the next press is about this one."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = seen  # type: ignore[index]


class RevokeForm(ActionForm):
    """Why a decision is taken back."""

    reason = LineField(label="Alasan pembatalan", max_length=250, widget=forms.Textarea(attrs={"rows": 2}))


def posted_cells(data: Mapping[str, Any]) -> list[Cell]:
    """The marks of a posted grid or sheet, in capitals; what is no mark comes as it was typed."""
    cells = []
    for name, value in data.items():
        found = MARK_FIELD.fullmatch(name)
        if found:
            typed = str(value).replace("\0", "").strip().upper()[:LONGEST]
            cells.append(Cell(int(found[1]), int(found[2]), found[3], SAME_MARK.get(typed, typed)))
    return cells


def posted_scores(data: Mapping[str, Any]) -> list[ScoreCell]:
    """The scores of a posted list; what is no number comes as it was typed."""
    cells = []
    for name, value in data.items():
        found = SCORE_FIELD.fullmatch(name)
        if found:
            typed = str(value).replace("\0", "").strip()[:LONGEST]
            if typed.isascii() and typed.isdigit():
                typed = str(int(typed))
            cells.append(ScoreCell(int(found[1]), found[2], typed))
    return cells


def _text(value: Any) -> str:
    if isinstance(value, date):
        return long_date(value)
    return f"{value:%H.%M}" if isinstance(value, time) else str(value or "")
