"""Why a pair, why not, and where recruiting helps most: as data, for whoever puts it into words.

What people keep to themselves (H4 to H6) leaves this room as one count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

from lms.matching.constraints import PRIVATE, Bar
from lms.matching.facts import MenteeFacts, MentorFacts, Weights
from lms.matching.run import Outcome
from lms.matching.score import terms


@dataclass(frozen=True, slots=True)
class Line:
    """One term of a pair's score: its points of 10, its weight, and what both make of the 1,000."""

    term: str
    points: int
    weight: int

    @property
    def worth(self) -> int:
        """Its part of the score."""
        return self.points * self.weight


@dataclass(frozen=True, slots=True)
class Shown:
    """What staff are told speaks against a pair: constraints by name, the private ones by number only."""

    bars: tuple[Bar, ...]
    private: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What one more seat of a kind is worth: seat prices together, seats there are, people who wait for one."""

    kind: str
    price: int
    seats: int
    waiting: int


def pair(mentor: MentorFacts, mentee: MenteeFacts, weights: Weights) -> tuple[Line, ...]:
    """The terms of a pair in their order; their worth adds up to the score."""
    points = terms(mentor, mentee)
    return tuple(
        Line(one.name, getattr(points, one.name), getattr(weights, one.name))
        for one in fields(weights)
    )


def shown(bars: Iterable[Bar]) -> Shown:
    """What of these constraints may be told to staff."""
    bars = tuple(bars)
    return Shown(
        tuple(one for one in bars if one not in PRIVATE), sum(one in PRIVATE for one in bars)
    )


def by_language(
    mentors: Sequence[MentorFacts], mentees: Sequence[MenteeFacts], outcome: Outcome
) -> tuple[Demand, ...]:
    """Which language is short of seats, the shortest first."""
    return _demand(mentors, mentees, outcome, lambda one: one.languages, lambda one: one.languages)


def by_topic(
    mentors: Sequence[MentorFacts], mentees: Sequence[MenteeFacts], outcome: Outcome
) -> tuple[Demand, ...]:
    """Which topic is short of seats, the shortest first."""
    return _demand(mentors, mentees, outcome, lambda one: one.topics, lambda one: one.needs)


def _demand(
    mentors: Sequence[MentorFacts],
    mentees: Sequence[MenteeFacts],
    outcome: Outcome,
    offers: Callable[[MentorFacts], Iterable[str]],
    asks: Callable[[MenteeFacts], Iterable[str]],
) -> tuple[Demand, ...]:
    """Most people waiting first; among equals the dearer seat, then that of which there are fewer."""
    price: Counter[str] = Counter()
    seats: Counter[str] = Counter()
    for mentor in mentors:
        for kind in offers(mentor):
            if mentor.id in outcome.prices:
                price[kind] += outcome.prices[mentor.id]
                seats[kind] += mentor.free
    left = set(outcome.unmatched)
    waiting = Counter(kind for one in mentees if one.id in left for kind in set(asks(one)))
    found = [Demand(kind, price[kind], seats[kind], waiting[kind]) for kind in price | waiting]
    return tuple(sorted(found, key=lambda one: (-one.waiting, -one.price, one.seats, one.kind)))
