"""A figure knows whether it meets its target, and survives being written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import figures
from tests.figures import Figure


@pytest.mark.parametrize(
    ("number", "target", "met"),
    [
        (0, "= 0", True),
        (1, "= 0", False),
        (1000, "≥ 1,000", True),
        (5.1, "≤ 5", False),
        (7, "", True),
    ],
)
def test_a_target(number: float, target: str, met: bool) -> None:
    assert Figure("lost", number, target, "test").met is met


def test_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILD_FIGURES", str(tmp_path / "figures.jsonl"))
    told = [Figure("kills", 3, "≥ 1", "one"), Figure("loss", 0.5, "= 0", "two")]
    for one in told:
        one.keep()
    assert figures.read(tmp_path / "figures.jsonl") == told
