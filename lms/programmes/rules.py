"""What people say about themselves for a pair, and when the house asks again. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from lms.matching import hours
from lms.matching.facts import CONFIRMED_FOR, PLATFORM, Experience, Level, Style, Track, Wish

__all__ = ["PLATFORM", "Experience", "Level", "Style", "Track", "Wish"]

GOALS_KEPT = timedelta(days=90)
DORMANT_KEPT = timedelta(days=90)
LARGEST_CAPACITY = 10
LARGEST_PRIORITY = 200
MOST_NAMES = 10
ASK_AGAIN_AFTER = timedelta(days=30)
ASK_MENTORS_AFTER = CONFIRMED_FOR - timedelta(days=5)
SILENCES = 2

TOPICS = (
    "advocacy", "budget", "law", "rights", "documentation", "research", "organising", "services",
    "safety", "media", "speaking", "grants",
)  # fmt: skip
CHANNELS = (PLATFORM, "messenger", "call", "video")
GENDERS = ("woman", "man", "other")
# The countries of the network.
COUNTRIES = (
    "AL", "AM", "AZ", "BA", "BG", "BY", "CZ", "EE", "GE", "HR", "HU", "KG", "KZ", "LT", "LV", "MD", "ME", "MK",
    "PL", "RO", "RS", "RU", "SI", "SK", "TJ", "TM", "UA", "UZ", "XK",
)  # fmt: skip


class Part(StrEnum):
    """A part of a day, as people tick it."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    LATE = "late"


PARTS = {
    Part.MORNING: (8 * 60, 12 * 60),
    Part.AFTERNOON: (12 * 60, 17 * 60),
    Part.EVENING: (17 * 60, 20 * 60),
    Part.LATE: (20 * 60, 23 * 60),
}


def slots(ticks: Sequence[str]) -> list[list[int]]:
    """The weekly slots [weekday, minute, minute] of ticked parts such as `0-evening`, in the week's order."""
    named = {f"{day}-{part}": [day, *PARTS[part]] for day in range(7) for part in Part}
    return [slot for tick, slot in named.items() if tick in set(ticks)]


def ticks(slots: Sequence[Sequence[int]]) -> list[str]:
    """The parts of days that lie whole in somebody's slots."""
    return [
        f"{day}-{part}"
        for day in range(7)
        for part, (start, end) in PARTS.items()
        if any(slot[0] == day and slot[1] <= start and end <= slot[2] for slot in slots)
    ]


def week(slots: Sequence[Sequence[int]], zone: str, since: date) -> int:
    """The half-hours of the coming four weeks in UTC, of slots in the time of a zone."""
    found = [hours.Slot(day, start, end) for day, start, end in slots]
    return hours.expand(found, ZoneInfo(zone), since)


@dataclass(frozen=True, slots=True)
class Private:
    """What only the rules of matching read. Staff see how many rules it is, never which.

    `avoid_people` are names as the person knows them; whether somebody bears one is never told.
    """

    country: str = ""
    gender: str = ""
    same_country: Wish = Wish.NONE
    gender_wish: Wish = Wish.NONE
    mentor_gender: str = ""
    avoid_countries: tuple[str, ...] = ()
    avoid_people: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many rules it holds; a country or a gender of one's own is a fact, no rule."""
        wishes = (self.same_country is not Wish.NONE) + (self.gender_wish is not Wish.NONE)
        return wishes + len(self.avoid_countries) + len(self.avoid_people)

    @property
    def empty(self) -> bool:
        """Whether nothing is said at all."""
        return self == Private()

    def as_json(self) -> dict[str, Any]:
        """A form that can be sealed."""
        return {name: getattr(self, name) for name in Private.__slots__}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Private:
        """What `as_json` made, back."""
        return cls(
            country=said["country"],
            gender=said["gender"],
            same_country=Wish(said["same_country"]),
            gender_wish=Wish(said["gender_wish"]),
            mentor_gender=said["mentor_gender"],
            avoid_countries=tuple(said["avoid_countries"]),
            avoid_people=tuple(said["avoid_people"]),
        )


@dataclass(frozen=True, slots=True)
class Organisations:
    """With whom somebody works, and with whom a pair would be a conflict."""

    own: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class More:
    """What helps to find somebody, beyond name and languages. All of it is optional.

    `topics` of a mentee are her needs, the first one first. `glad_topics` is asked of mentors alone.
    """

    levels: Mapping[str, int] = field(default_factory=dict)
    topics: Sequence[str] = ()
    glad_topics: Sequence[str] = ()
    experience: Sequence[str] = ()
    style: Mapping[str, bool] = field(default_factory=dict)
    hours: Sequence[Sequence[int]] = ()
    async_only: bool = False
    channels: Sequence[str] = (PLATFORM,)
    countries_known: Sequence[str] = ()
    organisations: Organisations = Organisations()
    private: Private = Private()


def names_in(text: str) -> tuple[str, ...]:
    """The names of a text with one on each line, each once."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def first_before(topics: Sequence[str], first: str) -> list[str]:
    """Needs with the most important one in front; it counts as ticked."""
    return [first, *(one for one in topics if one != first)] if first else list(topics)


def level_of(levels: Mapping[str, Any], code: str) -> Level:
    """How well somebody speaks a language that she ticked; strong where she did not say."""
    return Level(levels.get(code, Level.STRONG))


def lapses(confirmed_at: datetime | None, now: datetime) -> bool:
    """Whether a mentor has not said for so long that she is there that she leaves the pool."""
    return confirmed_at is None or now - confirmed_at > CONFIRMED_FOR


def due_to_confirm(confirmed_at: datetime | None, asked_at: datetime | None, now: datetime) -> bool:
    """Whether a mentor is to be asked, once, before she lapses."""
    if confirmed_at is None or now - confirmed_at < ASK_MENTORS_AFTER:
        return False
    return asked_at is None or asked_at < confirmed_at


def due_to_ask(waiting_since: datetime, asked_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who waits is to be asked (again) whether she still wants it."""
    return now - (asked_at or waiting_since) >= ASK_AGAIN_AFTER


def ready(trained_at: datetime | None, boundaries_at: datetime | None, *, gate: bool) -> bool:
    """Whether somebody has passed the training gate: the course where there is one, the page in any case."""
    return boundaries_at is not None and (trained_at is not None or not gate)


def wait_of(waits: Sequence[timedelta]) -> int | None:
    """The median wait in full days of those who were paired last; None while there is none."""
    return int(median(wait.total_seconds() for wait in waits) // 86_400) if waits else None
