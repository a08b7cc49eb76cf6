"""What changes about concerns and blocks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.accounts.roles import Role
from lms.core import events, ids, outbox, throttle
from lms.core.clock import now
from lms.core.db import db, insert_into, transaction
from lms.core.sealing import seal
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.safeguarding import keeping, queries
from lms.safeguarding.events import Blocked
from lms.safeguarding.models import Block, Concern, ConcernEntry
from lms.safeguarding.others import Other
from lms.safeguarding.queries import Found
from lms.safeguarding.rules import (
    KEPT_AFTER_CLOSING,
    KEPT_LONGER,
    REMIND_AFTER,
    Basis,
    State,
    Wish,
    move,
)

REMIND = "safeguarding.remind"
REPORTS = "concern"
GUESTS_AN_HOUR = 30
ONE_PERSONS_A_DAY = 10


# --- Raising -------------------------------------------------------------------------------------


def too_many(person_id: int | None) -> bool:
    """Whether so many came in that the next one has to wait a little; guests are counted together."""
    free = GUESTS_AN_HOUR if person_id is None else ONE_PERSONS_A_DAY
    return throttle.wait_until(REPORTS, _counter(person_id), free=free) is not None


def _counter(person_id: int | None) -> str:
    return f"guests {now():%Y-%m-%d %H}" if person_id is None else f"person {person_id}"


def raise_concern(
    person_id: int | None, wish: Wish, text: str, *, about: Other | None = None, pair: str = ""
) -> str:
    """Keep a concern, sealed with a key of its own, and tell those who read concerns. Return its public id.

    Where nobody may read it, administrators are told that somebody has to be named, and nothing more.
    """
    public_id = ids.public_id()
    row = Concern(
        public_id=public_id,
        raised_by_id=person_id,
        about_id=about.person_id if about else None,
        pair=pair if about else "",
        wish=wish.value,
        about=seal(about.name, queries.place("about", public_id)) if about else None,
        body=seal(text, queries.place("body", public_id)),
        state=State.RAISED.value,
        raised_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    throttle.count(REPORTS, _counter(person_id))
    _call(row.about_id, row.raised_by_id, public_id)
    outbox.enqueue(
        REMIND, {"concern": public_id}, key=_reminder(public_id), at=now() + REMIND_AFTER
    )
    return public_id


def _reminder(public_id: str) -> str:
    return f"{REMIND}:{public_id}"


def _call(about_id: int | None, raised_by_id: int | None, public_id: str) -> None:
    leads = queries.leads_for(about_id, raised_by_id)
    for lead in leads:
        messaging.notify(lead, Kind.CONCERN, concern=public_id)
    if not leads:
        for administrator in people.holders(Role.ADMINISTRATOR):
            if administrator != about_id:
                messaging.notify(administrator, Kind.CONCERN_UNREAD)


def remind(public_id: str) -> None:
    """Four hours before the day is over: call once more if nobody has said that she has read it."""
    found = queries.concern(public_id)
    if found is None or found.acknowledged_at is not None:
        return
    for lead in queries.leads_for(found.about_id, found.raised_by_id):
        messaging.seen(lead, Kind.CONCERN, concern=public_id)
    _call(found.about_id, found.raised_by_id, public_id)


# --- Handling ------------------------------------------------------------------------------------


def opened(found: Found, lead_id: int) -> None:
    """Write into the log that a lead has opened it, once a day; in a transaction of its own."""
    with transaction():
        since = now() - timedelta(days=1)
        mine = (ConcernEntry.concern_id == found.id) & (ConcernEntry.author_id == lead_id)
        lately = mine & (ConcernEntry.what == "opened") & (ConcernEntry.at > since)
        if db.session.scalar(select(ConcernEntry.id).where(lately).limit(1)) is None:
            _log(found, lead_id, "opened")


def step(found: Found, lead_id: int, to: State, basis: Basis | None = None) -> None:
    """Bring a concern to its next state. Whoever moves it first has it. Raises NotAllowed."""
    row = _locked(found.id)
    row.state = move(State(row.state), to, basis).value
    row.basis = basis.value if basis else row.basis
    row.handler_id = row.handler_id or lead_id
    row.acknowledged_at = row.acknowledged_at or now()
    if to is State.CLOSED:
        row.closed_at, row.review_at = now(), now() + KEPT_AFTER_CLOSING
    db.session.flush()
    _log(found, lead_id, "moved", to.value)
    messaging.seen(lead_id, Kind.CONCERN, concern=found.public_id)
    _tell_reporter(found)


def hand_over(found: Found, lead_id: int, to_public_id: str) -> bool:
    """Give a concern to another lead who may handle it. Return whether there is such a one."""
    allowed = queries.leads_for(found.about_id, found.raised_by_id)
    wanted = select(Person.id).where(Person.public_id == to_public_id, Person.id.in_(allowed))
    to_id = db.session.scalar(wanted)
    if to_id is None:
        return False
    _locked(found.id).handler_id = to_id
    db.session.flush()
    _log(found, lead_id, "handed")
    messaging.notify(to_id, Kind.CONCERN, concern=found.public_id)
    return True


def note(found: Found, lead_id: int, text: str) -> None:
    """Write down what was found or done. Only leads read it."""
    _log(found, lead_id, "note", text=text)


def answer(found: Found, lead_id: int, text: str) -> None:
    """Say something to whoever raised it. Whoever answers has read it."""
    if found.state is State.RAISED:
        step(found, lead_id, State.ACKNOWLEDGED)
    _log(found, lead_id, "answer", text=text)
    _tell_reporter(found)


def reply(found: Found, person_id: int | None, text: str) -> None:
    """Whoever raised it says something more; without a number: with the digits."""
    if person_id is None:
        throttle.count(REPORTS, _counter(None))
    _log(found, person_id, "reply", text=text)
    called = [found.handler_id] if found.handler_id else []
    for lead in called or queries.leads_for(found.about_id, found.raised_by_id):
        messaging.notify(lead, Kind.CONCERN, concern=found.public_id)


def keep_longer(found: Found, lead_id: int) -> None:
    """At its review: keep a closed concern for one more year."""
    mine = (Concern.id == found.id) & (Concern.state == State.CLOSED)
    db.session.execute(update(Concern).where(mine).values(review_at=now() + KEPT_LONGER))
    _log(found, lead_id, "kept")


def destroy(found: Found) -> bool:
    """At its review: end a closed concern and its key. Return whether its time had come."""
    if found.review_at is None or found.review_at > now():
        return False
    keeping.destroy(found.public_id)
    return True


def _tell_reporter(found: Found) -> None:
    if found.raised_by_id is not None:
        messaging.notify(found.raised_by_id, Kind.CONCERN_NEWS, concern=found.public_id)


def _locked(concern_id: int) -> Concern:
    mine = select(Concern).where(Concern.id == concern_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _log(found: Found, author_id: int | None, what: str, detail: str = "", text: str = "") -> None:
    public_id = ids.public_id()
    sealed = seal(text, queries.entry_place(found.public_id, public_id)) if text else None
    row = ConcernEntry(
        public_id=public_id,
        concern_id=found.id,
        author_id=author_id,
        what=what,
        detail=detail,
        body=sealed,
        at=now(),
    )
    db.session.add(row)
    db.session.flush()


def call_for_reviews() -> None:
    """Tell the leads of closed concerns whose time to be looked at again has come."""
    due = select(Concern.public_id, Concern.about_id, Concern.raised_by_id).where(
        Concern.review_at <= now()
    )
    for public_id, about_id, raised_by_id in db.session.execute(due).all():
        for lead in queries.leads_for(about_id, raised_by_id):
            messaging.notify(lead, Kind.CONCERN, concern=public_id)


# --- Blocks --------------------------------------------------------------------------------------


def block(by_id: int, other: Other) -> None:
    """Have nothing to do with somebody from now on. Nobody is told; doing it twice is once."""
    row = insert_into(Block).values(
        public_id=ids.public_id(),
        by_id=by_id,
        against_id=other.person_id,
        name=other.name,
        since=now(),
    )
    if db.session.execute(row.on_conflict_do_nothing().returning(Block.id)).first():
        events.publish(Blocked(by_id, other.person_id))


def unblock(by_id: int, public_id: str) -> None:
    """Take a block back. What ended with it stays ended."""
    mine = (Block.by_id == by_id) & (Block.public_id == public_id)
    db.session.execute(delete(Block).where(mine))
