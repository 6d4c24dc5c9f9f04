"""Numbers in words, as a receipt and the minutes of a meeting write them (terbilang)."""

from __future__ import annotations

from datetime import date

from tangerang_poverty.kit.dates import MONTHS, WEEKDAYS

MOST = 10**15 - 1  # hundreds of trillions: more than the budget of the whole country
_DIGITS = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1_000, "ribu"))


def in_words(value: int) -> str:
    """1_001_500 as "satu juta seribu lima ratus"; 0 as "nol". Raises ValueError below 0 and above MOST."""
    if not 0 <= value <= MOST:
        raise ValueError(f"{value} is not between 0 and {MOST}")
    words: list[str] = []
    for scale, name in _SCALES:
        group, value = divmod(value, scale)
        if group == 1 and scale == 1_000:  # one thousand is a word of its own, wherever it stands
            words.append("seribu")
        elif group:
            words += [*_group(group), name]
    return " ".join([*words, *_group(value)]) or "nol"


def rupiah_in_words(amount: int) -> str:
    """20_000_000 as "dua puluh juta rupiah"."""
    return f"{in_words(amount)} rupiah"


def day_in_words(day: date) -> str:
    """24 November 2015 as "Selasa tanggal dua puluh empat bulan November tahun dua ribu lima belas"."""
    return (
        f"{WEEKDAYS[day.weekday()]} tanggal {in_words(day.day)} bulan {MONTHS[day.month - 1]} "
        f"tahun {in_words(day.year)}"
    )


def _group(value: int) -> list[str]:
    """Up to three digits."""
    hundreds, rest = divmod(value, 100)
    words = ["seratus"] if hundreds == 1 else [_DIGITS[hundreds], "ratus"] if hundreds else []
    tens, ones = divmod(rest, 10)
    if rest == 10:
        words.append("sepuluh")
    elif rest == 11:
        words.append("sebelas")
    elif tens == 1:
        words += [_DIGITS[ones], "belas"]
    else:
        words += [_DIGITS[tens], "puluh"] if tens else []
        words += [_DIGITS[ones]] if ones else []
    return words
