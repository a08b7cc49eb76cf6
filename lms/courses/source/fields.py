"""Typed access to TOML values: every wrong value becomes a message at its place and a harmless default."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from lms.core.text import latin_look_alike
from lms.courses.source.files import Head, Step
from lms.courses.source.problems import Problems

KEY = re.compile(r"[a-z][a-z0-9-]{2,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
DURATION = re.compile(r"(\d{1,4})([mhd])")
MINUTES = {"m": 1, "h": 60, "d": 1440}

E = TypeVar("E", bound=StrEnum)


def nearest(word: str, known: Iterable[str]) -> str:
    """A half-sentence that names the nearest known word, or all of them when few."""
    names = sorted(known)
    close = difflib.get_close_matches(word[:60], names, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(names)}" if names else ""


def look_alike(word: str) -> tuple[int, str]:
    """Position and advice for the first letter of another alphabet that looks Latin; (-1, "") without one."""
    for position, letter in enumerate(word[:80]):
        latin = latin_look_alike(letter)
        if latin:
            return position, f"{letter!r} is a Cyrillic letter; type the Latin {latin!r}"
    return -1, ""


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of one TOML table."""

    head: Head
    values: Mapping[str, Any]
    problems: Problems
    at: tuple[Step, ...] = ()

    @classmethod
    def of(cls, head: Head, problems: Problems) -> Fields:
        """The top-level table of a file."""
        return cls(head, head.values, problems)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def report(self, code: str, message: str, *steps: Step) -> None:
        """Note a problem at a key of this table."""
        line, column = self.head.place(*self.at, *steps)
        self.problems.add(self.head.path, line, column, code, message)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Name every key that nothing reads, with the nearest key that exists."""
        known = set(known)
        for key in self.values:
            if key not in known:
                self.report("E006", f"unknown key {key!r}: {nearest(key, known)}", key)

    def text(self, key: str, *, limit: int = 80, required: bool = True) -> str:
        """A line of words."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.report("E011", f'{key} is missing: add {key} = "…"', key)
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.report("E010", f"{key} must be words between quotes", key)
            return ""
        if len(value) > limit:
            self.report("E010", f"{key} has {len(value)} characters, at most {limit}", key)
        elif "\n" in value.strip():
            self.report("E010", f"{key} must be one line", key)
        return " ".join(value.split())

    def name(self, key: str, *, required: bool = True) -> str:
        """An id."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.report("E011", f'{key} is missing: add {key} = "…", unique for ever', key)
            return ""
        return value if self._is_name(value, key) else ""

    def names(self, key: str) -> tuple[str, ...]:
        """A list of ids; empty when the key is not there."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.report("E010", f'{key} must be a list: {key} = ["id", "id"]', key)
            return ()
        return tuple(name for name in value if self._is_name(name, key))

    def _is_name(self, value: object, key: str) -> bool:
        if isinstance(value, str) and KEY.fullmatch(value):
            return True
        shown = value if isinstance(value, str) else str(value)
        position, advice = look_alike(shown)
        if position >= 0:
            self.report("E207", f"{key} {shown!r}: {advice}", key)
        else:
            self.report("E103", f"{key} {shown!r}: 3 to 40 of a-z, 0-9 and -, a letter first", key)
        return False

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number within limits."""
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.report("E010", f"{key} must be a whole number from {low} to {high}", key)
        return default

    def decimal(self, key: str, low: int, high: int) -> Decimal:
        """A number within limits, 0 when missing."""
        value = self.values.get(key, 0)
        good = (
            isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        )
        if good and low <= value <= high:
            return Decimal(str(value))
        self.report("E010", f"{key} must be a number from {low} to {high}", key)
        return Decimal(0)

    def boolean(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.report("E010", f"{key} must be true or false, without quotes", key)
        return default

    def choice(self, key: str, kind: type[E], default: E) -> E:
        """One of a few words."""
        value = self.values.get(key, default.value)
        if isinstance(value, str) and value in set(kind):
            return kind(value)
        self.report("E010", f"{key} {str(value)!r}: {nearest(str(value), set(kind))}", key)
        return default

    def duration(self, key: str, most: int) -> int:
        """Minutes, written as "10m", "2h" or "1d"; 0 when missing."""
        value = self.values.get(key)
        if value is None:
            return 0
        match = DURATION.fullmatch(value) if isinstance(value, str) else None
        minutes = int(match[1]) * MINUTES[match[2]] if match else -1
        if 0 <= minutes <= most:
            return minutes
        self.report("E010", f'{key} must be a time such as "10m", "2h" or "1d"', key)
        return 0

    def lines(self, key: str, *, most: int, limit: int) -> tuple[str, ...]:
        """A list of lines of words."""
        value = self.values.get(key)
        if value is None:
            self.report("E011", f'{key} is missing: add {key} = ["…", "…"]', key)
            return ()
        good = isinstance(value, list) and all(
            isinstance(line, str) and line.strip() for line in value
        )
        if not good or not 1 <= len(value) <= most:
            self.report("E010", f"{key} must be a list of 1 to {most} lines of words", key)
            return ()
        for line in value:
            if len(line) > limit:
                self.report(
                    "E010", f"{key}: a line has {len(line)} characters, at most {limit}", key
                )
        return tuple(" ".join(line.split()) for line in value)

    def per_language(self, key: str, languages: Sequence[str], limit: int = 80) -> dict[str, str]:
        """Words in each language of the course, written `{ en = "…", ru = "…" }`."""
        table = self.table(key)
        example = ", ".join(f'{language} = "…"' for language in languages)
        if table is None:
            self.report("E011", f"{key} is missing: add {key} = {{ {example} }}", key)
            return {}
        table.refuse_unknown(languages)
        words = {
            language: table.text(language, limit=limit, required=False) for language in languages
        }
        for language, word in words.items():
            if not word and isinstance(table.values.get(language, ""), str):
                table.report("E122", f"{key} has no words in {language!r}", language)
        return words

    def table(self, key: str) -> Fields | None:
        """An inner table."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Fields(self.head, value, self.problems, (*self.at, key))
        self.report("E010", f"{key} must be a table: {key} = {{ … }}", key)
        return Fields(self.head, {}, self.problems, (*self.at, key))

    def tables(self, key: str) -> list[Fields]:
        """A list of inner tables, written `[[key]]`."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.report("E010", f"{key} must be written as [[{key}]] tables", key)
            return []
        return [
            Fields(self.head, row, self.problems, (*self.at, key, number))
            for number, row in enumerate(value)
        ]
