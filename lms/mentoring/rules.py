"""Who may be paired, who waits for a word, and when somebody has to look. Pure: values in, values out.

What may happen to a pair is in `states`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from lms.learning.rules import QUIET_AFTER
from lms.mentoring.states import (
    LIVE as LIVE,
)
from lms.mentoring.states import (
    OFFERED as OFFERED,
)
from lms.mentoring.states import (
    Side as Side,
)

MESSAGES_KEPT = timedelta(days=180)
KEPT_AFTER_END = timedelta(days=90)
PROPOSALS_KEPT = timedelta(days=30)


class Reason(StrEnum):
    """A reason against a pair."""

    SAME_PERSON = "same_person"
    OTHER_TRACK = "other_track"
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


REMIND_AFTER = timedelta(days=3)
# A turn that is forgotten is brought to mind three times; then a human looks, and nothing ends by itself.
NUDGE_AFTER = (timedelta(days=7), timedelta(days=14), timedelta(days=21))
STAFF_AFTER = timedelta(days=28)
CLOSING_BEFORE = timedelta(weeks=3)


def nudges_due(awaiting_since: datetime, now: datetime) -> int:
    """How many nudges a turn should have had by now."""
    return sum(now - awaiting_since >= after for after in NUDGE_AFTER)


class Stall(StrEnum):
    """Why staff should look at a pair."""

    TURN = "turn"
    MENTOR_AWAY = "mentor_away"
    TIME_OVER = "time_over"


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells whether a pair goes on, without a word of what was said.

    `away`: her mentor takes nobody at the moment, or has left.
    """

    awaiting_since: datetime | None = None
    ends_on: date | None = None
    closing: bool = False
    paused: bool = False
    away: bool = False


def stall(clock: Clock, now: datetime) -> tuple[Stall, int] | None:
    """(rule, full days) for the staff's list, or None while nobody has to look."""
    if clock.away:
        return Stall.MENTOR_AWAY, 0
    over = (now.date() - clock.ends_on).days if clock.ends_on else 0
    if clock.closing and over > 0:
        return Stall.TIME_OVER, over
    waited = now - clock.awaiting_since if clock.awaiting_since else timedelta()
    return (Stall.TURN, waited.days) if not clock.paused and waited >= STAFF_AFTER else None


def closes(ends_on: date | None, today: date) -> bool:
    """Whether a pair's last weeks have begun."""
    return ends_on is not None and today >= ends_on - CLOSING_BEFORE
