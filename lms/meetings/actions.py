"""What changes about meetings: proposed, agreed, moved, cancelled, logged, confirmed; calendars."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, or_, select

from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.core import events, ids
from lms.core.clock import now
from lms.core.db import db
from lms.meetings import clocks, pairs, queries
from lms.meetings.events import MeetingLogged, MinutesConfirmed
from lms.meetings.models import CalendarFeed, Meeting, MeetingStep, MeetingTime
from lms.meetings.queries import Found
from lms.meetings.rules import (
    OPEN_TO_OBJECTION,
    Kind,
    Missed,
    NotAllowed,
    State,
    Step,
    Who,
    move,
    needs_agreement,
    open_to_objection,
    who,
)
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind as Notice


class NotAgreed(Exception):
    """The second meeting can't be logged before both have signed how they want to work."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one side proposes: up to three times on her own clock."""

    kind: Kind
    minutes: int
    zone: str
    locals: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Log:
    """What one side says of a meeting that is over. Without minutes it was missed."""

    minutes: int | None
    reason: Missed = Missed.NOT_SAID


# --- Proposing and planning ----------------------------------------------------------------------


def propose(pair: Pair, person_id: int, plan: Plan) -> str:
    """Propose times to the other side. Return the meeting's public id."""
    row = _new(pair, person_id, plan.kind, plan.minutes, plan.zone)
    _set_times(row, plan)
    _tell_other(pair, row, person_id, Notice.MEETING_PROPOSED)
    return row.public_id


def propose_again(found: Found, person_id: int, plan: Plan) -> None:
    """Propose other times, for a meeting that is planned or not yet. Raises NotAllowed."""
    row = _step(found, Step.MOVE, person_id)
    row.acted_by, row.zone, row.kind, row.minutes = person_id, plan.zone, plan.kind, plan.minutes
    row.planned_at = row.local = None
    _set_times(row, plan)
    _touch(row)
    _tell_other(found.pair, row, person_id, Notice.MEETING_PROPOSED)
    _tell_next(found.pair)


def agree(found: Found, person_id: int, number: int) -> None:
    """Take one of the times: the meeting is planned. Raises NotAllowed, and LookupError for no such time."""
    chosen = (MeetingTime.meeting_id == found.meeting.id) & (MeetingTime.number == number)
    time = db.session.execute(
        select(MeetingTime.local, MeetingTime.starts_at).where(chosen)
    ).first()
    if time is None or time.starts_at <= now():
        raise LookupError(number)
    row = _step(found, Step.AGREE, person_id)
    row.local, row.planned_at = time.local, time.starts_at
    db.session.execute(delete(MeetingTime).where(MeetingTime.meeting_id == row.id))
    _touch(row)
    _tell_other(found.pair, row, person_id, Notice.MEETING_PLANNED)
    _tell_next(found.pair)


def cancel(found: Found, person_id: int) -> None:
    """One side can't make it; no reason is asked. Raises NotAllowed."""
    row = _step(found, Step.CANCEL, person_id)
    _call_off(row)
    _tell_other(found.pair, row, person_id, Notice.MEETING_OFF)
    _tell_next(found.pair)


def in_writing(found: Found, person_id: int) -> None:
    """Keep the time, and write instead of talking. Raises NotAllowed."""
    row = _locked(found.meeting.id)
    if State(row.state) not in {State.PROPOSED, State.PLANNED}:
        raise NotAllowed(row.state)
    row.kind = Kind.CHAT
    _tell_other(found.pair, row, person_id, Notice.MEETING_PLANNED)


def _new(pair: Pair, person_id: int, kind: Kind, minutes: int, zone: str) -> Meeting:
    row = Meeting(
        public_id=ids.public_id(),
        match_id=pair.id,
        kind=kind,
        state=State.PROPOSED,
        minutes=minutes,
        acted_by=person_id,
        zone=zone,
        uid=str(uuid.uuid4()),
        sequence=0,
        changed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _set_times(row: Meeting, plan: Plan) -> None:
    db.session.execute(delete(MeetingTime).where(MeetingTime.meeting_id == row.id))
    moments = sorted({clocks.moment(local, plan.zone) for local in plan.locals})
    shown = [(at, written(clocks.on_clock(at, plan.zone))) for at in moments]
    db.session.add_all(
        MeetingTime(meeting_id=row.id, number=number, local=local, starts_at=at)
        for number, (at, local) in enumerate(shown, start=1)
    )
    db.session.flush()


def written(local: datetime) -> str:
    """An hour on somebody's clock as it is stored."""
    return local.isoformat(timespec="minutes")


def _call_off(row: Meeting) -> None:
    db.session.execute(delete(MeetingTime).where(MeetingTime.meeting_id == row.id))
    _touch(row)


# --- Afterwards ----------------------------------------------------------------------------------


def log(found: Found, person_id: int, said: Log) -> None:
    """Say that a planned meeting was held, and how long, or that it was missed.

    Raises NotAllowed, and NotAgreed for a second meeting without an agreement.
    """
    if found.meeting.planned_at is None or found.meeting.planned_at > now():
        raise NotAllowed("not yet")
    if said.minutes:
        _require_agreement(found.pair)
    row = _step(found, Step.LOG_HELD if said.minutes else Step.LOG_MISSED, person_id)
    _logged(found.pair, row, person_id, said)


def log_unplanned(
    pair: Pair, person_id: int, kind: Kind, at: tuple[datetime, str], said: Log
) -> str:
    """Keep a meeting that nobody had planned here, at (local time, zone). Return its public id.

    Raises NotAllowed for a time that is still to come, and NotAgreed.
    """
    local, zone = at
    starts = clocks.moment(local, zone)
    if starts > now() or not said.minutes:
        raise NotAllowed("not yet")
    _require_agreement(pair)
    row = _new(pair, person_id, kind, max(5, said.minutes), zone)
    row.state, row.local, row.planned_at = State.PLANNED, written(local), starts
    db.session.flush()
    row = _moved(row, Step.LOG_HELD, Who.OWN, person_id)
    _logged(pair, row, person_id, said)
    return row.public_id


def _require_agreement(pair: Pair) -> None:
    if needs_agreement(queries.held(pair.id)) and not pairs.agreed(pair):
        raise NotAgreed


def _logged(pair: Pair, row: Meeting, person_id: int, said: Log) -> None:
    row.logged_by, row.logged_at = person_id, now()
    row.held_minutes = said.minutes
    row.missed_reason = None if said.minutes else said.reason
    db.session.flush()
    if said.minutes:
        _tell_other(pair, row, person_id, Notice.MEETING_LOGGED)
    events.publish(MeetingLogged(row.id, row.match_id))
    _tell_next(pair)


def confirm(found: Found, person_id: int) -> None:
    """The other side says that it was so: the minutes count. Raises NotAllowed."""
    row = _locked(found.meeting.id)
    if row.confirmed_at is not None:
        raise NotAllowed("confirmed already")
    row = _moved(row, Step.CONFIRM, who(row.logged_by, person_id), person_id)
    _count(row, found.pair.mentor_id)
    messaging.seen(person_id, Notice.MEETING_LOGGED, meeting=row.public_id)


def object_to(found: Found, person_id: int) -> None:
    """The other side says that it was not so; a coordinator decides. Raises NotAllowed."""
    row = _locked(found.meeting.id)
    if row.confirmed_at is not None:
        raise NotAllowed("confirmed already")
    missed = row.state == State.MISSED
    if missed and not open_to_objection(row.logged_by, row.logged_at, now()):
        raise NotAllowed("settled, or too long ago")
    row = _moved(row, Step.OBJECT, who(row.logged_by, person_id), person_id)
    messaging.seen(person_id, Notice.MEETING_LOGGED, meeting=row.public_id)
    for coordinator in people.holders(Role.COORDINATOR):
        messaging.notify(coordinator, Notice.MEETING_DISPUTED)


def settle(found: Found, staff_id: int, *, held: bool) -> None:
    """A coordinator decides what two people remember differently. Raises NotAllowed."""
    step = Step.SETTLE_HELD if held else Step.SETTLE_MISSED
    row = _moved(_locked(found.meeting.id), step, Who.STAFF, staff_id)
    if held:
        # Logged as missed, it has no minutes: then the planned ones count.
        row.held_minutes, row.missed_reason = row.held_minutes or row.minutes, None
        _count(row, found.pair.mentor_id)
    else:
        row.held_minutes, row.missed_reason = None, Missed.NOT_SAID
        # It is not one side's word any more, so the other one has nothing to object to.
        row.logged_by = None
    for person_id in (found.pair.mentor_id, found.pair.mentee_id):
        messaging.notify(person_id, Notice.MEETING_SETTLED, meeting=row.public_id)


def _count(row: Meeting, mentor_id: int) -> None:
    row.confirmed_at = now()
    db.session.flush()
    events.publish(MinutesConfirmed(row.id, mentor_id))


# --- Every day -----------------------------------------------------------------------------------


def daily() -> None:
    """Count what nobody objected to, let old proposals lapse, keep the proposers' hours, end old addresses."""
    for meeting_id in queries.unconfirmed(now() - OPEN_TO_OBJECTION):
        row = _moved(_locked(meeting_id), Step.CONFIRM, Who.HOUSE, None)
        mentor = select(Match.mentor_id).where(Match.id == row.match_id)
        _count(row, db.session.scalars(mentor).one())
    for meeting_id in queries.lapsed(now()):
        _call_off(_moved(_locked(meeting_id), Step.LAPSE, Who.HOUSE, None))
    keep_hours()
    end_feeds()


def keep_hours() -> None:
    """Follow the rules of the zones: where they have changed, a meeting stays at its proposer's hour."""
    for found in queries.planned_after(now()):
        meeting = found.meeting
        if meeting.local is None:
            continue
        at = clocks.moment(meeting.local, meeting.zone)
        if at == meeting.planned_at:
            continue
        row = _locked(meeting.id)
        row.planned_at = at
        _touch(row)
        _tell_other(found.pair, row, meeting.acted_by, Notice.MEETING_PLANNED)
        _tell_next(found.pair)


def end_feeds() -> None:
    """Forget the addresses of people who are in no pair any more."""
    mine = or_(Match.mentor_id == CalendarFeed.person_id, Match.mentee_id == CalendarFeed.person_id)
    paired = select(Match.id).where(mine, Match.state.in_(TOGETHER)).exists()
    db.session.execute(delete(CalendarFeed).where(~paired))


def end_of_pair(match_id: int) -> None:
    """A pair is over: what was to come is called off, and calendars learn it."""
    still = Meeting.state.in_((State.PROPOSED, State.PLANNED))
    open_ones = select(Meeting.id).where(Meeting.match_id == match_id, still)
    for meeting_id in db.session.scalars(open_ones).all():
        _call_off(_moved(_locked(meeting_id), Step.LAPSE, Who.HOUSE, None))


# --- Calendars -----------------------------------------------------------------------------------


def make_feed(person_id: int) -> str:
    """Give somebody a new secret address; an older one ends with that. Return what stands in it, once."""
    stop_feed(person_id)
    secret = ids.token()
    db.session.add(CalendarFeed(person_id=person_id, digest=digest(secret), made_at=now()))
    db.session.flush()
    return secret


def stop_feed(person_id: int) -> None:
    """End somebody's secret address at once."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.person_id == person_id))


def digest(secret: str) -> bytes:
    """What is kept of a secret address."""
    found: bytes = current_app.extensions["keys"].digest("calendar", secret)
    return found


# --- Common --------------------------------------------------------------------------------------


def _locked(meeting_id: int) -> Meeting:
    mine = select(Meeting).where(Meeting.id == meeting_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _step(found: Found, step: Step, person_id: int) -> Meeting:
    row = _locked(found.meeting.id)
    return _moved(row, step, who(row.acted_by, person_id), person_id)


def _moved(row: Meeting, step: Step, by: Who, person_id: int | None) -> Meeting:
    before = State(row.state)
    row.state = move(before, step, by)
    line = MeetingStep(
        meeting_id=row.id,
        at=now(),
        person_id=person_id,
        step=step,
        state_before=before,
        state_after=row.state,
    )
    db.session.add(line)
    db.session.flush()
    return row


def _touch(row: Meeting) -> None:
    # Calendars take a change only with a higher number than they have seen.
    row.sequence, row.changed_at = row.sequence + 1, now()
    db.session.flush()


def _tell_other(pair: Pair, row: Meeting, person_id: int, kind: Notice) -> None:
    for answered in (Notice.MEETING_PROPOSED, Notice.MEETING_PLANNED):
        messaging.seen(person_id, answered, meeting=row.public_id)
    messaging.notify(pair.other(person_id), kind, meeting=row.public_id)


def _tell_next(pair: Pair) -> None:
    pairs.tell_next(pair, queries.next_planned(pair.id, now()))
