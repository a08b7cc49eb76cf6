"""Runs every check of the project, starting and ending the servers that it needs. `./run test`.

Prints what it runs, how long it took and what was skipped; ends with the sum of passed and failed tests.
`python -m tests.everything style types` runs only the named steps.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.services import PostgreSQL

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
WORKERS = str(min(4, os.cpu_count() or 1))
Step = Callable[[ExitStack], list[list[str]]]
PYTEST = [
    str(BIN / "python"),
    "-m",
    "pytest",
    "--allow-unix-socket",
    "--allow-hosts=127.0.0.1,localhost,::1",
    "-rs",
    "--durations=12",
    "--durations-min=3",
]

# Each process gets a half that hangs together, and whoever is done takes from the other's end.
SPREAD = ["-n", WORKERS, "--dist", "worksteal"]


def style(_stack: ExitStack) -> list[list[str]]:
    """Ruff and djlint."""
    templates = [str(path) for path in sorted(ROOT.glob("lms/*/templates"))]
    return [
        [str(BIN / "ruff"), "check", "--quiet", "."],
        [str(BIN / "ruff"), "format", "--quiet", "--check", "."],
        [str(BIN / "djlint"), "--lint", "--quiet", *templates],
    ]


def types(_stack: ExitStack) -> list[list[str]]:
    """mypy, strict."""
    return [[str(BIN / "mypy")]]


def floors(_stack: ExitStack) -> list[list[str]]:
    """Rooms import downward only."""
    return [[str(BIN / "lint-imports"), "--no-cache"]]


def static(_stack: ExitStack) -> list[list[str]]:
    """What a host makes too: compressed files and compiled catalogues."""
    modules = ("lms.web.assets.compress", "lms.web.assets.catalogues")
    return [[str(BIN / "python"), "-m", module] for module in modules]


def sqlite(_stack: ExitStack) -> list[list[str]]:
    """Unit, property and request tests on SQLite, the house tests among them."""
    return [[*PYTEST, *SPREAD, "-m", "not browser and not fault and not soak"]]


def postgres(stack: ExitStack) -> list[list[str]]:
    """The same requests on a real PostgreSQL."""
    server = stack.enter_context(PostgreSQL())
    addresses = [server.create(f"test_gw{number}") for number in range(int(WORKERS))]
    os.environ["TEST_DATABASE_URL"] = addresses[0].replace("test_gw0", "test_{worker}")
    return [[*PYTEST, *SPREAD, "-m", "not browser and not fault and not soak and not sqlite_only"]]


def browser(_stack: ExitStack) -> list[list[str]]:
    """Journeys, axe and page weight in Debian's Chromium."""
    os.environ.pop("TEST_DATABASE_URL", None)
    return [[*PYTEST, "-n", WORKERS, "--dist", "loadfile", "-m", "browser and not soak"]]


def faults(_stack: ExitStack) -> list[list[str]]:
    """Killed processes, on both engines; each process of tests starts a PostgreSQL of its own."""
    os.environ.pop("TEST_DATABASE_URL", None)
    return [[*PYTEST, *SPREAD, "-m", "fault and not soak"]]


STEPS: tuple[Step, ...] = (style, types, floors, static, sqlite, postgres, browser, faults)


def run(step: Step) -> tuple[bool, str]:
    """Run one step. Return whether it was green, and its output."""
    output = []
    with ExitStack() as stack:
        for command in step(stack):
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            # Line by line: a step takes minutes, and people want to see that it goes on.
            for line in process.stdout or ():
                output.append(line)
                print(line, end="", flush=True)
            if process.wait():
                return False, "".join(output)
    return True, "".join(output)


def main(wanted: list[str]) -> int:
    """Run the wanted steps, all of them by default, and count."""
    passed = failed = skipped = 0
    red: list[str] = []
    for step in STEPS:
        if wanted and step.__name__ not in wanted:
            continue
        print(f"\n== {step.__name__}: {step.__doc__}", flush=True)
        began = time.monotonic()
        green, output = run(step)
        counted = {
            word: int(number)
            for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", output)
        }
        passed += counted.get("passed", 0)
        failed += counted.get("failed", 0) + counted.get("error", 0)
        skipped += counted.get("skipped", 0)
        if not green:
            red.append(step.__name__)
        print(
            f"-- {step.__name__}: {'green' if green else 'RED'} in {time.monotonic() - began:.0f} s",
            flush=True,
        )
    if red:
        print(f"\nRed: {', '.join(red)}")
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
