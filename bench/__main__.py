"""Measures the product beside the reference, in one run. Prints one table, writes `build/bench.json`.

Rounds of both run in turn, so that whatever else the machine does weighs on both. `python -m bench --help`.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import certificates, load, matching, report, seed
from bench.instance import BUILD, OURS, REFERENCE, Instance, Server, seeded, serving
from bench.instructions import instructions
from bench.load import Figures, Request
from bench.statements import statements
from bench.workloads import Work, Workload

ROUNDS = 3
CONNECTIONS = 8
# Also at one connection, and these at many.
CROWD = 64
CROWDED = ("lesson", "dashboard", "quiz submit")
COUNTED = ("lesson", "dashboard")
GROWING = ("lesson", "dashboard", "course outline", "mentor's 20", "cohort of 500")


@dataclass
class Measured:
    """What was seen of one workload: a list of rounds for each server."""

    workload: Workload
    statements: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, list[Figures]] = field(default_factory=dict)
    alone: Figures | None = None
    crowd: Figures | None = None

    def add(self, who: str, figures: Figures) -> None:
        """Keep one more round."""
        self.rounds.setdefault(who, []).append(figures)

    def best_cpu(self, who: str) -> float | None:
        """CPU milliseconds of the least disturbed round."""
        return min((one.cpu_ms for one in self.rounds.get(who, ())), default=None)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Do everything that was asked for."""
    with ExitStack() as stack:
        instance = stack.enter_context(seeded(seed.SIZES[options.size], options.engine))
        work = Work(instance)
        work.reset()
        wanted = [one for one in work.all() if not options.only or one.name in options.only]
        found = [Measured(one) for one in wanted]
        count(instance, work, found)
        servers = {
            "ours": stack.enter_context(serving(instance, OURS)),
            "reference": stack.enter_context(serving(instance, REFERENCE)),
        }
        small = small_beside(stack, options, found)
        rest = {who: server.memory for who, server in servers.items()}
        warm_up(work, found, servers)
        for _ in range(ROUNDS):
            one_round(work, found, servers, options.seconds)
            if small:
                one_round(small[0], small[1], small[2], options.seconds)
        at_the_ends(work, found, servers["ours"], options.seconds)
        memory = {"rest": rest, "after": {who: server.memory for who, server in servers.items()}}
        counted = (
            {name: instructions(instance, name) for name in COUNTED} if not options.only else {}
        )
    merge_small(found, small)
    pdf = certificates.measure() if not options.only else {}
    result = report.gather(options, found, memory, counted, pdf)
    if not options.only:
        add_matching(result, full=False)
    return result


def add_matching(result: dict[str, Any], *, full: bool) -> None:
    """The chapter on matching, into what was measured before."""
    result["matching"] = matching.measure(full=full)
    kept = [one for one in result.get("missed", ()) if not one.startswith("matching")]
    result["missed"] = kept + matching.missed(result["matching"])


def only_matching(target: Path) -> int:
    """All of matching, the rest as it was. 1 when it misses a target."""
    result = json.loads(target.read_text("utf-8")) if target.exists() else {}
    add_matching(result, full=True)
    target.write_text(json.dumps(result, indent=1), "utf-8")
    print(json.dumps(result["matching"], indent=1))
    over = matching.missed(result["matching"])
    print("\n".join(["Missed:", *over]) if over else "Every target of matching is met.")
    return 1 if over else 0


def count(instance: Instance, work: Work, found: list[Measured]) -> None:
    """Count statements in this process; the first request of a kind fills what is kept in memory."""
    reference = work.reference_app()
    for one in found:
        for who, app, requests in (
            ("ours", instance.app, one.workload.ours),
            ("reference", reference, one.workload.reference),
        ):
            if requests:
                statements(app, requests[0])
                work.reset()
                one.statements[who] = len(statements(app, requests[1 % len(requests)]))
                work.reset()


def small_beside(
    stack: ExitStack, options: argparse.Namespace, found: list[Measured]
) -> tuple[Work, list[Measured], dict[str, Server]] | None:
    """The small data in the same run, so that growth is a ratio and not a memory of another day."""
    if options.size == seed.SMALL.name or options.engine != "sqlite":
        return None
    instance = stack.enter_context(seeded(seed.SMALL, options.engine))
    work = Work(instance)
    wanted = {one.workload.name for one in found}
    same = [Measured(one) for one in work.all() if one.name in GROWING and one.name in wanted]
    return work, same, {"ours": stack.enter_context(serving(instance, OURS))}


def merge_small(
    found: list[Measured], small: tuple[Work, list[Measured], dict[str, Server]] | None
) -> None:
    """Lay the rounds on small data beside the others."""
    for one in small[1] if small else ():
        of = next(other for other in found if other.workload.name == one.workload.name)
        of.rounds["small"] = one.rounds["ours"]


def requests_for(workload: Workload, who: str) -> list[Request]:
    """What is sent to one of the servers."""
    return list(workload.ours if who == "ours" else workload.reference)


def warm_up(work: Work, found: list[Measured], servers: dict[str, Server]) -> None:
    """Let both workers compile their templates and fill their caches."""
    for one in found:
        for who, server in servers.items():
            if requests := requests_for(one.workload, who)[:40]:
                load.run(server.port, requests, server.pids, connections=4, seconds=10, once=True)
    work.reset()


def one_round(
    work: Work, found: list[Measured], servers: dict[str, Server], seconds: float
) -> None:
    """Every workload on every server, one after the other."""
    for one in found:
        for who, server in servers.items():
            if requests := requests_for(one.workload, who):
                one.add(who, run(one, requests, server, CONNECTIONS, seconds))
                if one.workload.once:
                    work.reset()


def run(
    one: Measured, requests: list[Request], server: Server, connections: int, seconds: float
) -> Figures:
    """One run of load."""
    once = one.workload.once
    longest = 5 * seconds if once else seconds
    return load.run(
        server.port, requests, server.pids, connections=connections, seconds=longest, once=once
    )


def at_the_ends(work: Work, found: list[Measured], server: Server, seconds: float) -> None:
    """The application alone with one visitor, and with a crowd."""
    for one in found:
        one.alone = run(one, list(one.workload.ours), server, 1, seconds)
        if one.workload.name in CROWDED:
            work.reset()
            one.crowd = run(one, list(one.workload.ours), server, CROWD, seconds)
        work.reset()


def main() -> int:
    """Measure, print, write. 1 when a gate is not met."""
    options = arguments()
    BUILD.parent.mkdir(exist_ok=True)
    target = BUILD.parent / "bench.json"
    if options.matching:
        return only_matching(target)
    found = measure(options)
    report.show(found)
    target.write_text(json.dumps(found, indent=1), "utf-8")
    print(f"\nWritten to {target.relative_to(target.parent.parent)}")
    return 1 if found["missed"] else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=list(seed.SIZES), default="small")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one run of load")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only this workload (repeat)"
    )
    parser.add_argument(
        "--matching", action="store_true", help="only matching, with its large instances"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
