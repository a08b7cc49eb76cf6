"""What a web worker does not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lms.core import keys

ROOT = Path(__file__).resolve().parents[2]
# Printing has a process of its own; it would cost every web worker 60 MiB.
NEVER = ("weasyprint", "fontTools", "pydyf", "playwright", "pytest")


@pytest.mark.sqlite_only
def test_a_web_worker_does_not_load_the_printer(tmp_path: Path) -> None:
    keys.create(tmp_path / "keys")
    code = f"import sys, wsgi; print([name for name in {NEVER} if name in sys.modules])"
    environment = {
        "ALONGSIDE_MODE": "demo",
        "ALONGSIDE_DATA": str(tmp_path),
        "ALONGSIDE_KEYS": str(tmp_path / "keys"),
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
