"""Who may be paired, what may happen to a pair, and who waits for a word. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from lms.learning.rules import QUIET_AFTER

MESSAGES_KEPT = timedelta(days=180)
KEPT_AFTER_END = timedelta(days=90)
PROPOSALS_KEPT = timedelta(days=30)


class State(StrEnum):
    """Where a pair stands."""

    OFFERED_TO_MENTEE = "offered_to_mentee"
    OFFERED_TO_MENTOR = "offered_to_mentor"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


# A pair in one of these states holds a place of its mentor, and its mentee is in no other one.
LIVE = frozenset({State.OFFERED_TO_MENTEE, State.OFFERED_TO_MENTOR, State.ACTIVE})
OFFERED = frozenset({State.OFFERED_TO_MENTEE, State.OFFERED_TO_MENTOR})


class Side(StrEnum):
    """Who acts on a pair."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    HOUSE = "house"


class Step(StrEnum):
    """What can be done to a pair."""

    AGREE = "agree"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    END = "end"


_ALLOWED = {
    (State.OFFERED_TO_MENTEE, Step.AGREE, Side.MENTEE): State.OFFERED_TO_MENTOR,
    (State.OFFERED_TO_MENTEE, Step.DECLINE, Side.MENTEE): State.DECLINED,
    (State.OFFERED_TO_MENTEE, Step.EXPIRE, Side.HOUSE): State.EXPIRED,
    (State.OFFERED_TO_MENTEE, Step.WITHDRAW, Side.HOUSE): State.WITHDRAWN,
    (State.OFFERED_TO_MENTOR, Step.AGREE, Side.MENTOR): State.ACTIVE,
    (State.OFFERED_TO_MENTOR, Step.DECLINE, Side.MENTOR): State.DECLINED,
    (State.OFFERED_TO_MENTOR, Step.EXPIRE, Side.HOUSE): State.EXPIRED,
    (State.OFFERED_TO_MENTOR, Step.WITHDRAW, Side.HOUSE): State.WITHDRAWN,
    (State.ACTIVE, Step.END, Side.MENTEE): State.ENDED,
    (State.ACTIVE, Step.END, Side.MENTOR): State.ENDED,
}


class NotAllowed(Exception):
    """The pair is not in a state in which this side can do that."""


def move(state: State, step: Step, side: Side) -> State:
    """Return the next state. Raises NotAllowed for everything that the table above does not name."""
    found = _ALLOWED.get((state, step, side))
    if found is None:
        raise NotAllowed(f"{state}: {step} by {side}")
    return found


def awaited(state: State) -> Side | None:
    """Whose answer an offered pair waits for."""
    return {State.OFFERED_TO_MENTEE: Side.MENTEE, State.OFFERED_TO_MENTOR: Side.MENTOR}.get(state)


class Reason(StrEnum):
    """A reason against a pair."""

    SAME_PERSON = "same_person"
    ASKED_NOT_TO = "asked_not_to"
    NO_LANGUAGE = "no_language"
    PAUSED = "paused"
    NO_PLACE = "no_place"
    COORDINATES = "coordinates"
    OFFERED_BEFORE = "offered_before"


# What a coordinator can't decide over. The other reasons are shown, and she weighs them.
BARS = frozenset(Reason) - {Reason.COORDINATES, Reason.OFFERED_BEFORE}


@dataclass(frozen=True, slots=True)
class Mentor:
    """What decides about a mentor."""

    person_id: int
    languages: Sequence[str]
    capacity: int
    taken: int
    paused: bool

    @property
    def free(self) -> int:
        """Places that are left."""
        return max(0, self.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class Mentee:
    """What decides about somebody who waits.

    `not_again`: people with whom one side of an earlier pair wants no other one; `coordinators` run her
    cohorts; with those in `before` an offer came to nothing.
    """

    person_id: int
    languages: Sequence[str]
    not_again: frozenset[int] = frozenset()
    coordinators: frozenset[int] = frozenset()
    before: frozenset[int] = frozenset()


def shared_languages(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """Languages that both speak, in the order of the first."""
    return [code for code in one if code in other]


def reasons_against(mentor: Mentor, mentee: Mentee) -> list[Reason]:
    """Every reason against this pair, the hardest first."""
    found = {
        Reason.SAME_PERSON: mentor.person_id == mentee.person_id,
        Reason.ASKED_NOT_TO: mentor.person_id in mentee.not_again,
        Reason.NO_LANGUAGE: not shared_languages(mentee.languages, mentor.languages),
        Reason.PAUSED: mentor.paused,
        Reason.NO_PLACE: not mentor.free,
        Reason.COORDINATES: mentor.person_id in mentee.coordinators,
        Reason.OFFERED_BEFORE: mentor.person_id in mentee.before,
    }
    return [reason for reason, holds in found.items() if holds]


class Call(IntEnum):
    """Why a learner waits for her mentor, in the order in which they are listed."""

    ANSWER = 1
    TASK = 2
    HELLO = 3
    QUIET = 4


@dataclass(frozen=True, slots=True)
class Signs:
    """What a pair looks like from outside: no word of what was said.

    `asked_at` is the learner's first message after the mentor's last one, `last_word` the latest message of
    either; `last_step` is the latest in a shared course that is not finished.
    """

    started_at: datetime
    asked_at: datetime | None = None
    task_at: datetime | None = None
    last_word: datetime | None = None
    last_step: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who would be glad to hear from her mentor, and since when."""

    call: Call
    since: datetime

    def days(self, now: datetime) -> int:
        """Full days of waiting."""
        return (now - self.since).days


def waits(signs: Signs, now: datetime) -> Waiting | None:
    """Return why the mentor should turn to this learner now, or None when she is on her way.

    A word after a quiet time ends the quiet: nobody is asked to say hello twice in 14 days.
    """
    if signs.asked_at is not None:
        return Waiting(Call.ANSWER, signs.asked_at)
    if signs.task_at is not None:
        return Waiting(Call.TASK, signs.task_at)
    if signs.last_word is None:
        return Waiting(Call.HELLO, signs.started_at)
    if signs.last_step is None:
        return None
    last_sign = max(signs.last_word, signs.last_step, signs.started_at)
    return Waiting(Call.QUIET, last_sign) if now - last_sign >= QUIET_AFTER else None


def expires(asked_at: datetime, offer_days: int) -> datetime:
    """Until when an offer waits for an answer."""
    return asked_at + timedelta(days=offer_days)
