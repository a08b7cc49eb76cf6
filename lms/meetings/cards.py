"""What meetings show on the pages of rooms below: the next one on a pair's page, disputes for staff."""

from __future__ import annotations

from datetime import datetime

from lms.core.clock import now
from lms.core.policy import Actor
from lms.core.room import Card
from lms.meetings import queries
from lms.meetings.queries import Appointment
from lms.meetings.rules import State
from lms.meetings.shown import Reader, shown
from lms.meetings.timeline import moments
from lms.mentoring.queries import Pair
from lms.mentoring.timeline import BROUGHT

MOST = 60


def pair(person: Actor, found: Pair) -> list[Card]:
    """The meeting that waits for this side, and the next one to come; for the timeline, all that have a time.

    Before the timeline while something waits for her, else beside it. One statement.
    """
    reader, moment = Reader.of(person.id, found), now()
    meetings, times = queries.with_times(found.id, most=MOST)
    chosen = _chosen(meetings, person.id, moment)
    last = next((m for m in meetings if m.planned_at and m.planned_at <= moment), None)
    context = {
        "pair": found,
        "name": reader.name,
        "rows": [shown(one, reader, moment, times.get(one.id, []), last) for one in chosen],
        BROUGHT: moments(meetings, reader, moment),
    }
    asks = any(_waits_for(one, person.id, moment) for one in chosen)
    return [Card("meetings/card_pair.html", context, 20, aside=not asks)]


def _chosen(meetings: list[Appointment], person_id: int, moment: datetime) -> list[Appointment]:
    ordered = sorted(meetings, key=lambda one: (one.planned_at or moment, one.id))
    waiting = [one for one in ordered if _waits_for(one, person_id, moment)]
    coming = [one for one in ordered if _is_planned(one) and not _has_begun(one, moment)]
    open_ones = [one for one in ordered if one.state is State.PROPOSED and one not in waiting]
    return waiting[:1] + (coming or open_ones)[:1]


def _waits_for(one: Appointment, person_id: int, moment: datetime) -> bool:
    """Whether this side has something to do about a meeting: choose a time, log it, confirm it."""
    if one.state is State.PROPOSED:
        return one.acted_by != person_id
    unconfirmed = one.state is State.HELD and one.confirmed_at is None
    to_log = _is_planned(one) and _has_begun(one, moment)
    return to_log or (unconfirmed and one.logged_by != person_id)


def _is_planned(one: Appointment) -> bool:
    return one.state is State.PLANNED


def _has_begun(one: Appointment, moment: datetime) -> bool:
    return one.planned_at is not None and one.planned_at <= moment
