"""Matching beside OR-Tools in the same run. Each instance has a name; each of ours runs in its own process.

`scarce`: half as many seats as mentees, all of whom have waited alike. `scarce_waits`: the same, but they have
waited for days or for months, so that who comes first is a question of its own. `balanced`: as many mentees as
seats, different waits. `charged`: balanced, and each further seat of a mentor charges. `network`: languages,
countries, rules, hours and scoring, everything that a run does.
"""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
import time
import venv
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.matching.run import match
from lms.matching.solver import Edges, solve
from tests.matching.world import cohort, settings

BUILD = Path(__file__).resolve().parents[1] / "build"
ORTOOLS = "ortools==9.15.6755"
MOST_RATIO, MOST_SECONDS, MOST_RUN_SECONDS, MOST_RUN_MIB = 3.0, 30.0, 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Instance:
    """Its size, and what makes it hard. `mentees` 0 is as many as there are seats."""

    name: str
    mentors: int
    mentees: int
    waits: bool = False
    charge: int = 0

    def made(self) -> tuple[list[list[int]], list[array[int]], int]:
        """Seat charges, edges by mentor, number of mentees: one in twenty pairs may be."""
        draw = random.Random(1)
        capacity = [draw.randint(1, 10) for _ in range(self.mentors)]
        good = [[draw.random() for _ in range(12)] for _ in range(self.mentors)]
        liked = [draw.randrange(300) for _ in range(self.mentors)]
        mentees = self.mentees or sum(capacity)
        lists = [array("q") for _ in range(self.mentors)]
        for mentee in range(mentees):
            wait = 1000 + (10 * draw.randint(0, 26) + draw.choice((0, 0, 0, 100, 200))) * self.waits
            needs = draw.sample(range(12), 4)
            for mentor in draw.sample(range(self.mentors), self.mentors // 20):
                score = int(100 * sum(good[mentor][one] for one in needs)) + liked[mentor]
                score += draw.randint(0, 200)
                value = (1000 * wait + score << 10) + draw.getrandbits(10)
                lists[mentor].append(value << 21 | mentee)
        charges = [[self.charge * load // most << 10 for load in range(most)] for most in capacity]
        return charges, lists, mentees


QUICK = (Instance("scarce_1000", 1000, 10_000),)
FULL = (
    Instance("scarce", 2000, 20_000),
    Instance("scarce_waits", 2000, 20_000, waits=True),
    Instance("balanced", 2000, 0, waits=True),
    Instance("charged", 2000, 0, waits=True, charge=250),
)


def measure(*, full: bool) -> dict[str, Any]:
    """The chapter: every instance by both, and a whole run with scoring."""
    reference = reference_python()
    found: dict[str, Any] = {"network_200_2000": own("network")}
    for one in FULL if full else QUICK:
        path = BUILD / "matching.pickle"
        path.write_bytes(pickle.dumps(one.made()))
        found[one.name] = beside(own("solve", str(path)), reference, path)
        path.unlink()
        print(f"{one.name}: {found[one.name]}", flush=True)
    return found


def beside(ours: dict[str, Any], reference: Path | None, path: Path) -> dict[str, Any]:
    """Our figures with those of OR-Tools, where it could be had. Raises when they are not of one worth."""
    if reference is None:
        return {**ours, "ratio": None}
    script = Path(__file__).with_name("matching_reference.py")
    theirs = told([str(reference), str(script), str(path)])
    if theirs["worth"] != ours["worth"]:
        raise AssertionError("ours and OR-Tools found different optima")
    ratio = round(ours["seconds"] / theirs["seconds"], 2)
    return {**ours, "ortools_seconds": round(theirs["seconds"], 3), "ratio": ratio}


def own(*arguments: str) -> dict[str, Any]:
    """Our side, in a process of its own, so that its memory is its own."""
    return told([sys.executable, "-m", "bench.matching", *arguments])


def told(command: list[str]) -> dict[str, Any]:
    """What a process printed."""
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
    return dict(json.loads(found.stdout))


def reference_python() -> Path | None:
    """An interpreter with OR-Tools, made at first use under `build/`; None where it can't be had."""
    place = BUILD / "ortools"
    python = place / "bin" / "python"
    try:
        if not python.exists():
            venv.create(place, with_pip=True)
        if subprocess.run([python, "-c", "import ortools"], capture_output=True).returncode:
            subprocess.run(
                [python, "-m", "pip", "install", "-q", ORTOOLS], check=True, capture_output=True
            )
    except (OSError, subprocess.CalledProcessError):
        print("OR-Tools can't be installed here: matching is measured without it.")
        return None
    return python


def missed(found: dict[str, Any]) -> list[str]:
    """Targets that were not met, in words."""
    said = []
    run = found["network_200_2000"]
    if run["seconds"] > MOST_RUN_SECONDS or run["peak_mib"] > MOST_RUN_MIB:
        said.append(f"matching 200 x 2,000: {run['seconds']} s, {run['peak_mib']} MiB")
    for name, row in found.items():
        if row["seconds"] > MOST_SECONDS:
            said.append(f"matching, {name}: {row['seconds']} s, at most {MOST_SECONDS}")
        if name in ("scarce", "scarce_1000") and (row["ratio"] or 0) > MOST_RATIO:
            said.append(f"matching, {name}: {row['ratio']} of OR-Tools, at most {MOST_RATIO}")
    return said


def child(what: str, path: str = "") -> dict[str, Any]:
    """One measurement of ours. CPU seconds; memory is the peak of the whole process."""
    if what == "network":
        people = cohort(200, 2000)
        before = time.process_time()
        found = match(*people, settings()).figures
        result: dict[str, Any] = {"edges": found.edges, "pairs": found.matched}
    else:
        charges, lists, mentees = pickle.loads(Path(path).read_bytes())
        edges = Edges(len(charges), mentees)
        edges.of_mentor = lists
        before = time.process_time()
        solution = solve(charges, edges)
        result = {
            "edges": sum(map(len, lists)),
            "seats": sum(map(len, charges)),
            "mentees": mentees,
            "pairs": len(solution.pairs),
            "worth": solution.worth,
        }
    spent = round(time.process_time() - before, 3)
    return {**result, "seconds": spent, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """The most that this process has held. `getrusage` would tell of the one that it was forked from, too."""
    status = Path("/proc/self/status").read_text("ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1)


if __name__ == "__main__":
    print(json.dumps(child(*sys.argv[1:])))
