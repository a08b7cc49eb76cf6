"""What changes about a journal."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from lms.accounts import vault
from lms.accounts.vault import Opener
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.policy import Actor
from lms.journal import queries
from lms.journal.models import JournalCopy, JournalEntry
from lms.journal.queries import Entry
from lms.mentoring import keys
from lms.mentoring import queries as mentoring
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER, Side
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind


def pairs_of(person_id: int) -> list[Pair]:
    """The live pairs in which somebody is the mentee: those to whom she can show an entry."""
    return [one for one in mentoring.live_pairs(person_id) if one.side(person_id) is Side.MENTEE]


def write(person: Actor, text: str, item_id: int | None = None) -> str:
    """Keep an entry, sealed to its writer. Return its public id."""
    public_id = ids.public_id()
    row = JournalEntry(
        public_id=public_id,
        person_id=person.id,
        body=vault.seal(text, queries.entry_place(public_id, person.public_id)),
        item_id=item_id,
        made_at=now(),
        saved_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return public_id


def change(found: Entry, text: str, opener: Opener) -> None:
    """Write an entry anew. Copies that are shown now say the same."""
    sealed = vault.seal(text, queries.entry_place(found.public_id, opener.owner))
    mine = JournalEntry.id == found.id
    db.session.execute(update(JournalEntry).where(mine).values(body=sealed, saved_at=now()))
    shown = queries.seen_by(found.id)
    for pair in pairs_of(found.person_id) if shown else ():
        if pair.id in shown:
            _copy(found, pair, text, opener)


def destroy(found: Entry) -> None:
    """Destroy an entry and every copy of it."""
    db.session.execute(delete(JournalCopy).where(JournalCopy.entry_id == found.id))
    db.session.execute(delete(JournalEntry).where(JournalEntry.id == found.id))


def show(found: Entry, pair: Pair, text: str, opener: Opener) -> None:
    """Show an entry to the mentor of a pair, as a copy sealed to the two."""
    _copy(found, pair, text, opener)
    messaging.notify(pair.mentor_id, Kind.SHOWN, pair=pair.public_id)


def _copy(found: Entry, pair: Pair, text: str, opener: Opener) -> None:
    found_keys = keys.to_write(pair, found.person_id, opener)
    values = {"body": found_keys.seal(text, queries.copy_place(found.public_id, pair))}
    row = insert_into(JournalCopy).values(
        entry_id=found.id, match_id=pair.id, shared_at=now(), **values
    )
    which = [JournalCopy.entry_id, JournalCopy.match_id]
    db.session.execute(row.on_conflict_do_update(index_elements=which, set_=values))


def keep_to_herself(found: Entry, match_ids: Iterable[int]) -> None:
    """Destroy copies: those pairs do not see the entry any more."""
    shown = (JournalCopy.entry_id == found.id) & JournalCopy.match_id.in_(list(match_ids))
    db.session.execute(delete(JournalCopy).where(shown))


def forget_copies(match_id: int, mentor_id: int) -> None:
    """A pair has ended: what was shown in it is destroyed at once, and no notice leads there."""
    pair = db.session.scalar(select(Match.public_id).where(Match.id == match_id)) or ""
    messaging.seen(mentor_id, Kind.SHOWN, pair=pair)
    db.session.execute(delete(JournalCopy).where(JournalCopy.match_id == match_id))


def forget_old() -> None:
    """Destroy copies in pairs that are over, should any be left."""
    together = select(Match.id).where(Match.state.in_(TOGETHER))
    db.session.execute(delete(JournalCopy).where(JournalCopy.match_id.not_in(together)))
