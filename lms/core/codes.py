"""Codes that people type from paper, on a Latin or a Cyrillic keyboard, with a slip noticed at once.

Every symbol looks the same on both keyboards, and none looks like another of the set: there is no 0 or O,
1, I or L, B, S, Z or G. The last symbol checks the others: 17 symbols are a prime number, and with
different weights every wrong symbol and every swap of two symbols is noticed.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass

ALPHABET = "23456789ACEHKMPTX"
_BASE = len(ALPHABET)
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
# Cyrillic twins of our letters; then symbols that no code has, so that whoever types one misread its twin.
_TWINS = str.maketrans("АСЕНКМРТХЗВБSZGB", "ACEHKMPTX3865268")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._/]+")
_LONGEST_INPUT = 64


@dataclass(frozen=True, slots=True)
class CodeShape:
    """How long a code is (at most 16 symbols, the check symbol among them), and in which groups it is shown."""

    length: int
    group: int

    def new(self) -> str:
        """Return a random code; each free symbol is worth four bits."""
        free = "".join(secrets.choice(ALPHABET) for _ in range(self.length - 1))
        return free + self.check_symbol(free)

    def check_symbol(self, free: str) -> str:
        """Return the symbol that completes the free ones: the weighted sum becomes 0 modulo 17."""
        return ALPHABET[-_weighted(free) * pow(self.length, -1, _BASE) % _BASE]

    def is_valid(self, code: str) -> bool:
        """Whether this is a code in its stored form."""
        return len(code) == self.length and set(code) <= _VALUE.keys() and _weighted(code) == 0

    def parse(self, typed: str) -> str | None:
        """Return the code that somebody typed, or None if it can't be one.

        Takes lower case, spaces, dashes, full-width forms and Cyrillic look-alikes.
        """
        if len(typed) > _LONGEST_INPUT:
            return None
        folded = unicodedata.normalize("NFKC", typed).upper()
        code = _SEPARATORS.sub("", folded).translate(_TWINS)
        return code if self.is_valid(code) else None

    def shown(self, code: str) -> str:
        """Return the code as printed, in groups joined by dashes."""
        starts = range(0, self.length, self.group)
        return "-".join(code[start : start + self.group] for start in starts)


def _weighted(symbols: str) -> int:
    return sum(weight * _VALUE[symbol] for weight, symbol in enumerate(symbols, start=1)) % _BASE
