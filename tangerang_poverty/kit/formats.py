"""Numbers, money and dates as Indonesian readers write them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tangerang_poverty.kit.dates import MONTHS

MINUS = "−"  # U+2212, as wide as the plus
NO_BREAK_SPACE = "\u00a0"
PRECISION_WORDS = {"month": "{month} {year}", "year": "tahun {year}", "age": "sekitar {year}"}


def number(value: int | float | Decimal, decimals: int = 0) -> str:
    """52000 as "52.000", -2879 as "−2.879"; rounded half up to `decimals`, never "−0"."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{digits}" if rounded < 0 else digits


def signed(value: int | float | Decimal, decimals: int = 0) -> str:
    """Like `number` with the plus shown: "+5", "−2.879", "0"."""
    shown = number(value, decimals)
    return f"+{shown}" if value > 0 and shown.strip("0,") else shown


def percent(share: int | float | Decimal, decimals: int = 1) -> str:
    """A share (0.055) as "5,5 %" with a no-break space."""
    return f"{number(Decimal(str(share)) * 100, decimals)}{NO_BREAK_SPACE}%"


def rupiah(amount: int) -> str:
    """Whole rupiah: "Rp20.000.000", "−Rp500"."""
    sign = MINUS if amount < 0 else ""
    return f"{sign}Rp{number(abs(amount))}"


def long_date(day: date) -> str:
    """24 November 2015; of a datetime its own date, so convert it to local time first."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_datetime(moment: datetime) -> str:
    """24 November 2015 pukul 14.05, which a line break does not part."""
    return f"{long_date(moment)} pukul {moment:%H.%M}".replace(" ", NO_BREAK_SPACE)


def partial_date(day: date | None, precision: str) -> str:
    """A birth date as far as it is known: "24 November 1980", "November 1980", "tahun 1980", "sekitar 1980"
    for one counted back from an age; "" for None. `precision` as in kit.dates."""
    if day is None:
        return ""
    words = PRECISION_WORDS.get(precision)
    return words.format(month=MONTHS[day.month - 1], year=day.year) if words else long_date(day)
