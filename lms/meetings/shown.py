"""A meeting as one side of a pair sees it: her own clock first, the other one's below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.core.i18n import format_time
from lms.core.i18n import gettext as _
from lms.meetings import clocks, words
from lms.meetings.clocks import Hour
from lms.meetings.queries import Appointment, Time
from lms.meetings.rules import State, open_to_objection
from lms.mentoring.queries import Pair
from lms.mentoring.words import place_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and who is on the other side, with both clocks."""

    id: int
    zone: str
    name: str
    other_zone: str

    @classmethod
    def of(cls, person_id: int, pair: Pair) -> Reader:
        """One side of a pair."""
        mentor = person_id == pair.mentor_id
        own, other = (
            (pair.mentor_zone, pair.mentee_zone) if mentor else (pair.mentee_zone, pair.mentor_zone)
        )
        return cls(person_id, own, pair.name_of(pair.other(person_id)), other)


@dataclass(frozen=True, slots=True)
class Clocks:
    """A moment on both clocks, in words."""

    own: str
    other: str
    block: tuple[str, str, str]
    time: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting in words."""

    public_id: str
    state: State
    state_word: str
    tag: str
    kind: str
    length: str
    at: Clocks | None
    times: Sequence[tuple[int, Clocks]]
    warning: str
    mine: bool
    is_past: bool
    can_log: bool
    can_answer: bool
    can_object: bool
    result: str
    held: str


def on_clocks(at: datetime, reader: Reader) -> Clocks:
    """A moment for both sides."""
    own, other = clocks.on_clock(at, reader.zone), clocks.on_clock(at, reader.other_zone)
    time = format_time(at, reader.other_zone)
    place = place_of(reader.other_zone)
    if own.date() != other.date():
        time = words.when(at, reader.other_zone)
    said = _("%(time)s for %(name)s, %(place)s time", time=time, name=reader.name, place=place)
    own_time = format_time(at, reader.zone)
    return Clocks(words.when(at, reader.zone), said, words.block(at, reader.zone), own_time)


def shown(
    meeting: Appointment,
    reader: Reader,
    now: datetime,
    times: Sequence[Time] = (),
    before: Appointment | None = None,
) -> Shown:
    """A meeting for one side. `before` is the one whose hour she remembers."""
    at = on_clocks(meeting.planned_at, reader) if meeting.planned_at else None
    past = meeting.planned_at is not None and meeting.planned_at <= now
    open_log = meeting.state is State.PLANNED and past
    coming = [time for time in times if time.starts_at > now]
    return Shown(
        public_id=meeting.public_id,
        state=meeting.state,
        state_word=_("Not said yet") if open_log else str(words.STATES[meeting.state]),
        tag="sun" if open_log else words.TAGS[meeting.state],
        kind=str(words.KINDS[meeting.kind]),
        length=words.minutes(meeting.minutes),
        at=at,
        times=[(time.number, on_clocks(time.starts_at, reader)) for time in coming],
        warning=_warning(meeting, reader, times, before),
        mine=meeting.acted_by == reader.id,
        is_past=past,
        can_log=open_log,
        can_answer=meeting.state is State.HELD
        and meeting.confirmed_at is None
        and meeting.logged_by != reader.id,
        can_object=meeting.state is State.MISSED
        and meeting.logged_by != reader.id
        and open_to_objection(meeting.logged_by, meeting.logged_at, now),
        result=_result(meeting, reader),
        held=words.minutes(meeting.held_minutes or 0),
    )


def _warning(
    meeting: Appointment, reader: Reader, times: Sequence[Time], before: Appointment | None
) -> str:
    last = before.hour if before else None
    if last is None or meeting.state not in {State.PROPOSED, State.PLANNED}:
        return ""
    hours = [Hour(meeting.zone, time.local, time.starts_at) for time in times]
    hours += [meeting.hour] if meeting.hour else []
    changed = [hour for hour in hours if clocks.told(last, hour, reader.zone)]
    if not changed:
        return ""
    return _(
        "Clocks change in between. On your clock it is %(hour)s, not %(before)s as last time.",
        hour=format_time(changed[0].at, reader.zone),
        before=format_time(last.at, reader.zone),
    )


def _result(meeting: Appointment, reader: Reader) -> str:
    if meeting.state is State.HELD and meeting.held_minutes:
        length = words.minutes(meeting.held_minutes)
        if meeting.confirmed_at is not None:
            return _("%(length)s, confirmed", length=length)
        waits = _("%(length)s. Waits for your word.", length=length)
        theirs = _("%(length)s. Counts in 7 days, or when %(name)s confirms.", length=length,
                   name=reader.name)  # fmt: skip
        return theirs if meeting.logged_by == reader.id else waits
    return ""
