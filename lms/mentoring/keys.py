"""The keys of a pair's talk: made with the pair, sealed to both sides, never kept in the clear."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from lms.accounts import vault
from lms.accounts.vault import Opener, SharedKeys
from lms.core.db import db
from lms.mentoring import conversation, queries
from lms.mentoring.models import MatchKey
from lms.mentoring.queries import Pair


def to_write(found: Pair, author_id: int, opener: Opener) -> SharedKeys:
    """The pair's keys; a side that has none that opens gets a new one, and so does the other."""
    keys = conversation.shared_keys(found, author_id, opener)
    if not keys:
        renew(found)
        keys = conversation.shared_keys(found, author_id, opener)
    return keys


def renew(found: Pair) -> None:
    """Give a pair its next key, sealed to both sides. The server forgets it with this call."""
    last = select(func.max(MatchKey.number)).where(MatchKey.match_id == found.id)
    number, key = (db.session.scalar(last) or 0) + 1, vault.new_shared_key()
    for person_id, (owner, public) in vault.public_keys((found.mentor_id, found.mentee_id)).items():
        wrapped = vault.seal_with(
            public, key, conversation.key_place(found.public_id, number, owner)
        )
        db.session.add(
            MatchKey(match_id=found.id, number=number, person_id=person_id, wrapped=wrapped)
        )
    db.session.flush()
    found.opened.clear()


def change(person_id: int) -> None:
    """Somebody has another pair of keys: her live pairs talk on with a new one, she can't open what was."""
    db.session.execute(delete(MatchKey).where(MatchKey.person_id == person_id))
    for found in queries.live_pairs(person_id):
        renew(found)
