"""What may happen to a goal and to a text that is read in rounds. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from lms.mentoring.states import Side

MOST_OPEN = 3
MOST_STEPS = 12
MOST_QUESTIONS = 5
MOST_ROUNDS = 12
REMIND_BEFORE = timedelta(days=1)


class NotAllowed(Exception):
    """It is not in a state in which this side can do that."""


class TooMany(Exception):
    """There are as many open ones as there can be."""


class GoalState(StrEnum):
    """Where a goal stands."""

    OPEN = "open"
    MET = "met"
    PARTLY_MET = "partly_met"
    DROPPED = "dropped"


OUTCOMES = (GoalState.MET, GoalState.PARTLY_MET, GoalState.DROPPED)


def close(state: GoalState, outcome: GoalState, side: Side | None) -> GoalState:
    """The mentee says how it came out. Raises NotAllowed."""
    if side is not Side.MENTEE or state is not GoalState.OPEN or outcome is GoalState.OPEN:
        raise NotAllowed(f"{state}: {outcome} by {side}")
    return outcome


def reopen(state: GoalState, side: Side | None, *, before: bool) -> GoalState:
    """The mentee takes it up again, once. Raises NotAllowed."""
    if side is not Side.MENTEE or state is GoalState.OPEN or before:
        raise NotAllowed(f"{state}: reopen by {side}")
    return GoalState.OPEN


def done_of(steps: Sequence[bool | None]) -> tuple[int, int]:
    """(done, all). A step that the reader may not see counts as not done."""
    return sum(step is True for step in steps), len(steps)


class ReviewState(StrEnum):
    """Where a text stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    DONE = "done"


class Act(StrEnum):
    """What can be done about a text."""

    ANSWER = "answer"
    DECLINE = "decline"
    LATER = "later"
    NEXT = "next"
    FINISH = "finish"


_ALLOWED = {
    (ReviewState.ASKED, Act.ANSWER, Side.MENTOR): ReviewState.ANSWERED,
    (ReviewState.ASKED, Act.DECLINE, Side.MENTOR): ReviewState.DECLINED,
    (ReviewState.ASKED, Act.LATER, Side.MENTOR): ReviewState.ASKED,
    (ReviewState.ASKED, Act.FINISH, Side.MENTEE): ReviewState.DONE,
    (ReviewState.ANSWERED, Act.NEXT, Side.MENTEE): ReviewState.ASKED,
    (ReviewState.ANSWERED, Act.FINISH, Side.MENTEE): ReviewState.DONE,
    (ReviewState.DECLINED, Act.FINISH, Side.MENTEE): ReviewState.DONE,
}


def move(state: ReviewState, act: Act, side: Side | None) -> ReviewState:
    """Return the next state. Raises NotAllowed for everything that the table above does not name."""
    found = _ALLOWED.get((state, act, side)) if side else None
    if found is None:
        raise NotAllowed(f"{state}: {act} by {side}")
    return found


def allowed(state: ReviewState, side: Side | None) -> frozenset[Act]:
    """What this side can do now."""
    return frozenset(act for before, act, who in _ALLOWED if (before, who) == (state, side))


def remind(due_on: date, today: date) -> bool:
    """Whether it is time to say that an answer was agreed for a day."""
    return due_on - REMIND_BEFORE <= today
