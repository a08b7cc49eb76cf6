"""The life of a concern as a table, and its clocks. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

ACKNOWLEDGE_WITHIN = timedelta(hours=24)
REMIND_AFTER = timedelta(hours=20)
KEPT_AFTER_CLOSING = timedelta(days=730)
KEPT_LONGER = timedelta(days=365)
DECIDE_WITHIN = timedelta(days=90)


class State(StrEnum):
    """How far a concern is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ASSESSING = "assessing"
    ACTION_PLAN = "action_plan"
    REFERRED = "referred"
    CLOSED = "closed"


class Wish(StrEnum):
    """What whoever raises it wants."""

    TALK = "talk"
    RECORD = "record"
    URGENT = "urgent"


class Basis(StrEnum):
    """Why a concern may be passed on to somebody outside."""

    CONSENT = "consent"
    LIFE = "life"


# From action_plan on it can be closed. A danger to life may show at any time, so any open concern can be
# referred; without a basis none can.
NEXT: dict[State, frozenset[State]] = {
    State.RAISED: frozenset({State.ACKNOWLEDGED, State.REFERRED}),
    State.ACKNOWLEDGED: frozenset({State.ASSESSING, State.REFERRED}),
    State.ASSESSING: frozenset({State.ACTION_PLAN, State.REFERRED}),
    State.ACTION_PLAN: frozenset({State.CLOSED, State.REFERRED}),
    State.REFERRED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
OPEN = tuple(state for state in State if state is not State.CLOSED)


class NotAllowed(Exception):
    """A concern cannot go there from where it is, or not for this reason."""


def move(state: State, to: State, basis: Basis | None = None) -> State:
    """Return the next state. Raises NotAllowed for any step that the table does not have.

    Passing it on needs consent or imminent risk to life; nothing else has a basis.
    """
    if to not in NEXT[state]:
        raise NotAllowed(f"{state} -> {to}")
    if (to is State.REFERRED) != (basis is not None):
        raise NotAllowed("passing on needs a basis, and only passing on has one")
    return to


def due_at(raised_at: datetime) -> datetime:
    """Until when somebody must have said that she has read it."""
    return raised_at + ACKNOWLEDGE_WITHIN


def in_time(raised_at: datetime, acknowledged_at: datetime | None) -> bool:
    """Whether it was acknowledged within the day."""
    return acknowledged_at is not None and acknowledged_at <= due_at(raised_at)
