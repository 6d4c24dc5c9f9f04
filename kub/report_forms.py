"""The forms of a report: a receipt, a remark that it cannot be read, the examiner's word."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from households.forms import ActionForm
from kub.actions.receipts import Spent
from kub.models import AccountabilityReport, ProposalLine
from kub.models.settings import MOST_PRICE
from tangerang_poverty.kit.amounts import RupiahField
from tangerang_poverty.kit.formats import rupiah
from tangerang_poverty.kit.uploads import MEGABYTE, MOST_BYTES
from trainings.forms import DateInput

ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,image/jpeg,image/png,image/webp,application/pdf"


class LineChoice(forms.ModelChoiceField[ProposalLine]):
    """A line of the budget by its item and what is granted of it."""

    def label_from_instance(self, obj: ProposalLine) -> str:
        planned = obj.amount if obj.granted is None else obj.granted
        return f"{obj.item} ({rupiah(planned)})"


class ReceiptForm(ActionForm):
    """One receipt and its picture or PDF."""

    line = LineChoice(ProposalLine.objects.none(), label="Rincian RAB", empty_label="Pilih rincian")
    dated_on = forms.DateField(label="Tanggal kuitansi", widget=DateInput)
    amount = RupiahField(label="Jumlah", min_value=1, max_value=MOST_PRICE)
    description = forms.CharField(
        label="Uraian", max_length=200, required=False, help_text="Toko dan barangnya, bila perlu."
    )
    file = forms.FileField(
        label="Foto atau PDF kuitansi",
        allow_empty_file=True,  # the action says so itself, with the name of the file
        help_text=f"JPG, PNG, WebP, atau PDF, paling besar {MOST_BYTES // MEGABYTE} MB.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    def __init__(
        self, data: Any, files: Any, *, report: AccountabilityReport, line: str, today: date
    ) -> None:
        super().__init__(data, files, initial={"line": line, "dated_on": today})
        choice: Any = self.fields["line"]
        choice.queryset = report.grant.proposal.lines.exclude(granted=0).order_by("position")
        self.fields["dated_on"].widget.attrs["max"] = today.isoformat()

    @property
    def spent(self) -> Spent:
        """What was filled in, as the action takes it."""
        names = ("line", "dated_on", "amount", "description")
        return Spent(**{name: self.cleaned_data[name] for name in names})


class UnreadableForm(ActionForm):
    """Why a receipt cannot be read."""

    note = forms.CharField(
        label="Keterangan",
        max_length=250,
        required=False,
        help_text="Misalnya: jumlahnya terpotong, fotonya buram.",
    )


class ReturnForm(ActionForm):
    """What has to be put right before the report comes again."""

    note = forms.CharField(
        label="Apa yang harus diperbaiki",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dibaca oleh yang menyusun LPJ ini.",
    )
