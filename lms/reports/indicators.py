"""The indicators of a programme for a period, each with its denominator. Pure: facts in, figures out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from lms.mentoring.states import ENDED, OFFERED, Ending, State
from lms.reports.queries import Facts, Together
from lms.reports.rules import Life, Point, Share, merged, nth, survival
from lms.support.rules import Means, means
from lms.workbench.fairness import Group, behind, suppressed

FIRST_CONTACT = timedelta(days=14)
ON_TIME = timedelta(days=7)
TAKEN_UP = timedelta(hours=24)
REST = "rest"
RESTING = {"paused", "unconfirmed"}
Thing = TypeVar("Thing")


class Key(StrEnum):
    """An indicator that is so many of so many."""

    COVERAGE = "coverage"
    ACCEPTED = "accepted"
    FIRST_CARD = "first_card"
    CONTACT = "contact"
    MEETINGS = "meetings"
    WRITTEN = "written"
    CHECKS = "checks"
    GOALS = "goals"
    LINKED = "linked"
    PULSES = "pulses"
    CLOSED = "closed"
    MENTORS = "mentors"
    PAUSED = "paused"
    RETURNED = "returned"
    BOUNDARIES = "boundaries"
    TRAINED = "trained"


# What the programme aims at, in percent.
TARGETS = {
    Key.COVERAGE: 70,
    Key.ACCEPTED: 80,
    Key.CONTACT: 85,
    Key.MEETINGS: 70,
    Key.CHECKS: 90,
    Key.GOALS: 60,
    Key.CLOSED: 90,
    Key.RETURNED: 70,
}
# What the programme aims at: days until half of the pairs and nine of ten began, and percent after 90 days.
MEDIAN_DAYS, SLOW_DAYS, LASTING, LASTING_DAY = 21, 60, 80, 90


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both within."""

    first: date
    last: date

    def has(self, moment: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return moment is not None and self.first <= moment.date() <= self.last

    def days(self, start: datetime, end: datetime | None) -> int:
        """How many days of a span lie in it."""
        last = min(self.last, end.date()) if end else self.last
        return max(0, (last - max(self.first, start.date())).days)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the report says. `groups` are always about the whole time: two periods could be subtracted.

    `feel` are the means of the last days for the same reason, None when too few answered.
    """

    shares: dict[Key, Share]
    median_days: int | None
    slow_days: int | None
    started: int
    mentors: int
    mentees: int
    hours: int
    curve: tuple[Point, ...]
    endings: dict[str, int]
    worries: Share
    groups: dict[str, list[Group]]
    behind: dict[str, list[str]]
    feel: Means | None


def figures(facts: Facts, period: Period, rhythm_days: int) -> Figures:
    """Work everything out as it stands on the last day of the period."""
    begun = [one for one in facts.pairs if period.has(one.started_at)]
    waits = [(one.started_at - one.waiting_since).days for one in begun if one.started_at]
    groups, together = _groups(facts), _together(facts, period)
    return Figures(
        shares=_shares(facts, period, begun, rhythm_days),
        median_days=nth(waits, 50),
        slow_days=nth(waits, 90),
        started=len(begun),
        mentors=len({one.mentor for one in together}),
        mentees=len({one.mentee for one in together}),
        hours=sum(one.minutes or 0 for one in facts.met if one.confirmed and period.has(one.at))
        // 60,
        curve=survival([_life(one, period) for one in begun]),
        endings=merged(
            Counter(one.end_reason or Ending.OTHER for one in _ended_early(facts, period)), REST
        ),
        worries=_worries(facts, period),
        groups=groups,
        behind={name: [one.name for one in behind(rows)] for name, rows in groups.items()},
        feel=means(facts.felt, facts.felt_asked),
    )


def _shares(
    facts: Facts, period: Period, begun: list[Together], rhythm_days: int
) -> dict[Key, Share]:
    waited = [one for one in facts.waited if period.has(one.since)]
    answered = [
        one
        for one in facts.pairs
        if period.has(one.asked_at) and one.state not in {*OFFERED, State.WITHDRAWN}
    ]
    early = _ended_early(facts, period)
    return {
        Key.COVERAGE: _share(waited, lambda one: one.matched_at is not None),
        Key.ACCEPTED: _share(answered, lambda one: one.started_at is not None),
        Key.FIRST_CARD: _share(begun, lambda one: one.rank == 1),
        Key.CONTACT: _contact(facts, period, begun),
        **_meetings(facts, period, rhythm_days),
        Key.CHECKS: _checks(facts, period),
        Key.GOALS: _share(
            [one for one in facts.goals if period.has(one.made_at)],
            lambda one: one.state in ("met", "partly_met"),
        ),
        Key.LINKED: _linked(facts, period),
        Key.PULSES: _share(
            [one for one in facts.pulses if period.first <= one.asked_on <= period.last],
            lambda one: one.state == "answered",
        ),
        Key.CLOSED: _share(early, lambda one: one.closed_with_words),
        **_pool(facts, period),
    }


def _share(things: Iterable[Thing], holds: Callable[[Thing], bool]) -> Share:
    found = [holds(one) for one in things]
    return Share(sum(found), len(found))


def _contact(facts: Facts, period: Period, begun: list[Together]) -> Share:
    """First meeting, or a word from both, in the first two weeks; of pairs that have had two weeks."""
    first: dict[int, datetime] = {}
    for one in facts.met:
        first[one.match] = min(one.at, first.get(one.match, one.at))

    def in_time(one: Together) -> bool:
        wrote = (
            max(one.mentor_wrote, one.mentee_wrote)
            if one.mentor_wrote and one.mentee_wrote
            else None
        )
        signs = [moment for moment in (wrote, first.get(one.id)) if moment]
        return any(moment - (one.started_at or moment) <= FIRST_CONTACT for moment in signs)

    end = datetime.combine(period.last, time.max, UTC)
    old = [one for one in begun if one.started_at and end - one.started_at >= FIRST_CONTACT]
    return _share(old, in_time)


def _meetings(facts: Facts, period: Period, rhythm_days: int) -> dict[Key, Share]:
    """Held of those that the rhythm expects, and held ones that were in writing."""
    expected = sum(
        period.days(one.started_at, one.ended_at) // rhythm_days
        for one in facts.pairs
        if one.started_at
    )
    held = [one for one in facts.met if period.has(one.at)]
    return {
        Key.MEETINGS: Share(min(len(held), expected), expected),
        Key.WRITTEN: _share(held, lambda one: one.kind in ("async", "chat")),
    }


def _checks(facts: Facts, period: Period) -> Share:
    """Done within a week of the day; of those whose week is over or that are done."""
    due = [
        one
        for one in facts.checks
        if period.first <= one.due_on <= period.last
        and (one.done_at is not None or one.due_on + ON_TIME < period.last)
    ]
    return _share(
        due,
        lambda one: (
            one.state == "done"
            and one.done_at is not None
            and one.done_at.date() <= one.due_on + ON_TIME
        ),
    )


def _linked(facts: Facts, period: Period) -> Share:
    """Steps that are a part of a course, of all steps towards goals that were set in the period."""
    goals = [one for one in facts.goals if period.has(one.made_at)]
    return Share(sum(one.linked for one in goals), sum(one.steps for one in goals))


def _together(facts: Facts, period: Period) -> list[Together]:
    """Pairs that were together for at least a day of the period."""
    return [
        one for one in facts.pairs if one.started_at and period.days(one.started_at, one.ended_at)
    ]


def _pool(facts: Facts, period: Period) -> dict[Key, Share]:
    """Mentors who take people, rest, or were in a pair in this period; with what stands behind them.

    All are shares of the same people: two numbers of all would tell how many are in one of them only.
    """
    busy = {one.mentor for one in _together(facts, period)}
    resting = {one.person for one in facts.seats if one.state in RESTING}
    everybody = busy | resting | {one.person for one in facts.seats if one.state == "available"}
    screened = {one.person for one in facts.seats if one.screened_at is not None}
    trained = {one.person for one in facts.seats if one.trained_at is not None}
    some = {Key.MENTORS: busy, Key.PAUSED: resting, Key.BOUNDARIES: screened, Key.TRAINED: trained}
    shares = {key: Share(len(who & everybody), len(everybody)) for key, who in some.items()}
    return {**shares, Key.RETURNED: _returned(facts, period)}


def _returned(facts: Facts, period: Period) -> Share:
    """Mentors who began another pair after one of theirs had ended in the period, or are in one still."""
    ended: dict[int, datetime] = {}
    for one in facts.pairs:
        if one.started_at and one.ended_at and period.has(one.ended_at):
            ended[one.mentor] = min(one.ended_at, ended.get(one.mentor, one.ended_at))
    again = {
        one.mentor
        for one in facts.pairs
        if one.started_at
        and one.mentor in ended
        and (one.ended_at is None or one.ended_at > ended[one.mentor])
    }
    return Share(len(again), len(ended))


def _ended_early(facts: Facts, period: Period) -> list[Together]:
    return [
        one
        for one in facts.pairs
        if one.state == State.ENDED_EARLY and one.started_at and period.has(one.ended_at)
    ]


def _worries(facts: Facts, period: Period) -> Share:
    """Concerns of the year in which the period ends: taken up within a day, of all."""
    year = [one for one in facts.worries if one.raised_at.year == period.last.year]
    return _share(
        year,
        lambda one: (
            one.acknowledged_at is not None and one.acknowledged_at - one.raised_at <= TAKEN_UP
        ),
    )


def _life(one: Together, period: Period) -> Life:
    """A planned end is no loss: such a pair is followed until then."""
    end = datetime.combine(period.last, time.max, UTC)
    start = one.started_at or end
    over = one.ended_at is not None and one.state in ENDED and one.ended_at <= end
    last = one.ended_at if over and one.ended_at else end
    return Life(max(0, (last - start).days), over and one.state == State.ENDED_EARLY)


def _groups(facts: Facts) -> dict[str, list[Group]]:
    """Who has got a mentor, by first language and by track, since the programme began."""
    counted: dict[str, dict[str, list[bool]]] = {
        "language": defaultdict(list),
        "track": defaultdict(list),
    }
    for one in facts.waited:
        counted["language"][next(iter(one.languages), "-")].append(one.matched_at is not None)
        counted["track"][one.track].append(one.matched_at is not None)
    return {
        name: suppressed([Group(kind, len(all_), sum(all_)) for kind, all_ in members.items()])
        for name, members in counted.items()
    }
