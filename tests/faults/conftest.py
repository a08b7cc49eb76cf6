"""Instances on both engines, and the seed of a run, which `FAULT_SEED` sets. `./run soak` runs the long sizes."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.instance import Instance
from tests.services import PostgreSQL


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    if given := os.environ.get("FAULT_DATABASE_URL"):
        yield given
        return
    with PostgreSQL() as server:
        yield server.create("faults")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Instance]:
    """An instance on a SQLite file."""
    found = Instance(tmp_path)
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An instance on each engine."""
    url = request.getfixturevalue("cluster") if request.param == "postgresql" else ""
    found = Instance(tmp_path, url)
    yield found
    found.close()


@pytest.fixture
def seed(tell: Callable[[str], None]) -> int:
    """The seed of a run, printed so that it can be had again."""
    found = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(10**6))
    tell(f"FAULT_SEED={found}")
    return found


@pytest.fixture
def tell(
    capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Callable[[str], None]:
    """Say something: printed at once by a run of one process, beside a failed test by any run."""

    def say(line: str) -> None:
        request.node.add_report_section("call", "told", line)
        with capsys.disabled():
            sys.stdout.write(f"\n  {request.node.name}: {line}")
            sys.stdout.flush()

    return say
