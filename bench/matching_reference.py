"""The same matching instance by OR-Tools' SimpleMinCostFlow. Runs in an environment of its own.

Reads what `bench.matching` wrote, prints one line of JSON. Only solving is timed, with the building of its
graph, as ours is timed with the sorting of its lists.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path

import numpy
from ortools.graph.python import min_cost_flow

LOW = (1 << 21) - 1


def main() -> None:
    """Solve the instance in the file that is named."""
    charges, lists, mentees = pickle.loads(Path(sys.argv[1]).read_bytes())
    before = time.process_time()
    worth = solve(charges, lists, mentees)
    print(json.dumps({"seconds": time.process_time() - before, "worth": worth}))


def solve(charges, lists, mentees) -> int:
    """What the best assignment is worth."""
    mentors, flow = len(charges), min_cost_flow.SimpleMinCostFlow()
    sink, amount = 1 + mentors + mentees, min(sum(map(len, charges)), mentees)
    for number, (seats, own) in enumerate(zip(charges, lists, strict=True)):
        edges = numpy.array(own, dtype=numpy.int64)
        arcs(flow, 0, 1 + number, numpy.array(seats, dtype=numpy.int64))
        arcs(flow, 1 + number, 1 + mentors + (edges & LOW), -(edges >> 21))
    arcs(flow, numpy.arange(1 + mentors, sink), sink, numpy.zeros(mentees, dtype=numpy.int64))
    flow.add_arc_with_capacity_and_unit_cost(0, sink, amount, 0)
    flow.set_nodes_supplies(numpy.array([0, sink]), numpy.array([amount, -amount]))
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit("not solved")
    return -flow.optimal_cost()


def arcs(flow, tails, heads, costs) -> None:
    """Arcs of capacity 1; an end that is one node is the same for all."""
    count = len(costs)
    flow.add_arcs_with_capacity_and_unit_cost(
        numpy.broadcast_to(tails, count),
        numpy.broadcast_to(heads, count),
        numpy.ones(count, dtype=numpy.int64),
        costs,
    )


if __name__ == "__main__":
    main()
