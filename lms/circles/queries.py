"""Reads of circles. What is said in one opens only with the keys of somebody who was there."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from lms.accounts.models import Person
from lms.accounts.vault import Opener, SharedKeys
from lms.circles.models import (
    CaseSheet,
    Circle,
    CircleKey,
    CircleMeeting,
    CircleMember,
    CirclePost,
    CirclePresence,
    Question,
)
from lms.circles.rules import Stage
from lms.core.db import db
from lms.core.sealing import CannotOpen, Place
from lms.safeguarding.others import Other

POSTS_SHOWN = 60
MEETINGS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a circle, or asked into it."""

    id: int
    public_id: str
    person_id: int
    name: str
    state: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A circle with its people."""

    id: int
    public_id: str
    title: str
    facilitator_id: int | None
    state: str
    code: str | None
    rhythm_days: int
    next_at: datetime | None
    made_at: datetime
    members: tuple[Member, ...]

    @property
    def here(self) -> tuple[Member, ...]:
        """Who is in it now."""
        return tuple(one for one in self.members if one.state == "in")

    def member(self, person_id: int) -> Member | None:
        """Somebody's place in it, if she is in it or asked into it."""
        return next((one for one in self.members if one.person_id == person_id), None)

    def name_of(self, person_id: int) -> str:
        """The name that somebody bears here; empty for one who has left."""
        found = self.member(person_id)
        return found.name if found else ""


_CIRCLE = tuple(name for name in Found.__slots__ if name != "members")
_COLUMNS = tuple(getattr(Circle, name) for name in _CIRCLE)
_MEMBER = tuple(getattr(CircleMember, name) for name in Member.__slots__)


def circle(public_id: str) -> Found | None:
    """A circle by the id in its address."""
    return next(iter(_circles(Circle.public_id == public_id)), None)


def by_code(code: str) -> Found | None:
    """The open circle that a code leads into."""
    return next(iter(_circles(Circle.code == code, Circle.state == "open")), None)


def circles_of(person_id: int) -> list[Found]:
    """The circles that somebody is in or asked into, the open ones first."""
    mine = select(CircleMember.circle_id).where(
        CircleMember.person_id == person_id, CircleMember.state != "left"
    )
    return sorted(_circles(Circle.id.in_(mine)), key=lambda one: (one.state != "open", one.id))


def _circles(*conditions: object) -> list[Found]:
    rows = db.session.execute(select(*_COLUMNS).where(*conditions)).all()  # type: ignore[arg-type]
    people = select(CircleMember.circle_id, *_MEMBER).where(
        CircleMember.circle_id.in_([row.id for row in rows]), CircleMember.state != "left"
    )
    members: dict[int, list[Member]] = {}
    for one in db.session.execute(people.order_by(CircleMember.id)) if rows else ():
        members.setdefault(one[0], []).append(Member(*one[1:]))
    return [Found(**row._mapping, members=tuple(members.get(row.id, ()))) for row in rows]  # noqa: SLF001


# --- Keys and words ------------------------------------------------------------------------------


def key_place(circle: str, number: int, owner: str) -> Place:
    """Where a circle's key is sealed for one of its people."""
    return Place("circle_key", "wrapped", f"{circle}-{number}", owner)


def place(table: str, column: str, row: str, circle: str) -> Place:
    """Where words of a circle are sealed."""
    return Place(table, column, row, circle)


def shared_keys(found: Found, person_id: int, opener: Opener) -> SharedKeys:
    """The keys of a circle that somebody has: of the time since she came."""
    rows = db.session.execute(
        select(CircleKey.number, CircleKey.wrapped).where(
            CircleKey.circle_id == found.id, CircleKey.person_id == person_id
        )
    ).all()
    keys: dict[int, bytes] = {}
    for number, wrapped in rows:
        try:
            keys[number] = opener.open_bytes(
                wrapped, key_place(found.public_id, number, opener.owner)
            )
        except CannotOpen:
            continue
    return SharedKeys(keys)


@dataclass(frozen=True, slots=True)
class Post:
    """One thing said, for somebody who can open it."""

    author_id: int
    stage: str
    text: str
    at: datetime


def posts(
    found: Found, keys: SharedKeys, hidden: Collection[int], sheet_id: int | None = None
) -> list[Post]:
    """What was said in a circle or about a sheet, oldest first: what these keys open, of people not hidden."""
    said = (
        select(CirclePost)
        .where(CirclePost.circle_id == found.id, CirclePost.author_id.not_in(hidden))
        .order_by(CirclePost.id.desc())
        .limit(POSTS_SHOWN)
    )
    about = CirclePost.sheet_id.is_(None) if sheet_id is None else CirclePost.sheet_id == sheet_id
    rows = db.session.scalars(said.where(about)).all()[::-1]
    return [
        Post(row.author_id, row.stage, text, row.at)
        for row in rows
        if (
            text := _opened(
                keys, row.body, place("circle_post", "body", row.public_id, found.public_id)
            )
        )
        is not None
    ]


def _opened(keys: SharedKeys, sealed: bytes | None, where: Place) -> str | None:
    if sealed is None:
        return None
    try:
        return keys.open(sealed, where)
    except CannotOpen:
        return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case sheet; `words` is empty for somebody who came later."""

    id: int
    public_id: str
    author_id: int
    stage: Stage
    at: datetime
    words: Mapping[str, str]


def sheets(found: Found, keys: SharedKeys, hidden: Collection[int]) -> list[Sheet]:
    """The sheets of a circle that these keys open, latest first."""
    rows = db.session.scalars(
        select(CaseSheet)
        .where(CaseSheet.circle_id == found.id, CaseSheet.author_id.not_in(hidden))
        .order_by(CaseSheet.id.desc())
    )
    opened = ((row, _opened(keys, row.body, sheet_place(row.public_id, found))) for row in rows)
    return [
        Sheet(
            row.id,
            row.public_id,
            row.author_id,
            Stage(row.stage),
            row.confirmed_at,
            json.loads(text),
        )
        for row, text in opened
        if text is not None
    ]


def sheet_place(public_id: str, found: Found) -> Place:
    """Where a sheet is sealed."""
    return place("case_sheet", "body", public_id, found.public_id)


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting that took place: how many came, and the sentences that one can open."""

    public_id: str
    at: datetime
    came: int
    asked: int
    changes: int
    mine: str | None
    was_there: bool


def meetings(found: Found, person_id: int, keys: SharedKeys) -> list[Met]:
    """The last meetings, latest first, with one's own sentence; of others only how many wrote one."""
    held = (
        select(CircleMeeting.id, CircleMeeting.public_id, CircleMeeting.at)
        .where(CircleMeeting.circle_id == found.id)
        .order_by(CircleMeeting.id.desc())
        .limit(MEETINGS_SHOWN)
    )
    rows = db.session.execute(held).all()
    there = select(CirclePresence).where(CirclePresence.meeting_id.in_([row.id for row in rows]))
    presences = list(db.session.scalars(there)) if rows else []
    return [
        _met(row, [one for one in presences if one.meeting_id == row.id], found, person_id, keys)
        for row in rows
    ]


def _met(
    row: object, presences: list[CirclePresence], found: Found, person_id: int, keys: SharedKeys
) -> Met:
    public_id, at = row.public_id, row.at  # type: ignore[attr-defined]
    own = next((one for one in presences if one.person_id == person_id), None)
    return Met(
        public_id,
        at,
        came=sum(one.came for one in presences),
        asked=len(presences),
        changes=sum(one.change is not None for one in presences),
        mine=_opened(keys, own.change, change_place(public_id, person_id, found)) if own else None,
        was_there=own is not None and own.came,
    )


def change_place(meeting: str, person_id: int, found: Found) -> Place:
    """Where the sentence on what somebody will change is sealed."""
    return place("circle_presence", "change", f"{meeting}-{person_id}", found.public_id)


# --- For safeguarding and reports ----------------------------------------------------------------


def other_side(reference: str, person_id: int) -> Other | None:
    """Somebody of a circle that the person is in, by the id of the place; or the other side of a question."""
    return _fellow(reference, person_id) or _across(reference, person_id)


def _fellow(reference: str, person_id: int) -> Other | None:
    mine = select(CircleMember.circle_id).where(
        CircleMember.person_id == person_id, CircleMember.state == "in"
    )
    row = db.session.execute(
        select(CircleMember.person_id, CircleMember.name).where(
            CircleMember.public_id == reference,
            CircleMember.person_id != person_id,
            CircleMember.circle_id.in_(mine),
        )
    ).first()
    return Other(row[0], row[1]) if row else None


def _across(reference: str, person_id: int) -> Other | None:
    row = db.session.execute(
        select(
            Question.asker_id, Question.claimed_by_id, Question.name, Question.topic, Person.handle
        )
        .join(Person, Person.id == Question.claimed_by_id)
        .where(Question.public_id == reference, Question.claimed_by_id.is_not(None))
    ).first()
    if row is None or person_id not in {row.asker_id, row.claimed_by_id}:
        return None
    if person_id == row.asker_id:
        return Other(row.claimed_by_id, row.topic[:32])
    return Other(row.asker_id, (row.name or row.topic)[:32])


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of a period, for reports."""

    circles: int
    members: int
    meetings: int
    came: int
    expected: int
    changes: int
    sheets: int
    asked: int
    answered: int


def counts(start: datetime, end: datetime) -> Counts:
    """How many circles there were, who came, what was asked, in [start, end)."""
    alive = (Circle.made_at < end) & or_(Circle.closed_at.is_(None), Circle.closed_at >= start)
    ids = select(Circle.id).where(alive)
    held = select(CircleMeeting.id).where(CircleMeeting.at >= start, CircleMeeting.at < end)
    there = CirclePresence.meeting_id.in_(held)

    def number(*conditions: object) -> int:
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

    return Counts(
        circles=number(alive),
        members=number(CircleMember.circle_id.in_(ids), CircleMember.state == "in"),
        meetings=number(CircleMeeting.at >= start, CircleMeeting.at < end),
        came=number(there, CirclePresence.came.is_(True)),
        expected=number(there),
        changes=number(there, CirclePresence.change.is_not(None)),
        sheets=number(CaseSheet.confirmed_at >= start, CaseSheet.confirmed_at < end),
        asked=number(Question.asked_at >= start, Question.asked_at < end),
        answered=number(Question.first_answered_at >= start, Question.first_answered_at < end),
    )
