"""The small course published with a quiz of one's own rules, and attempts at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from lms.assessment import actions, queries
from lms.assessment.queries import Try
from lms.assessment.quizzes import Quiz
from lms.core import ids
from lms.core.db import db, reading, transaction
from lms.courses import queries as courses
from tests.courses.world import FILES, QUIZ, publish_course

RULES = 'attempts     = 3\nwait         = "10m"\nshuffle      = "options"\nreview       = "after-submit"\n'


PRACTICE = 'review = "practice"'


def make_quiz(folder: Path, rules: str = PRACTICE, changes: dict[str, str] | None = None) -> Quiz:
    """Publish the small course with these rules of its quiz. Needs an application context."""
    text = FILES[QUIZ]
    assert RULES in text
    text = text.replace(RULES, rules + "\n")
    for old, new in (changes or {}).items():
        text = text.replace(old, new)
    outcome = publish_course(folder, {QUIZ: text})
    return find_quiz(outcome.version_id)


def find_quiz(version_id: int, lang: str = "en") -> Quiz:
    """The quiz of a version of the small course."""
    with reading():
        outline = courses.outline(version_id, lang)
        assert outline is not None
        return actions.quiz(outline, outline.by_key["quiz-first"])


def start(person_id: int, quiz: Quiz, key: str = "") -> Try:
    """Press Start."""
    with transaction():
        return actions.start_attempt(person_id, quiz, key or ids.token())


def again(found: Try) -> Try:
    """The attempt as it stands now."""
    with reading():
        return next(one for one in queries.family(found.public_id) if one.id == found.id)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without BEGIN. No context stays open for requests to share."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
