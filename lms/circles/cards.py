"""What circles show on home: where to ask. It costs no statement."""

from __future__ import annotations

from lms.core.policy import Actor
from lms.core.room import Card


def home(_person: Actor) -> list[Card]:
    """The way to questions and circles."""
    return [Card("circles/card_ask.html", {}, order=70, aside=True)]
