"""Writing the record. A line is written before the page is rendered; if it can't be, nothing is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import insert, select, update

from lms.accounts.models import Person
from lms.audit.events import WhyAnswered, WhyAsked
from lms.audit.models import AccessChain, AccessEvent, AccessQuestion
from lms.audit.rules import START, Digest, Line, Visitor, What
from lms.core import events, ids
from lms.core.clock import now
from lms.core.db import db, insert_into, transaction
from lms.core.keys import Keys
from lms.core.sealing import Place, seal


def saw(visitor: Visitor, person_id: int, what: What, about: str = "") -> None:
    """Record one visit to a page about a person, in a transaction of its own.

    Read everything that the page needs first: what was read before stays, an open read ends. One's own
    page leaves no line.
    """
    if visitor.id == person_id:
        return
    with transaction():
        _append(visitor, [person_id], what, about, None)


def saw_list(visitor: Visitor, person_ids: Iterable[int], what: What, about: str = "") -> None:
    """Record that a list with these people was seen: one line a person, visitor, list and day.

    Cheap to repeat: from the second time of a day on it is one statement, in a reading transaction.
    """
    today = now().date()
    seen = select(AccessEvent.person_id).where(
        AccessEvent.actor_id == visitor.id,
        AccessEvent.what == what,
        AccessEvent.about == about,
        AccessEvent.day == today,
    )
    new = set(person_ids) - set(db.session.scalars(seen)) - {visitor.id}
    if not new:
        return
    with transaction():
        # Two tabs at once: the second one waits for the write lock (or for the ends below) and looks again.
        ends = _ends(new)
        new -= set(db.session.scalars(seen))
        _write(visitor, {person_id: ends[person_id] for person_id in new}, what, about, today)


def _append(
    visitor: Visitor, person_ids: list[int], what: What, about: str, day: date | None
) -> None:
    _write(visitor, _ends(person_ids), what, about, day)


def _ends(person_ids: Iterable[int]) -> dict[int, tuple[int, bytes]]:
    """The ends of these chains, begun where there is none yet and locked until the transaction ends."""
    rows = [{"person_id": one, "number": 0, "hash": START} for one in sorted(person_ids)]
    begin = insert_into(AccessChain).values(rows)
    # An update that changes nothing is what locks the row and returns it, in one statement on both engines.
    locked = begin.on_conflict_do_update(
        index_elements=[AccessChain.person_id], set_={"number": AccessChain.number}
    ).returning(AccessChain.person_id, AccessChain.number, AccessChain.hash)
    return {row.person_id: (row.number, row.hash) for row in db.session.execute(locked)}


def _write(
    visitor: Visitor, ends: dict[int, tuple[int, bytes]], what: What, about: str, day: date | None
) -> None:
    if not ends:
        return
    at, seal = now(), digest()
    rows: list[dict[str, Any]] = []
    for person_id, (number, previous) in sorted(ends.items()):
        facts = (visitor.id, visitor.role.value, visitor.shown, what.value, about, day, at)
        line = Line(person_id, number + 1, *facts)
        values = {name: getattr(line, name) for name in Line.__slots__}
        rows.append({**values, "previous": previous, "hash": line.seal(previous, seal)})
    db.session.execute(insert(AccessEvent), rows)
    new_ends = [{name: event[name] for name in ("person_id", "number", "hash")} for event in rows]
    db.session.execute(update(AccessChain), new_ends)


def digest() -> Digest:
    """The keyed hash of this instance for lines of the record."""
    keys: Keys = current_app.extensions["keys"]
    return lambda text: keys.digest("access", text)


# --- "Why?" --------------------------------------------------------------------------------------


def ask_why(person_id: int, number: int) -> None:
    """Ask why somebody looked: one question a line, asked once however often it is pressed."""
    line = (AccessEvent.person_id == person_id) & (AccessEvent.number == number)
    event = db.session.execute(select(AccessEvent.actor_id).where(line)).first()
    if event is None:
        return
    public_id = ids.public_id()
    row = insert_into(AccessQuestion).values(
        public_id=public_id, person_id=person_id, number=number, asked_at=now()
    )
    asked = row.on_conflict_do_nothing().returning(AccessQuestion.id)
    if db.session.execute(asked).first():
        events.publish(WhyAsked(person_id, event.actor_id, public_id))


def answer_why(public_id: str, by_id: int, text: str) -> bool:
    """Answer a question, once. Return whether this was the answer; the first one stands."""
    found = select(AccessQuestion).where(AccessQuestion.public_id == public_id)
    row = db.session.scalar(found.with_for_update())
    if row is None or row.answer is not None:
        return False
    owner = db.session.get_one(Person, row.person_id).public_id
    row.answer, row.answered_at = seal(text, answer_place(public_id, owner)), now()
    row.answered_by_id = by_id
    db.session.flush()
    events.publish(WhyAnswered(row.person_id))
    return True


def answer_place(public_id: str, owner: str) -> Place:
    """Where an answer is sealed: it is the person's who asked."""
    return Place("access_question", "answer", public_id, owner)
