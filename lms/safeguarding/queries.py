"""Reads of safeguarding. Words of a concern are opened in one place, `said`, for leads and for its author."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from lms.accounts import queries as people
from lms.accounts.models import Person, RoleGrant
from lms.accounts.roles import Role
from lms.core.clock import now
from lms.core.db import db
from lms.core.sealing import CannotOpen, Place, unseal
from lms.safeguarding.models import Block, Concern, ConcernEntry
from lms.safeguarding.rules import ACKNOWLEDGE_WITHIN, OPEN, State, Wish, in_time

# --- For the rooms above -------------------------------------------------------------------------


def blocked(person_id: int) -> frozenset[int]:
    """Everybody whom this person has blocked or who has blocked her: neither sees a difference."""
    mine = select(Block.against_id).where(Block.by_id == person_id)
    theirs = select(Block.by_id).where(Block.against_id == person_id)
    return frozenset(db.session.scalars(mine.union_all(theirs)))


def all_blocks() -> frozenset[tuple[int, int]]:
    """Every block in both directions, for whoever looks at many people at once."""
    rows = db.session.execute(select(Block.by_id, Block.against_id)).all()
    return frozenset(pair for one in rows for pair in ((one[0], one[1]), (one[1], one[0])))


def open_concern_between(a: int, b: int) -> bool:
    """Whether one of the two has raised a concern about the other that is not closed."""
    return db.session.scalar(select(Concern.id).where(_between(a, b)).limit(1)) is not None


def _between(a: int, b: int) -> ColumnElement[bool]:
    either = or_(
        and_(Concern.raised_by_id == a, Concern.about_id == b),
        and_(Concern.raised_by_id == b, Concern.about_id == a),
    )
    return and_(either, Concern.state.in_(OPEN))


def all_open_concerns() -> frozenset[tuple[int, int]]:
    """Everybody between whom a concern is open, in both directions."""
    sides = select(Concern.raised_by_id, Concern.about_id).where(Concern.state.in_(OPEN))
    known = [(a, b) for a, b in db.session.execute(sides) if a is not None and b is not None]
    return frozenset(pair for a, b in known for pair in ((a, b), (b, a)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many concerns a period had: all that a report may say."""

    raised: int
    urgent: int
    acknowledged_in_time: int
    acknowledgement_due: int
    closed: int
    referred: int


def counts(start: datetime, end: datetime) -> Counts:
    """Numbers of the concerns raised in [start, end), and of those closed in it.

    `acknowledgement_due` leaves out those whose day is not over yet and that nobody has answered.
    """
    raised = select(Concern.wish, Concern.raised_at, Concern.acknowledged_at, Concern.basis).where(
        Concern.raised_at >= start, Concern.raised_at < end
    )
    rows, moment = db.session.execute(raised).all(), now()
    closed = select(func.count()).where(Concern.closed_at >= start, Concern.closed_at < end)
    judged = [
        one for one in rows if one.acknowledged_at or one.raised_at + ACKNOWLEDGE_WITHIN <= moment
    ]
    return Counts(
        raised=len(rows),
        urgent=sum(one.wish == Wish.URGENT for one in rows),
        acknowledged_in_time=sum(in_time(one.raised_at, one.acknowledged_at) for one in judged),
        acknowledgement_due=len(judged),
        closed=db.session.scalar(closed) or 0,
        referred=sum(one.basis is not None for one in rows),
    )


# --- Concerns ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A concern without its words."""

    id: int
    public_id: str
    raised_by_id: int | None
    about_id: int | None
    pair: str
    code: bytes | None
    wish: Wish
    state: State
    basis: str | None
    handler_id: int | None
    raised_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    review_at: datetime | None

    @property
    def answerable(self) -> bool:
        """Whether an answer would be read: by an account, or by whoever has the digits."""
        return self.raised_by_id is not None or self.code is not None


_FOUND = tuple(getattr(Concern, name) for name in Found.__slots__)


def _found(row: Row[tuple[object, ...]]) -> Found:
    facts = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names it
    return Found(**{**facts, "wish": Wish(facts["wish"]), "state": State(facts["state"])})


def concern(public_id: str) -> Found | None:
    """A concern by the id in its address."""
    row = db.session.execute(select(*_FOUND).where(Concern.public_id == public_id)).first()
    return _found(row) if row else None


def concern_by_code(digest: bytes) -> Found | None:
    """A concern by the digest of the digits that were given for it."""
    row = db.session.execute(select(*_FOUND).where(Concern.code == digest)).first()
    return _found(row) if row else None


def _not_hers(lead_id: int) -> ColumnElement[bool]:
    """Nobody handles a concern about herself, or one that she raised."""
    about = or_(Concern.about_id.is_(None), Concern.about_id != lead_id)
    return and_(about, or_(Concern.raised_by_id.is_(None), Concern.raised_by_id != lead_id))


def open_concerns(lead_id: int) -> list[Found]:
    """What a lead has to look after: those that nobody has answered by their clock, then the others."""
    unanswered = case((Concern.acknowledged_at.is_(None), 0), else_=1)
    rows = db.session.execute(
        select(*_FOUND)
        .where(Concern.state.in_(OPEN), _not_hers(lead_id))
        .order_by(unanswered, Concern.raised_at, Concern.id)
    )
    return [_found(row) for row in rows]


def closed_concerns(lead_id: int, limit: int) -> list[Found]:
    """The closed ones: first those that wait for a decision whether they are kept."""
    rows = db.session.execute(
        select(*_FOUND)
        .where(Concern.state == State.CLOSED, _not_hers(lead_id))
        .order_by(Concern.review_at, Concern.id)
        .limit(limit)
    )
    return [_found(row) for row in rows]


def concerns_of(person_id: int) -> list[Found]:
    """What a person has raised, latest first."""
    mine = select(*_FOUND).where(Concern.raised_by_id == person_id).order_by(Concern.id.desc())
    return [_found(row) for row in db.session.execute(mine)]


def leads_for(found_about: int | None, raised_by: int | None) -> list[int]:
    """Who may handle a concern: every lead whom it is not about and who did not raise it."""
    return [one for one in people.holders(Role.SAFEGUARDING) if one not in {found_about, raised_by}]


def lead_names(except_for: int) -> list[tuple[str, str]]:
    """(public id, handle) of the other leads; they are named to each other only."""
    named = (
        select(Person.public_id, Person.handle)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.SAFEGUARDING.value, Person.id != except_for)
    )
    return [(row[0], row[1]) for row in db.session.execute(named.order_by(Person.handle))]


# --- Words ---------------------------------------------------------------------------------------


def place(column: str, public_id: str) -> Place:
    """Where words of a concern are sealed: with a key of its own."""
    return Place("concern", column, public_id, public_id)


def entry_place(concern_public_id: str, public_id: str) -> Place:
    """Where an entry's words are sealed: with the key of its concern."""
    return Place("concern_entry", "body", public_id, concern_public_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `author` is a handle for leads, empty for the reporter and nobody."""

    what: str
    detail: str
    author_id: int | None
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A concern's words."""

    text: str
    about: str
    log: tuple[Entry, ...]


def said(found: Found, *, talk_only: bool = False) -> Said:
    """Open a concern. `talk_only` is what its author may read: her words, and what was said since."""
    sealed = select(Concern.body, Concern.about).where(Concern.id == found.id)
    row = db.session.execute(sealed).one()
    about = unseal(row.about, place("about", found.public_id)) if row.about else ""
    text = unseal(row.body, place("body", found.public_id))
    return Said(text, about, tuple(_log(found, talk_only=talk_only)))


def _log(found: Found, *, talk_only: bool) -> list[Entry]:
    lines = (
        select(ConcernEntry, Person.handle)
        .outerjoin(Person, Person.id == ConcernEntry.author_id)
        .where(ConcernEntry.concern_id == found.id)
        .order_by(ConcernEntry.id)
    )
    if talk_only:
        lines = lines.where(ConcernEntry.what.in_(("answer", "reply")))
    return [
        Entry(row.what, row.detail, row.author_id, handle or "", row.at, _words(found, row))
        for row, handle in db.session.execute(lines)
    ]


def _words(found: Found, row: ConcernEntry) -> str:
    if row.body is None:
        return ""
    try:
        return unseal(row.body, entry_place(found.public_id, row.public_id))
    except CannotOpen:
        return ""


# --- Blocks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blocking:
    """One block, for whoever made it."""

    public_id: str
    name: str
    since: datetime


def blocks_of(person_id: int) -> list[Blocking]:
    """Whom a person has blocked."""
    mine = select(Block.public_id, Block.name, Block.since).where(Block.by_id == person_id)
    return [Blocking(*row) for row in db.session.execute(mine.order_by(Block.id.desc()))]


def has_lead() -> bool:
    """Whether anybody reads concerns here."""
    return bool(people.holders(Role.SAFEGUARDING))
