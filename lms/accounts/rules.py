"""What a handle and a passphrase must be. Pure decisions; messages are chosen by the forms."""

from __future__ import annotations

import re
import secrets
import unicodedata
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from lms.accounts.breached import is_breached, squeeze
from lms.core import text

SHORTEST = 15
LONGEST = 256
HANDLE_SHORTEST = 3
HANDLE_LONGEST = 32
WORDS = 6
_FOLDER = Path(__file__).parent / "words"
_HANDLE = re.compile(r"[^\W_]+(?:[ ._-][^\W_]+)*")
_RESERVED = ("admin", "administrator", "moderator", "support", "alongside", "рядом", "ehra", "eahc")
_ROWS = (
    "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "ё1234567890-=йцукенгшщзхъфывапролджэячсмитьбю.",
)
_TO_LATIN = str.maketrans(_ROWS[1], _ROWS[0])


class Weak(StrEnum):
    """Why a passphrase can't be taken."""

    SHORT = "short"
    LONG = "long"
    HANDLE = "handle"
    PATTERN = "pattern"
    COMMON = "common"


class BadHandle(StrEnum):
    """Why a handle can't be taken."""

    LENGTH = "length"
    SHAPE = "shape"
    MIXED = "mixed"
    RESERVED = "reserved"


def bad_handle(handle: str) -> BadHandle | None:
    """Judge a handle: 3 to 32 letters and digits of one alphabet, words joined by space, dot, dash or _."""
    if not HANDLE_SHORTEST <= len(handle) <= HANDLE_LONGEST:
        return BadHandle.LENGTH
    if not _HANDLE.fullmatch(handle):
        return BadHandle.SHAPE
    if text.mixed_script_word(handle):
        return BadHandle.MIXED
    if skeleton(handle) in {skeleton(word) for word in _RESERVED}:
        return BadHandle.RESERVED
    return None


def skeleton(handle: str) -> str:
    """The form in which handles are compared: case, width, spacing and look-alike letters do not count."""
    return re.sub(r"[ ._-]+", "", text.skeleton(handle))


def weakness(passphrase: str, handle: str) -> Weak | None:
    """Judge a passphrase by length and by what guessing programs try first; no rules of composition."""
    folded = unicodedata.normalize("NFKC", passphrase).casefold()
    if len(folded) < SHORTEST:
        return Weak.SHORT
    if len(folded) > LONGEST:
        return Weak.LONG
    squeezed = squeeze(passphrase)
    name = re.sub(r"[\W_]+", "", handle.casefold())
    if name and len(squeezed.replace(name, "")) < SHORTEST // 2:
        return Weak.HANDLE
    if _is_pattern(folded):
        return Weak.PATTERN
    latin = squeezed.translate(_TO_LATIN)
    if {squeezed, latin} & _common() or is_breached(squeezed) or is_breached(latin):
        return Weak.COMMON
    return None


def _is_pattern(folded: str) -> bool:
    # Few different signs, a short unit over and over, or a walk along the keyboard or the alphabet.
    if len(set(folded)) <= 4:
        return True
    if any(folded == (folded[:n] * len(folded))[: len(folded)] for n in range(1, 6)):
        return True
    steps = sum(_neighbours(a, b) for a, b in pairwise(folded))
    return steps >= 0.8 * (len(folded) - 1)


def _neighbours(a: str, b: str) -> bool:
    along = any(a in row and b in row and abs(row.index(a) - row.index(b)) == 1 for row in _ROWS)
    return along or abs(ord(a) - ord(b)) == 1


@cache
def _common() -> frozenset[str]:
    lines = (_FOLDER / "common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(squeeze(line) for line in lines if line.strip())


@cache
def _words(lang: str) -> tuple[str, ...]:
    return tuple((_FOLDER / f"{lang}.txt").read_text(encoding="utf-8").split())


@cache
def _name_words(lang: str) -> tuple[str, ...]:
    return tuple((_FOLDER / f"names.{lang}.txt").read_text(encoding="utf-8").split())


def make_passphrase(lang: str) -> str:
    """Six random words of 2,048, 66 bits: strong behind a slow hash, and possible to remember."""
    return " ".join(secrets.choice(_words(lang)) for _ in range(WORDS))


def suggest_handles(lang: str, count: int = 3) -> list[str]:
    """Random handles: a bird, tree or wind and two digits. They say nothing about anybody."""
    return [
        f"{secrets.choice(_name_words(lang))} {secrets.randbelow(90) + 10}" for _ in range(count)
    ]


def is_name_word(word: str, lang: str) -> bool:
    """Whether a word is one that `suggest_handles` draws from."""
    return word in _name_words(lang)
