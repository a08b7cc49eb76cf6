"""Text that people type: compared regardless of case and look-alikes, judged before it is kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# ---------------------------------------------------------------- folding and comparing

_SAME = str.maketrans(
    {
        "ё": "е",
        **dict.fromkeys("’‘‛ʼʹ`´′＇", "'"),
        **dict.fromkeys("“”„‟«»‹›″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u0300\u0301"),
    }
)
_ACCENTS_AS_APOSTROPHES = str.maketrans(
    dict.fromkeys("´`", "'")
)  # before NFKC makes a space of them
# Small Cyrillic letters that nobody can tell from a Latin one, and those that look alike as capitals.
_TWINS = dict(zip("асеорхуѕіјһԁԛԝ", "aceopxysijhdqw", strict=True))
_NEAR_TWINS = dict(zip("вкмнтгґьз", "bkmhtrrb3", strict=True))
_SKELETON = str.maketrans({**_TWINS, **_NEAR_TWINS})


def fold(text: str) -> str:
    """The form in which texts are compared and searched: no case, no ё, one apostrophe, quote and dash.

    Accents set over Cyrillic vowels to show stress and invisible characters are dropped. Folding twice
    changes nothing.
    """
    before = None
    text = text.translate(_ACCENTS_AS_APOSTROPHES)
    while text != before:
        before = text
        text = unicodedata.normalize("NFKC", text).casefold().translate(_SAME)
    return " ".join(text.split())


def skeleton(text: str) -> str:
    """One form for all names that a reader could mistake for each other ("Саша" in Cyrillic, "Cаша" mixed)."""
    return fold(text).translate(_SKELETON)


def latin_look_alike(letter: str) -> str:
    """The Latin letter that a Cyrillic one is easily taken for, or an empty string."""
    return _TWINS.get(letter.lower(), "")


# ---------------------------------------------------------------- what must not be kept


class Unsafe(StrEnum):
    """Why a text cannot be kept."""

    NUL = "nul"
    SURROGATE = "surrogate"
    CONTROL = "control"
    BIDI = "bidi"
    INVISIBLE = "invisible"


_UNSAFE = (
    (Unsafe.NUL, "\0"),
    (Unsafe.SURROGATE, "\ud800-\udfff"),
    (Unsafe.CONTROL, "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb"),
    (Unsafe.BIDI, "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"),
    (
        Unsafe.INVISIBLE,
        "\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0",
    ),
)
_UNSAFE_PATTERN = re.compile("|".join(f"(?P<{kind}>[{chars}])" for kind, chars in _UNSAFE))
_LINE_BREAK = re.compile(r"[\t\n\r]")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class UnsafeAt:
    """The first character that makes a text unfit, and where it stands."""

    why: Unsafe
    position: int


def find_unsafe(text: str, *, multiline: bool = False) -> UnsafeAt | None:
    """The first character that must not be kept; tabs and line breaks only pass in a `multiline` text.

    Joiners (ZWJ, ZWNJ) pass: some scripts and emoji need them. Use `skeleton` where that matters.
    """
    match = _UNSAFE_PATTERN.search(text)
    found = UnsafeAt(Unsafe(str(match.lastgroup)), match.start()) if match else None
    if multiline:
        return found
    line_break = _LINE_BREAK.search(text)
    if line_break and (found is None or line_break.start() < found.position):
        return UnsafeAt(Unsafe.CONTROL, line_break.start())
    return found


def is_clean(text: str, *, multiline: bool = False) -> bool:
    """Whether a text may be kept as it is."""
    return find_unsafe(text, multiline=multiline) is None


def mixed_script_word(text: str) -> str:
    """The first word that has letters of both the Latin and the Cyrillic alphabet, or an empty string.

    Parts around a hyphen are words of their own: "USB-кабель" is fine.
    """
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text)):
        for part in re.split(r"[-'’]", match[0]):
            if {"LATIN", "CYRILLIC"} <= {_script(letter) for letter in part}:
                return part
    return ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
