"""Somebody who has finished a small course, and her certificate in a wanted state."""

from __future__ import annotations

from lms.certificates import actions, queries
from lms.certificates.queries import Held
from lms.core import outbox
from lms.core.db import reading, transaction
from lms.courses import queries as courses
from lms.learning import actions as learning
from lms.learning import queries as progress
from tests.world import Somebody

NAME = "Saule Akhmetova"


def finish_course(person: Somebody, version_id: int) -> Held:
    """Complete every required item of a course, as its rooms would; return the certificate that waits."""
    outline = courses.outline(version_id, "en")
    assert outline is not None
    with transaction():
        found = learning.enrol(person.id, outline.course_id, version_id)
    for item in outline.items:
        if item.required:
            with transaction():
                facts = progress.progress(person.id, outline.course_id)
                assert facts is not None
                learning.complete(facts, outline, item, source="system")
    with reading():
        held = queries.live(person.id, outline.course_key)
    assert found is not None
    assert held is not None
    return held


def claim(
    person: Somebody, held: Held, name: str = NAME, lang: str = "en", *, neutral: bool = False
) -> Held:
    """Ask for it to be made; nothing is printed yet."""
    with transaction():
        made = actions.claim(held, person.public_id, name, lang, neutral=neutral)
    return again(person, made)


def issue(
    person: Somebody, held: Held, name: str = NAME, lang: str = "en", *, neutral: bool = False
) -> Held:
    """Ask for it and let the worker print it."""
    made = claim(person, held, name, lang, neutral=neutral)
    assert outbox.run_due() >= 1
    return again(person, made.public_id)


def again(person: Somebody, public_id: str) -> Held:
    """The certificate as it is now."""
    with reading():
        held = queries.own(person.id, public_id)
    assert held is not None
    return held


def offer(person_id: int, version_id: int) -> None:
    """Offer the certificate of a finished course once more. Call it in a transaction."""
    outline = courses.outline(version_id, "en")
    assert outline is not None
    facts = progress.progress(person_id, outline.course_id)
    assert facts is not None
    actions.offer(facts.enrolment_id, person_id, version_id)
