"""Reads of meetings: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from lms.accounts.leaving import hidden
from lms.core.db import db
from lms.meetings.clocks import Hour
from lms.meetings.ics import Entry
from lms.meetings.models import CalendarFeed, Meeting, MeetingTime
from lms.meetings.rules import Kind, State
from lms.mentoring import queries as mentoring
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER

# What a feed still tells of what has gone by: a phone's calendar forgets as soon as it can.
FEED_KEEPS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Time:
    """One of the times that were proposed: on its proposer's clock and as a moment."""

    number: int
    local: datetime
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """A meeting of a pair, whatever became of it."""

    id: int
    public_id: str
    match_id: int
    kind: Kind
    state: State
    minutes: int
    acted_by: int
    zone: str
    local: datetime | None
    planned_at: datetime | None
    uid: str
    sequence: int
    changed_at: datetime
    held_minutes: int | None
    logged_by: int | None
    logged_at: datetime | None
    confirmed_at: datetime | None
    missed_reason: str | None

    @property
    def entry(self) -> Entry | None:
        """What a calendar gets to know; nothing of what has no time."""
        if self.planned_at is None:
            return None
        cancelled = self.state is State.CANCELLED
        return Entry(
            self.uid, self.sequence, self.planned_at, self.minutes, self.changed_at, cancelled
        )

    @property
    def hour(self) -> Hour | None:
        """When it is, of a meeting that has a time."""
        if self.local is None or self.planned_at is None:
            return None
        return Hour(self.zone, self.local, self.planned_at)


@dataclass(frozen=True, slots=True)
class Found:
    """A meeting with its pair, as an address leads to it."""

    meeting: Appointment
    pair: Pair


_COLUMNS = tuple(getattr(Meeting, name) for name in Appointment.__slots__)


def _appointment(row: Row[*tuple[Any, ...]] | tuple[Any, ...]) -> Appointment:
    values = dict(zip(Appointment.__slots__, row, strict=True))
    values["kind"], values["state"] = Kind(values["kind"]), State(values["state"])
    values["local"] = datetime.fromisoformat(values["local"]) if values["local"] else None
    return Appointment(**values)


def _meetings() -> Select[Any]:
    return select(*_COLUMNS)


def meeting(public_id: str) -> Found | None:
    """A meeting by the id in its address, with its pair."""
    found = _meetings().add_columns(Match.public_id).join(Match, Match.id == Meeting.match_id)
    row = db.session.execute(found.where(Meeting.public_id == public_id)).first()
    pair = mentoring.pair(row[-1]) if row else None
    return Found(_appointment(tuple(row[:-1])), pair) if row and pair else None


def by_id(meeting_id: int) -> Appointment:
    """A meeting by its number."""
    return _appointment(db.session.execute(_meetings().where(Meeting.id == meeting_id)).one())


def of_pair(match_id: int, most: int = 60) -> list[Appointment]:
    """The meetings of a pair, the latest first; proposals that have no time yet come before all."""
    ordered = (Meeting.planned_at.is_(None).desc(), Meeting.planned_at.desc(), Meeting.id.desc())
    rows = _meetings().where(Meeting.match_id == match_id).order_by(*ordered).limit(most)
    return [_appointment(row) for row in db.session.execute(rows)]


def with_times(match_id: int, most: int) -> tuple[list[Appointment], dict[int, list[Time]]]:
    """As `of_pair`, and meeting → the times that are proposed for it. One statement."""
    ordered = (Meeting.planned_at.is_(None).desc(), Meeting.planned_at.desc(), Meeting.id.desc())
    latest = select(Meeting.id).where(Meeting.match_id == match_id).order_by(*ordered).limit(most)
    rows = db.session.execute(
        _meetings()
        .add_columns(MeetingTime.number, MeetingTime.local, MeetingTime.starts_at)
        .outerjoin(MeetingTime, MeetingTime.meeting_id == Meeting.id)
        .where(Meeting.id.in_(latest))
        .order_by(*ordered, MeetingTime.starts_at)
    ).all()
    found = {row[0]: _appointment(tuple(row[:-3])) for row in rows}
    proposed: dict[int, list[Time]] = {}
    for meeting_id, number, local, starts_at in ((row[0], *row[-3:]) for row in rows):
        if number is not None:
            one = Time(number, datetime.fromisoformat(local), starts_at)
            proposed.setdefault(meeting_id, []).append(one)
    return list(found.values()), proposed


def times(meeting_ids: Sequence[int]) -> dict[int, list[Time]]:
    """Meeting → the times that are proposed for it, in their order."""
    if not meeting_ids:
        return {}
    asked = MeetingTime.meeting_id.in_(meeting_ids)
    rows = db.session.execute(
        select(MeetingTime.meeting_id, MeetingTime.number, MeetingTime.local, MeetingTime.starts_at)
        .where(asked)
        .order_by(MeetingTime.starts_at)
    )
    found: dict[int, list[Time]] = {}
    for meeting_id, number, local, starts_at in rows:
        one = Time(number, datetime.fromisoformat(local), starts_at)
        found.setdefault(meeting_id, []).append(one)
    return found


def before(match_id: int, moment: datetime) -> Appointment | None:
    """The latest meeting of a pair that was planned before a moment: whose hour people remember."""
    kept = Meeting.state.in_((State.HELD, State.MISSED, State.DISPUTED, State.PLANNED))
    earlier = (Meeting.match_id == match_id) & (Meeting.planned_at < moment) & kept
    latest = Meeting.planned_at.desc()
    row = db.session.execute(_meetings().where(earlier).order_by(latest).limit(1)).first()
    return _appointment(row) if row else None


def held(match_id: int) -> int:
    """How many meetings of a pair were held, as at least one side says."""
    counted = (Meeting.match_id == match_id) & Meeting.state.in_((State.HELD, State.DISPUTED))
    return db.session.scalar(select(func.count()).select_from(Meeting).where(counted)) or 0


def next_planned(match_id: int, after: datetime) -> datetime | None:
    """When a pair meets next."""
    coming = (Meeting.match_id == match_id) & (Meeting.planned_at > after)
    planned = select(func.min(Meeting.planned_at)).where(coming, Meeting.state == State.PLANNED)
    return db.session.scalar(planned)


# --- Staff and the house -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Disputed:
    """A meeting that one side says was held and the other says was not. Names, date, minutes; no words."""

    public_id: str
    mentor_id: int
    mentor_name: str
    mentee_id: int
    mentee_name: str
    planned_at: datetime | None
    held_minutes: int | None


def disputed() -> list[Disputed]:
    """Meetings that wait for a coordinator, the oldest first."""
    rows = db.session.execute(
        select(
            *(Meeting.public_id, Match.mentor_id, Match.mentor_name, Match.mentee_id),
            *(Match.mentee_name, Meeting.planned_at),
            # What one side logged; where she said that it was missed, what was planned.
            func.coalesce(Meeting.held_minutes, Meeting.minutes),
        )
        .join(Match, Match.id == Meeting.match_id)
        .where(Meeting.state == State.DISPUTED, _seen())
        .order_by(Meeting.planned_at)
    )
    return [Disputed(*row) for row in rows]


def _seen() -> Any:
    return Match.mentor_id.not_in(hidden()) & Match.mentee_id.not_in(hidden())


@dataclass(frozen=True, slots=True)
class Line:
    """A meeting as staff see it: which pair, when, what became of it, how long. Nothing else."""

    match_id: int
    state: State
    kind: Kind
    planned_at: datetime | None
    held_minutes: int | None
    confirmed_at: datetime | None


def lines(match_ids: Iterable[int]) -> list[Line]:
    """The meetings of these pairs for staff and reports, in the order of their dates."""
    rows = db.session.execute(
        select(
            *(Meeting.match_id, Meeting.state, Meeting.kind, Meeting.planned_at),
            *(Meeting.held_minutes, Meeting.confirmed_at),
        )
        .where(Meeting.match_id.in_(list(match_ids)))
        .order_by(Meeting.planned_at)
    )
    return [Line(row[0], State(row[1]), Kind(row[2]), *row[3:]) for row in rows]


def unconfirmed(logged_before: datetime) -> list[int]:
    """Held meetings that were logged before a moment and that nobody has confirmed."""
    waiting = (Meeting.state == State.HELD) & Meeting.confirmed_at.is_(None)
    old = Meeting.logged_at <= logged_before
    return list(db.session.scalars(select(Meeting.id).where(waiting, old)))


def lapsed(now: datetime) -> list[int]:
    """Proposals of which every time has gone by, and whatever is open in a pair that is over."""
    last = select(func.max(MeetingTime.starts_at)).where(MeetingTime.meeting_id == Meeting.id)
    late = (Meeting.state == State.PROPOSED) & (last.correlate(Meeting).scalar_subquery() < now)
    over = Match.state.not_in(TOGETHER) & Meeting.state.in_((State.PROPOSED, State.PLANNED))
    found = select(Meeting.id).join(Match, Match.id == Meeting.match_id).where(or_(late, over))
    return list(db.session.scalars(found.order_by(Meeting.id)))


def planned_after(now: datetime) -> list[Found]:
    """Meetings that are still to come, with their pairs."""
    coming = (Meeting.state == State.PLANNED) & (Meeting.planned_at > now)
    rows = db.session.execute(
        _meetings().add_columns(Match.public_id).join(Match, Match.id == Meeting.match_id)
        .where(coming)
    ).all()  # fmt: skip
    pairs = {name: mentoring.pair(name) for name in {row[-1] for row in rows}}
    found = [(_appointment(tuple(row[:-1])), pairs[row[-1]]) for row in rows]
    return [Found(one, pair) for one, pair in found if pair is not None]


# --- Calendars -----------------------------------------------------------------------------------


def feed_of(person_id: int) -> datetime | None:
    """Since when somebody has a secret calendar address; None without one."""
    return db.session.scalar(
        select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id)
    )


def feed(digest: bytes, now: datetime) -> list[Entry] | None:
    """What a calendar fetches with a secret address; None for one that leads nowhere. One statement."""
    mine = or_(Match.mentor_id == CalendarFeed.person_id, Match.mentee_id == CalendarFeed.person_id)
    coming = (Meeting.planned_at > now - FEED_KEEPS) & Meeting.state.in_(
        (State.PLANNED, State.CANCELLED)
    )
    rows = db.session.execute(
        select(CalendarFeed.person_id, *_COLUMNS)
        .select_from(CalendarFeed)
        .outerjoin(Match, mine & Match.state.in_(TOGETHER) & _seen())
        .outerjoin(Meeting, (Meeting.match_id == Match.id) & coming)
        .where(CalendarFeed.digest == digest, CalendarFeed.person_id.not_in(hidden()))
        .order_by(Meeting.planned_at)
    ).all()
    if not rows:
        return None
    found = [_appointment(tuple(row[1:])).entry for row in rows if row[1] is not None]
    return [entry for entry in found if entry is not None]
