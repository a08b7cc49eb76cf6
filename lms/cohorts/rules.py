"""What the numbers of a cohort mean. Pure decisions: no session, no request, no clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.core import text
from lms.core.codes import CodeShape

# Nine free symbols are 36 bits: enough behind a throttle, and short enough to read out on the phone.
CODE = CodeShape(length=10, group=5)
LARGEST = 500
LONGEST_DAYS = 730
STOPPED_AFTER = timedelta(days=7)
TASK_WAITS = timedelta(days=5)
NAME_SHORTEST, NAME_LONGEST = 2, 32


class Phase(StrEnum):
    """Where a cohort stands between its two days."""

    BEFORE = "before"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Week:
    """Which week of how many; before the first day it is week 0, after the last day the last one."""

    number: int
    total: int
    phase: Phase


def week(starts_on: date, ends_on: date, today: date) -> Week:
    """The week of a cohort on a day of its own zone. Both days belong to it; a part of a week is a week."""
    total = -(-((ends_on - starts_on).days + 1) // 7)
    if today < starts_on:
        return Week(0, total, Phase.BEFORE)
    if today > ends_on:
        return Week(total, total, Phase.OVER)
    return Week((today - starts_on).days // 7 + 1, total, Phase.RUNNING)


def planned_percent(starts_on: date, ends_on: date, today: date) -> int:
    """How much would be done if everybody went through the course evenly, today's part included."""
    days = (ends_on - starts_on).days + 1
    return 100 * min(max((today - starts_on).days + 1, 0), days) // days


def today_in(zone: str, now: datetime) -> date:
    """The calendar day in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def last_moment(ends_on: date, zone: str) -> datetime:
    """The moment at which the last day is over in the cohort's zone, for readers in other zones."""
    after = datetime.combine(ends_on + timedelta(days=1), time(), ZoneInfo(zone))
    return after.astimezone(UTC) - timedelta(minutes=1)


def days_ago(moment: datetime, now: datetime, zone: str) -> int:
    """How many calendar days lie between a moment and now, as somebody in the zone counts them."""
    return max((today_in(zone, now) - today_in(zone, moment)).days, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: the next required item (None when all is done), and when the last step was."""

    item_id: int | None
    module: int
    last_step: datetime
    done: int


@dataclass(frozen=True, slots=True)
class SlowModule:
    """A module at which several people have stopped, and the item where most of them stand."""

    module: int
    people: int
    item_id: int
    people_at_item: int


def slow_module(places: Iterable[Place], now: datetime) -> SlowModule | None:
    """The module that slows people down: at least two people stand in it and took no step for a week.

    Who has not begun says nothing about a module and does not count. The earlier module wins a tie, since
    what is hard there keeps people from all that follows.
    """
    stopped = [place for place in places if _stopped(place, now)]
    if not stopped:
        return None
    modules = Counter(place.module for place in stopped)
    module, people = min(modules.items(), key=lambda pair: (-pair[1], pair[0]))
    if people < 2:
        return None
    items = Counter(place.item_id for place in stopped if place.module == module)
    item_id, at_item = items.most_common(1)[0]
    return None if item_id is None else SlowModule(module, people, item_id, at_item)


def _stopped(place: Place, now: datetime) -> bool:
    return place.item_id is not None and place.done > 0 and now - place.last_step >= STOPPED_AFTER


def task_waits(submitted_at: datetime | None, now: datetime) -> bool:
    """Whether a task has waited for a reader longer than it should."""
    return submitted_at is not None and now - submitted_at >= TASK_WAITS


class CodeProblem(StrEnum):
    """Why a code does not open a seat."""

    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    CLOSED = "closed"
    FULL = "full"
    ALREADY_IN = "already-in"


class BadName(StrEnum):
    """Why a shown name can't be taken."""

    LENGTH = "length"
    SHAPE = "shape"
    MIXED = "mixed"
    TAKEN = "taken"


_NAME = re.compile(r"[^\W_][\w .'’-]*")


def bad_name(name: str, others: Iterable[str] = ()) -> BadName | None:
    """Judge a name that others will see: letters, digits, space, dot, dash; not to be confused with another.

    Nothing that a spreadsheet or a page could take for a command fits in.
    """
    if not NAME_SHORTEST <= len(name) <= NAME_LONGEST:
        return BadName.LENGTH
    if not _NAME.fullmatch(name):
        return BadName.SHAPE
    if text.mixed_script_word(name):
        return BadName.MIXED
    if look(name) in {look(other) for other in others}:
        return BadName.TAKEN
    return None


def look(name: str) -> str:
    """The form in which names are compared: case, spacing, dots and look-alike letters do not count."""
    return re.sub(r"[\W_]+", "", text.skeleton(name))


def free_name(wanted: str, others: Sequence[str]) -> str:
    """The wanted name, with a number behind it when somebody in the cohort is called that already."""
    taken = {look(other) for other in others}
    tries = [wanted, *(f"{wanted[: NAME_LONGEST - 4]} {n}" for n in range(2, len(others) + 3))]
    return next(name for name in tries if look(name) not in taken)


_FORMULA = re.compile(r"(^|[;,\t\r\n|])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def guard(cell: str) -> str:
    """Make a cell harmless for programs that take `=`, `+`, `-` or `@` at its start for a formula.

    Also after a separator inside the cell: a program that splits the file at another sign than we do would
    begin a new cell there.
    """
    return _FORMULA.sub(r"\1'", cell)
