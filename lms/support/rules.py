"""When somebody asks how a pair is, when a pair counts as quiet, and who hears of it. Pure: `now` comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

# --- Check-ins -----------------------------------------------------------------------------------

FIRST_CHECK_INS = (2, 14, 30)
MONTH = 30
LATE_AFTER = timedelta(days=7)
AHEAD = timedelta(days=7)
FIRST_MONTH = timedelta(days=max(FIRST_CHECK_INS))


class CheckState(StrEnum):
    """Where a check-in stands; `OVERDUE` and `TO_COME` follow from the day and are stored nowhere."""

    TO_COME = "to_come"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    SKIPPED = "skipped"


class With(StrEnum):
    """Who was spoken with."""

    BOTH = "both"
    MENTOR = "mentor"
    MENTEE = "mentee"


class Channel(StrEnum):
    """How."""

    WRITING = "writing"
    CALL = "call"
    IN_PERSON = "in_person"


class Skipped(StrEnum):
    """Why a check-in did not take place."""

    NO_ANSWER = "no_answer"
    SPOKE_ALREADY = "spoke_already"
    NOT_WANTED = "not_wanted"
    PAUSED = "paused"
    # Nobody asked, and the next one has come: what the report has to count as not done.
    MISSED = "missed"


def due_on(started_on: date, number: int) -> date:
    """The day of a pair's check-in; the first has number 0."""
    if number < len(FIRST_CHECK_INS):
        return started_on + timedelta(days=FIRST_CHECK_INS[number])
    return started_on + timedelta(
        days=FIRST_CHECK_INS[-1] + MONTH * (number - len(FIRST_CHECK_INS) + 1)
    )


def check_ins_to_make(
    started_on: date, today: date, ahead: timedelta = AHEAD
) -> list[tuple[int, date]]:
    """(number, day) of check-ins that should stand in the queue: up to `ahead`, none that would be born overdue.

    So a pair that was entered long after its beginning gets its next ones, not a backlog.
    """
    return [
        (number, day)
        for number, day in _check_ins(started_on, today + ahead)
        if day > today - LATE_AFTER
    ]


def _check_ins(started_on: date, until: date) -> Iterator[tuple[int, date]]:
    number = 0
    while (day := due_on(started_on, number)) <= until:
        yield number, day
        number += 1


def standing(state: str, due: date, today: date) -> CheckState:
    """Where a check-in stands today: a week after its day it is overdue."""
    if state != CheckState.DUE:
        return CheckState(state)
    if due > today:
        return CheckState.TO_COME
    return CheckState.OVERDUE if today - due > LATE_AFTER else CheckState.DUE


def on_time(due: date, done_on: date) -> bool:
    """Whether a check-in counts as done on time in the report."""
    return done_on - due <= LATE_AFTER


# --- Quiet pairs ---------------------------------------------------------------------------------

FIRST_MEETING_AFTER = timedelta(days=10)
QUIET_AFTER = timedelta(days=14)
# The mentor hears first (`mentoring`, its daily job); the staff's page shows the pair a week after her.
STAFF_HEARS_AFTER = timedelta(days=7)


class Stall(StrEnum):
    """The rule by which a pair counts as stalled."""

    NO_FIRST_MEETING = "no_first_meeting"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a pair looks like from outside: moments, no words.

    `last_sign` is the latest message or word about a meeting, of either side.
    """

    started_at: datetime
    last_sign: datetime | None = None
    next_meeting_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stalled:
    """A rule that a pair meets, and since when nothing happened."""

    rule: Stall
    since: datetime

    @property
    def begins(self) -> datetime:
        """From when on the rule is met."""
        after = FIRST_MEETING_AFTER if self.rule is Stall.NO_FIRST_MEETING else QUIET_AFTER
        return self.since + after

    def days(self, now: datetime) -> int:
        """Full days without a sign."""
        return (now - self.since).days

    def staff_hears(self, now: datetime) -> bool:
        """Whether the staff's page shows it by now."""
        return now >= self.begins + STAFF_HEARS_AFTER


def stalled(signs: Signs, now: datetime) -> Stalled | None:
    """Return the rule that a pair meets now, or None while it is on its way or has a date.

    Who writes to each other is on the way: a pair may never meet otherwise.
    """
    if signs.next_meeting_at is not None and signs.next_meeting_at >= now:
        return None
    # The beginning itself may count as a sign.
    if signs.last_sign is None or signs.last_sign <= signs.started_at:
        found = Stalled(Stall.NO_FIRST_MEETING, signs.started_at)
    else:
        found = Stalled(Stall.QUIET, signs.last_sign)
    return found if now >= found.begins else None


# --- Questions to both sides ---------------------------------------------------------------------

FIRST_PULSE = 30
NEXT_PULSE = 60
OPEN_FOR = timedelta(days=30)
CALL_AT_MOST = 2
CALL_WITHIN = timedelta(days=2)
SMALLEST_GROUP = 5
SCALE = range(1, 6)


class Asked(StrEnum):
    """The kinds of short questions."""

    FIT = "fit"
    PULSE = "pulse"
    LAST = "last"


class Fit(StrEnum):
    """How the first meeting went, as each side says it for herself."""

    GOOD = "good"
    DECIDING = "deciding"
    NOT_A_FIT = "not_a_fit"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Three answers from 1 (no) to 5 (yes)."""

    heard: int
    useful: int
    safe: int

    @property
    def calls(self) -> bool:
        """Whether somebody has to be spoken with within two days."""
        return self.safe <= CALL_AT_MOST


def wave_on(started_on: date, today: date) -> int | None:
    """The number of the pulse that is to be asked now: at day 30, then every 60 days.

    None before the first, and when the latest day is so long ago that its question would be closed already.
    """
    days = (today - started_on).days - FIRST_PULSE
    if days < 0:
        return None
    wave, passed = divmod(days, NEXT_PULSE)
    return wave if passed < OPEN_FOR.days else None


def is_open(asked_on: date, today: date) -> bool:
    """Whether a question can still be answered. Nobody is asked a second time; it closes by itself."""
    return today - asked_on < OPEN_FOR


@dataclass(frozen=True, slots=True)
class Means:
    """What a programme sees of pulses: means, with how many answered of how many who were asked."""

    heard: float
    useful: float
    safe: float
    answered: int
    asked: int


def means(answers: Sequence[tuple[int, Pulse]], asked: int) -> Means | None:
    """Means over (person, answers); None when fewer than five people stand behind them."""
    if len({person for person, _ in answers}) < SMALLEST_GROUP:
        return None
    count = len(answers)
    return Means(
        heard=sum(pulse.heard for _, pulse in answers) / count,
        useful=sum(pulse.useful for _, pulse in answers) / count,
        safe=sum(pulse.safe for _, pulse in answers) / count,
        answered=count,
        asked=asked,
    )


# --- The end -------------------------------------------------------------------------------------

CLOSING_BEFORE = timedelta(weeks=3)


def ends_on(started_on: date, weeks: int) -> date:
    """The day on which a pair's agreed time is over."""
    return started_on + timedelta(weeks=weeks)


def closing_begins(started_on: date, weeks: int, today: date) -> bool:
    """Whether the closing talk opens: three weeks before the end."""
    return today >= ends_on(started_on, weeks) - CLOSING_BEFORE


# --- Keeping -------------------------------------------------------------------------------------

KEPT_AFTER_END = timedelta(days=90)
