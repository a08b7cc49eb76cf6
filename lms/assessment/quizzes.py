"""A quiz as published, with its key, ready to be shown and marked. Kept in memory: versions never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from lms.assessment import rules
from lms.core.markup import plain
from lms.core.text import fold
from lms.courses import queries as courses
from lms.courses.queries import Outline, OutlineItem
from lms.courses.questions import Question, QuestionText, QuizRules
from lms.courses.source.model import ItemKind

KEPT = 128


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz of a version in one language. `words[key].accepted` holds answers of every language."""

    outline: Outline
    item: OutlineItem
    questions: tuple[Question, ...]
    words: Mapping[str, QuestionText]

    @property
    def rules(self) -> QuizRules:
        """The rules, with their defaults where the author gave none."""
        return self.item.rules or QuizRules()

    def asked(self, seed: int) -> list[Question]:
        """The questions of the attempt with this seed."""
        return rules.drawn(self.questions, self.rules, seed)

    def to_read(self, question: Question) -> list[OutlineItem]:
        """Lessons that the author's explanation names in quotation marks: where the answer stands."""
        said = fold(plain(self.words[question.key].explain_html))
        return [
            item
            for item in self.outline.items
            if item.kind is ItemKind.LESSON and f'"{fold(item.title)}"' in said
        ]


_kept: dict[tuple[int, int, str], Quiz] = {}
_lock = Lock()


def quiz(outline: Outline, item: OutlineItem) -> Quiz:
    """The quiz in the language of its outline. Costs two statements the first time in a process."""
    place = (outline.version_id, item.id, outline.lang)
    found = _kept.get(place)
    if found is None:
        found = _read(outline, item)
        with _lock:
            if len(_kept) >= KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[place] = found
    return found


def _read(outline: Outline, item: OutlineItem) -> Quiz:
    rows = courses.quiz_questions(item.item_version_id, item.lang)
    accepted = courses.accepted_answers(item.item_version_id)
    words = {
        row.question.key: replace(
            row.words, accepted=(*row.words.accepted, *accepted.get(row.question.key, ()))
        )
        for row in rows
    }
    return Quiz(outline, item, tuple(row.question for row in rows), words)
