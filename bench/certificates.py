"""The cost of a PDF (`bench/pdf.py`), measured in a process of its own that never loads the web."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.instance import BUILD, ROOT

PAGES = 120


def measure(pages: int = PAGES) -> dict[str, Any]:
    """Run it and return what it wrote."""
    target = BUILD / "pdf.json"
    command = [sys.executable, "bench/pdf.py", "--pages", str(pages), "--json", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(target.read_text())
    return found
