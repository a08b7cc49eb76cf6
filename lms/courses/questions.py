"""What a question is, apart from where it is stored: structure with its key, and its words in one language.

Structure is written once (ids, kind, marks, points); words exist per language. Both are immutable.
Options carry a letter that is an id, not a position (`content-format.md` 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """The six kinds that are marked without a person."""

    SINGLE = "single"
    MULTI = "multi"
    SHORT = "short"
    NUMBER = "number"
    ORDER = "order"
    MATCH = "match"


class Review(StrEnum):
    """What a learner is shown and when (`acceptance.md` 2.3)."""

    PRACTICE = "practice"
    AFTER_SUBMIT = "after-submit"
    AFTER_PASS_OR_LAST = "after-pass-or-last"  # noqa: S105 - a rule, no password
    NEVER = "never"


class Counts(StrEnum):
    """Which of several attempts counts."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """An accepted number, both ends included. `= 5` is [5, 5]; `= 1.4 +- 0.1` is [1.3, 1.5]."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """Structure and key of one question; never sent to a browser as it is.

    `options` are option letters in source order (single, multi, order, match). The key is, by kind:
    single/multi `right` (letters); order `options` itself, in the right order; match: option letter X
    belongs to the right-hand text of the same letter; number `ranges`. Accepted short answers are words,
    so they live in `QuestionText.accepted`.
    """

    key: str
    kind: Kind
    points: int = 1
    options: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    ranges: tuple[NumberRange, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The words of one question in one language. `*_html` went through `core.markup` and is safe.

    `options` and `feedback` map option letter to HTML; `rights` maps the letter to the right-hand text
    of a match question (plain text, it stands in a <select>).
    """

    prompt_html: str
    options: dict[str, str] = field(default_factory=dict)
    rights: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    hint_html: str = ""
    explain_html: str = ""
    right_html: str = ""
    wrong_html: str = ""


@dataclass(frozen=True, slots=True)
class QuizRules:
    """Rules of a quiz item. `attempts` and `limit_minutes` of 0 mean none; `wait_minutes` stands between tries."""

    pass_percent: int = 70
    attempts: int = 0
    wait_minutes: int = 0
    limit_minutes: int = 0
    counts: Counts = Counts.BEST
    shuffle_options: bool = False
    review: Review = Review.PRACTICE
    draw: int = 0
