"""What the outside of the product may not say: `sensitive.toml`, as one question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote_plus

from lms.core.text import fold

_LIST = Path(__file__).with_name("sensitive.toml")
_LETTER = r"[^\W\d_]"


def sensitive(text: str) -> list[str]:
    """The sensitive words in a text, an address or a file's name; none is what it should say."""
    plain = fold(unquote_plus(text))
    return sorted({found[0] for found in _pattern().finditer(plain)})


@cache
def _pattern() -> re.Pattern[str]:
    # A digit or an underscore ends a word here: `hiv_2.pdf` says as much as `HIV 2`.
    found = "|".join(_expression(word) for word in sorted(_words()))
    return re.compile(rf"(?<!{_LETTER})(?:{found})(?!{_LETTER})")


def _words() -> Iterable[str]:
    groups = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    return {word for group in groups.values() for words in group.values() for word in words}


def _expression(word: str) -> str:
    parts = [re.escape(fold(part)) for part in word.split()]
    return r"[\W\d_]*".join(part.replace(r"\*", rf"{_LETTER}*") for part in parts)
