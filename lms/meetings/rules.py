"""What may happen to a meeting, when its minutes count, what a stage of a pair asks. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_TIMES = 3
OPEN_TO_OBJECTION = timedelta(days=7)
# A proposal whose last time has gone by comes to nothing; a planned meeting waits for its log.
LOG_REMINDER = timedelta(hours=1)
RHYTHMS = (7, 14, 28)
LENGTHS = (15, 30, 45, 60, 90, 120)
LONGEST = 480


class Kind(StrEnum):
    """How two people meet."""

    CALL = "call"
    CHAT = "chat"
    ASYNC = "async"
    IN_PERSON = "in_person"
    CASE_REVIEW = "case_review"


WRITTEN = frozenset({Kind.CHAT, Kind.ASYNC})


class State(StrEnum):
    """Where a meeting stands."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


class Who(StrEnum):
    """Who acts on a meeting: the side that acted last (`own`), the other one, staff, or the house."""

    OWN = "own"
    OTHER = "other"
    STAFF = "staff"
    HOUSE = "house"


class Step(StrEnum):
    """What can be done to a meeting."""

    AGREE = "agree"
    MOVE = "move"
    CANCEL = "cancel"
    LAPSE = "lapse"
    LOG_HELD = "log_held"
    LOG_MISSED = "log_missed"
    CONFIRM = "confirm"
    OBJECT = "object"
    SETTLE_HELD = "settle_held"
    SETTLE_MISSED = "settle_missed"


class Missed(StrEnum):
    """Why a meeting did not take place. Nobody has to say."""

    NOT_SAID = "not_said"
    NO_CONNECTION = "no_connection"
    COULD_NOT = "could_not"
    FORGOTTEN = "forgotten"


_BOTH = frozenset({Who.OWN, Who.OTHER})
OPEN = frozenset({State.PROPOSED, State.PLANNED})
_ALLOWED: dict[tuple[State, Step], tuple[State, frozenset[Who]]] = {
    (State.PROPOSED, Step.AGREE): (State.PLANNED, frozenset({Who.OTHER})),
    (State.PROPOSED, Step.MOVE): (State.PROPOSED, _BOTH),
    (State.PROPOSED, Step.CANCEL): (State.CANCELLED, _BOTH),
    (State.PROPOSED, Step.LAPSE): (State.CANCELLED, frozenset({Who.HOUSE})),
    (State.PLANNED, Step.MOVE): (State.PROPOSED, _BOTH),
    (State.PLANNED, Step.CANCEL): (State.CANCELLED, _BOTH),
    (State.PLANNED, Step.LAPSE): (State.CANCELLED, frozenset({Who.HOUSE})),
    (State.PLANNED, Step.LOG_HELD): (State.HELD, _BOTH),
    (State.PLANNED, Step.LOG_MISSED): (State.MISSED, _BOTH),
    (State.HELD, Step.CONFIRM): (State.HELD, frozenset({Who.OTHER, Who.HOUSE})),
    (State.HELD, Step.OBJECT): (State.DISPUTED, frozenset({Who.OTHER})),
    (State.MISSED, Step.OBJECT): (State.DISPUTED, frozenset({Who.OTHER})),
    (State.DISPUTED, Step.SETTLE_HELD): (State.HELD, frozenset({Who.STAFF})),
    (State.DISPUTED, Step.SETTLE_MISSED): (State.MISSED, frozenset({Who.STAFF})),
}


class NotAllowed(Exception):
    """The meeting is not in a state in which this person can do that."""


def move(state: State, step: Step, who: Who) -> State:
    """Return the next state. Raises NotAllowed for everything that the table does not name."""
    reached, allowed = _ALLOWED.get((state, step), (state, frozenset()))
    if who not in allowed:
        raise NotAllowed(f"{state}: {step} by {who}")
    return reached


def who(acted_by: int | None, person_id: int) -> Who:
    """Whether a person is the one who acted last on a meeting (proposed it, logged it), or the other side."""
    return Who.OWN if acted_by == person_id else Who.OTHER


def counts_by_itself(logged_at: datetime, now: datetime) -> bool:
    """Whether nobody has objected for so long that the minutes count without a word."""
    return now - logged_at >= OPEN_TO_OBJECTION


def open_to_objection(logged_by: int | None, logged_at: datetime | None, now: datetime) -> bool:
    """Whether the other side may still say that a missed meeting was held. What staff settled is nobody's log."""
    said = logged_by is not None and logged_at is not None
    return said and not counts_by_itself(logged_at or now, now)


def needs_agreement(held_before: int) -> bool:
    """Whether the agreement must be signed by both before this meeting can be logged: from the second on."""
    return held_before >= 1
