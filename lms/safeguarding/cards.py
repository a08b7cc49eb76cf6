"""What safeguarding hangs on the page of a pair: one press to say that something is wrong."""

from __future__ import annotations

from typing import Protocol

from lms.core.policy import Actor
from lms.core.room import Card


class HasId(Protocol):
    """Of a pair nothing is known down here but the id in its address."""

    @property
    def public_id(self) -> str:
        """The id."""


def pair(_person: Actor, found: HasId) -> list[Card]:
    """Always there, always last, for both sides alike."""
    return [Card("safeguarding/card_wrong.html", {"pair": found.public_id}, order=90, aside=True)]
