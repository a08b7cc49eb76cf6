"""A round from facts to what its rows say. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from lms.matching.constraints import against
from lms.matching.explain import Demand, by_language, by_topic
from lms.matching.facts import MenteeFacts, Pin, Policy, Settings, Track, Weights, Wish
from lms.matching.run import Outcome, digest, match
from lms.programmes.facts import Everybody
from lms.workbench.fairness import Group, behind, suppressed
from lms.workbench.queries import Decision, Run
from lms.workbench.reasons import narrowest, reasons
from lms.workbench.rules import Kind
from lms.workbench.snapshot import Snapshot

UNSAID = "-"
LISTED = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff set for a round; every default works untouched."""

    policy: Policy = Policy.COVERAGE
    weights: Weights = field(default_factory=Weights)
    floor: int = 300
    charge: int = 250

    def as_data(self) -> dict[str, Any]:
        """For a row."""
        return {**asdict(self), "policy": self.policy.value}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Wanted:
        """From a row; what is not there any more is the default."""
        if not data:
            return cls()
        weights = Weights(**data["weights"])
        return cls(Policy(data["policy"]), weights, data["floor"], data["charge"])


@dataclass(frozen=True, slots=True)
class Line:
    """What a round says about somebody: a mentor, an alternate, or none with the reason in `terms`."""

    request: str
    profile: str | None
    rank: int
    score: int
    pinned: bool
    terms: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a round found."""

    input_digest: str
    result_digest: str
    engine: str
    lines: tuple[Line, ...]
    stats: dict[str, Any]


def present(track: Track, now: datetime, programme: str = "") -> Settings:
    """The settings by which pairs are judged outside a round."""
    return Settings(now=now, track=track, programme=programme)


def settings_of(
    found: Run,
    decided: Iterable[Decision],
    tried: frozenset[tuple[str, str]],
    wanted: Wanted | None = None,
) -> Settings:
    """A round's settings for the engine, at the moment when it was asked for.

    A pair that was `tried` and did not come about is not proposed again, unless it is pinned.
    """
    chosen, decided = wanted or Wanted.of(found.settings), list(decided)
    pairs = [one for one in decided if one.request and one.profile]
    pins = tuple(
        Pin(one.profile or "", one.request or "", one.reason)
        for one in pairs
        if one.kind is Kind.PIN
    )
    forbidden = frozenset(
        (one.profile or "", one.request or "") for one in pairs if one.kind is Kind.FORBID
    )
    return Settings(
        now=found.made_at,
        track=Track(found.track),
        programme=str(found.programme_id),
        policy=chosen.policy,
        weights=chosen.weights,
        floor=chosen.floor,
        charge=chosen.charge,
        seed=found.track,
        pins=pins,
        forbids=(tried - {(one.mentor, one.mentee) for one in pins}) | forbidden,
        holds=frozenset(one.request or "" for one in decided if one.kind is Kind.HOLD),
        seats={one.profile or "": one.places or 0 for one in decided if one.kind is Kind.PLACES},
    )


def result(everybody: Everybody, settings: Settings) -> Result:
    """Work a round out: pairs with reasons, alternates, who stays on the list and why, counts."""
    outcome = match(everybody.mentors, everybody.mentees, settings)
    left = set(outcome.unmatched)
    lines = [
        *_pairs(everybody, outcome, settings),
        *(
            Line(one, None, 0, 0, False, {"funnel": [[str(step), left] for step, left in funnel]})
            for one, funnel in outcome.funnels.items()
            if one in left
        ),
        *(Line(one, None, 0, 0, False, {"held": True}) for one in sorted(settings.holds)),
    ]
    return Result(
        outcome.input_digest,
        outcome.result_digest,
        outcome.engine,
        tuple(lines),
        _stats(everybody, outcome),
    )


def _pairs(everybody: Everybody, outcome: Outcome, settings: Settings) -> Iterator[Line]:
    mentors = {one.id: one for one in everybody.mentors}
    mentees = {one.id: one for one in everybody.mentees}
    for first in outcome.proposals:
        for one in (first, *outcome.alternates.get(first.mentee, ())):
            mentor, mentee = mentors[one.mentor], mentees[one.mentee]
            bars = against(mentor, mentee, settings) if one.pinned else ()
            told = reasons(mentor, mentee, bars).as_data()
            yield Line(one.mentee, one.mentor, one.rank, one.score, one.pinned, told)


# ---------------------------------------------------------------- counts


def _stats(everybody: Everybody, outcome: Outcome) -> dict[str, Any]:
    figures = outcome.figures
    groups = _groups(everybody, outcome)
    return {
        "waiting": figures.mentees,
        "matched": figures.matched,
        "mean": figures.mean,
        "tenth": figures.tenth,
        "mentors": figures.mentors,
        "places": figures.seats,
        "free_after": figures.seats - figures.matched,
        "refused": len(outcome.refused),
        "groups": {
            name: [[one.name, one.people, one.found] for one in rows]
            for name, rows in groups.items()
        },
        "behind": _behind(everybody, outcome, groups),
        "languages": _listed(by_language(everybody.mentors, everybody.mentees, outcome)),
        "topics": _listed(by_topic(everybody.mentors, everybody.mentees, outcome)),
    }


def _listed(demands: Iterable[Demand]) -> list[list[Any]]:
    found = [one for one in demands if one.waiting][:LISTED]
    return [[one.kind, one.waiting, one.seats, one.price] for one in found]


def _dimensions(one: MenteeFacts) -> dict[str, str]:
    """The groups that somebody is in: one of each kind, so that they add up to everybody."""
    first = next(iter(one.languages), UNSAID)
    wish = one.mentor_gender if one.gender_wish is not Wish.NONE else UNSAID
    return {"language": first, "country": one.country or UNSAID, "gender": wish or UNSAID}


def _members(everybody: Everybody, outcome: Outcome) -> dict[str, dict[str, list[str]]]:
    took_part = {*outcome.funnels, *(mentee for _mentor, mentee in outcome.pairs)}
    members: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in everybody.mentees:
        if one.id in took_part:
            for name, group in _dimensions(one).items():
                members[name][group].append(one.id)
    return members


def _groups(everybody: Everybody, outcome: Outcome) -> dict[str, list[Group]]:
    found = {mentee for _mentor, mentee in outcome.pairs}
    return {
        name: suppressed(
            [
                Group(group, len(people), sum(one in found for one in people))
                for group, people in members.items()
            ]
        )
        for name, members in _members(everybody, outcome).items()
    }


def _behind(
    everybody: Everybody, outcome: Outcome, groups: Mapping[str, Sequence[Group]]
) -> list[list[str]]:
    members, left = _members(everybody, outcome), set(outcome.unmatched)
    named = []
    for name, rows in groups.items():
        for group in behind(rows):
            theirs = [outcome.funnels[one] for one in members[name][group.name] if one in left]
            step = narrowest(theirs)
            named.append([name, group.name, str(step) if step else ""])
    return named


def is_stale(everybody: Snapshot, found: Run, decided: Iterable[Decision]) -> bool:
    """Whether a round would read something else now than it did."""
    own = [one for one in decided if one.made_at <= found.made_at]
    settings = settings_of(found, own, everybody.tried)
    return digest(everybody.mentors, everybody.mentees, settings) != found.input_digest
