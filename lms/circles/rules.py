"""Circles and questions as tables of what may follow what. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

from lms.core.codes import CodeShape

CODE = CodeShape(length=8, group=4)
MOST_MEMBERS = 12
POSTS_KEPT = timedelta(days=180)
KEPT_AFTER_END = timedelta(days=90)

CLAIM = timedelta(hours=48)
MOST_CLAIMS = 3
WAITS_COUNTED = 10
CLOSE_AFTER = timedelta(days=30)
QUESTIONS_KEPT = timedelta(days=180)


class NotAllowed(Exception):
    """What was asked for does not follow from where things stand."""


class Full(Exception):
    """Twelve people are in the circle."""


# --- Meetings ------------------------------------------------------------------------------------


def moment(local: datetime, zone: str) -> datetime:
    """The moment at which a clock in `zone` shows `local`: of an hour that comes twice the first one."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def on_clock(at: datetime, zone: str) -> datetime:
    """What a clock in `zone` shows at a moment."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def following(at: datetime, days: int, zone: str) -> datetime:
    """The next meeting: the same hour on the facilitator's clock, also when the clocks have changed."""
    return moment(on_clock(at, zone) + timedelta(days=days), zone)


# --- Case sheets ---------------------------------------------------------------------------------


class Check(StrEnum):
    """What an author confirms before a sheet can be posted; each takes away a way to recognise somebody."""

    NAMES = "names"
    PLACES = "places"
    DATES = "dates"
    CONTACTS = "contacts"
    SERVICES = "services"
    RARE = "rare"
    FAMILY = "family"
    POLICE = "police"
    ALTERED = "altered"
    INVENTED = "invented"


def missing(confirmed: Collection[str]) -> list[Check]:
    """What still has to be confirmed, in order."""
    return [check for check in Check if check.value not in confirmed]


class Stage(StrEnum):
    """The order in which a circle talks about a case, as ECHO does: nobody advises before all have asked."""

    QUESTIONS = "questions"
    IDEAS = "ideas"
    ADVICE = "advice"
    SUMMARY = "summary"
    CLOSED = "closed"


def next_stage(stage: Stage) -> Stage:
    """What comes after. Raises NotAllowed at the end."""
    order = list(Stage)
    if stage is order[-1]:
        raise NotAllowed("the talk is over")
    return order[order.index(stage) + 1]


def may_speak(stage: Stage, *, facilitator: bool) -> bool:
    """Whether somebody may add to a sheet now: summary and advice are the facilitator's."""
    if stage is Stage.CLOSED:
        return False
    return facilitator or stage in {Stage.QUESTIONS, Stage.IDEAS}


# --- Questions -----------------------------------------------------------------------------------


class State(StrEnum):
    """How far a question is."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


class Step(StrEnum):
    """What can happen to a question."""

    CLAIM = "claim"
    RELEASE = "release"
    ANSWER = "answer"
    REOPEN = "reopen"
    CLOSE = "close"


# A claim that lapses or is given back leads to where the question came from (`released`).
NEXT: dict[tuple[State, Step], State] = {
    (State.QUEUED, Step.CLAIM): State.CLAIMED,
    (State.REOPENED, Step.CLAIM): State.CLAIMED,
    (State.CLAIMED, Step.RELEASE): State.QUEUED,
    (State.CLAIMED, Step.ANSWER): State.ANSWERED,
    (State.ANSWERED, Step.REOPEN): State.REOPENED,
    (State.ANSWERED, Step.CLOSE): State.CLOSED,
    (State.QUEUED, Step.CLOSE): State.CLOSED,
    (State.REOPENED, Step.CLOSE): State.CLOSED,
}
OPEN = (State.QUEUED, State.REOPENED)


def move(state: State, step: Step) -> State:
    """Return the next state. Raises NotAllowed for any step that the table does not have."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise NotAllowed(f"{step} of a question that is {state}") from None


def released(*, answered_before: bool) -> State:
    """Where a question goes whose claim ended without an answer."""
    return State.REOPENED if answered_before else move(State.CLAIMED, Step.RELEASE)


def usual_wait(waits: Sequence[timedelta]) -> timedelta | None:
    """The median of the last ten waits, or None where nobody has waited yet: no figure is made up."""
    last = sorted(waits[-WAITS_COUNTED:])
    return timedelta(seconds=median(one.total_seconds() for one in last)) if last else None


def claim_end(now: datetime) -> datetime:
    """Until when a claim keeps others away."""
    return now + CLAIM
