"""Two fingerprints of a course: all of it, and the part that people's results depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from lms.courses.source.model import SourceCourse, SourceItem


def content_hash(course: SourceCourse) -> str:
    """Changes with every word, picture or rule; not with file names or folders."""
    return _digest(asdict(course, dict_factory=_without_picture_bytes))


def contract_hash(course: SourceCourse) -> str:
    """Changes with ids, required flags, rules, keys, points, pass marks and prerequisites only."""
    return _digest(
        {
            "key": course.key,
            "min_score": course.min_score,
            "items": [
                _contract_of(item, course.source)
                for item in sorted(course.items, key=lambda item: item.key)
            ],
        }
    )


def _contract_of(item: SourceItem, source: str) -> dict[str, Any]:
    """Order, words and further languages are not part of it; accepted answers count in the source language."""
    return {
        "key": item.key,
        "kind": item.kind,
        "required": item.required,
        "complete": item.complete,
        "graded": item.graded,
        "prerequisites": sorted(item.prerequisites),
        "rules": asdict(item.rules) if item.rules else None,
        "questions": [asdict(question) for question in item.questions],
        "accepted": {
            key: sorted(words.accepted)
            for key, words in item.texts[source].questions.items()
            if words.accepted
        },
        "rubric": list(item.rubric),
        "max_words": item.max_words,
    }


def _without_picture_bytes(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if not isinstance(value, bytes)}


def _digest(value: Any) -> str:
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value.normalize())
    raise TypeError(type(value).__name__)
