"""What home wants to know of mentoring, in one statement: it is opened most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
)

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.core.db import fetch
from lms.mentoring.models import Match, Message
from lms.mentoring.states import OFFERED, TOGETHER, State
from lms.programmes.models import MentorProfile, MentorRequest


@dataclass(frozen=True, slots=True)
class HomeMatch:
    """A live pair or offer as home shows it: names and states, no words."""

    public_id: str
    state: State
    mentor_id: int
    mentor_name: str
    mentee_name: str
    languages: Sequence[str]
    about: str
    unread: int
    track: str = "peer"
    awaiting: str = "none"
    next_meeting_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that home wants to know of mentoring; one statement."""

    matches: tuple[HomeMatch, ...]
    waiting_since: datetime | None
    people_waiting: int


# Home is opened most, and SQLAlchemy finds a statement again by all its parts, each time: so this one is made of
# plain columns and has as few parts as it can. The states are ours, in a text: as parameters they would cost most.
_GONE = f"(SELECT id FROM person WHERE state = '{LEAVING}')"  # noqa: S608 - no value of anybody
_AT_HOME = text(
    f'"match".state IN ({str(sorted(map(str, OFFERED | TOGETHER)))[1:-1]})'
    f' AND "match".mentor_id NOT IN {_GONE} AND "match".mentee_id NOT IN {_GONE}'
)


def _around(*, coordinates: bool) -> Select[Any]:
    person_id: Any = bindparam("person_id")
    match, profile, asked = Match.__table__, MentorProfile.__table__, MentorRequest.__table__
    person, said = Person.__table__, Message.__table__
    hers = or_(match.c.mentor_id == person_id, match.c.mentee_id == person_id)
    unread = select(func.count()).where(
        said.c.match_id == match.c.id, said.c.author_id != person_id, said.c.read_at.is_(None)
    )
    waiting = asked.c.state == literal_column("'waiting'")
    queue = select(func.count()).where(waiting, asked.c.person_id.not_in(hidden()))
    return (
        select(
            asked.c.waiting_since,
            queue.scalar_subquery() if coordinates else literal_column("0"),
            *(match.c.public_id, match.c.state, match.c.mentor_id, match.c.mentor_name),
            *(match.c.mentee_name, profile.c.languages, profile.c.about, unread.scalar_subquery()),
            *(match.c.track, match.c.awaiting, match.c.next_meeting_at),
        )
        .select_from(person)
        .outerjoin(asked, (asked.c.person_id == person.c.id) & waiting)
        .outerjoin(match, hers & _AT_HOME)
        .outerjoin(
            profile,
            (profile.c.person_id == match.c.mentor_id) & (profile.c.track == match.c.track),
        )
        .where(person.c.id == person_id)
        .order_by(match.c.id)
    )


_AROUND, _AROUND_COORDINATOR = _around(coordinates=False), _around(coordinates=True)


def around(person_id: int, *, coordinates: bool) -> Home:
    """What is going on around a person. `coordinates` counts those who wait for a mentor, too."""
    statement = _AROUND_COORDINATOR if coordinates else _AROUND
    rows = fetch(statement, person_id=person_id).all()
    # Somebody who waits in two tracks has each of her pairs twice here.
    matches = {
        row[2]: HomeMatch(row[2], State(row[3]), *row[4:]) for row in rows if row[2] is not None
    }
    return Home(tuple(matches.values()), rows[0][0], rows[0][1])
