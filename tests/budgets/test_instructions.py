"""What a page costs in machine instructions, beside the bare reference on the same data in the same run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench import seed
from bench.instance import seeded
from bench.instructions import instructions
from bench.report import MOST_INSTRUCTIONS


@pytest.mark.fault
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
@pytest.mark.parametrize("name", ["lesson", pytest.param("dashboard", marks=pytest.mark.soak)])
def test_a_page_costs_little_more_than_the_bare_one(name: str, tmp_path: Path) -> None:
    with seeded(seed.SMALL, "sqlite", tmp_path) as instance:
        found = instructions(instance, name)
    assert found["ratio"] <= MOST_INSTRUCTIONS[name], found
