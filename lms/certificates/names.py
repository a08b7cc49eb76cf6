"""The name on a certificate: what may be printed, and how a stranger's typing is compared without keeping it.

A name is one line in any of our scripts: legal, chosen or a pseudonym. It is never transliterated or split.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from enum import StrEnum

from lms.certificates.pdf import glyphs

LONGEST = 80
SALT_BYTES = 16
_ALLOWED_MARKS = " -'.,·"
# Phones and word processors write these; paper and comparison know one of each.
_PUNCTUATION = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "ʻ": "'",
        "`": "'",
        "´": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
    }
)
_SCRIPTS = ("LATIN", "CYRILLIC", "GEORGIAN", "ARMENIAN")


class NameProblem(StrEnum):
    """Why a name can't be printed; the form words it."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    NOT_A_NAME = "signs that no name has"
    NO_GLYPH = "letters that our fonts lack"
    MIXED_ALPHABETS = "two alphabets in one word"


def tidy(text: str) -> str:
    """Return the name as it will be printed: composed letters, single spaces, nothing at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def problem(name: str) -> NameProblem | None:
    """Say why a tidied name can't be printed; None when it can."""
    if not any(sign.isalnum() for sign in name):
        return NameProblem.EMPTY
    if len(name) > LONGEST:
        return NameProblem.TOO_LONG
    if not all(_belongs(sign) for sign in name):
        return NameProblem.NOT_A_NAME
    if glyphs.missing_glyphs(name):
        return NameProblem.NO_GLYPH
    if any(len(_scripts(word)) > 1 for word in name.replace("-", " ").split()):
        return NameProblem.MIXED_ALPHABETS
    return None


def commitment(key: bytes, salt: bytes, name: str) -> bytes:
    """Return what is kept instead of the name: without the key file nobody can try names against it."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt has {len(salt)} bytes, not {SALT_BYTES}")
    return hmac.new(key, salt + _folded(name).encode(), hashlib.sha256).digest()


def matches(kept: bytes, key: bytes, salt: bytes, typed: str) -> bool:
    """Whether somebody typed the printed name; takes the same time for each answer."""
    return hmac.compare_digest(kept, commitment(key, salt, typed))


def _folded(name: str) -> str:
    """The form in which two spellings of one printed name are equal: case, spaces, widths, dashes, apostrophes."""
    plain = unicodedata.normalize("NFKC", name.translate(_PUNCTUATION)).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def _belongs(sign: str) -> bool:
    ascii_digit = sign in "0123456789"
    return (
        unicodedata.category(sign)[0] in "LM"
        or ascii_digit
        or sign.translate(_PUNCTUATION) in _ALLOWED_MARKS
    )


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(sign, "") for sign in word)
    return {script for name in names for script in _SCRIPTS if name.startswith(script)}
