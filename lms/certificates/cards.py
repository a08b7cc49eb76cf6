"""What certificates show on the pages of other rooms."""

from __future__ import annotations

from lms.certificates import queries
from lms.certificates.rules import State
from lms.core.policy import Actor
from lms.core.room import Card
from lms.courses.queries import Outline

HOME, COURSE = "certificates/home_card.html", "certificates/course_card.html"


def home(person: Actor) -> list[Card]:
    """A certificate that waits for a name comes early; those that exist are a line further down."""
    held = queries.of_person(person.id)
    waiting = [one for one in held if one.state == State.WAITING]
    cards = [Card(HOME, {"waiting": one}, order=15) for one in waiting[:1]]
    if len(held) > len(waiting):
        cards.append(Card(HOME, {"waiting": None}, order=65))
    return cards


def course(person: Actor | None, _course_id: int, outline: Outline) -> list[Card]:
    """What the course ends with, or the certificate itself."""
    held = queries.live(person.id, outline.course_key) if person else None
    return [Card(COURSE, {"held": held}, order=30, aside=True)]
