"""The solver is exact: against exhaustive search, against networkx, and by a certificate of its own prices.

Planted faults stand at the end: a solver that forgets something must be found by the same checks.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import networkx
import pytest

from lms.matching import solver
from lms.matching.solver import BITS, LOW, Edges, Solution, solve

pytestmark = pytest.mark.sqlite_only

Case = tuple[list[list[int]], dict[tuple[int, int], int], int]
SMALL, SMALL_LONG = 1200, 20_000
MEDIUM, MEDIUM_LONG = 5, 60
PROVED = 50


def small_case(draw: random.Random) -> Case:
    """Up to 5 mentors and 7 mentees, 0 to 3 seats; values of either sign, many of them alike."""
    mentors, mentees = draw.randint(0, 5), draw.randint(0, 7)
    dearest = draw.choice((0, 5, 30))
    charges = [
        sorted(draw.randint(0, dearest) for _ in range(draw.randint(0, 3))) for _ in range(mentors)
    ]
    top, share = draw.choice((3, 20, 60)), draw.choice((0.3, 0.7, 1))
    worth = {
        (mentor, mentee): draw.randint(-5, top)
        for mentor in range(mentors)
        for mentee in range(mentees)
        if draw.random() < share
    }
    return charges, worth, mentees


def medium_case(draw: random.Random) -> Case:
    """Up to 60 mentors and 300 mentees; alike waits or very different ones, scarce seats or plenty."""
    mentors, mentees = draw.randint(5, 60), draw.randint(20, 300)
    dearest, waits = draw.choice((0, 250, 1000)), draw.choice((1, 460))
    charges = [
        [dearest * load // 10 << 10 for load in range(draw.randint(0, 10))] for _ in range(mentors)
    ]
    precedence = [1000 + draw.randrange(waits) for _ in range(mentees)]
    worth = {
        (mentor, mentee): (1000 * precedence[mentee] + draw.randint(300, 1000) << 10)
        + draw.getrandbits(10)
        for mentee in range(mentees)
        for mentor in draw.sample(range(mentors), draw.randint(0, min(mentors, 8)))
    }
    return charges, worth, mentees


def edges_of(case: Case) -> Edges:
    charges, worth, mentees = case
    edges = Edges(len(charges), mentees)
    for (mentor, mentee), value in worth.items():
        edges.add(mentor, mentee, value)
    return edges


def exhaustive(case: Case) -> int:
    """The most that any assignment is worth, by trying all of them (mentee by mentee, by taken seats)."""
    charges, worth, mentees = case
    states = {tuple(0 for _ in charges): 0}
    for mentee in range(mentees):
        after = dict(states)
        for loads, total in states.items():
            for mentor, seats in enumerate(charges):
                load = loads[mentor]
                if load < len(seats) and (mentor, mentee) in worth:
                    taken = (*loads[:mentor], load + 1, *loads[mentor + 1 :])
                    gained = total + worth[mentor, mentee] - seats[load]
                    after[taken] = max(after.get(taken, gained), gained)
        states = after
    return max(states.values())


def by_networkx(case: Case) -> int:
    """The same from an independent solver: a network simplex over one arc a seat."""
    charges, worth, mentees = case
    graph = networkx.DiGraph()
    flow = min(sum(map(len, charges)), mentees)
    graph.add_node("source", demand=-flow)
    graph.add_node("sink", demand=flow)
    graph.add_edge("source", "sink", capacity=flow, weight=0)
    for mentor, seats in enumerate(charges):
        for number, charge in enumerate(seats):
            graph.add_edge("source", ("seat", mentor, number), capacity=1, weight=charge)
            graph.add_edge(("seat", mentor, number), ("mentor", mentor), capacity=1, weight=0)
    for (mentor, mentee), value in worth.items():
        if charges[mentor]:
            graph.add_edge(("mentor", mentor), ("mentee", mentee), capacity=1, weight=-value)
            graph.add_edge(("mentee", mentee), "sink", capacity=1, weight=0)
    return -int(networkx.network_simplex(graph)[0])


def fault(case: Case, found: Solution) -> str:
    """What is wrong with a solution, by its own prices alone; empty when it is proved to be the best.

    A sum of duals that equals the worth, with every edge and seat covered, is the proof.
    """
    charges, worth, _ = case
    loads = Counter(mentor for mentor, _ in found.pairs)
    if any(pair not in worth for pair in found.pairs):
        return "a pair that may not be"
    if len({mentee for _, mentee in found.pairs}) < len(found.pairs):
        return "a mentee twice"
    if any(loads[mentor] > len(charges[mentor]) for mentor in loads):
        return "a mentor with too many"
    own = sum(worth[pair] for pair in found.pairs)
    own -= sum(sum(charges[mentor][:load]) for mentor, load in loads.items())
    if own != found.worth:
        return "a wrong sum"
    return _unproved(case, found)


def _unproved(case: Case, found: Solution) -> str:
    charges, worth, _ = case
    prices, gains = found.prices, found.gains
    if min((*prices, *gains), default=0) < 0:
        return "a negative price"
    for (mentor, mentee), value in worth.items():
        if value - prices[mentor] > gains[mentee]:
            return "a pair that both would rather have"
    bound = sum(gains) + sum(
        max(0, prices[mentor] - charge) for mentor, seats in enumerate(charges) for charge in seats
    )
    return "" if bound == found.worth else "prices that prove nothing"


def check(cases: int, make: Callable[[random.Random], Case], best: Callable[[Case], int]) -> None:
    draw = random.Random(20261122)
    for number in range(cases):
        case = make(draw)
        for enter in (solver._mentees_enter, solver._seats_enter):
            found = enter(case[0], edges_of(case))
            assert found.worth == best(case), (number, case)
            assert fault(case, found) == "", (number, enter.__name__, case)


def test_it_equals_exhaustive_search_from_either_side():
    check(SMALL, small_case, exhaustive)


def test_it_equals_network_simplex_from_either_side():
    check(MEDIUM, medium_case, by_networkx)


def test_larger_ones_are_proved_by_their_own_prices():
    draw = random.Random(7)
    for number in range(PROVED):
        case = medium_case(draw)
        assert fault(case, solve(case[0], edges_of(case))) == "", number


@pytest.mark.soak
def test_it_equals_exhaustive_search_in_many_cases():
    check(SMALL_LONG, small_case, exhaustive)


@pytest.mark.soak
def test_it_equals_network_simplex_in_many_cases():
    check(MEDIUM_LONG, medium_case, by_networkx)


def test_each_side_enters_where_it_is_the_quick_one():
    alike, different = Edges(9, 40), Edges(9, 40)
    for mentee in range(40):
        for mentor in range(9):
            score = 300 + (37 * mentee + 61 * mentor) % 600
            alike.add(mentor, mentee, 1000 * 1000 + score)
            different.add(mentor, mentee, 1000 * (1000 + 10 * mentee) + score)
    assert solver.seats_enter([[0]] * 9, alike)
    assert not solver.seats_enter([[0]] * 9, different)
    assert not solver.seats_enter([[0] * 5] * 9, alike)


def test_falling_charges_are_refused():
    with pytest.raises(ValueError, match="rise"):
        solve([[5, 3]], Edges(1, 1))


# ---------------------------------------------------------------- planted faults


def forgets_seats(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    return solver._mentees_enter([[0] * edges.mentees for _ in charges], edges)


def never_moves_anybody(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    """Everybody takes the best free seat and keeps it."""
    loads: Counter[int] = Counter()
    pairs, worth = [], 0
    for mentee, mine in enumerate(edges.of_mentee()):
        for edge in sorted(mine, reverse=True):
            mentor, load = edge & LOW, loads[edge & LOW]
            if load < len(charges[mentor]) and (edge >> BITS) > charges[mentor][load]:
                loads[mentor] += 1
                pairs.append((mentor, mentee))
                worth += (edge >> BITS) - charges[mentor][load]
                break
    return Solution(tuple(pairs), worth, (0,) * len(charges), (0,) * edges.mentees, ())


def forgets_charges(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    return solver._mentees_enter([[0] * len(seats) for seats in charges], edges)


def pairs_at_any_loss(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    """Values below nothing count as if they were a gain."""
    shifted = Edges(len(edges.of_mentor), edges.mentees)
    for mentor, mine in enumerate(edges.of_mentor):
        for edge in mine:
            shifted.add(mentor, edge & LOW, (edge >> BITS) + 100)
    found = solver._mentees_enter(charges, shifted)
    return Solution(
        found.pairs, found.worth - 100 * len(found.pairs), found.prices, found.gains, ()
    )


@pytest.mark.parametrize(
    "faulty", [forgets_seats, never_moves_anybody, forgets_charges, pairs_at_any_loss]
)
def test_a_solver_with_a_fault_is_found(faulty):
    draw = random.Random(5)
    cases = [small_case(draw) for _ in range(60)]
    assert any(faulty(case[0], edges_of(case)).worth != exhaustive(case) for case in cases)
    assert any(fault(case, faulty(case[0], edges_of(case))) for case in cases)


def test_search_that_stops_at_the_first_seat_is_found(monkeypatch):
    """Dijkstra cut short: a chain ends at the first free seat that it meets."""

    def reach(self, cost, unit, place, value):
        if self.end != solver.UNMATCHED:
            return self.best
        self.flow.reached[place] = cost
        self.came[place] = (unit, value)
        if self.end == solver.UNMATCHED and self.flow.entry[place] < solver.NEVER:
            self.best, self.end, self.out = cost, place, solver.UNMATCHED
        return self.best

    monkeypatch.setattr(solver._Chain, "_reach", reach)
    draw = random.Random(6)
    cases = [small_case(draw) for _ in range(60)]
    assert any(fault(case, solver._mentees_enter(case[0], edges_of(case))) for case in cases)


def proved_by_mentees(draw: random.Random) -> list[object]:
    """What is wrong with medium cases in which mentees enter, and places hold many."""
    cases = [medium_case(draw) for _ in range(12)]
    return [fault(case, solver._mentees_enter(case[0], edges_of(case))) for case in cases]


def test_however_little_of_a_list_a_place_keeps_the_answer_is_exact(monkeypatch):
    beyond = []

    def spread(self, units, far, now):
        beyond.append(len(units))
        look(self, units, far, now)

    look = solver._Chain._spread
    monkeypatch.setattr(solver._Chain, "_spread", spread)
    for head, stale, far in ((1, 1, 1), (2, 3, 2), (3, 30, 8)):
        monkeypatch.setattr(solver, "HEAD", head)
        monkeypatch.setattr(solver, "STALE", stale)
        monkeypatch.setattr(solver, "FAR", far)
        assert not any(proved_by_mentees(random.Random(head)))
    assert max(beyond) > 1, "no place had to look beyond what it keeps"
