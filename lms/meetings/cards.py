"""What meetings show on the pages of rooms below: the next one on a pair's page, disputes for staff."""

from __future__ import annotations

from lms.core.clock import now
from lms.core.policy import Actor
from lms.core.room import Card
from lms.meetings import queries, words
from lms.meetings.queries import Appointment
from lms.meetings.rules import State
from lms.meetings.shown import Reader, shown
from lms.mentoring.queries import Pair
from lms.mentoring.states import State as PairState


def pair(person: Actor, found: Pair) -> list[Card]:
    """The meeting that matters now: one to answer, to log, to look forward to. Two statements at most."""
    reader, moment = Reader.of(person.id, found), now()
    meetings = queries.of_pair(found.id, most=12)
    held = sum(one.state in {State.HELD, State.DISPUTED} for one in meetings)
    one = _one(meetings, person.id)
    times = queries.times([one.id]).get(one.id, []) if one and one.state is State.PROPOSED else []
    last = next((m for m in meetings if m.planned_at and m.planned_at <= moment), None)
    context = {
        "pair": found,
        "name": reader.name,
        "row": shown(one, reader, moment, times, last) if one else None,
        "many": bool(meetings),
        "questions": words.questions(held, closing=found.state == PairState.CLOSING),
    }
    return [Card("meetings/card_pair.html", context, 20, aside=True)]


def _one(meetings: list[Appointment], person_id: int) -> Appointment | None:
    """What waits for this side first, then what comes next, then what the other side has to answer."""
    moment = now()

    def rank(one: Appointment) -> int | None:
        planned = one.state is State.PLANNED and one.planned_at is not None
        if planned and one.planned_at and one.planned_at <= moment:
            return 1
        if one.state is State.HELD and one.confirmed_at is None and one.logged_by != person_id:
            return 2
        if one.state is State.PROPOSED and one.acted_by != person_id:
            return 0
        if planned:
            return 3
        return 4 if one.state is State.PROPOSED else None

    ranked = [(rank(one), one.planned_at or moment, one.id) for one in meetings]
    waiting = [entry for entry in ranked if entry[0] is not None]
    if not waiting:
        return None
    chosen = min(waiting, key=lambda entry: (entry[0] or 0, entry[1], entry[2]))
    return next(one for one in meetings if one.id == chosen[2])
