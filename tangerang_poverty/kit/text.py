"""Names and addresses as they are typed, brought into one shape for searching and showing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TITLES_BEFORE = frozenset(
    {"h", "hj", "kh", "ust", "ustad", "ustadz", "ustadzah", "ir", "dr", "drs", "dra", "drg", "prof"}
    | {"ny", "tn", "nn", "sdr", "sdri", "bpk", "bapak", "ibu", "r", "rd", "rt", "tb"}
)
TITLES_ANYWHERE = frozenset({"hj", "alm", "almh", "almarhum", "almarhumah"})
PROPER_DEGREES = (
    "S.Pd S.Pd.I S.Pd.SD S.Ag S.Kom S.Sos S.Sos.I S.Kep S.Farm S.Psi S.Si S.Hum S.Tr S.IP S.Pt S.KM S.Sy "
    "S.ST S.E S.E.I S.H S.H.I S.T S.P M.Pd M.Pd.I M.Ag M.Kom M.Sos M.Si M.Kes M.Hum M.Kep M.M M.H M.T A.Md "
    "A.Md.Keb A.Md.Kep B.A B.Sc M.Sc Ph.D"
)
DEGREES = {degree.lower(): degree for degree in PROPER_DEGREES.split(" ")}
# Two letters may be a name ("Tan Se"), so without dots they count only after a comma.
BARE_DEGREES = frozenset(key.replace(".", "") for key in DEGREES) | {"ners", "amk"}
LONG_DEGREES = frozenset(bare for bare in BARE_DEGREES if len(bare) > 2)
SMALL_WORDS = frozenset({"bin", "binti", "bt", "alias"})
ROMAN_NUMBER = re.compile(r"(?:I{2,3}|IV|VI{0,3}|IX)")

_DOTTED = "|".join(re.escape(key) for key in sorted(DEGREES, key=len, reverse=True))
_BARE = "|".join(sorted(BARE_DEGREES, key=len, reverse=True))
DEGREES_BEHIND = re.compile(rf"(?:(?:\s*,\s*|\s+)(?:{_DOTTED})\.?|\s*,\s*(?:{_BARE})\.?)+\s*$")
SPACED_DEGREE = re.compile(r"\b([sma]\.) (?=(?:pd|ag|kom|sos|kep|farm|psi|si|hum|kes|md)\b)")
SPLIT_TITLE = re.compile(r"(?<![a-z])(k|t)\. ?(h|b)\.")
APOSTROPHES = re.compile("['’‘`´ʼ]")

_RT, _RW = r"(?<![A-Za-z])R\.?\s?T\s*[.:\-]*\s*", r"R\.?\s?W\s*[.:\-]*\s*"
_RT_NUMBER, _RW_NUMBER = r"(?P<rt>[0-9]{1,3})(?!\d)", r"(?P<rw>[0-9]{1,3})(?!\d)"
_BETWEEN = r"\s*[,;/\\.\-–|]*\s*"
RT_RW_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"(?<![A-Za-z])R\.?\s?T\.?\s*[/\\\-&]\s*R\.?\s?W\s*[.:\-]*\s*{_RT_NUMBER}{_BETWEEN}{_RW_NUMBER}",
        rf"{_RT}{_RT_NUMBER}{_BETWEEN}(?:dan\s+)?(?:{_RW})?{_RW_NUMBER}",
        rf"(?<![A-Za-z]){_RW}{_RW_NUMBER}{_BETWEEN}{_RT}{_RT_NUMBER}",
        rf"{_RT}{_RT_NUMBER}",
        rf"(?<![A-Za-z]){_RW}{_RW_NUMBER}",
        r"(?<![\d/.\-])(?P<rt>0[0-9]{1,2}|[0-9]{3})\s?[/\\]\s?(?P<rw>0[0-9]{1,2}|[0-9]{3})(?![\d/.\-])",
    )
)
HOUSE_NUMBER_BEFORE = re.compile(r"\b(?:No|Nomor|Blok|Km)\s*[.:]?\s*$", re.IGNORECASE)

LOOKED_AT = 500  # letters; what is longer is no name and no address, and would take its time


@dataclass(frozen=True, slots=True)
class Address:
    """A place as an officer finds it: what is left of the text, and RT and RW as three digits or ""."""

    street: str
    rt: str
    rw: str


def visible(text: str) -> str:
    """One line with single spaces, without marks of direction, zero-width and control characters."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def name_key(name: str) -> str:
    """The key a name is searched by: lower case, ASCII, no punctuation, no titles or degrees, single spaces.

    Order and spelling stay; "bin"/"binti" and what follows stay too, so that a father's name is found.
    Folding a key once more changes nothing. When all words are titles they stay.
    """
    name = name[:LOOKED_AT]
    plain = name.lower() if name.isascii() else _without_accents(name)
    words = _words(plain)
    if "." in plain or "," in plain:
        plain = SPLIT_TITLE.sub(r"\1\2 ", SPACED_DEGREE.sub(r"\1", " ".join(plain.split())))
        words = _words(DEGREES_BEHIND.sub("", plain)) or words
    return " ".join(_without_titles(words) or words)


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9]+", " ", APOSTROPHES.sub("", text)).split()


def _without_titles(words: list[str]) -> list[str]:
    kept = [word for word in words if word not in TITLES_ANYWHERE]
    start, end = 0, len(kept)
    while start < end and kept[start] in TITLES_BEFORE:
        start += 1
    while start < end and kept[end - 1] in LONG_DEGREES:
        end -= 1
    return kept[start:end]


def display_name(name: str) -> str:
    """A name for the page: single spaces; one typed in one case only gets capitals ("SITI" as "Siti")."""
    text = " ".join(name.split())
    if text not in (text.upper(), text.lower()):
        return text
    words = text.split(" ")
    return " ".join(_capitalised(word, first=index == 0) for index, word in enumerate(words))


def _capitalised(word: str, *, first: bool) -> str:
    bare = word.strip(".,").lower()
    if bare in DEGREES:
        return word.lower().replace(bare, DEGREES[bare])
    if bare in SMALL_WORDS and not first:
        return word.lower()
    if ROMAN_NUMBER.fullmatch(word):
        return word
    return re.sub(
        r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda part: part[0][:1].upper() + part[0][1:].lower(), word
    )


def parse_address(text: str) -> Address:
    """The RT and RW out of an address, wherever they stand, in the shapes people type.

    "RT 004 / RW 011", "RT.04/11", "RT04 RW11", "Rt. 4 Rw. 11", "RT/RW 004/011", "RW 11 RT 4", "004/011".
    A pair without a label counts only with leading zeros or three digits, and not as a house number.
    """
    rest = " ".join(text[:LOOKED_AT].replace("\0", " ").split())
    street, rt, rw = [], "", ""
    while found := _place_in(rest):
        street.append(rest[: found.start()].rstrip(" ,;/\\|-–("))
        rest = rest[found.end() :].lstrip(" ,;/\\|-–.)")
        groups = found.groupdict()
        one, other = three_digits(groups.get("rt", "")), three_digits(groups.get("rw", ""))
        rt, rw = rt or one, rw or other
        if one and other:
            street.append(rest)
            break
    else:
        street.append(rest.strip(" ,;/\\|-–"))
    return Address(" ".join(part for part in street if part), rt, rw)


def _place_in(text: str) -> re.Match[str] | None:
    """The first RT or RW by the order of the shapes, never the number of a house."""
    for shape in RT_RW_SHAPES:
        found = shape.search(text)
        if found and not (found[0][0].isdigit() and HOUSE_NUMBER_BEFORE.search(text[: found.start()])):
            return found
    return None


def three_digits(text: str) -> str:
    """An RT or RW of its own column ("4", "RT 04", "004") as "004"; "" for none, 0 or no such number."""
    found = re.fullmatch(r"(?:R\.?[TW]\.?\s*[:\-]?\s*)?0*([1-9][0-9]{0,2})", text.strip(), re.IGNORECASE)
    return found[1].zfill(3) if found else ""
