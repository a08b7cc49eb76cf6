"""The best assignment of mentees to mentors' seats, exactly.

Maximises the sum of the values of the chosen pairs less what the taken seats charge, where every mentee
gets at most one seat and a mentor's seats charge more and more: a minimum-cost flow with convex arc costs,
so the optimum is whole. All numbers are integers: nothing is rounded, nothing depends on the machine.

Successive shortest paths: the units of one side enter one at a time, each along the cheapest chain of moves.
Prices keep every step's cost at zero or more, so the chain is found by Dijkstra's algorithm. Edge lists are
sorted by what is left of a value after the prices of the day; prices only rise, so a search ends at the first
edge that cannot beat the best end found, and an edge that is worth nothing any more is forgotten. A place that
holds several units keeps their best moves as one list, until one of them comes or goes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

BITS = 21
LOW = (1 << BITS) - 1
UNMATCHED, BEYOND = -1, -2
NEVER = 1 << 62
# A list that is gone through further than this is sorted anew, by the prices of the day.
FAR = 8
# Moves of a place: so many edges of each unit, and gone through how far they are gathered anew.
HEAD, STALE = 12, 30
# (at least so much is lost, without the price of the place, the place or an end, who moves)
Move = tuple[int, int, int, int]


class Edges:
    """Which mentor may stand beside which mentee, and what the pair is worth: eight bytes an edge."""

    def __init__(self, mentors: int, mentees: int) -> None:
        self.of_mentor = [array("q") for _ in range(mentors)]
        self.mentees = mentees

    def add(self, mentor: int, mentee: int, value: int) -> None:
        """Allow a pair. `value` is at most 2**41 in size; a pair of value 0 or less is never chosen."""
        self.of_mentor[mentor].append(value << BITS | mentee)

    def of_mentee(self) -> list[array[int]]:
        """The same edges, by mentee."""
        turned = [array("q") for _ in range(self.mentees)]
        for mentor, edges in enumerate(self.of_mentor):
            for edge in edges:
                turned[edge & LOW].append((edge >> BITS) << BITS | mentor)
        return turned


@dataclass(frozen=True, slots=True)
class Solution:
    """The pairs (mentor, mentee), what they are worth together less the charges, and the duals that prove it.

    `prices` are what a seat of each mentor costs, its charge within; `gains` are what each mentee has above
    that; `seat_prices` are what one more seat of each mentor would add at most: where it is high, recruit.
    """

    pairs: tuple[tuple[int, int], ...]
    worth: int
    prices: tuple[int, ...]
    gains: tuple[int, ...]
    seat_prices: tuple[int, ...]


def solve(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    """Return an optimal assignment.

    `charges[i]` are what the open seats of mentor `i` charge, first to last; they never fall. As many as there
    are seats. Raises ValueError when they fall.
    """
    if any(list(one) != sorted(one) or (one and one[0] < 0) for one in charges):
        raise ValueError("the charges of a mentor's seats rise")
    if seats_enter(charges, edges):
        return _seats_enter(charges, edges)
    return _mentees_enter(charges, edges)


def seats_enter(charges: Sequence[Sequence[int]], edges: Edges) -> bool:
    """Whether the seats are the side to insert: they are scarce, and mentees are worth much the same to them.

    Where mentees differ more than mentors do (some have waited for months), those that come first decide
    themselves when mentees enter in that order, and every seat would fight for them when seats enter.
    """
    if sum(map(len, charges)) >= edges.mentees:
        return False
    tops, lows = [0] * edges.mentees, [NEVER] * edges.mentees
    for one in edges.of_mentor:
        for edge in one:
            mentee, value = edge & LOW, edge >> BITS
            if value > tops[mentee]:
                tops[mentee] = value
            if value < lows[mentee]:
                lows[mentee] = value
    wanted = [mentee for mentee, top in enumerate(tops) if top]
    within = sorted(tops[mentee] - lows[mentee] for mentee in wanted)
    between = sorted(tops[mentee] for mentee in wanted)
    twentieth = len(wanted) // 20
    return not wanted or between[-1 - twentieth] - between[twentieth] <= within[len(within) // 2]


def _mentees_enter(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    lists = edges.of_mentee()
    count = len(lists)
    order = sorted(
        (unit for unit in range(count) if lists[unit]), key=lambda unit: -max(lists[unit])
    )
    flow = _Flow(lists, range(count), [0] * count, charges)
    flow.run(order)
    pairs = [(flow.at[unit], unit) for unit in range(count) if flow.at[unit] != UNMATCHED]
    gains = [flow.gain(unit) for unit in range(count)]
    return _solution(pairs, flow.worth(), flow.price, gains, charges, edges)


def _seats_enter(charges: Sequence[Sequence[int]], edges: Edges) -> Solution:
    mentors = [mentor for mentor, seats in enumerate(charges) for _ in seats]
    offsets = [charge for seats in charges for charge in seats]
    flow = _Flow(list(edges.of_mentor), mentors, offsets, [(0,)] * edges.mentees)
    flow.run(range(len(mentors)))
    pairs = [(mentors[unit], at) for unit, at in enumerate(flow.at) if at != UNMATCHED]
    prices = [flow.best(mentor) if seats else NEVER for mentor, seats in enumerate(charges)]
    return _solution(pairs, flow.worth(), prices, flow.price, charges, edges)


def _solution(
    pairs: list[tuple[int, int]],
    worth: int,
    prices: list[int],
    gains: list[int],
    charges: Sequence[Sequence[int]],
    edges: Edges,
) -> Solution:
    """A mentor without a seat has the price at which nobody would want the first one."""
    for mentor, own in enumerate(edges.of_mentor):
        if not charges[mentor]:
            wanted = ((edge >> BITS) - gains[edge & LOW] for edge in own)
            prices[mentor] = max(0, max(wanted, default=0))
    loads = Counter(mentor for mentor, _ in pairs)
    seat_prices = tuple(
        max(0, price - (seats[-1] if seats else 0)) if loads[mentor] == len(seats) else 0
        for mentor, (price, seats) in enumerate(zip(prices, charges, strict=True))
    )
    return Solution(tuple(sorted(pairs)), worth, tuple(prices), tuple(gains), seat_prices)


class _Flow:
    """Units enter one at a time and move each other along; places have room and a price.

    `twins[unit]` is the list of edges that a unit goes by: seats of one mentor share theirs. `offsets` are
    taken off every value of a unit, `charges` are what a place charges for its room, first to last.
    """

    def __init__(
        self,
        lists: list[array[int]],
        twins: Sequence[int],
        offsets: Sequence[int],
        charges: Sequence[Sequence[int]],
    ) -> None:
        self.lists, self.twins, self.offsets, self.charges = lists, twins, offsets, charges
        self.nets: dict[int, array[int]] = {}
        self.at = [UNMATCHED] * len(twins)
        self.value = [0] * len(twins)
        self.held: list[list[int]] = [[] for _ in charges]
        self.price = [seats[0] if seats else NEVER for seats in charges]
        # What the next free room of a place charges.
        self.entry = list(self.price)
        self.reached = [NEVER] * len(charges)
        self.moves: list[list[Move] | None] = [None] * len(charges)

    def run(self, order: Iterable[int]) -> None:
        """Let every unit in."""
        for unit in order:
            number = self.twins[unit]
            if number not in self.nets:
                self.sort(number)
            top = self.best(number) - self.offsets[unit]
            if top > 0:
                _Chain(self, unit, top).go()

    def best(self, number: int) -> int:
        """The most that a list promises after the prices of now."""
        best = 0
        for net, edge in zip(self.nets[number], self.lists[number], strict=True):
            if net <= best:
                break
            best = max(best, (edge >> BITS) - self.price[edge & LOW])
        return best

    def worth(self) -> int:
        """What all pairs are worth, less what their rooms charge."""
        charged = sum(
            sum(seats[: len(held)]) for seats, held in zip(self.charges, self.held, strict=True)
        )
        return sum(self.value[unit] for held in self.held for unit in held) - charged

    def gain(self, unit: int) -> int:
        """What a unit has of its place after the price; nothing where it is unmatched."""
        at = self.at[unit]
        return 0 if at == UNMATCHED else self.value[unit] - self.price[at]

    def moves_from(self, place: int) -> list[Move]:
        """What the units of a place can do, the best first, up to what is `BEYOND` the heads of their lists."""
        price, rest = self.price, NEVER
        found: list[Move] = []
        for unit in self.held[place]:
            nets, edges = self.nets[self.twins[unit]], self.lists[self.twins[unit]]
            own = self.value[unit] + self.offsets[unit]
            if len(nets) > HEAD:
                rest = min(rest, own - nets[HEAD])
            for edge in edges[:HEAD]:
                to, lost = edge & LOW, own - (edge >> BITS)
                found.append((lost + price[to], lost, to, unit))
            found.append((self.value[unit], 0, UNMATCHED, unit))
        moves = sorted(one for one in found if one[0] < rest and one[2] != place)
        moves.append((rest, 0, BEYOND, 0))
        self.moves[place] = moves
        return moves

    def put(self, unit: int, place: int) -> None:
        """Let a place hold a unit."""
        self.held[place].append(unit)
        self.at[unit], self.moves[place] = place, None

    def take(self, unit: int, place: int) -> None:
        """Let a unit go from a place."""
        self.held[place].remove(unit)
        self.moves[place] = None

    def sort(self, number: int) -> None:
        price = self.price
        pairs = [((edge >> BITS) - price[edge & LOW], edge) for edge in self.lists[number]]
        pairs = sorted((pair for pair in pairs if pair[0] > 0), reverse=True)
        self.nets[number] = array("q", [net for net, _ in pairs])
        self.lists[number] = array("q", [edge for _, edge in pairs])


class _Chain:
    """The cheapest chain of moves that begins with one unit entering."""

    def __init__(self, flow: _Flow, root: int, top: int) -> None:
        self.flow, self.root, self.top = flow, root, top
        # Staying out is one end, and costs what the unit could have; `best` is what the best end costs.
        self.best = top
        self.end, self.out = UNMATCHED, root
        self.came: dict[int, tuple[int, int]] = {}
        self.heap: list[tuple[int, int]] = []
        self.moved: set[int] = set()

    def go(self) -> None:
        """Find it, raise the prices of what it passed, and move everybody along."""
        settled = self._search()
        price, reached = self.flow.price, self.flow.reached
        for place in settled:
            if reached[place] < self.best:
                price[place] += self.best - reached[place]
        for place in self.came:
            reached[place] = NEVER
        self._move()

    def _search(self) -> list[int]:
        flow, heap, reached = self.flow, self.heap, self.flow.reached
        flow.value[self.root] = self.top
        self._spread((self.root,), 0, 0)
        settled: list[int] = []
        while heap:
            cost, place = heappop(heap)
            if cost >= self.best:
                break
            if cost == reached[place]:
                settled.append(place)
                self._leave(place, cost)
        return settled

    def _leave(self, place: int, far: int) -> None:
        """Look where the units of a place at the distance `far` can go: the least loss first, of all of them."""
        flow, best = self.flow, self.best
        held, price, reached = flow.held[place], flow.price, flow.reached
        if len(held) == 1:
            self._spread(held, far, price[place])
            return
        before, seen = far - price[place], 0
        for least, lost, to, unit in flow.moves[place] or flow.moves_from(place):
            if before + least >= best:
                break
            seen += 1
            if to >= 0:
                cost = before + lost + price[to]
                if cost < best and cost < reached[to]:
                    value = flow.value[unit] + flow.offsets[unit] - lost
                    best = self._reach(cost, unit, to, value)
            elif to == UNMATCHED:
                best = self.best = before + least
                self.end, self.out = UNMATCHED, unit
            else:
                flow.moves[place] = None
                self._spread(held, far, price[place])
        if seen > STALE:
            flow.moves[place] = None

    def _spread(self, units: Sequence[int], far: int, now: int) -> None:
        """Look where the units of a place at the distance `far`, priced `now`, can go."""
        flow, moved, best = self.flow, self.moved, self.best
        price, reached, nets, lists = flow.price, flow.reached, flow.nets, flow.lists
        value, twins, offsets, far = flow.value, flow.twins, flow.offsets, far - now
        for unit in units:
            before = far + value[unit]
            if before < best:
                best = self.best = before
                self.end, self.out = UNMATCHED, unit
            number = twins[unit]
            if number in moved:
                continue
            moved.add(number)
            before += offsets[unit]
            seen = 0
            for net, edge in zip(nets[number], lists[number]):  # noqa: B905 - made as long as each other
                if before - net >= best:
                    break
                seen += 1
                cost = before - (edge >> BITS) + price[edge & LOW]
                if cost < best and cost < reached[edge & LOW]:
                    best = self._reach(cost, unit, edge & LOW, edge >> BITS)
            if seen > FAR:
                flow.sort(number)

    def _reach(self, cost: int, unit: int, place: int, value: int) -> int:
        """Note a cheaper way to a place; return what the best end costs now."""
        flow = self.flow
        flow.reached[place] = cost
        self.came[place] = (unit, value)
        heappush(self.heap, (cost, place))
        free = cost - flow.price[place] + flow.entry[place]
        if free < self.best:
            self.best, self.end, self.out = free, place, UNMATCHED
        return self.best

    def _move(self) -> None:
        """Move everybody on the chain one place on; `out` leaves, or the chain ends at a free room."""
        flow, place, out = self.flow, self.end, self.out
        if out == self.root:
            return
        if out != UNMATCHED:
            place = flow.at[out]
            flow.take(out, place)
            flow.at[out] = UNMATCHED
        end, unit = place, UNMATCHED
        while unit != self.root:
            unit, value = self.came[place]
            left = flow.at[unit]
            flow.put(unit, place)
            flow.value[unit] = value - flow.offsets[unit]
            if unit != self.root:
                flow.take(unit, left)
            place = left
        seats, taken = flow.charges[end], len(flow.held[end])
        flow.entry[end] = seats[taken] if taken < len(seats) else NEVER
