"""A whole cohort at once: facts and settings in, the best set of pairs out, with what explains it.

The same facts and settings give the same pairs on every machine, in whatever order they come in. Live pairs
are no part of it: a mentor's seats are those that no live pair holds, and only who waits is paired.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any, TypeVar

from lms.matching.candidates import Funnel, Pool, Sifted, Step
from lms.matching.constraints import PIN_BREAKS, Bar, against, mentee_waits
from lms.matching.facts import MenteeFacts, MentorFacts, Pin, Policy, Settings
from lms.matching.score import terms
from lms.matching.solver import Edges, Solution, solve

ENGINE = "1"
ALTERNATES = 2
TIE_BITS = 10
_WORD = (1 << 64) - 1
Someone = TypeVar("Someone", MentorFacts, MenteeFacts)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mentor for a mentee. `rank` 0 is the run's pair, 1 and 2 are alternates with seats left."""

    mentor: str
    mentee: str
    score: int
    rank: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A pin that was not taken: what it breaks. Nothing broken means no seat, no reason or nobody there."""

    pin: Pin
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run comes to. `tenth` is the score that nine of ten pairs reach."""

    mentors: int
    seats: int
    mentees: int
    edges: int
    matched: int
    mean: int
    tenth: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run. `prices` say, by mentor, what one more seat would add at most.

    `funnels` are of everybody who took part, pinned people left out; `alternates` of everybody with a pair.
    """

    proposals: tuple[Proposal, ...]
    alternates: Mapping[str, tuple[Proposal, ...]]
    funnels: Mapping[str, Funnel]
    prices: Mapping[str, int]
    refused: tuple[Refusal, ...]
    figures: Figures
    input_digest: str
    result_digest: str
    engine: str = ENGINE

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(mentor, mentee) of every pair, pins too."""
        return tuple((one.mentor, one.mentee) for one in self.proposals)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Who took part and stays on the waiting list."""
        found = {one.mentee for one in self.proposals}
        return tuple(one for one in self.funnels if one not in found)


def match(
    mentors: Iterable[MentorFacts], mentees: Iterable[MenteeFacts], settings: Settings
) -> Outcome:
    """Find the best set of pairs. Raises ValueError when an id is there twice."""
    mentors, mentees = _by_id(mentors), _by_id(mentees)
    pinned, refused = _pins(mentors, mentees, settings)
    taken = Counter(one.mentor for one in pinned)
    away = settings.holds | {one.mentee for one in pinned}
    waiting = [one for one in mentees if one.id not in away and mentee_waits(one, settings)]
    pool = Pool(mentors, settings)
    sifted = [pool.sift(one) for one in waiting]
    charges = [_charges(one, taken[one.id], settings) for one in pool.mentors]
    solution = solve(charges, _edges(pool, waiting, sifted, settings))
    found = _found(pool, waiting, sifted, solution)
    proposals = tuple(sorted((*pinned, *found), key=lambda one: (one.mentee, one.mentor)))
    left = [len(seats) for seats in charges]
    for mentor, _ in solution.pairs:
        left[mentor] -= 1
    return Outcome(
        proposals=proposals,
        alternates=_alternates(pool, waiting, sifted, found, left),
        funnels={
            one.id: (*some.funnel, (Step.FREE, sum(left[mentor] > 0 for mentor in some.mentors)))
            for one, some in zip(waiting, sifted, strict=True)
        },
        prices={
            one.id: price for one, price in zip(pool.mentors, solution.seat_prices, strict=True)
        },
        refused=refused,
        figures=_figures(proposals, charges, len(waiting), sifted),
        input_digest=digest(mentors, mentees, settings),
        result_digest=_result_digest(proposals),
    )


def value(score: int, tie: int, precedence: int, settings: Settings) -> int:
    """What a pair is worth to the solver: who waits before how well it fits, or the fit alone."""
    if settings.policy is Policy.COVERAGE:
        return (1000 * precedence + score << TIE_BITS) + tie
    return (score - settings.floor << TIE_BITS) + tie + 1


# ---------------------------------------------------------------- before the solver


def _by_id(everybody: Iterable[Someone]) -> list[Someone]:
    found = sorted(everybody, key=lambda one: one.id)
    if len({one.id for one in found}) < len(found):
        raise ValueError("an id is there twice")
    return found


def _charges(mentor: MentorFacts, pinned: int, settings: Settings) -> list[int]:
    """What each open seat charges: the more of her seats a mentor fills, the dearer the next."""
    seats = min(mentor.free, max(0, settings.seats.get(mentor.id, mentor.free))) - pinned
    first = mentor.live + pinned
    return [
        settings.charge * load // mentor.capacity << TIE_BITS
        for load in range(first, first + max(0, seats))
    ]


def _edges(
    pool: Pool, waiting: Sequence[MenteeFacts], sifted: Sequence[Sifted], settings: Settings
) -> Edges:
    edges = Edges(len(pool.mentors), len(waiting))
    marks = [_mark(one.id, settings.seed) for one in pool.mentors]
    for number, (mentee, some) in enumerate(zip(waiting, sifted, strict=True)):
        own = _mark(mentee.id, settings.seed) | 1
        precedence = mentee.precedence(settings.now)
        for mentor, score in zip(some.mentors, some.scores, strict=True):
            tie = (marks[mentor] * own & _WORD) >> 64 - TIE_BITS
            edges.add(mentor, number, value(score, tie, precedence, settings))
    return edges


def _mark(public_id: str, seed: str) -> int:
    """Sixty-four bits that hang on the id and the seed only."""
    key = sha256(seed.encode()).digest()
    return int.from_bytes(blake2b(public_id.encode(), digest_size=8, key=key).digest(), "big")


def _pins(
    mentors: Sequence[MentorFacts], mentees: Sequence[MenteeFacts], settings: Settings
) -> tuple[list[Proposal], tuple[Refusal, ...]]:
    """The pins that hold, as pairs, and those that do not."""
    of_mentor = {one.id: one for one in mentors}
    of_mentee = {one.id: one for one in mentees if one.id not in settings.holds}
    taken: Counter[str] = Counter()
    pairs: dict[str, Proposal] = {}
    refused = []
    for pin in sorted(settings.pins, key=lambda one: (one.mentee, one.mentor)):
        mentor, mentee = of_mentor.get(pin.mentor), of_mentee.get(pin.mentee)
        bars = against(mentor, mentee, settings) if mentor and mentee else ()
        allowed = not bars or (set(bars) <= PIN_BREAKS and bool(pin.reason.strip()))
        if mentor and mentee and allowed and pin.mentee not in pairs and _has_seat(mentor, taken):
            taken[pin.mentor] += 1
            score = terms(mentor, mentee).total(settings.weights)
            pairs[pin.mentee] = Proposal(pin.mentor, pin.mentee, score, pinned=True)
        else:
            refused.append(Refusal(pin, bars))
    return list(pairs.values()), tuple(refused)


def _has_seat(mentor: MentorFacts, taken: Mapping[str, int]) -> bool:
    return taken.get(mentor.id, 0) < mentor.free


# ---------------------------------------------------------------- after the solver


def _found(
    pool: Pool, waiting: Sequence[MenteeFacts], sifted: Sequence[Sifted], solution: Solution
) -> list[Proposal]:
    return [
        Proposal(pool.mentors[mentor].id, waiting[mentee].id, _score(sifted[mentee], mentor))
        for mentor, mentee in solution.pairs
    ]


def _score(some: Sifted, mentor: int) -> int:
    return some.scores[some.mentors.index(mentor)]


def _alternates(
    pool: Pool,
    waiting: Sequence[MenteeFacts],
    sifted: Sequence[Sifted],
    found: Sequence[Proposal],
    left: Sequence[int],
) -> dict[str, tuple[Proposal, ...]]:
    """Up to two others for everybody who has a pair, the best first, of mentors with a seat left."""
    own = {one.mentee: one.mentor for one in found}
    alternates = {}
    for mentee, some in zip(waiting, sifted, strict=True):
        if mentee.id in own:
            others = [
                (-score, pool.mentors[mentor].id)
                for mentor, score in zip(some.mentors, some.scores, strict=True)
                if left[mentor] > 0 and pool.mentors[mentor].id != own[mentee.id]
            ]
            alternates[mentee.id] = tuple(
                Proposal(mentor, mentee.id, -score, rank)
                for rank, (score, mentor) in enumerate(sorted(others)[:ALTERNATES], 1)
            )
    return alternates


def _figures(
    proposals: Sequence[Proposal],
    charges: Sequence[Sequence[int]],
    waiting: int,
    sifted: Sequence[Sifted],
) -> Figures:
    scores = sorted(one.score for one in proposals)
    pinned = sum(one.pinned for one in proposals)
    return Figures(
        mentors=len(charges),
        seats=sum(map(len, charges)) + pinned,
        mentees=waiting + pinned,
        edges=sum(len(one.mentors) for one in sifted),
        matched=len(scores),
        mean=sum(scores) // len(scores) if scores else 0,
        tenth=scores[len(scores) // 10] if scores else 0,
    )


# ---------------------------------------------------------------- digests


def digest(
    mentors: Iterable[MentorFacts], mentees: Iterable[MenteeFacts], settings: Settings
) -> str:
    """What a run has read, in one line: equal when facts and settings are, in any order."""
    told = [sorted(map(_told, mentors)), sorted(map(_told, mentees)), _told(settings)]
    return sha256("\n".join((*told[0], *told[1], str(told[2]))).encode()).hexdigest()


def _told(facts: Any) -> str:
    return json.dumps(
        {one.name: getattr(facts, one.name) for one in fields(facts)},
        sort_keys=True,
        default=_plain,
    )


def _plain(thing: Any) -> Any:
    if isinstance(thing, (set, frozenset)):
        return sorted(thing)
    if isinstance(thing, datetime):
        return thing.isoformat()
    if isinstance(thing, Mapping):
        return dict(thing)
    return {one.name: getattr(thing, one.name) for one in fields(thing)}


def _result_digest(proposals: Iterable[Proposal]) -> str:
    lines = sorted(f"{one.mentor} {one.mentee} {one.score}" for one in proposals)
    return sha256("\n".join(lines).encode()).hexdigest()


# ---------------------------------------------------------------- two runs beside each other


@dataclass(frozen=True, slots=True)
class Comparison:
    """What becomes of people from one run to the other. Each is a mentee's id."""

    same: tuple[str, ...]
    changed: tuple[str, ...]
    lost: tuple[str, ...]
    won: tuple[str, ...]
    one: Figures
    other: Figures


def compare(one: Outcome, other: Outcome) -> Comparison:
    """See which pairs stay, whose mentor is another, who loses and who gains one."""
    before = {mentee: mentor for mentor, mentee in one.pairs}
    after = {mentee: mentor for mentor, mentee in other.pairs}
    both = sorted(before.keys() & after.keys())
    return Comparison(
        same=tuple(mentee for mentee in both if before[mentee] == after[mentee]),
        changed=tuple(mentee for mentee in both if before[mentee] != after[mentee]),
        lost=tuple(sorted(before.keys() - after.keys())),
        won=tuple(sorted(after.keys() - before.keys())),
        one=one.figures,
        other=other.figures,
    )
