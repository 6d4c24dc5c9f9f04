"""How enumerators and clerks write things down: spelling, titles, guessed births, addresses, wrong digits.

These rules are the sample's own. Whatever finds the same person in two lists must not share a table with
them, or a measurement of it would only measure that both hold the same table.
"""

from __future__ import annotations

from random import Random

from households.sample.people import Home, Human

# Sound and spelling, as (heard or written so, put down as). The first that fits at a random start is used.
_SPELLINGS = (
    ("U", "OE"),
    ("Y", "J"),
    ("J", "DJ"),
    ("C", "TJ"),
    ("F", "P"),
    ("V", "P"),
    ("Z", "J"),
    ("Z", "S"),
    ("SY", "S"),
    ("KH", "H"),
    ("DH", "D"),
    ("TH", "T"),
    ("Q", "K"),
    ("H", ""),
    ("AE", "AI"),
    ("AE", "E"),
    ("IYA", "IA"),
    ("IA", "IYA"),
    ("UWA", "UA"),
    ("AU", "AW"),
    ("DD", "D"),
    ("NN", "N"),
    ("LL", "L"),
    ("UDIN", "UDDIN"),
    ("NI", "NNI"),
    ("TI", "TTI"),
    ("E", "I"),
    ("O", "U"),
    ("A", "E"),
    ("N", "NG"),
    ("P", "F"),
    ("S", "SH"),
    ("K", "Q"),
)
_ENDINGS = (
    ("I", "Y"),
    ("Y", "I"),
    ("AH", "A"),
    ("A", "AH"),
    ("D", "T"),
    ("IK", "IQ"),
    ("IH", "I"),
    ("AN", "EN"),
)
_SHORT = {
    "MUHAMAD": ("M.", "MUH.", "MOH.", "MUHAMMAD", "MOCHAMAD", "MOHAMAD", "MUHAMMAD", "M", "MOCH."),
    "MUHAMMAD": ("M.", "MUH.", "MOH.", "MUHAMAD", "MOCHAMAD"),
    "SITI": ("ST.", "ST", "SITTI", "S."),
    "ABDUL": ("ABD.", "ABD", "ABDOEL", "ABDUL"),
    "AHMAD": ("AKHMAD", "ACHMAD", "AHMAT", "A."),
    "NUR": ("NOER", "NOOR", "N."),
    "SRI": ("SRIE", "S."),
    "TRI": ("TRIE",),
    "DWI": ("DUI",),
}
_LETTERS = "AEIOUNRSTKLMH"


class Noise:
    """Mistakes at a chosen strength: 0 writes everything as it is, 1 is usual, 2 is a bad list.

    A mistake that happens with probability p at strength 1 happens with 1 − (1 − p)^strength.
    """

    def __init__(self, rng: Random, strength: float) -> None:
        self.rng = rng
        self.strength = strength
        self.memory: dict[float, float] = {}

    def hits(self, probability: float) -> bool:
        """Whether a mistake of this probability (at strength 1) happens now."""
        now = self.memory.get(probability)
        if now is None:
            now = self.memory[probability] = 1 - (1 - probability) ** self.strength
        return self.rng.random() < now

    def one(self, options: tuple[str, ...]) -> str:
        return options[int(self.rng.random() * len(options))]

    def name(self, human: Human, age: int) -> str:
        """A name as somebody put it on a form."""
        parts = list(human.name)
        for place, part in enumerate(parts):
            if part in _SHORT and self.hits(0.25):
                parts[place] = self.one(_SHORT[part])
        if self.hits(0.13):
            self._misspell(parts)
        if self.hits(0.03):
            self._mistype(parts)
        if len(parts) > 1:
            self._shorten(parts)
        text = " ".join(parts)
        if age >= 16 and self.hits(0.025):
            text = self._titled(human, text, age)
        return text.title() if self.hits(0.02) else text

    def _misspell(self, parts: list[str]) -> None:
        place = int(self.rng.random() * len(parts))
        part = parts[place]
        if len(part) < 3:
            return
        rules = _ENDINGS if self.rng.random() < 0.3 else _SPELLINGS
        start = int(self.rng.random() * len(rules))
        for turn in range(len(rules)):
            old, new = rules[(start + turn) % len(rules)]
            if rules is _ENDINGS and part.endswith(old):
                parts[place] = part[: -len(old)] + new
                return
            if rules is _SPELLINGS and old in part[1:]:
                parts[place] = part[0] + part[1:].replace(old, new, 1)
                return

    def _mistype(self, parts: list[str]) -> None:
        place = int(self.rng.random() * len(parts))
        part = parts[place]
        if len(part) < 4:
            return
        at = 1 + int(self.rng.random() * (len(part) - 2))
        kind = self.rng.random()
        if kind < 0.35:
            parts[place] = part[:at] + part[at + 1] + part[at] + part[at + 2 :]
        elif kind < 0.7:
            parts[place] = part[:at] + part[at + 1 :]
        else:
            parts[place] = part[:at] + _LETTERS[int(self.rng.random() * len(_LETTERS))] + part[at + 1 :]

    def _shorten(self, parts: list[str]) -> None:
        if self.hits(0.03):
            parts.pop()  # only the name they are called by
        elif self.hits(0.02):
            parts[-1] = parts[-1][0] + "."
        elif self.hits(0.015):
            parts[:2] = [parts[0].rstrip(".") + parts[1]]
        elif self.hits(0.005):
            parts.reverse()

    def _titled(self, human: Human, text: str, age: int) -> str:
        man = human.sex == 1
        kind = self.rng.random()
        muslim = human.culture not in ("benteng", "lain")
        if muslim and age >= 45 and kind < 0.45:
            return f"{'H.' if man else 'HJ.'} {text}"
        if muslim and kind < 0.6:
            return (
                f"{text} {'BIN' if man else 'BINTI'} {self.one(('SAMAN', 'AMAT', 'NASIR', 'UMAR', 'KASIM'))}"
            )
        if kind < 0.75 and age >= 35:
            return f"{'BPK' if man else 'IBU'} {text}"
        if not man and human.marital == 2 and kind < 0.9:
            return f"NY. {text}"
        return f"{'TN.' if man else 'SDRI'} {text}"

    def sex(self, human: Human) -> int:
        return 3 - human.sex if self.hits(0.004) else human.sex

    def birth_month_year(self, human: Human, year: int) -> tuple[int | None, int]:
        """Month and year as told: unknown months, January and July for a guess, round years for the old."""
        born, month, _day = human.birth
        guess: int | None = month
        if born < 1965 and self.hits(0.10):
            born = min(year, 5 * round(born / 5))
            guess = 1 if self.rng.random() < 0.6 else 7
        elif self.hits(0.10):
            step = 1 if self.rng.random() < 0.8 else 2
            born += step if self.rng.random() < 0.5 else -step
        if guess is not None and self.hits(0.06):
            guess = 1 if self.rng.random() < 0.6 else 7
        if self.hits(0.09):
            guess = None
        if born > year or (born == year and (guess is None or guess > 9)):
            return human.birth[1], human.birth[0]
        return guess, born

    def age(self, human: Human, year: int) -> int:
        """Age in years as told: off by one or two, rounded to five for the old."""
        age = human.age(year)
        if age > 45 and self.hits(0.10):
            return 5 * round(age / 5)
        if age > 1 and self.hits(0.14):
            step = 1 if self.rng.random() < 0.85 else 2
            age += step if self.rng.random() < 0.5 else -step
        return max(0, age)

    def nik(self, human: Human, others: list[Human]) -> str:
        """The NIK as written, still of region 99 and sixteen digits; "" where it is missing.

        Missing for 35 per cent at strength 1. Of the rest 2 per cent differ in one digit of the day or the
        serial, and 0.05 per cent carry the number of somebody else of the household.
        """
        if self.hits(0.35):
            return ""
        nik = human.nik
        if self.hits(0.02):
            if self.rng.random() < 0.5:
                serial = 1 + (int(nik[12:]) + int(self.rng.random() * 40)) % 9998
                return f"{nik[:12]}{serial:04d}"
            day = 1 + int(self.rng.random() * 28) + (40 if human.sex == 2 else 0)
            return f"{nik[:6]}{day:02d}{nik[8:]}"
        if len(others) > 1 and self.hits(0.0005):
            return others[int(self.rng.random() * len(others))].nik
        return nik

    def address(self, home: Home) -> str:
        """Street, number, RT and RW in one of the usual shapes."""
        rt, rw, street = home.rt, home.rw, home.street
        if not self.hits(0.6):
            return f"{street} NO. {home.number} RT {rt:03d}/RW {rw:03d}"
        kind = self.rng.random()
        if kind < 0.22:
            return f"{street} RT {rt:03d} RW {rw:03d}"
        if kind < 0.40:
            return f"{street} RT.{rt:02d} RW.{rw:02d}"
        if kind < 0.55:
            return f"{street} Rt.{rt} Rw.{rw}"
        if kind < 0.70:
            return f"{street} NO {home.number} {rt:03d}/{rw:03d}"
        if kind < 0.82:
            return f"RT {rt:03d}/RW {rw:03d}"
        if kind < 0.92:
            return f"{street} RT {rt:02d}/{rw:02d}"
        if kind < 0.97:
            return f"{street} RT{rt:03d} / RW{rw:03d}"
        return f"{street} NO. {home.number}"
