"""Runs the long form of every proof, one test at a time, and writes `build/soak.json`. `./run soak [WORD …]`.

What is marked `soak` or `fault` runs with `SOAK=1`, on SQLite and, where it can, on PostgreSQL; each test gets
ten minutes at most, and two to prepare. Words choose tests by a part of their name.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests import figures
from tests.everything import PYTEST, ROOT, static
from tests.services import PostgreSQL

LONGEST = 720
BUILD = ROOT / "build"
REPORT, LINES = BUILD / "soak.json", BUILD / "figures.jsonl"
# Which tests, and whether the application under them stands on PostgreSQL.
ROUNDS = (
    ("soak or fault", False),
    ("soak and not fault and not browser and not sqlite_only", True),
)


def environment(address: str) -> dict[str, str]:
    """What a test gets beside the usual: the long size, and where its figures go."""
    more = {"TEST_DATABASE_URL": address} if address else {}
    kept = {k: v for k, v in os.environ.items() if k != "TEST_DATABASE_URL"}
    return {**kept, "SOAK": "1", "BUILD_FIGURES": str(LINES), **more}


def collect(marks: str, words: list[str], given: dict[str, str]) -> list[str]:
    """Names of the tests that bear these marks."""
    chosen = ["-k", " or ".join(words)] if words else []
    command = [*PYTEST, "--collect-only", "-p", "no:randomly", "-m", marks, *chosen]
    done = subprocess.run(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True)
    return [line for line in done.stdout.splitlines() if "::" in line]


def run(test: str, given: dict[str, str]) -> tuple[bool, float]:
    """Run one test. Return whether it was green, and its seconds."""
    began = time.monotonic()
    process = subprocess.Popen([*PYTEST, test], cwd=ROOT, env=given, start_new_session=True)
    try:
        code = process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        code = 1
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        print(f"-- {test}: longer than {LONGEST} s", flush=True)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return code == 0, time.monotonic() - began


def write_report(runs: dict[str, Any]) -> list[figures.Figure]:
    """Write what is known by now. Return the figures."""
    found = figures.read(LINES)
    told = [{**asdict(one), "met": one.met} for one in found]
    report = {"figures": told, "tests": runs}
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return found


def main(words: list[str]) -> int:
    """Run every long form, or those that a word names. Return 0 when all is green and every target met."""
    BUILD.mkdir(exist_ok=True)
    LINES.unlink(missing_ok=True)
    runs: dict[str, Any] = {}
    found: list[figures.Figure] = []
    with ExitStack() as stack:
        for command in static(stack):
            subprocess.run(command, cwd=ROOT, check=True)
        server = stack.enter_context(PostgreSQL())
        os.environ["FAULT_DATABASE_URL"] = server.create("faults")
        for marks, stored in ROUNDS:
            given = environment(server.create("soak") if stored else "")
            for test in collect(marks, words, given):
                green, seconds = run(test, given)
                name = f"{test} on PostgreSQL" if stored else test
                runs[name] = {"green": green, "seconds": round(seconds)}
                found = write_report(runs)
    red = [name for name, one in runs.items() if not one["green"]]
    missed = [one for one in found if not one.met]
    print("\n", *found, *(f"RED {name}" for name in red), sep="\n")
    place = REPORT.relative_to(Path.cwd())
    print(
        f"\n{len(runs)} tests, {len(red)} red; {len(found)} figures, {len(missed)} missed: {place}"
    )
    return 1 if red or missed or not runs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
