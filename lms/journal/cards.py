"""What the journal shows on pages that it does not own."""

from __future__ import annotations

from lms.accounts import vault
from lms.core import discretion
from lms.core.policy import Actor
from lms.core.room import Card
from lms.journal import queries
from lms.mentoring import conversation
from lms.mentoring.queries import Pair
from lms.mentoring.states import Side

SHOWN = 5


def lesson(person: Actor | None) -> list[Card]:
    """A way to write about a lesson. No statement; the page says which lesson it is."""
    if person is None or discretion.discreet():
        return []
    return [Card("journal/card_lesson.html", {}, order=20)]


def pair(person: Actor, found: Pair) -> list[Card]:
    """What the mentee shows of her journal: one statement, and one for the keys when there is something."""
    rows = queries.copy_rows(found, SHOWN)
    if not rows:
        return []
    keys = conversation.shared_keys(found, person.id, vault.unlocked())
    context = {
        "entries": queries.opened(rows, found, keys),
        "mentee": found.side(person.id) is Side.MENTEE,
        "name": found.mentee_name,
        "zone": person.zone,
    }
    return [Card("journal/card_pair.html", context, order=50, aside=True)]
