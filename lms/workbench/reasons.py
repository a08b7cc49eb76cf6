"""What speaks for and against a pair, and where a person's mentors are lost. Pure: facts in, data out.

Nothing here says what people keep to themselves: countries, gender and who avoids whom are one count,
`PRIVATE`, and a country that a mentor knows is no reason that anybody reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lms.matching import constraints
from lms.matching.candidates import Funnel, Step
from lms.matching.constraints import PIN_BREAKS, Bar
from lms.matching.facts import Level, MenteeFacts, MentorFacts, Settings, Weights
from lms.matching.hours import common_minutes
from lms.matching.score import terms

ENOUGH_MINUTES = 120
SIMILAR = 6
STRONG, GOOD, FAIR = 700, 550, 300


class Fit(StrEnum):
    """How well two people fit, in steps that have words; never a percent."""

    STRONG = "strong"
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"


def fit_of(score: int) -> Fit:
    """The step that a score of 0 to 1,000 stands on."""
    if score >= STRONG:
        return Fit.STRONG
    if score >= GOOD:
        return Fit.GOOD
    return Fit.FAIR if score >= FAIR else Fit.WEAK


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a pair fits and why not, as data that `words` tells in a language.

    `choice` is the mentor's place among those that the person herself named, 0 for none; `minutes` a week
    in common, None where they work in writing; `similar` how alike they like to work, None where not told.
    """

    languages: tuple[str, ...] = ()
    first_language: bool = False
    topics: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    experience: tuple[str, ...] = ()
    experience_missing: tuple[str, ...] = ()
    minutes: int | None = 0
    similar: bool | None = None
    choice: int = 0
    bars: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """For a row."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Reasons:
        """From a row."""
        known: dict[str, Any] = {name: data[name] for name in cls.__slots__ if name in data}
        lists = {name: tuple(value) for name, value in known.items() if isinstance(value, list)}
        return cls(**{**known, **lists})


def reasons(mentor: MentorFacts, mentee: MenteeFacts, bars: Iterable[Bar] = ()) -> Reasons:
    """What can be said about this pair; of `bars`, only those that staff may set aside."""
    points = terms(mentor, mentee)
    common = [code for code in mentee.languages if code in mentor.languages]
    in_writing = mentor.async_only or mentee.async_only
    told = mentor.style.keys() & mentee.style.keys()
    return Reasons(
        languages=tuple(common),
        first_language=any(
            min(mentor.languages[code], mentee.languages[code]) is Level.FIRST for code in common
        ),
        topics=tuple(need for need in mentee.needs if need in mentor.topics),
        missing=tuple(need for need in mentee.needs if need not in mentor.topics),
        experience=tuple(sorted(mentee.experience & mentor.experience)),
        experience_missing=tuple(sorted(mentee.experience - mentor.experience)),
        minutes=None if in_writing else common_minutes(mentor.hours, mentee.hours),
        similar=points.style >= SIMILAR if told else None,
        choice=mentee.choices.index(mentor.id) + 1 if mentor.id in mentee.choices else 0,
        bars=tuple(bar.value for bar in bars if bar in PIN_BREAKS),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor for somebody who waits. `bars` are rules that staff may set aside, with a reason."""

    id: str
    score: int
    free: int
    bars: tuple[Bar, ...]
    reasons: Reasons


_STEP_OF = {
    Bar.STATUS: Step.POOL,
    Bar.LANGUAGE: Step.LANGUAGE,
    Bar.CONFLICT: Step.CONFLICT,
    Bar.COUNTRY: Step.PRIVATE,
    Bar.GENDER: Step.PRIVATE,
    Bar.APART: Step.PRIVATE,
    Bar.FORBIDDEN: Step.APART,
    Bar.OTHER_TRACK: Step.APART,
    Bar.TIME: Step.TIME,
    Bar.CHANNEL: Step.TIME,
    Bar.CLEARANCE: Step.CLEARANCE,
    Bar.FLOOR: Step.FLOOR,
}


@dataclass(frozen=True, slots=True)
class Look:
    """All mentors, seen from one person who waits: who could be hers, and where the others are lost."""

    candidates: tuple[Candidate, ...]
    funnel: Funnel

    @property
    def left_out(self) -> list[tuple[Step, int]]:
        """How many are lost at each step but the last: they may come back as soon as a place is free."""
        counts = [*self.funnel]
        lost = [(step, before[1] - count) for before, (step, count) in itertools.pairwise(counts)]
        return [(step, number) for step, number in lost if number and step is not Step.FREE]


def look(mentors: Sequence[MentorFacts], mentee: MenteeFacts, settings: Settings) -> Look:
    """See all mentors from one person."""
    broken = {mentor.id: constraints.against(mentor, mentee, settings) for mentor in mentors}
    free = {one.id: one.free for one in mentors}
    found = [
        _candidate(mentor, mentee, broken[mentor.id], free[mentor.id], settings.weights)
        for mentor in mentors
        if not set(broken[mentor.id]) - PIN_BREAKS
    ]
    found.sort(key=lambda one: (bool(one.bars), not one.free, -one.score, one.id))
    return Look(tuple(found), _funnel(broken, free))


def _candidate(
    mentor: MentorFacts, mentee: MenteeFacts, bars: tuple[Bar, ...], free: int, weights: Weights
) -> Candidate:
    score = terms(mentor, mentee).total(weights)
    return Candidate(mentor.id, score, free, bars, reasons(mentor, mentee, bars))


def _funnel(broken: Mapping[str, Sequence[Bar]], free: Mapping[str, int]) -> Funnel:
    left = {one: {_STEP_OF[bar] for bar in bars} for one, bars in broken.items()}
    counts = []
    for step in Step:
        if step is Step.FREE:
            left = {one: steps for one, steps in left.items() if free[one]}
        else:
            left = {one: steps for one, steps in left.items() if step not in steps}
        counts.append((step, len(left)))
    return tuple(counts)


def funnel_of(data: Sequence[Sequence[Any]]) -> Funnel:
    """From a row."""
    return tuple((Step(step), int(count)) for step, count in data)


def narrowest(funnels: Iterable[Funnel]) -> Step | None:
    """The step at which most is lost for these people together; None where nothing is lost."""
    totals: dict[Step, int] = dict.fromkeys(Step, 0)
    for funnel in funnels:
        for step, count in funnel:
            totals[step] += count
    steps = list(Step)
    shares = {
        step: totals[step] / totals[before]
        for before, step in itertools.pairwise(steps)
        if totals[before]
    }
    worst = min(shares, key=lambda step: shares[step], default=None)
    return worst if worst is not None and shares[worst] < 1 else None
