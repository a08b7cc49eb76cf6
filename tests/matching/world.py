"""Made-up mentors and mentees, always the same for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from lms.matching.facts import (
    Experience,
    Level,
    MenteeFacts,
    MentorFacts,
    Settings,
    Style,
    Track,
    Wish,
)
from lms.matching.hours import HALF_HOURS, WEEKS

NOW = datetime(2026, 11, 19, 7, tzinfo=UTC)
TOPICS = tuple(f"topic-{n}" for n in range(12))
LANGUAGES = ("ru", "en", "uk", "kk", "ky", "tg", "uz", "ka", "hy", "ro", "lt", "pl", "az")
COUNTRIES = ("KZ", "KG", "TJ", "UZ", "GE", "AM", "MD", "UA", "LT", "PL", "RU", "AZ", "EE")
GENDERS = ("woman", "man", "other", "")


def settings(**changes: object) -> Settings:
    return Settings(**{"now": NOW, "track": Track.PEER, "seed": "1", **changes})  # type: ignore[arg-type]


def mentor(number: int = 1, **changes: object) -> MentorFacts:
    plain = {
        "id": f"m{number}",
        "person": f"pm{number}",
        "track": Track.PEER,
        "confirmed_at": NOW - timedelta(days=3),
        "languages": {"ru": Level.FIRST},
        "hours": week(range(36, 44)),
    }
    return MentorFacts(**{**plain, **changes})  # type: ignore[arg-type]


def mentee(number: int = 1, **changes: object) -> MenteeFacts:
    plain = {
        "id": f"w{number}",
        "person": f"pw{number}",
        "track": Track.PEER,
        "waiting_since": NOW - timedelta(days=10),
        "languages": {"ru": Level.FIRST},
        "hours": week(range(36, 44)),
    }
    return MenteeFacts(**{**plain, **changes})  # type: ignore[arg-type]


def week(half_hours: range) -> int:
    """The same half-hours in each of the coming weeks."""
    one = sum(1 << half for half in half_hours)
    return sum(one << HALF_HOURS * number for number in range(WEEKS))


def cohort(
    mentors: int, mentees: int, seed: int = 1
) -> tuple[list[MentorFacts], list[MenteeFacts]]:
    """A network with its languages, countries, rules and hours: about a third of the pairs may be."""
    draw = random.Random(seed)
    return (
        [_some_mentor(draw, number) for number in range(mentors)],
        [_some_mentee(draw, number, mentors) for number in range(mentees)],
    )


def _some_mentor(draw: random.Random, number: int) -> MentorFacts:
    capacity = draw.randint(1, 10)
    return mentor(
        number,
        capacity=capacity,
        live=draw.randint(0, capacity) // 2,
        topics=frozenset(draw.sample(TOPICS, draw.randint(2, 6))),
        glad_topics=frozenset(draw.sample(TOPICS, 2)),
        countries_known=frozenset(draw.sample(COUNTRIES, 2)),
        avoid_countries=frozenset(draw.sample(COUNTRIES, 1) if draw.random() < 0.1 else ()),
        gender=draw.choice(GENDERS),
        **_some(draw),
    )


def _some_mentee(draw: random.Random, number: int, mentors: int) -> MenteeFacts:
    return mentee(
        number,
        waiting_since=NOW - timedelta(days=draw.randint(0, 200)),
        priority=draw.choice((0, 0, 0, 100, 200)),
        needs=tuple(draw.sample(TOPICS, draw.randint(1, 4))),
        same_country=draw.choices(list(Wish), (5, 10, 75, 10))[0],
        mentor_gender=draw.choice(GENDERS[:2]),
        gender_wish=draw.choices((Wish.MUST, Wish.PREFER, Wish.NONE), (10, 20, 70))[0],
        bookmarks=frozenset(f"m{draw.randrange(mentors)}" for _ in range(draw.randint(0, 3))),
        apart=frozenset({f"pm{draw.randrange(mentors)}"} if draw.random() < 0.1 else ()),
        **_some(draw),
    )


def _some(draw: random.Random) -> dict[str, object]:
    """What both sides have."""
    start = draw.randint(12, 30)
    return {
        "languages": _languages(draw),
        "experience": frozenset(draw.sample(list(Experience), draw.randint(0, 2))),
        "style": {style: draw.random() < 0.5 for style in Style},
        "hours": week(range(start, start + draw.choice((4, 8, 16)))) << 48 * draw.randrange(5),
        "async_only": draw.random() < 0.15,
        "country": draw.choice(COUNTRIES),
        "organisations": frozenset({f"o{draw.randrange(60)}"}),
    }


def _languages(draw: random.Random) -> dict[str, Level]:
    spoken = {"ru": Level.STRONG} if draw.random() < 0.75 else {}
    spoken[draw.choice(LANGUAGES)] = Level.FIRST
    if draw.random() < 0.4:
        spoken["en"] = draw.choice((Level.DISCUSS, Level.STRONG))
    return spoken
