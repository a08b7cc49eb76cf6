"""Hours by month, when a certificate is earned, what may happen to a statement. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# A certificate of volunteering is offered at each of these, in hours.
MILESTONES = (20, 50, 100)
MOST_MONTHS = 12


class State(StrEnum):
    """Where a statement is."""

    ASKED = "asked"
    PRINTING = "printing"
    READY = "ready"
    DECLINED = "declined"


class Step(StrEnum):
    """What can be done to a statement."""

    APPROVE = "approve"
    PRINTED = "printed"
    DECLINE = "decline"


_ALLOWED = {
    (State.ASKED, Step.APPROVE): State.PRINTING,
    (State.ASKED, Step.DECLINE): State.DECLINED,
    (State.PRINTING, Step.PRINTED): State.READY,
}


class NotAllowed(Exception):
    """The statement is not in a state in which this can be done."""


def move(state: State, step: Step) -> State:
    """Return the next state. Raises NotAllowed."""
    reached = _ALLOWED.get((state, step))
    if reached is None:
        raise NotAllowed(f"{state}: {step}")
    return reached


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Month:
        """Read `2027-03`. Raises ValueError."""
        return cls.of(date.fromisoformat(f"{text}-01"))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def __str__(self) -> str:
        """`2027-03`."""
        return f"{self.year:04}-{self.number:02}"


def months(first: Month, last: Month) -> list[Month]:
    """All months from the first to the last, both included."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = month.next
    return found


def last_months(today: date, count: int = MOST_MONTHS) -> list[Month]:
    """The months up to today's, the oldest first."""
    number = today.year * 12 + today.month - count
    return months(Month(number // 12, number % 12 + 1), Month.of(today))


def by_month(entries: Iterable[tuple[date, int]], wanted: Sequence[Month]) -> dict[Month, int]:
    """Minutes of each of these months; 0 where there were none."""
    found: Counter[Month] = Counter()
    for day, minutes in entries:
        found[Month.of(day)] += minutes
    return {month: found[month] for month in wanted}


def earned(minutes: int) -> list[int]:
    """The milestones that so many minutes have reached."""
    return [hours for hours in MILESTONES if minutes >= hours * 60]


def heights(minutes: Sequence[int], top: int) -> list[int]:
    """How high each bar is: the highest is `top`, and nothing that is there is invisible."""
    most = max(minutes, default=0)
    return [max(2, round(one * top / most)) if one else 0 for one in minutes]
