"""Clocks of two people: an hour as its proposer wrote it, and what it is on the other one's clock. Pure.

A meeting keeps the local time of the one who proposed it. What that is as a moment follows from the rules of
the zone, which may change after both have agreed: by a clock change in March, or by a law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Minutes = int


@dataclass(frozen=True, slots=True)
class Hour:
    """When a meeting is: on its proposer's clock, in her zone, and as a moment."""

    zone: str
    local: datetime
    at: datetime


def moment(local: datetime, zone: str) -> datetime:
    """The moment at which a clock in `zone` shows `local`: of an hour that comes twice the first one.

    An hour that is skipped is met when the clocks have gone forward: 03:30 becomes 04:30.
    """
    _naive(local)
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def on_clock(at: datetime, zone: str) -> datetime:
    """What a clock in `zone` shows at a moment."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def exists(local: datetime, zone: str) -> bool:
    """Whether a clock in `zone` ever shows `local`."""
    return on_clock(moment(local, zone), zone) == local


def again(local: datetime, days: int) -> datetime:
    """The same hour on the proposer's clock, some days later."""
    _naive(local)
    return local + timedelta(days=days)


def shift(before: datetime, after: datetime, zone: str) -> Minutes:
    """By how many minutes the hour of `after` differs from that of `before` on a clock in `zone`."""
    first, second = on_clock(before, zone), on_clock(after, zone)
    difference = (second.hour - first.hour) * 60 + second.minute - first.minute
    return (difference + 720) % 1440 - 720


def told(before: Hour, after: Hour, zone: str) -> Minutes:
    """By how many minutes a meeting comes at another hour than the one before it, for a reader in `zone`.

    Nothing where its proposer has changed the hour herself: that was told with the proposal. What is left is
    a change of clocks, which nobody has agreed to.
    """
    same = before.zone == after.zone and before.local.time() == after.local.time()
    return shift(before.at, after.at, zone) if same else 0


def apart(first: str, second: str, at: datetime) -> Minutes:
    """By how many minutes a clock in the second zone is ahead of one in the first."""
    ahead = on_clock(at, second) - on_clock(at, first)
    return round(ahead.total_seconds() / 60)


def _naive(local: datetime) -> None:
    if local.tzinfo is not None:
        raise ValueError("an hour on somebody's clock has no zone of its own")
