"""The forms of the household page: corrections, a new member, a change of status, opening a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from households.actions.versions import version_of
from households.household_lifecycle import STATUS_MOVES, StatusMove
from households.models import Household, Person, StatusChange
from households.models.wave import RANK_SCALES
from households.rules import place_problems
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.kit.dates import parse_date
from tangerang_poverty.kit.identifiers import Kind, clean_identifier, identifier_problems, mask
from tangerang_poverty.kit.problems import Problem, Refused
from tangerang_poverty.kit.text import three_digits, visible

WHOLE = (
    SafeString('<span class="bk-nowrap">'),
    SafeString("</span>"),
)  # around what a line break must not part


class ActionForm(forms.Form):
    """A form whose action may refuse: its problems are shown at their fields, warnings ask to be accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[Problem] = []

    def show(self, refusal: Refused) -> None:
        """Puts each problem where it belongs: errors at their field, warnings together above the button."""
        for problem in refusal.problems:
            if problem.is_error:
                self.add_error(self._field_of(problem), problem.message)
            else:
                self.warnings.append(problem)

    @property
    def accepts_warnings(self) -> bool:
        return "accept" in self.data

    def _field_of(self, problem: Problem) -> str | None:
        name = {"birth_date": "birth", "birth_precision": "birth", "area_id": "area"}.get(
            problem.field, problem.field
        )
        return name if name in self.fields else None


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Alasan koreksi",
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Disimpan dalam riwayat. Misalnya: menurut Kartu Keluarga yang dibawa warga.",
    )


class CorrectionForm(ActionForm):
    """A correction of one row; `seen` is the version the user looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, row: Household | Person, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        self.now_recorded: list[tuple[str, str]] = []

    def show(self, refusal: Refused) -> None:
        super().show(refusal)
        if any(problem.code == "changed_meanwhile" for problem in refusal.problems):
            self._start_over()

    def _start_over(self) -> None:
        """Somebody else saved first: keep what was typed, name what is recorded now, let it be sent again."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = version_of(self.row)  # type: ignore[index]
        for name in self.changed_data:
            if name in ("seen", "reason", "nik", "kk"):
                continue
            field = self.fields[name]
            value = self.get_initial_for_field(field, name)
            words: dict[Any, Any] = dict(getattr(field, "choices", ()))
            self.now_recorded.append((str(field.label), str(words.get(value, value) or "kosong")))


class HouseholdForm(CorrectionForm):
    """Address, RT and RW; kelurahan and rank for those who may."""

    address = forms.CharField(label="Alamat", max_length=250, required=False)
    rt = forms.CharField(label="RT", max_length=10, required=False, help_text="Tiga angka, misalnya 004.")
    rw = forms.CharField(label="RW", max_length=10, required=False, help_text="Tiga angka, misalnya 011.")
    area = forms.ChoiceField(
        label="Kelurahan", help_text="Kelurahan lain berarti keluarga ini pindah; tercatat dalam riwayatnya."
    )
    rank = forms.IntegerField(label="Peringkat", required=False, min_value=1, max_value=100)
    rank_scale = forms.ChoiceField(label="Skala peringkat", required=False, choices=RANK_SCALES)
    reason = _reason()

    def __init__(self, data: Any, *, family: Household, user: User) -> None:
        initial = {name: getattr(family, name) for name in ("address", "rt", "rw", "rank", "rank_scale")}
        initial |= {"area": family.area_id, "seen": version_of(family)}
        super().__init__(data, row=family, initial=initial)
        places = Area.objects.visible_to(user).kelurahan().select_related("parent")
        choices = [(area.code, f"{area.name}, {area.parent}") for area in places]
        if len(choices) > 1:
            self.fields["area"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["area"]
        if not user.has_perm(Can.CHANGE_STATUS.value):
            del self.fields["rank"], self.fields["rank_scale"]

    def clean_rt(self) -> str:
        return _digits(self.cleaned_data["rt"], "rt")

    def clean_rw(self) -> str:
        return _digits(self.cleaned_data["rw"], "rw")

    def changes(self) -> dict[str, Any]:
        """The fields as `correct_household` takes them."""
        values: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in ("address", "rt", "rw", "rank", "rank_scale")
            if name in self.fields
        }
        if "area" in self.fields:
            values["area_id"] = self.cleaned_data["area"]
        return values


class PersonForm(CorrectionForm):
    """One member. NIK and KK start empty: empty leaves them as they are, the box takes them away."""

    name = forms.CharField(label="Nama", max_length=150)
    relation = forms.TypedChoiceField(
        label="Hubungan dengan kepala rumah tangga",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Tidak diketahui"), *Person.Relation.choices],
    )
    sex = forms.ChoiceField(
        label="Jenis kelamin", required=False, choices=[("", "Tidak diketahui"), *Person.Sex.choices]
    )
    birth = forms.CharField(
        label="Tanggal lahir",
        max_length=40,
        required=False,
        help_text=format_html(
            "Tulis yang diketahui saja: {0}12-03-1968{1}, {0}03-1968{1}, atau 1968.", *WHOLE
        ),
    )
    birth_place = forms.CharField(label="Tempat lahir", max_length=80, required=False)
    nik = forms.CharField(label="NIK", max_length=40, required=False)
    drop_nik = forms.BooleanField(label="Hapus NIK yang tercatat", required=False)
    kk = forms.CharField(label="Nomor Kartu Keluarga", max_length=40, required=False)
    drop_kk = forms.BooleanField(label="Hapus nomor KK yang tercatat", required=False)
    family_number = forms.IntegerField(
        label="Keluarga ke-",
        min_value=1,
        max_value=20,
        initial=1,
        help_text="1 bila hanya ada satu Kartu Keluarga dalam rumah tangga ini.",
    )
    education = forms.CharField(label="Pendidikan", max_length=60, required=False)
    occupation = forms.CharField(label="Pekerjaan", max_length=80, required=False)
    disability = forms.CharField(label="Disabilitas", max_length=80, required=False)
    status = forms.ChoiceField(label="Keberadaan", choices=Person.Status.choices)
    reason = _reason()

    SAME_NAMES = (
        "name", "relation", "sex", "birth_place", "family_number",
        "education", "occupation", "disability", "status",
    )  # fmt: skip

    def __init__(self, data: Any, *, person: Person, today: date) -> None:
        self.today = today
        initial: dict[str, Any] = {name: getattr(person, name) for name in self.SAME_NAMES}
        initial |= {"birth": _birth_text(person), "seen": version_of(person)}
        super().__init__(data, row=person, initial=initial)
        if person.pk is None:
            self.fields["reason"].label = "Alasan penambahan"
        for name, number in (("nik", person.nik), ("kk", person.kk)):
            field = self.fields[name]
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
            if number:
                field.help_text = f"Tercatat {mask(number)}. Kosongkan bila tidak berubah."
            else:
                field.help_text = "16 angka."
                del self.fields[f"drop_{name}"]

    def clean_name(self) -> str:
        return visible(self.cleaned_data["name"])

    def clean_nik(self) -> str:
        return _number(self.cleaned_data["nik"], "nik")

    def clean_kk(self) -> str:
        return _number(self.cleaned_data["kk"], "kk")

    def clean_birth(self) -> dict[str, Any]:
        """The two columns, when the text was changed; an empty text takes the date away."""
        if "birth" not in self.changed_data:
            return {}
        try:
            found = parse_date(self.cleaned_data["birth"], today=self.today)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return {
            "birth_date": found.value if found else None,
            "birth_precision": found.precision if found else "",
        }

    def changes(self) -> dict[str, Any]:
        """The fields as `correct_person` takes them."""
        values: dict[str, Any] = {name: self.cleaned_data[name] for name in self.SAME_NAMES}
        values |= self.cleaned_data["birth"]
        for name in ("nik", "kk"):
            if self.cleaned_data[name]:
                values[name] = self.cleaned_data[name]
            elif self.cleaned_data.get(f"drop_{name}"):
                values[name] = ""
        return values


class StatusForm(ActionForm):
    """Leaves the list or comes back. `kind` is the move the user saw, in case somebody else was faster."""

    kind = forms.ChoiceField(
        choices=[(move.kind, move.label) for move in STATUS_MOVES], widget=forms.HiddenInput
    )
    reason = forms.ChoiceField(label="Alasan")
    evidence = forms.CharField(
        label="Bukti", max_length=250, help_text="Misalnya nomor berita acara musyawarah kelurahan."
    )
    effective_on = forms.DateField(
        label="Berlaku tanggal", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, move: StatusMove, today: date) -> None:
        super().__init__(data, initial={"kind": move.kind, "effective_on": today})
        self.move = move
        self.chosen = next((one for one in STATUS_MOVES if one.kind == self.data.get("kind")), move)
        self.fields["reason"].choices = [("", "Pilih alasan"), *_labels(self.chosen.reasons)]  # type: ignore[attr-defined]


def _labels(reasons: Iterable[str]) -> list[tuple[str, str]]:
    return [(reason, StatusChange.Reason(reason).label) for reason in reasons]


class RevealForm(ActionForm):
    """Why a NIK or KK number is opened."""

    WHY = (
        ("Mencocokkan dengan KTP-el atau Kartu Keluarga", "Mencocokkan dengan KTP-el atau Kartu Keluarga"),
        ("Mengisi berkas pelatihan atau bantuan", "Mengisi berkas pelatihan atau bantuan"),
        ("Memeriksa data ganda", "Memeriksa data ganda"),
        ("Permintaan warga yang bersangkutan", "Permintaan warga yang bersangkutan"),
        ("Lainnya", "Lainnya (jelaskan)"),
    )
    why = forms.ChoiceField(label="Alasan", choices=[("", "Pilih alasan"), *WHY])
    details = forms.CharField(label="Keterangan", max_length=180, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("why") == "Lainnya" and len(cleaned.get("details", "")) < 5:
            self.add_error("details", "Jelaskan alasannya.")
        return cleaned

    @property
    def reason(self) -> str:
        """The choice and what was added to it, as one line."""
        return ": ".join(filter(None, (self.cleaned_data["why"], self.cleaned_data["details"])))


def _digits(text: str, field: str) -> str:
    """ "4" → "004"; what the rule does not take is told together with the errors of other fields."""
    digits = three_digits(text) or text.strip()
    facts = {"rt": "", "rw": "", field: digits}
    for problem in place_problems(**facts):
        raise forms.ValidationError(problem.message)
    return digits


def _number(text: str, kind: Kind) -> str:
    """A NIK or KK without its separators; a wrong format is told together with the errors of other fields."""
    bare = clean_identifier(text)[0]
    problems = identifier_problems(
        bare, kind=kind, birth_date=None, birth_precision="", sex="", home_prefix=""
    )
    for problem in problems:
        if bare and problem.is_error:
            raise forms.ValidationError(problem.message)
    return bare


def _birth_text(person: Person) -> str:
    """The birth date as it would be typed."""
    if person.birth_date is None:
        return ""
    shapes = {"day": "%d-%m-%Y", "month": "%m-%Y"}
    return person.birth_date.strftime(shapes.get(person.birth_precision, "%Y"))
