"""Whole rupiah as people type them: "1450000", "1.450.000", "Rp1.450.000,00"; a fraction or a minus is named."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from tangerang_poverty.kit.formats import number

LARGEST = 10**12  # a thousand milliard: more than any line of a city's budget, and well inside a bigint
MONEY = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,(?:00|-))?")
NO_MONEY = "Tulis bilangan bulat dengan angka, misalnya 1450000 atau 1.450.000."
NEGATIVE = "Jumlahnya tidak boleh kurang dari nol."
FRACTION = "Tulis bilangan bulat, tanpa koma dan tanpa sen."
TOO_MUCH = f"Paling banyak Rp{number(LARGEST)}."


def parse_rupiah(text: str) -> int:
    """The whole rupiah in a text. Raises ValueError with the sentence that says what is wrong with it."""
    typed = re.sub(r"\s", "", text)
    typed = re.sub(r"(?i)^rp\.?", "", typed)
    if typed.startswith(("-", "−")) and typed[1:].removeprefix("Rp")[:1].isdigit():
        raise ValueError(NEGATIVE)
    if re.fullmatch(r"[0-9.]+,[0-9]{1,2}", typed) and not MONEY.fullmatch(typed):
        raise ValueError(FRACTION)
    if not (typed.isascii() and MONEY.fullmatch(typed)):
        raise ValueError(NO_MONEY)
    digits = typed.partition(",")[0].replace(".", "")
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise ValueError(TOO_MUCH)
    return int(digits)


class RupiahField(forms.CharField):
    """An amount, typed with or without dots and shown with them; cleans to an int, None where it may be empty."""

    def __init__(self, *, min_value: int = 0, max_value: int | None = None, **kwargs: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("help_text", "Rupiah penuh, misalnya 1.450.000.")
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_rupiah(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if amount < self.min_value:
            raise forms.ValidationError(f"Paling sedikit Rp{number(self.min_value)}.")
        if self.max_value is not None and amount > self.max_value:
            raise forms.ValidationError(f"Paling banyak Rp{number(self.max_value)}.")
        return amount
