"""Weekly hours of people in different time zones, as bits that can be laid on each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEKS = 4
HALF_HOURS = 7 * 48
_HALF = timedelta(minutes=30)
_WEEK = (1 << HALF_HOURS) - 1


class Slot(NamedTuple):
    """From a minute to a minute of one weekday (Monday is 0), in the person's own time; `end` is 1440 at most."""

    weekday: int
    start: int
    end: int


def expand(slots: Iterable[Slot], zone: ZoneInfo, since: date) -> int:
    """Return the half-hours of the coming four weeks that lie whole in a slot, the first of `since` UTC as bit 0.

    Who is compared needs the same `since`. A change of the clocks moves the bits of the weeks after it.
    """
    first = datetime.combine(since, time(), UTC)
    bits = 0
    for slot in slots:
        for day in (since + timedelta(days=n) for n in range(-1, 7 * WEEKS + 1)):
            if day.weekday() == slot.weekday:
                bits |= _span(_moment(day, slot.start, zone), _moment(day, slot.end, zone), first)
    return bits & ((1 << HALF_HOURS * WEEKS) - 1)


def common_minutes(one: int, other: int) -> int:
    """How many minutes a week both have, in that of the coming weeks in which it is least."""
    common = one & other
    if not common:
        return 0
    return 30 * min((common >> HALF_HOURS * week & _WEEK).bit_count() for week in range(WEEKS))


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(
        day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), zone
    )


def _span(start: datetime, end: datetime, first: datetime) -> int:
    begin = max(0, -((first - start.astimezone(UTC)) // _HALF))
    length = (end.astimezone(UTC) - first) // _HALF - begin
    return ((1 << length) - 1) << begin if length > 0 else 0
