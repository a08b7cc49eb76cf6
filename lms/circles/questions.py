"""Reads of the question queue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.accounts.models import Person
from lms.circles.models import Answer, Question
from lms.circles.rules import OPEN, WAITS_COUNTED, State, usual_wait
from lms.core.clock import now
from lms.core.db import db
from lms.core.sealing import CannotOpen, Place, unseal
from lms.matching.facts import Track
from lms.programmes import queries as lists
from lms.programmes.queries import Profile
from lms.programmes.states import MentorState

# A scientist who takes nobody, or takes a rest, may still answer; who was not let in or has left may not.
ANSWERING = frozenset(
    {
        MentorState.SCREENED,
        MentorState.IN_TRAINING,
        MentorState.AVAILABLE,
        MentorState.UNCONFIRMED,
        MentorState.PAUSED,
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """A question without its words. `owner` is the asker's public id, with whose key they are sealed."""

    id: int
    public_id: str
    asker_id: int
    owner: str
    name: str
    topic: str
    lang: str
    state: State
    asked_at: datetime
    claimed_by_id: int | None
    claim_until: datetime | None
    first_answered_at: datetime | None
    answered_at: datetime | None
    thanked: bool
    closed_at: datetime | None


_OWN = ("id", "public_id", "asker_id")
_REST = tuple(name for name in Found.__slots__ if name not in {*_OWN, "owner"})
_FOUND = (
    *(getattr(Question, name) for name in _OWN),
    Person.public_id.label("owner"),
    *(getattr(Question, name) for name in _REST),
)


def _select() -> Any:
    return select(*_FOUND).join(Person, Person.id == Question.asker_id)


def _found(row: Any) -> Found:
    values = dict(zip(Found.__slots__, row, strict=True))
    return Found(**{**values, "state": State(values["state"])})


def question(public_id: str) -> Found | None:
    """A question by the id in its address."""
    row = db.session.execute(_select().where(Question.public_id == public_id)).first()
    return _found(row) if row else None


def asked_by(person_id: int) -> list[Found]:
    """What a person has asked, latest first."""
    mine = _select().where(Question.asker_id == person_id).order_by(Question.id.desc())
    return [_found(row) for row in db.session.execute(mine)]


def _free(moment: datetime) -> ColumnElement[bool]:
    """Nobody has it: in the queue, or with a claim whose time is over."""
    lapsed = and_(Question.state == State.CLAIMED, Question.claim_until < moment)
    return or_(Question.state.in_(OPEN), lapsed)


def queue(scientist_id: int, hidden: Collection[int]) -> list[Found]:
    """What waits for an answer, longest first, without one's own and those of people who are blocked."""
    waiting = _select().where(_free(now()), Question.asker_id.not_in({scientist_id, *hidden}))
    return [
        _found(row) for row in db.session.execute(waiting.order_by(Question.asked_at, Question.id))
    ]


def claimed_by(scientist_id: int) -> list[Found]:
    """What a scientist has taken and not answered yet."""
    mine = _select().where(Question.state == State.CLAIMED, Question.claimed_by_id == scientist_id)
    return [_found(row) for row in db.session.execute(mine.order_by(Question.claim_until))]


@dataclass(frozen=True, slots=True)
class Wait:
    """What an asker can expect. `usual` is None until somebody has waited."""

    waiting: int
    usual: timedelta | None
    counted: int


def wait() -> Wait:
    """How many wait now, and the median of the last ten waits for a first answer."""
    waiting = db.session.scalar(
        select(func.count()).where(Question.state.in_((*OPEN, State.CLAIMED)))
    )
    last = (
        select(Question.asked_at, Question.first_answered_at)
        .where(Question.first_answered_at.is_not(None))
        .order_by(Question.first_answered_at.desc())
        .limit(WAITS_COUNTED)
    )
    waits = [
        answered - asked for asked, answered in db.session.execute(last) if answered is not None
    ]
    return Wait(waiting or 0, usual_wait(waits), len(waits))


def place_in_queue(found: Found) -> int:
    """The place of a question among those that wait: 1 is next."""
    earlier = and_(
        Question.state.in_((*OPEN, State.CLAIMED)),
        or_(
            Question.asked_at < found.asked_at,
            and_(Question.asked_at == found.asked_at, Question.id < found.id),
        ),
    )
    return 1 + (db.session.scalar(select(func.count()).where(earlier)) or 0)


# --- Words ---------------------------------------------------------------------------------------


def body_place(public_id: str, owner: str) -> Place:
    """Where a question is sealed: as its asker's."""
    return Place("question", "body", public_id, owner)


def answer_place(column: str, public_id: str, owner: str) -> Place:
    """Where an answer is sealed: as the asker's, too, so that both go with her."""
    return Place("answer_text", column, public_id, owner)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: the question itself, an answer, or what was asked on."""

    author_id: int | None
    name: str
    text: str
    sources: str
    at: datetime


def said(found: Found) -> list[Said]:
    """A question and all that was said since, opened."""
    body = db.session.scalars(select(Question.body).where(Question.id == found.id)).one()
    first = _open(body, body_place(found.public_id, found.owner))
    rows = db.session.scalars(
        select(Answer).where(Answer.question_id == found.id).order_by(Answer.id)
    )
    talk = [
        Said(
            row.author_id,
            row.name,
            _open(row.body, answer_place("body", row.public_id, found.owner)),
            _open(row.sources, answer_place("sources", row.public_id, found.owner)),
            row.at,
        )
        for row in rows
    ]
    return [Said(found.asker_id, found.name, first, "", found.asked_at), *talk]


def _open(sealed: bytes | None, place: Place) -> str:
    if sealed is None:
        return ""
    try:
        return unseal(sealed, place)
    except CannotOpen:
        return ""


def _answers(profile: Profile) -> bool:
    return profile.track is Track.SCIENTIST and profile.state in ANSWERING


def scientists() -> list[int]:
    """Who answers questions."""
    return [one.person_id for one in lists.profiles() if _answers(one)]


def scientist(person_id: int) -> str | None:
    """The name under which somebody answers; None for everybody who does not."""
    names = (one.shown_name for one in lists.profiles_of(person_id) if _answers(one))
    return next(names, None)
