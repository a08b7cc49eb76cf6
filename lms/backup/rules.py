"""Names of copies, and which of them are kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

_FORM = "alongside-%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(alongside-\d{8}T\d{6}Z)(-\d+)?\.age")
# What somebody erased lives on in copies; after this many days it does not.
OLDEST = timedelta(days=35)
FINE = timedelta(hours=2)
# How many of which grain: the newest copy of each of the last 24 hours, 14 days, 5 weeks.
GRAINS: tuple[tuple[timedelta, Callable[[datetime], object]], ...] = (
    (timedelta(hours=24), lambda at: (at.date(), at.hour)),
    (timedelta(days=14), lambda at: at.date()),
    (timedelta(weeks=5), lambda at: at.isocalendar()[:2]),
)


def name_of(at: datetime, more: int = 0) -> str:
    """The file name of a copy made at a moment; `more` tells copies of one second apart."""
    return f"{at.astimezone(UTC):{_FORM}}{f'-{more}' if more else ''}.age"


def made_at(name: str) -> datetime | None:
    """When the copy with this name was made; None for other files."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], _FORM).replace(tzinfo=UTC) if found else None


def kept(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """Which copies stay: all of the last two hours, then ever fewer, none beyond 35 days.

    The newest one stays whatever its age: when copies are no longer made, the last one is all there is.
    """
    newest_first = sorted(moments, reverse=True)
    stay = {at for at in newest_first if now - at < FINE} | set(newest_first[:1])
    for reach, grain in GRAINS:
        newest: dict[object, datetime] = {}
        for at in newest_first:
            if now - at < reach:
                newest.setdefault(grain(at), at)
        stay |= set(newest.values())
    return {at for at in stay if now - at <= OLDEST} | set(newest_first[:1])
