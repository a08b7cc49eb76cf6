"""Whole runs: no rule is broken, pins hold, order means nothing, and a digest never changes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as pace
from hypothesis import strategies as st

from lms.matching import candidates, explain, solver
from lms.matching.candidates import Pool, Step
from lms.matching.constraints import PIN_BREAKS, PRIVATE, Bar, against
from lms.matching.facts import Pin, Policy, Weights
from lms.matching.run import Outcome, compare, match
from lms.matching.score import terms
from tests.matching.world import cohort, mentee, mentor, settings

pytestmark = pytest.mark.sqlite_only
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES, EXAMPLES_LONG = 100, 2_000
# Of the made-up network of 200 mentors and 2,000 mentees. Changes only with the engine or with that network.
DIGEST = "48f1fc386d64150a1396ae713c6344f8c0595626266767a6f28ae2ef4ad90d7d"

seeds = st.integers(0, 10**6)
policies = st.sampled_from(list(Policy))


def small(seed: int):
    draw = random.Random(seed)
    return cohort(draw.randint(1, 8), draw.randint(1, 16), seed)


def broken(outcome: Outcome, mentors, mentees, chosen) -> list[str]:
    """What a result does that it must not."""
    of_mentor, of_mentee = {one.id: one for one in mentors}, {one.id: one for one in mentees}
    loads = Counter(one for one, _ in outcome.pairs)
    pinned = {(one.mentor, one.mentee) for one in chosen.pins}
    found = [
        f"{pair} breaks {bar}"
        for pair in outcome.pairs
        for bar in against(of_mentor[pair[0]], of_mentee[pair[1]], chosen)
        if not (pair in pinned and bar in PIN_BREAKS)
    ]
    found += [f"{one} is over-filled" for one in loads if loads[one] > of_mentor[one].free]
    found += ["a mentee twice"] * (len({one for _, one in outcome.pairs}) < len(outcome.pairs))
    found += [f"{one} was held" for _, one in outcome.pairs if one in chosen.holds]
    lowered = {one: chosen.seats[one] for one in chosen.seats if one not in dict(pinned)}
    return found + [f"{one} was lowered" for one, most in lowered.items() if loads[one] > most]


def decisions(seed: int, mentors, mentees, policy=Policy.COVERAGE):
    """Pins, forbids, holds and lowered seats, some of them not allowed."""
    draw = random.Random(seed)

    def pair():
        return draw.choice(mentors).id, draw.choice(mentees).id

    return settings(
        policy=policy,
        floor=draw.choice((0, 300, 500)),
        charge=draw.choice((0, 250, 1000)),
        pins=tuple(Pin(*pair(), draw.choice(("", "They asked for it."))) for _ in range(2)),
        forbids=frozenset(pair() for _ in range(6)),
        holds=frozenset({draw.choice(mentees).id} if draw.random() < 0.5 else ()),
        seats={draw.choice(mentors).id: draw.randint(0, 2)},
    )


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds, policies)
def test_no_run_breaks_a_rule(seed, policy):
    mentors, mentees = small(seed)
    chosen = decisions(seed, mentors, mentees, policy)
    outcome = match(mentors, mentees, chosen)
    assert broken(outcome, mentors, mentees, chosen) == []
    refused = {one.pin for one in outcome.refused}
    assert {(one.mentor, one.mentee) for one in chosen.pins if one not in refused} <= set(
        outcome.pairs
    )


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds)
def test_bitsets_say_the_same_as_the_rules_of_one_pair(seed):
    mentors, mentees = small(seed)
    chosen = decisions(seed, mentors, mentees)
    pool = Pool(mentors, chosen)
    for one in mentees:
        some = pool.sift(replace(one, under_18=seed % 5 == 0))
        one = replace(one, under_18=seed % 5 == 0)
        allowed = {each.id for each in mentors if not against(each, one, chosen)}
        assert {pool.mentors[number].id for number in some.mentors} == allowed
        for number, score in zip(some.mentors, some.scores, strict=True):
            assert score == terms(pool.mentors[number], one).total(chosen.weights)
        counts = [count for _, count in some.funnel]
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == len(allowed)


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds, policies)
def test_the_order_of_people_means_nothing(seed, policy):
    mentors, mentees = small(seed)
    chosen = decisions(seed, mentors, mentees, policy)
    draw = random.Random(seed)
    one = match(mentors, mentees, chosen)
    other = match(draw.sample(mentors, len(mentors)), draw.sample(mentees, len(mentees)), chosen)
    assert one == other


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds)
def test_one_more_mentor_never_lowers_coverage(seed):
    mentors, mentees = small(seed)
    before = match(mentors[1:], mentees, settings())
    assert match(mentors, mentees, settings()).figures.matched >= before.figures.matched


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds)
def test_more_priority_never_costs_the_place(seed):
    mentors, mentees = small(seed)
    found = {one for _, one in match(mentors, mentees, settings()).pairs}
    for number, one in enumerate(mentees):
        if one.id in found and one.priority < 200:
            raised = [*mentees[:number], replace(one, priority=200), *mentees[number + 1 :]]
            assert one.id in {each for _, each in match(mentors, raised, settings()).pairs}
            return


@pace(max_examples=EXAMPLES, deadline=None)
@given(seeds)
def test_alternates_are_allowed_and_have_a_seat_left(seed):
    mentors, mentees = small(seed)
    outcome = match(mentors, mentees, settings())
    loads = Counter(one for one, _ in outcome.pairs)
    of_mentor, of_mentee = {one.id: one for one in mentors}, {one.id: one for one in mentees}
    for person, others in outcome.alternates.items():
        assert len(others) <= 2
        for one in others:
            assert loads[one.mentor] < of_mentor[one.mentor].free
            assert not against(of_mentor[one.mentor], of_mentee[person], settings())


@pytest.mark.soak
def test_many_more_runs_break_no_rule():
    for seed in range(EXAMPLES_LONG):
        mentors, mentees = small(seed)
        chosen = decisions(seed, mentors, mentees, list(Policy)[seed % 2])
        assert broken(match(mentors, mentees, chosen), mentors, mentees, chosen) == [], seed


def test_live_pairs_keep_their_seats():
    full = mentor(capacity=3, live=3)
    outcome = match([full], [mentee()], settings())
    assert outcome.pairs == ()
    assert outcome.prices["m1"] > 0
    assert outcome.unmatched == ("w1",)


# ---------------------------------------------------------------- pins


@pytest.mark.parametrize(
    ("of_mentor", "of_mentee", "reason", "taken"),
    [
        ({}, {}, "", True),
        ({"hours": 0}, {}, "", False),
        ({"hours": 0}, {}, "They found an hour.", True),
        ({"available": False}, {}, "Please.", False),
        ({}, {"avoid_countries": frozenset({"KZ"})}, "Please.", False),
        ({"apart": frozenset({"pw1"})}, {}, "Please.", False),
        ({"person": "pw1"}, {}, "Please.", False),
        ({"live": 1}, {}, "Please.", False),
    ],
)
def test_a_pin_breaks_only_what_staff_may_and_says_why(of_mentor, of_mentee, reason, taken):
    chosen = settings(pins=(Pin("m1", "w1", reason),))
    outcome = match([mentor(**of_mentor)], [mentee(**of_mentee)], chosen)
    assert (("m1", "w1") in outcome.pairs) is taken
    assert bool(outcome.refused) is not taken


def test_a_pin_takes_the_seat_before_everybody_else():
    late, early = mentee(1), mentee(2, priority=200)
    outcome = match([mentor()], [late, early], settings(pins=(Pin("m1", "w1"),)))
    assert outcome.pairs == (("m1", "w1"),)
    assert outcome.unmatched == ("w2",)


# ---------------------------------------------------------------- what comes first


def test_who_waits_longest_comes_first_then_the_better_fit():
    close = mentee(1, needs=("a",))
    long = mentee(2, waiting_since=mentee().waiting_since.replace(month=6))
    one = [mentor(topics=frozenset({"a"}))]
    assert match(one, [close, long], settings()).pairs == (("m1", "w2"),)
    assert match(one, [close, long], settings(policy=Policy.QUALITY)).pairs == (("m1", "w1"),)


def test_charges_spread_mentees_over_mentors():
    glad = mentor(1, capacity=4, topics=frozenset({"a"}))
    idle = mentor(2, capacity=4, topics=frozenset({"a"}))
    four = [mentee(number, needs=("a",)) for number in range(4)]
    loads = Counter(one for one, _ in match([glad, idle], four, settings(charge=250)).pairs)
    assert loads == {"m1": 2, "m2": 2}


# ---------------------------------------------------------------- explanations


def test_terms_add_up_to_the_score_and_private_rules_are_a_number():
    mentors, mentees = cohort(12, 40, 3)
    outcome = match(mentors, mentees, settings())
    of_mentor, of_mentee = {one.id: one for one in mentors}, {one.id: one for one in mentees}
    for one in outcome.proposals:
        lines = explain.pair(of_mentor[one.mentor], of_mentee[one.mentee], Weights())
        assert sum(line.worth for line in lines) == one.score
    for bars in ({*Bar}, {Bar.GENDER}, {Bar.COUNTRY}, {Bar.APART}, set()):
        told = explain.shown(bars)
        assert not PRIVATE & set(told.bars)
        assert told.private == len(PRIVATE & bars)
    # Which private rule it was moves nobody to another step.
    who = mentee(country="KZ")
    steps = {
        match([mentor(**facts)], [who], settings()).funnels["w1"]
        for facts in ({"avoid_countries": frozenset({"KZ"})}, {"apart": frozenset({"pw1"})})
    }
    assert len(steps) == 1
    assert dict(steps.pop())[Step.PRIVATE] == 0


def test_the_programme_learns_which_seat_is_worth_most():
    mentors = [mentor(1), mentor(2, languages={"ka": 3})]
    mentees = [mentee(n, languages={"ka": 3}) for n in range(4)] + [mentee(9)]
    outcome = match(mentors, mentees, settings())
    first = explain.by_language(mentors, mentees, outcome)[0]
    assert (first.kind, first.waiting, first.seats) == ("ka", 3, 1)
    assert first.price > 0


def test_two_runs_beside_each_other():
    mentors = [mentor(1), mentor(2)]
    mentees = [mentee(1), mentee(2, priority=50), mentee(3)]
    one = match(mentors, mentees, settings())
    left = next(iter(one.unmatched))
    forbidden = frozenset({next(pair for pair in one.pairs if pair[1] == "w2")})
    other = match(mentors, mentees, settings(forbids=forbidden))
    found = compare(one, other)
    assert set(found.same) | set(found.changed) | set(found.lost) == {two for _, two in one.pairs}
    assert "w2" in (*found.changed, *found.lost)
    assert compare(one, one).same == tuple(sorted(two for _, two in one.pairs))
    assert left not in found.same


# ---------------------------------------------------------------- the same everywhere

PROGRAM = """
from tests.matching.world import cohort, settings
from lms.matching.run import match
found = match(*cohort(200, 2000), settings())
print(found.result_digest, found.input_digest)
"""


def test_a_digest_is_the_same_in_another_process_and_the_work_stays_what_it_is(monkeypatch):
    """200 x 2,000: another PYTHONHASHSEED, the same digests; counts of work, not seconds."""
    other = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    done: Counter[str] = Counter()
    scored, spread = candidates._Scorer.scores, solver._Chain._spread

    def scores(self, person, numbers, *rest):
        done["scored"] += len(numbers)
        return scored(self, person, numbers, *rest)

    def settle(self, *rest):
        done["settled"] += 1
        spread(self, *rest)

    monkeypatch.setattr(candidates._Scorer, "scores", scores)
    monkeypatch.setattr(solver._Chain, "_spread", settle)
    found = match(*cohort(200, 2000), settings())
    told, _ = other.communicate()
    assert told.split() == [found.result_digest, found.input_digest]
    assert found.result_digest == DIGEST
    assert found.figures.matched == found.figures.seats == 889
    assert done["scored"] < 100_000
    assert done["settled"] < 30_000


# ---------------------------------------------------------------- planted faults


def test_a_run_that_forgets_a_rule_is_found(monkeypatch):
    monkeypatch.setattr(Pool, "_private", lambda self, person: self.everyone)
    assert any(
        broken(match(*small(seed), settings()), *small(seed), settings()) for seed in range(30)
    )


def test_a_run_that_forgets_live_pairs_is_found(monkeypatch):
    monkeypatch.setattr("lms.matching.run._charges", lambda one, *_: [0] * 10)
    assert any(
        broken(match(*small(seed), settings()), *small(seed), settings()) for seed in range(30)
    )
