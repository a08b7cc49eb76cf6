"""Shares with their intervals, survival of pairs, and what has to be left out. Pure: numbers in, numbers out.

A number of people between one and four is never shown, nor one from which it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

SMALLEST = 5
_Z = 1.96
GRID = (0, 30, 60, 90, 120, 150, 180)
TOLD = (30, 90, 180)


class Told(StrEnum):
    """How much of a share may be told."""

    ALL = "all"
    FEW = "few"
    MANY = "many"
    NOTHING = "nothing"


def is_small(number: int) -> bool:
    """Whether these are so few that they could be made out."""
    return 0 < number < SMALLEST


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def told(self) -> Told:
        """Everything, that it is under five, that all but a few are, or nothing because all are too few."""
        if self.of < SMALLEST:
            return Told.NOTHING
        if is_small(self.hits):
            return Told.FEW
        return Told.MANY if is_small(self.of - self.hits) else Told.ALL

    @property
    def percent(self) -> int | None:
        """The share; None where it would tell who."""
        return round(100 * self.hits / self.of) if self.told is Told.ALL else None

    @property
    def interval(self) -> tuple[int, int] | None:
        """Where the true share lies in 95 of 100 cases (Wilson), in whole percent."""
        if self.told is not Told.ALL:
            return None
        share, of = self.hits / self.of, self.of
        middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
        half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2)) / (1 + _Z**2 / of)
        return round(100 * max(0.0, middle - half)), round(100 * min(1.0, middle + half))


def nth(values: Iterable[int], part: int) -> int | None:
    """The value that `part` of a hundred do not exceed; None where there are fewer than five."""
    ordered = sorted(values)
    if len(ordered) < SMALLEST:
        return None
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]


# ---------------------------------------------------------------- survival


@dataclass(frozen=True, slots=True)
class Life:
    """How many days a pair has been one, and whether it ended early then; open ones are still counting."""

    days: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Point:
    """Of the curve: the share of pairs that last longer than `day`, its interval, how many were followed so far.

    `percent` is None where showing it would tell of fewer than five pairs.
    """

    day: int
    followed: int
    ended: int
    percent: int | None
    low: int | None = None
    high: int | None = None


def survival(lives: Sequence[Life], grid: Sequence[int] = GRID) -> tuple[Point, ...]:
    """Kaplan and Meier's curve on a grid of days, with Greenwood's interval on the log-log scale."""
    points: list[Point] = []
    shown = 0
    for day in grid:
        share, spread, ended = _at(lives, day)
        followed = sum(life.days >= day for life in lives)
        step = ended - shown
        if followed < SMALLEST or (step and is_small(step)):
            points.append(Point(day, followed if not is_small(followed) else 0, 0, None))
            continue
        shown = ended
        low, high = _interval(share, spread)
        points.append(Point(day, followed, ended, round(100 * share), low, high))
    return tuple(points)


def _at(lives: Sequence[Life], day: int) -> tuple[float, float, int]:
    """The share that lasts longer than a day, the sum in Greenwood's formula, early ends until then."""
    share, spread, total = 1.0, 0.0, 0
    for when in sorted({life.days for life in lives if life.ended and life.days <= day}):
        at_risk = sum(life.days >= when for life in lives)
        ends = sum(life.ended and life.days == when for life in lives)
        share *= 1 - ends / at_risk
        spread += ends / (at_risk * (at_risk - ends)) if at_risk > ends else 0.0
        total += ends
    return share, spread, total


def _interval(share: float, spread: float) -> tuple[int, int]:
    if not 0 < share < 1:
        return round(100 * share), round(100 * share)
    half = _Z * sqrt(spread) / abs(log(share))
    return round(100 * share ** exp(half)), round(100 * share ** exp(-half))


# ---------------------------------------------------------------- counts by kind


def merged(counts: Mapping[str, int], rest: str) -> dict[str, int]:
    """Counts in which none is under five: the smallest are counted together as `rest`.

    Empty when all together are under five, and one line when nothing else is safe.
    """
    ordered = sorted(((count, kind) for kind, count in counts.items() if count), reverse=True)
    shown = [(kind, count) for count, kind in ordered if not is_small(count) and kind != rest]
    left = sum(counts.values()) - sum(count for _, count in shown)
    while shown and is_small(left):
        left += shown.pop()[1]
    if is_small(left):
        return {}
    return {**dict(shown), **({rest: left} if left else {})}
