"""What a round may do, and how long it is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

LOSING_KEPT = timedelta(days=30)
DECISIONS_KEPT = timedelta(days=90)
ALTERNATES = 2
CARDS = 1 + ALTERNATES
THURSDAY = 3
SLOW_AFTER = 7
LATE_AFTER = timedelta(minutes=5)


class RunState(StrEnum):
    """Where a round stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Kind(StrEnum):
    """What staff can decide for a round."""

    PIN = "pin"
    FORBID = "forbid"
    HOLD = "hold"
    PLACES = "places"


class Outcome(StrEnum):
    """What became of a proposal that was published."""

    OFFERED = "offered"
    NOT_WAITING = "not_waiting"
    BARRED = "barred"


def is_late(made_at: datetime, now: datetime) -> bool:
    """Whether a round takes longer than any round does: no worker is there to do it."""
    return now - made_at > LATE_AFTER


def is_weekly_day(now: datetime) -> bool:
    """Whether the weekly round is due: on Thursdays, so that offers go out before a week ends."""
    return now.weekday() == THURSDAY


def shares_of_100(wanted: Mapping[str, int]) -> dict[str, int]:
    """Weights as whole shares of 100, whatever the sliders say; by largest remainder.

    All sliders at nothing is no decision: raises ValueError.
    """
    total = sum(wanted.values())
    if total <= 0 or min(wanted.values()) < 0:
        raise ValueError("at least one weight has to count")
    exact = {name: 100 * value / total for name, value in wanted.items()}
    found = {name: int(share) for name, share in exact.items()}
    left = 100 - sum(found.values())
    by_rest = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in by_rest[:left]:
        found[name] += 1
    return found
