"""Questions and rules to JSON and back. Decimals travel as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from lms.courses.questions import (
    Counts,
    Kind,
    NumberRange,
    Question,
    QuestionText,
    QuizRules,
    Review,
)


def structure_of(question: Question) -> dict[str, Any]:
    """What a question has beyond key, kind and points."""
    return {
        "options": list(question.options),
        "right": list(question.right),
        "ranges": [[str(accepted.low), str(accepted.high)] for accepted in question.ranges],
    }


def question_from(key: str, kind: str, points: int, structure: Mapping[str, Any]) -> Question:
    """A question as it was published."""
    return Question(
        key=key,
        kind=Kind(kind),
        points=points,
        options=tuple(structure["options"]),
        right=tuple(structure["right"]),
        ranges=tuple(NumberRange(Decimal(low), Decimal(high)) for low, high in structure["ranges"]),
    )


def words_of(text: QuestionText) -> dict[str, Any]:
    """The words of a question, empty ones left out."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(text).items()
        if value
    }


def words_from(words: Mapping[str, Any]) -> QuestionText:
    """The words of a question as they were published."""
    return QuestionText(
        **{
            **words,
            "prompt_html": words.get("prompt_html", ""),
            "accepted": tuple(words.get("accepted", ())),
        }
    )


def rules_of(rules: QuizRules) -> dict[str, Any]:
    """The rules of a quiz."""
    return asdict(rules)


def rules_from(rules: Mapping[str, Any]) -> QuizRules:
    """The rules of a quiz as they were published."""
    return QuizRules(
        **{**rules, "counts": Counts(rules["counts"]), "review": Review(rules["review"])}
    )
