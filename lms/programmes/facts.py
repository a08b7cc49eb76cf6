"""What matching knows of mentors and of people who wait, in a fixed number of statements.

The only place beside their own pages where private rules are opened: they become facts that the rules of
matching read, and leave a run as reasons without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import select

from lms.accounts.models import Person
from lms.accounts.rules import skeleton
from lms.core.db import db
from lms.core.sealing import read_keys
from lms.matching.facts import MenteeFacts, MentorFacts
from lms.programmes import queries, rules
from lms.programmes.queries import Profile, Request, organisations_of, private_of
from lms.programmes.rules import Organisations, Private, Track, level_of
from lms.safeguarding import queries as safeguarding

_NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Around:
    """What rooms above know and hand in, by person: who has how many seats taken in this track, and more.

    `apart` are people whom one side wants no more; `conflicts` who leads her cohort or assesses her;
    `other_mentors` her mentors in other tracks; `choices` the mentors' profiles that she chose, in her order.
    """

    taken: Mapping[int, int] = field(default_factory=dict)
    apart: Mapping[int, frozenset[int]] = field(default_factory=dict)
    conflicts: Mapping[int, frozenset[int]] = field(default_factory=dict)
    other_mentors: Mapping[int, frozenset[int]] = field(default_factory=dict)
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Everybody:
    """Both sides of one track, as facts, and the rows that they were made of, by public id."""

    mentors: Sequence[MentorFacts]
    mentees: Sequence[MenteeFacts]
    profiles: Mapping[str, Profile]
    requests: Mapping[str, Request]


def everybody(
    track: Track, since: date, around: Around, programme_id: int | None = None
) -> Everybody:
    """Everybody of a track (and programme) who could be in a pair, as facts. At most six statements.

    `person` and `programme` of a fact are their numbers as text; `since` is the day from which hours are compared.
    """
    profiles = [one for one in queries.profiles() if _belongs(one, track, programme_id)]
    requests = [one for one in queries.waiting() if _belongs(one, track, programme_id)]
    all_of_them: list[Profile | Request] = [*profiles, *requests]
    sealed = (one for one in all_of_them if one.private or one.organisations)
    read_keys(one.person_public_id for one in sealed)
    told = {one.public_id: _Told(organisations_of(one), private_of(one)) for one in all_of_them}
    apart = _apart(all_of_them, told, around.apart)
    return Everybody(
        [_mentor(one, told[one.public_id], since, around, apart) for one in profiles],
        [_mentee(one, told[one.public_id], since, around, apart) for one in requests],
        {one.public_id: one for one in profiles},
        {one.public_id: one for one in requests},
    )


def of_two(
    mentor: Profile, mentee: Request, since: date, around: Around
) -> tuple[MentorFacts, MenteeFacts]:
    """One mentor and one who waits, or has an offer, as facts: to ask the rules again. At most five statements."""
    both: list[Profile | Request] = [mentor, mentee]
    told = [_Told(organisations_of(one), private_of(one)) for one in both]
    by_id = dict(zip((one.public_id for one in both), told, strict=True))
    apart = _apart(both, by_id, around.apart)
    return (
        _mentor(mentor, told[0], since, around, apart),
        _mentee(mentee, told[1], since, around, apart),
    )


def _belongs(found: Profile | Request, track: Track, programme_id: int | None) -> bool:
    return found.track is track and programme_id in (None, found.programme_id)


@dataclass(frozen=True, slots=True)
class _Told:
    organisations: Organisations
    private: Private


def _mentor(
    one: Profile, told: _Told, since: date, around: Around, apart: Mapping[int, set[int]]
) -> MentorFacts:
    private, person = told.private, one.person_id
    return MentorFacts(
        id=one.public_id,
        person=str(person),
        track=one.track,
        programme=str(one.programme_id),
        available=not one.paused,
        trained=one.trained_at is not None,
        confirmed_at=one.confirmed_at,
        capacity=one.capacity,
        live=around.taken.get(person, 0),
        languages={code: level_of(one.levels, code) for code in one.languages},
        topics=frozenset(one.topics),
        glad_topics=frozenset(one.glad_topics),
        experience=frozenset(one.experience),
        style=one.style,
        hours=_hours(one, since),
        async_only=one.async_only or not one.hours,
        channels=frozenset(one.channels),
        country=private.country,
        countries_known=frozenset(one.countries_known),
        avoid_countries=frozenset(private.avoid_countries),
        gender=private.gender,
        organisations=_folded(told.organisations.own),
        conflict_organisations=_folded(told.organisations.conflict),
        conflicts=_people(around.conflicts.get(person, _NOBODY)),
        apart=_people(apart.get(person, _NOBODY)),
        adults_only=one.adults_only,
    )


def _mentee(
    one: Request, told: _Told, since: date, around: Around, apart: Mapping[int, set[int]]
) -> MenteeFacts:
    private, person = told.private, one.person_id
    return MenteeFacts(
        id=one.public_id,
        person=str(person),
        track=one.track,
        waiting_since=one.waiting_since,
        programme=str(one.programme_id),
        priority=one.priority,
        languages={code: level_of(one.levels, code) for code in one.languages},
        needs=tuple(one.needs),
        experience=frozenset(one.experience),
        style=one.style,
        hours=_hours(one, since),
        async_only=one.async_only or not one.hours,
        channels=frozenset(one.channels),
        country=private.country,
        same_country=private.same_country,
        avoid_countries=frozenset(private.avoid_countries),
        mentor_gender=private.mentor_gender,
        gender_wish=private.gender_wish,
        organisations=_folded(told.organisations.own),
        conflict_organisations=_folded(told.organisations.conflict),
        conflicts=_people(around.conflicts.get(person, _NOBODY)),
        apart=_people(apart.get(person, _NOBODY)),
        other_mentors=_people(around.other_mentors.get(person, _NOBODY)),
        under_18=one.under_18,
        choices=tuple(around.choices.get(person, ())),
    )


def _hours(one: Profile | Request, since: date) -> int:
    return _week(tuple(tuple(slot) for slot in one.hours), one.zone, since)


@lru_cache(maxsize=512)
def _week(slots: tuple[tuple[int, ...], ...], zone: str, since: date) -> int:
    # Many people tick the same evenings.
    return rules.week(slots, zone, since)


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(" ".join(name.casefold().split()) for name in names)


def _people(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(str(number) for number in numbers)


def _apart(
    found: Sequence[Profile | Request],
    told: Mapping[str, _Told],
    handed_in: Mapping[int, frozenset[int]],
) -> dict[int, set[int]]:
    """Who must not meet whom: blocks, open concerns, what rooms above know, and lists of people to avoid."""
    apart: dict[int, set[int]] = {person: set(others) for person, others in handed_in.items()}
    for one, other in safeguarding.all_blocks() | safeguarding.all_open_concerns():
        apart.setdefault(one, set()).add(other)
    avoiding = {
        one.person_id: names for one in found if (names := told[one.public_id].private.avoid_people)
    }
    if avoiding:
        known = _by_name(found)
        for person, names in avoiding.items():
            for name in names:
                apart.setdefault(person, set()).update(known.get(skeleton(name), ()))
    return apart


def _by_name(found: Sequence[Profile | Request]) -> dict[str, set[int]]:
    """People by the names that others can know them by: shown ones, and those for signing in."""
    by_name: dict[str, set[int]] = {}
    for one in found:
        by_name.setdefault(skeleton(one.shown_name), set()).add(one.person_id)
    these = Person.id.in_({one.person_id for one in found})
    for number, name in db.session.execute(select(Person.id, Person.skeleton).where(these)):
        by_name.setdefault(name, set()).add(number)
    return by_name
