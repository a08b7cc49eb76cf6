"""The number of a certificate: twelve symbols that a stranger types from paper, on any keyboard.

Every symbol looks the same on a Latin and on a Cyrillic keyboard, and none looks like another of the
set: there is no 0 or O, 1, I or L, B, S, Z or G. The last symbol checks the others: 17 symbols are a
prime number, and with twelve different weights every wrong symbol and every swap of two symbols is
noticed. Eleven free symbols are 45 bits, too many to guess at the rate that the check page allows.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "23456789ACEHKMPTX"
LENGTH = 12
_BASE = len(ALPHABET)
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
# Cyrillic twins of our letters; then symbols that no number has, so that whoever types one misread its twin.
_TWINS = str.maketrans("АСЕНКМРТХЗВБSZGB", "ACEHKMPTX3865268")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._/]+")
_LONGEST_INPUT = 64


def new() -> str:
    """Return a random number. Two are equal about once in 2**45; the column is unique all the same."""
    free = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return free + check_symbol(free)


def check_symbol(free: str) -> str:
    """Return the symbol that completes eleven free ones.

    The weights are 1 to 12, so the whole adds up to 0 modulo 17 when 12 x last = -sum(others).
    """
    rest = _weighted(free)
    return ALPHABET[-rest * pow(LENGTH, -1, _BASE) % _BASE]


def is_valid(number: str) -> bool:
    """Whether this is a number in its stored form."""
    return len(number) == LENGTH and set(number) <= _VALUE.keys() and _weighted(number) == 0


def parse(text: str) -> str | None:
    """Return the number that somebody typed or scanned, or None if it can't be one.

    Takes lower case, spaces, dashes, full-width forms and Cyrillic look-alikes.
    """
    if len(text) > _LONGEST_INPUT:
        return None
    folded = unicodedata.normalize("NFKC", text).upper()
    number = _SEPARATORS.sub("", folded).translate(_TWINS)
    return number if is_valid(number) else None


def shown(number: str) -> str:
    """Return the number as printed, 4-4-4."""
    return "-".join(number[start : start + 4] for start in range(0, LENGTH, 4))


def _weighted(symbols: str) -> int:
    return sum(weight * _VALUE[symbol] for weight, symbol in enumerate(symbols, start=1)) % _BASE
