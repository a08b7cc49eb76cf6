"""Who could be a mentee's mentor: bitsets over all mentors, counted after each constraint, then scores.

Says the same as `constraints.against` and `score.terms` say of one pair, for all pairs at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_

from lms.matching.constraints import LEAST_MINUTES, mentor_ready
from lms.matching.facts import MenteeFacts, MentorFacts, Settings, Weights, Wish
from lms.matching.hours import common_minutes
from lms.matching.score import (
    IN_WRITING,
    NEUTRAL,
    UNCHOSEN,
    choice_points,
    country_points,
    language_points,
    share,
    style_points,
    time_points,
)

# Not a number of minutes: these two work in writing.
WRITING = -1


class Step(StrEnum):
    """What a mentor has to pass on the way to a mentee, in the order in which they are counted.

    `PRIVATE` is H4 to H6 together, `APART` is what staff forbade and the other track, `TIME` also channels.
    """

    POOL = "pool"
    LANGUAGE = "language"
    CONFLICT = "conflict"
    PRIVATE = "private"
    APART = "apart"
    TIME = "time"
    CLEARANCE = "clearance"
    FLOOR = "floor"
    FREE = "free"


Funnel = tuple[tuple[Step, int], ...]


@dataclass(frozen=True, slots=True)
class Sifted:
    """The mentors who may be proposed to a mentee, by number, their scores, and where the others were lost."""

    mentors: Sequence[int]
    scores: Sequence[int]
    funnel: Funnel


class Pool:
    """The mentors of a run who are ready, numbered by their ids, seen from one mentee after the other."""

    def __init__(self, mentors: Iterable[MentorFacts], settings: Settings) -> None:
        ready = (one for one in mentors if mentor_ready(one, settings))
        self.mentors = sorted(ready, key=lambda one: one.id)
        self.settings = settings
        self.everyone = (1 << len(self.mentors)) - 1
        self.number = {one.id: number for number, one in enumerate(self.mentors)}
        self._speaks = self._index(lambda one: one.languages)
        self._works_at = self._index(lambda one: one.organisations)
        self._declared = self._index(lambda one: one.conflict_organisations)
        self._conflict = self._index(lambda one: one.conflicts)
        self._apart = self._index(lambda one: one.apart)
        self._person = self._index(lambda one: (one.person,))
        self._lives_in = self._index(lambda one: (one.country,))
        self._avoids = self._index(lambda one: one.avoid_countries)
        self._gender = self._index(lambda one: (one.gender,))
        self._channel = self._index(lambda one: one.channels)
        self._adults_only = self._where(lambda one: one.adults_only)
        self._forbidden: dict[str, int] = {}
        for mentor, mentee in settings.forbids:
            bit = 1 << self.number[mentor] if mentor in self.number else 0
            self._forbidden[mentee] = self._forbidden.get(mentee, 0) | bit
        self._scorer = _Scorer(self.mentors, settings.weights)

    def sift(self, mentee: MenteeFacts) -> Sifted:
        """Who may be proposed to this mentee. The last step, free seats, is counted by who knows them."""
        left = self.everyone
        counts = [(Step.POOL, left.bit_count())]
        for step, passes in (
            (Step.LANGUAGE, self._language),
            (Step.CONFLICT, self._no_conflict),
            (Step.PRIVATE, self._private),
            (Step.APART, self._not_apart),
            (Step.TIME, self._reachable),
        ):
            left &= passes(mentee)
            counts.append((step, left.bit_count()))
        minutes = {number: self._minutes(number, mentee) for number in members(left)}
        found = [
            one for one, common in minutes.items() if common == WRITING or common >= LEAST_MINUTES
        ]
        counts[-1] = (Step.TIME, len(found))
        if mentee.under_18:
            found = [one for one in found if not self._adults_only >> one & 1]
        counts.append((Step.CLEARANCE, len(found)))
        return self._scored(mentee, found, minutes, counts)

    def _scored(
        self,
        mentee: MenteeFacts,
        found: list[int],
        minutes: dict[int, int],
        counts: list[tuple[Step, int]],
    ) -> Sifted:
        liked = {self.number[one] for one in mentee.choices if one in self.number}
        liked |= {self.number[one] for one in mentee.bookmarks if one in self.number}
        liked |= set(members(self._preferred(mentee)))
        scores = self._scorer.scores(mentee, found, minutes, liked)
        floor = self.settings.floor
        above = [(one, score) for one, score in zip(found, scores, strict=True) if score >= floor]
        counts.append((Step.FLOOR, len(above)))
        return Sifted([one for one, _ in above], [score for _, score in above], tuple(counts))

    def _language(self, mentee: MenteeFacts) -> int:
        return _any(self._speaks, mentee.languages)

    def _no_conflict(self, mentee: MenteeFacts) -> int:
        return ~(
            _any(self._works_at, mentee.organisations)
            | _any(self._declared, mentee.organisations)
            | _any(self._works_at, mentee.conflict_organisations)
            | _any(self._person, mentee.conflicts)
            | self._conflict.get(mentee.person, 0)
        )

    def _private(self, mentee: MenteeFacts) -> int:
        """H4 to H6."""
        passes = ~(_any(self._person, mentee.apart) | self._apart.get(mentee.person, 0))
        if mentee.gender_wish is Wish.MUST:
            passes &= self._gender.get(mentee.mentor_gender, 0) if mentee.mentor_gender else 0
        return passes & self._country(mentee)

    def _country(self, mentee: MenteeFacts) -> int:
        undeclared = self._lives_in.get("", 0)
        same = self._lives_in.get(mentee.country, 0) if mentee.country else 0
        passes = ~_any(self._avoids, (mentee.country,) if mentee.country else self._avoids)
        if mentee.avoid_countries:
            passes &= ~(undeclared | _any(self._lives_in, mentee.avoid_countries))
        if mentee.same_country is Wish.MUST:
            passes &= same
        if mentee.same_country is Wish.NEVER:
            passes &= ~(same | undeclared) if mentee.country else 0
        return passes

    def _not_apart(self, mentee: MenteeFacts) -> int:
        same = (mentee.person, *mentee.other_mentors)
        return ~(_any(self._person, same) | self._forbidden.get(mentee.id, 0))

    def _reachable(self, mentee: MenteeFacts) -> int:
        return _any(self._channel, mentee.channels)

    def _preferred(self, mentee: MenteeFacts) -> int:
        liked = 0
        if mentee.gender_wish is Wish.PREFER and mentee.mentor_gender:
            liked |= self._gender.get(mentee.mentor_gender, 0)
        if mentee.same_country is Wish.PREFER and mentee.country:
            liked |= self._lives_in.get(mentee.country, 0)
        return liked

    def _minutes(self, number: int, mentee: MenteeFacts) -> int:
        mentor = self.mentors[number]
        if mentor.async_only or mentee.async_only:
            return WRITING
        return common_minutes(mentor.hours, mentee.hours)

    def _index(self, keys: Callable[[MentorFacts], Iterable[str]]) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, one in enumerate(self.mentors):
            for key in keys(one):
                found[key] = found.get(key, 0) | 1 << number
        return found

    def _where(self, holds: Callable[[MentorFacts], bool]) -> int:
        return sum(1 << number for number, one in enumerate(self.mentors) if holds(one))


def members(bits: int) -> Iterator[int]:
    """The numbers in a bitset, from the least."""
    while bits:
        least = bits & -bits
        yield least.bit_length() - 1
        bits ^= least


def _any(index: dict[str, int], keys: Iterable[str]) -> int:
    return reduce(or_, (index.get(key, 0) for key in keys), 0)


class _Scorer:
    """Scores of many pairs: points that hang on few different answers are worked out once for each answer."""

    def __init__(self, mentors: Sequence[MentorFacts], weights: Weights) -> None:
        self.mentors, self.weights = mentors, weights
        self.known: dict[tuple[str, Hashable], array[int]] = {}
        self.topics: dict[str, int] = {}
        self.covers = [self._mask(one.topics) for one in mentors]

    def scores(
        self,
        mentee: MenteeFacts,
        numbers: Sequence[int],
        minutes: dict[int, int],
        liked: set[int],
    ) -> list[int]:
        """The scores with these mentors. `liked` are all whom the mentee chose, kept or prefers."""
        needs = self._needs(mentee)
        times = self._times({minutes[number] for number in numbers})
        choices = self._choices(mentee, liked)
        unchosen = UNCHOSEN * self.weights.choice
        languages, experience, style, country, glad = self._by_answers(mentee)
        return [
            needs[number]
            + choices.get(number, unchosen)
            + times[minutes[number]]
            + languages[number]
            + experience[number]
            + style[number]
            + country[number]
            + glad[number]
            for number in numbers
        ]

    def _by_answers(self, mentee: MenteeFacts) -> list[array[int]]:
        weights, needs = self.weights, frozenset(mentee.needs)
        return [
            self._points(
                ("language", frozenset(mentee.languages.items())),
                weights.language,
                lambda one: language_points(one.languages, mentee.languages),
            ),
            self._points(
                ("experience", mentee.experience),
                weights.experience,
                lambda one: share(one.experience, mentee.experience),
            ),
            self._points(
                ("style", frozenset(mentee.style.items())),
                weights.style,
                lambda one: style_points(one.style, mentee.style),
            ),
            self._points(
                ("country", mentee.country),
                weights.country,
                lambda one: country_points(one, mentee.country),
            ),
            self._points(
                ("glad", needs if weights.glad else ""),
                weights.glad,
                lambda one: share(one.glad_topics, needs) if weights.glad else 0,
            ),
        ]

    def _points(
        self, key: tuple[str, Hashable], weight: int, points: Callable[[MentorFacts], int]
    ) -> array[int]:
        if key not in self.known:
            self.known[key] = array("h", [weight * points(one) for one in self.mentors])
        return self.known[key]

    def _needs(self, mentee: MenteeFacts) -> Sequence[int]:
        """As `score.needs_points`, with topics as bits."""
        weight = self.weights.needs
        if not mentee.needs:
            return [NEUTRAL * weight] * len(self.covers)
        wanted, first = self._mask(mentee.needs), self._mask(mentee.needs[:1])
        most = len(mentee.needs) + 1
        points = [10 * covered // most * weight for covered in range(most + 1)]
        return [points[(one & wanted).bit_count() + (one & first != 0)] for one in self.covers]

    def _mask(self, topics: Iterable[str]) -> int:
        return sum(1 << self.topics.setdefault(one, len(self.topics)) for one in set(topics))

    def _times(self, minutes: Iterable[int]) -> dict[int, int]:
        weight = self.weights.time
        return {
            one: weight * (IN_WRITING if one == WRITING else time_points(one)) for one in minutes
        }

    def _choices(self, mentee: MenteeFacts, liked: set[int]) -> dict[int, int]:
        weight = self.weights.choice
        return {number: weight * choice_points(self.mentors[number], mentee) for number in liked}
