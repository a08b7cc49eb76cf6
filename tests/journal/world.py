"""Entries of a journal: the shortest way to a state that a test begins in."""

from __future__ import annotations

from lms.core.policy import Actor
from lms.journal import actions, queries
from lms.journal.queries import Entry
from lms.mentoring.queries import Pair
from tests.vaults import opener_of
from tests.world import Somebody


def as_actor(person: Somebody) -> Actor:
    """Somebody as requests know her."""
    return Actor(person.id, person.public_id, person.handle, frozenset(), "UTC", 0)


def note_down(person: Somebody, text: str, item_id: int | None = None) -> str:
    """An entry, inside an open transaction. Return its public id."""
    return actions.write(as_actor(person), text, item_id)


def entry_of(public_id: str) -> Entry:
    """An entry, inside an open transaction."""
    found = queries.entry(public_id)
    assert found is not None
    return found


def show_entry(person: Somebody, public_id: str, pair: Pair, text: str = "What I learned") -> None:
    """Show an entry to the mentor, inside an open transaction."""
    actions.show(entry_of(public_id), pair, text, opener_of(person))
