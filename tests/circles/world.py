"""Circles, scientists, questions: the shortest way to a state that a test begins in."""

from __future__ import annotations

from lms.accounts.roles import Role
from lms.circles import actions, answering, queries, questions
from lms.core.db import reading, transaction
from lms.matching.facts import Track
from lms.messaging import actions as messaging
from lms.programmes import profiles
from tests.world import Somebody, make_person


def make_scientist() -> Somebody:
    """Somebody who answers questions."""
    person = make_person("", Role.MENTOR)
    with transaction():
        card = profiles.Card("Daria V.", ["en"], 1)
        profiles.make_mentor(person.id, card, Track.SCIENTIST)
        messaging.mark_all_read(person.id)
    return person


def make_circle(facilitator: Somebody, *people: Somebody) -> str:
    """A circle with these people in it. Return its public id."""
    with transaction():
        public_id = actions.make(facilitator.id, "Thursdays", "Lead", 14)
    for number, person in enumerate(people):
        with transaction():
            actions.join(inside(public_id), person.id, f"Person {number}")
    return public_id


def inside(public_id: str) -> queries.Found:
    """A circle, inside an open transaction."""
    found = queries.circle(public_id)
    assert found is not None
    return found


def circle(public_id: str) -> queries.Found:
    """A circle as it stands now."""
    with reading():
        return inside(public_id)


def ask(
    person: Somebody, text: str = "Where is the figure from?", name: str = ""
) -> questions.Found:
    """A question in the queue."""
    with transaction():
        public_id = answering.ask(person.id, "A figure", "en", text, name)
    return question(public_id)


def question(public_id: str) -> questions.Found:
    """A question as it stands now."""
    with reading():
        found = questions.question(public_id)
    assert found is not None
    return found
