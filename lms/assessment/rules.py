"""Decisions about attempts. Values in, values out; whoever needs the time hands in `now`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import TypeVar

from lms.assessment.marking import Layout
from lms.courses.questions import Counts, Kind, Question, QuizRules, Review

LATE_TOLERANCE = timedelta(seconds=60)
TRIES_BEFORE_ANSWER = 2
SEQUENCE_GAP = 100

T = TypeVar("T")


# --- States --------------------------------------------------------------------------------------


class State(StrEnum):
    """Where an attempt stands. A void attempt counts for nothing and shows nothing."""

    OPEN = "open"
    SUBMITTED = "submitted"
    MARKED = "marked"
    VOID = "void"


NEXT: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.SUBMITTED, State.VOID}),
    State.SUBMITTED: frozenset({State.MARKED, State.VOID}),
    State.MARKED: frozenset({State.VOID}),
    State.VOID: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Past:
    """What the rules need to know of one attempt of a person at a quiz."""

    number: int
    state: State
    submitted_at: datetime | None = None
    percent: int | None = None


# --- Starting ------------------------------------------------------------------------------------


class StartVerdict(StrEnum):
    """What pressing Start does."""

    START = "start"
    RESUME = "resume"
    WAIT = "wait"
    NONE_LEFT = "none-left"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Start:
    """The verdict, the attempts left before it (None: no limit), and when to come back."""

    verdict: StartVerdict
    left: int | None
    at: datetime | None = None


def attempts_left(rules: QuizRules, past: Iterable[Past], extra: int = 0) -> int | None:
    """Return how many more attempts may be started; None when there is no limit."""
    if rules.attempts == 0:
        return None
    used = sum(attempt.state is not State.VOID for attempt in past)
    return max(0, rules.attempts + extra - used)


def next_start(rules: QuizRules, past: Iterable[Past]) -> datetime | None:
    """Return when the wait after the last attempt is over; None when there is none."""
    sent = [a.submitted_at for a in past if a.state is not State.VOID and a.submitted_at]
    if not sent or rules.wait_minutes == 0:
        return None
    return max(sent) + timedelta(minutes=rules.wait_minutes)


def may_start(
    rules: QuizRules,
    past: Sequence[Past],
    now: datetime,
    *,
    extra: int = 0,
    closes_at: datetime | None = None,
) -> Start:
    """Decide what Start does now. An open attempt is always gone on with, never doubled."""
    left = attempts_left(rules, past, extra)
    if closes_at is not None and now >= closes_at:
        return Start(StartVerdict.CLOSED, left, closes_at)
    if any(attempt.state is State.OPEN for attempt in past):
        return Start(StartVerdict.RESUME, left)
    if left == 0:
        return Start(StartVerdict.NONE_LEFT, left)
    opens = next_start(rules, past)
    if opens is not None and now < opens:
        return Start(StartVerdict.WAIT, left, opens)
    return Start(StartVerdict.START, left)


def over_limit(rules: QuizRules, past: Iterable[Past], extra: int = 0) -> bool:
    """Return whether more attempts count than are allowed; asked once more when one is sent in."""
    used = sum(attempt.state is not State.VOID for attempt in past)
    return rules.attempts > 0 and used > rules.attempts + extra


# --- Time ----------------------------------------------------------------------------------------


def deadline(
    rules: QuizRules,
    started_at: datetime,
    multiplier: float = 1.0,
    closes_at: datetime | None = None,
) -> datetime | None:
    """Return when it ends: limit times the person's multiplier, or the closing date if sooner."""
    ends = [closes_at] if closes_at is not None else []
    if rules.limit_minutes:
        ends.append(started_at + timedelta(minutes=rules.limit_minutes) * max(1.0, multiplier))
    return min(ends, default=None)


class PostVerdict(StrEnum):
    """What becomes of an answer that arrives."""

    COUNTS = "counts"
    LATE = "late"
    CLOSED = "closed"


def judge_post(
    state: State, deadline_at: datetime | None, now: datetime, *, timed_out: bool = False
) -> PostVerdict:
    """Decide whether a post counts. A minute is given to slow links; later it is kept, not counted.

    `timed_out`: the attempt was sent in by the clock, not by the person.
    """
    if state is State.OPEN:
        return PostVerdict.LATE if is_overdue(deadline_at, now) else PostVerdict.COUNTS
    return PostVerdict.LATE if timed_out and state is not State.VOID else PostVerdict.CLOSED


def is_overdue(deadline_at: datetime | None, now: datetime) -> bool:
    """Return whether the time for an attempt is over, the minute for slow links included."""
    return deadline_at is not None and now > deadline_at + LATE_TOLERANCE


# --- Answers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved answer to one question: its place in the sequence, and whether it was right."""

    seq: int
    correct: bool | None
    late: bool = False


def tries(answers: Iterable[Saved]) -> int:
    """Return how often the question was answered in time."""
    return sum(not answer.late for answer in answers)


def answer_shown(answers: Iterable[Saved]) -> bool:
    """Return whether practice has shown the answer: after a right try, or the second wrong one."""
    in_time = [answer for answer in answers if not answer.late]
    return any(a.correct for a in in_time) or len(in_time) >= TRIES_BEFORE_ANSWER


def place_in_sequence(seq: int, response: T, taken: Mapping[int, T]) -> int | None:
    """Return the number under which an answer is kept, or None when it is a repeat.

    A phone sends the number after the last one it knew. When another device was faster, the later
    arrival goes to the end and counts; the other answer stays in the history.
    """
    last = max(taken, default=0)
    if taken.get(seq) == response:
        return None
    if 0 < seq <= last + SEQUENCE_GAP and seq not in taken:
        return seq
    return None if taken.get(last) == response and seq in taken else last + 1


def counting_answer(review: Review, answers: Iterable[Saved]) -> Saved | None:
    """Return the answer that is marked: the one with the highest sequence that was in time.

    In practice, only answers from before the right one was shown count; trying again after that is
    free and changes nothing.
    """
    in_time = sorted((a for a in answers if not a.late), key=lambda answer: answer.seq)
    if review is Review.PRACTICE:
        for position in range(1, len(in_time) + 1):
            if answer_shown(in_time[:position]):
                return in_time[position - 1]
    return in_time[-1] if in_time else None


# --- Results -------------------------------------------------------------------------------------


def percent(points: Fraction, out_of: int) -> int:
    """Return the share in percent, rounded down, so that 100 means everything."""
    if out_of <= 0:
        return 0
    return max(0, min(100, int(100 * points / out_of)))


def is_passed(rules: QuizRules, reached: int | None) -> bool:
    """Return whether a percentage is enough."""
    return reached is not None and reached >= rules.pass_percent


def counted_percent(counts: Counts, past: Iterable[Past]) -> int | None:
    """Return the percentage that stands for all marked attempts; None when there is none."""
    marked = sorted((a for a in past if a.state is State.MARKED), key=lambda a: a.number)
    reached = [attempt.percent or 0 for attempt in marked]
    if not reached:
        return None
    match counts:
        case Counts.BEST:
            return max(reached)
        case Counts.LAST:
            return reached[-1]
        case Counts.FIRST:
            return reached[0]
        case Counts.AVERAGE:
            return sum(reached) // len(reached)


# --- What a page may show ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visible:
    """What may leave the server about one question, besides the question itself.

    `mark`: whether it was right, and the author's words on what was chosen. `explain`: the author's
    explanation. `key`: the right answer itself.
    """

    mark: bool = False
    explain: bool = False
    key: bool = False


NOTHING = Visible()
ALL = Visible(mark=True, explain=True, key=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with a quiz as a whole."""

    passed: bool
    left: int | None
    open: bool

    @property
    def is_over(self) -> bool:
        """Return whether no further answer can be given: none left, and none under way."""
        return self.left == 0 and not self.open


def visible_feedback(
    review: Review, state: State, answers: Sequence[Saved], standing: Standing
) -> Visible:
    """Decide what a learner sees of one question of one attempt."""
    if state is State.VOID:
        return NOTHING
    match review:
        case Review.PRACTICE:
            return _in_practice(answers)
        case Review.AFTER_SUBMIT if state is State.MARKED:
            return Visible(mark=True, explain=True, key=standing.is_over)
        case Review.AFTER_PASS_OR_LAST if state is State.MARKED:
            return ALL if standing.passed or standing.is_over else NOTHING
        case _:
            return NOTHING


def _in_practice(answers: Sequence[Saved]) -> Visible:
    if not tries(answers):
        return NOTHING
    shown = answer_shown(answers)
    return Visible(mark=True, explain=shown, key=shown)


# --- Order from a seed ---------------------------------------------------------------------------


def drawn(questions: Sequence[Question], rules: QuizRules, seed: int) -> list[Question]:
    """Return the questions of an attempt: all, or as many as are drawn, in course order."""
    if not 0 < rules.draw < len(questions):
        return list(questions)
    chosen = {q.key for q in _shuffled(questions, seed, [q.key for q in questions])[: rules.draw]}
    return [question for question in questions if question.key in chosen]


def layout(question: Question, rules: QuizRules, seed: int) -> Layout:
    """Return in which order the options stand: the same on every page and in every language.

    Order and match questions are always mixed, since their source order is the key.
    """
    names = [f"{question.key}/{letter}" for letter in question.options]
    options = tuple(_shuffled(question.options, seed, names))
    rights = tuple(_shuffled(question.options, seed, [f"{name}/right" for name in names]))
    match question.kind:
        case Kind.ORDER:
            return Layout(_not_solved(options, question.options), ())
        case Kind.MATCH:
            return Layout(question.options, rights)
        case _:
            return Layout(options if rules.shuffle_options else question.options, ())


def _not_solved(shown: tuple[str, ...], key: tuple[str, ...]) -> tuple[str, ...]:
    """Turn the list by one when chance put it in the right order."""
    return (*shown[1:], shown[0]) if shown == key and shown else shown


def _shuffled(items: Sequence[T], seed: int, names: Sequence[str]) -> list[T]:
    """Sort by a hash of seed and name: unlike `random.shuffle`, the same in every Python."""
    ranks = [sha256(f"{seed}/{name}".encode()).digest() for name in names]
    return [items[i] for i in sorted(range(len(items)), key=ranks.__getitem__)]
