"""The forms of a decision and of a grant: decree, agreement, payment, refund, reversal, release, end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from households.forms import ActionForm
from kub.actions.meetings import Result
from kub.models import Budget, Decree, FiscalYear, Grant, GrantForm, Proposal, ProposalLine
from kub.proposal_forms import key_field
from kub.rules import MOST_INSTALMENTS
from tangerang_poverty.kit.amounts import RupiahField, parse_rupiah
from tangerang_poverty.kit.formats import number, rupiah
from tangerang_poverty.kit.problems import Problem
from trainings.forms import DateInput

RESULT_FIELD = re.compile(r"hasil-([0-9]{1,18})")
APPROVE, REFUSE, LEAVE = "setujui", "tolak", ""
OUTCOMES = ((APPROVE, "Setujui"), (REFUSE, "Tolak"))
MEETING_OUTCOMES = ((LEAVE, "Biarkan"), (APPROVE, "Setujui penuh"), (REFUSE, "Tolak"))


class DecreeForm(ActionForm):
    """The decree that a meeting ended with."""

    number = forms.CharField(label="Nomor SK", max_length=60, help_text="Misalnya 460/Kep.218-Dinsos/2026.")
    year = forms.ModelChoiceField(
        FiscalYear.objects.none(), label="Tahun anggaran", empty_label="Pilih tahun"
    )
    decided_on = forms.DateField(label="Tanggal SK", widget=DateInput)
    meeting_on = forms.DateField(label="Tanggal rapat", widget=DateInput)
    signatory_name = forms.CharField(label="Nama penanda tangan", max_length=100)
    signatory_title = forms.CharField(label="Jabatan penanda tangan", max_length=100)
    meeting_note = forms.CharField(
        label="Catatan rapat", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years: Any = self.fields["year"]
        years.queryset = FiscalYear.objects.filter(closed_at=None).order_by("-year")


class BudgetField(forms.ModelChoiceField[Budget]):
    """An account with what is left of it."""

    def label_from_instance(self, obj: Budget) -> str:
        return f"{obj.account_code} {obj.name}, sisa {rupiah(obj.left)}"


class DecideForm(ActionForm):
    """The meeting's decision on one proposal. The granted amounts stand in a table of their own below."""

    outcome = forms.ChoiceField(
        label="Hasil rapat", choices=OUTCOMES, widget=forms.RadioSelect, initial=APPROVE
    )
    decree = forms.ModelChoiceField(
        Decree.objects.none(), label="Surat keputusan", empty_label="Pilih surat keputusan"
    )
    budget = BudgetField(
        Budget.objects.none(), label="Bebankan pada", required=False, empty_label="Pilih kode rekening"
    )
    note = forms.CharField(
        label="Alasan penolakan",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Wajib bila usulannya ditolak.",
    )

    def __init__(self, *args: Any, year: int, lines: list[ProposalLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["decree"].queryset = Decree.objects.filter(year=year).order_by("-decided_on", "-pk")
        fields["budget"].queryset = Budget.objects.filter(year=year).order_by("account_code")
        self.lines = lines
        self.wrong: dict[int, str] = {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == REFUSE and not cleaned.get("note"):
            self.add_error("note", "Tuliskan alasan penolakannya.")
        if cleaned.get("outcome") == APPROVE:
            if not cleaned.get("budget"):
                self.add_error("budget", "Pilih kode rekening yang membiayai.")
            self.granted = {line.pk: self._granted(line) for line in self.lines}
        return cleaned

    def _granted(self, line: ProposalLine) -> int:
        try:
            amount = parse_rupiah(str(self.data.get(f"setuju-{line.pk}", "")))
        except ValueError as error:
            return self._not_right(line, str(error))
        if amount > line.amount:
            return self._not_right(line, f"Paling banyak {rupiah(line.amount)}, sebesar yang diusulkan.")
        return amount

    def _not_right(self, line: ProposalLine, sentence: str) -> int:
        self.wrong[line.pk] = sentence
        self.add_error(None, f"{line.item}: {sentence}")
        return 0

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines with what is typed, or with the whole amount."""
        return [
            {
                "line": line,
                "typed": self.data.get(f"setuju-{line.pk}", "") if self.is_bound else number(line.amount),
                "problem": self.wrong.get(line.pk, ""),
            }
            for line in self.lines
        ]


class AgreementForm(ActionForm):
    """The signed agreement and the instalments it names; goods are handed over in one."""

    number = forms.CharField(label="Nomor perjanjian (NPHD)", max_length=60)
    agreed_on = forms.DateField(label="Tanggal perjanjian", widget=DateInput)

    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = timezone.localdate()
        self.turns = range(1, 2 if grant.proposal.grant_form == GrantForm.GOODS else MOST_INSTALMENTS + 1)
        for turn in self.turns:
            self.fields[f"instalment_{turn}"] = RupiahField(
                label=f"Termin {turn} (Rp)",
                required=turn == 1,
                min_value=1,
                max_value=grant.decided,
                initial=grant.decided if turn == 1 else None,
                help_text="",
            )

    @property
    def instalments(self) -> list[int]:
        """The amounts in their order, empty ones left out."""
        typed = [self.cleaned_data[f"instalment_{turn}"] for turn in self.turns]
        return [amount for amount in typed if amount]


class PayForm(ActionForm):
    """The payment of an instalment or the handover of goods. Sent twice, it is booked once."""

    request_key = key_field()
    document = forms.CharField(label="Nomor SP2D", max_length=80)
    booked_on = forms.DateField(label="Tanggal", widget=DateInput)

    def __init__(self, *args: Any, is_goods: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booked_on"].initial = timezone.localdate()
        if is_goods:
            self.fields["document"].label = "Nomor berita acara serah terima (BAST)"


class RefundForm(ActionForm):
    """What the group gave back to the treasury. Sent twice, it is booked once."""

    request_key = key_field()
    amount = RupiahField(label="Jumlah disetor kembali (Rp)", min_value=1)
    document = forms.CharField(label="Nomor bukti setor", max_length=80)
    booked_on = forms.DateField(label="Tanggal setor", widget=DateInput)

    def __init__(self, *args: Any, held: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = held or None
        self.fields["booked_on"].initial = timezone.localdate()


class ReverseForm(ActionForm):
    """Why an entry of the ledger is taken back."""

    request_key = key_field()
    booked_on = forms.DateField(label="Tanggal pembalikan", widget=DateInput)
    reason = forms.CharField(
        label="Alasan",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Tersimpan di buku besar.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booked_on"].initial = timezone.localdate()

    def _field_of(self, problem: Problem) -> str | None:
        return "reason" if problem.field == "note" else super()._field_of(problem)


class ReleaseForm(ActionForm):
    """Why what is not yet paid goes back to the budget."""

    request_key = key_field()
    reason = forms.CharField(label="Alasan", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def _field_of(self, problem: Problem) -> str | None:
        return "reason" if problem.field == "note" else super()._field_of(problem)


def chosen(data: Any) -> list[int]:
    """The proposals that a posted form decides on, by their keys."""
    found = (RESULT_FIELD.fullmatch(name) for name, value in data.items() if value in (APPROVE, REFUSE))
    return [int(field[1]) for field in found if field]


def posted_results(data: Any, proposals: Mapping[int, Proposal]) -> list[Result]:
    """What was chosen for these proposals; those left alone are left out."""
    found = []
    for pk, proposal in proposals.items():
        outcome = data.get(f"hasil-{pk}", LEAVE)
        if outcome in (APPROVE, REFUSE):
            reason = str(data.get(f"alasan-{pk}", "")).replace("\0", "").strip()
            found.append(Result(proposal, outcome == APPROVE, "" if outcome == APPROVE else reason))
    return found
