"""Machine instructions of one request, counted by callgrind: the same number on a busy machine and a quiet one.

The reference is counted in the same way, so the ratio holds for any build of Python.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.instance import OURS, REFERENCE, ROOT, Instance
from bench.load import Request
from bench.workloads import Work

REQUESTS = 20
LIMIT_SECONDS = 300


def instructions(instance: Instance, name: str) -> dict[str, Any]:
    """Instructions that a workload's request costs the application and the reference, and their ratio."""
    wanted = next(one for one in Work(instance).all() if one.name == name)
    jobs = ((OURS, wanted.ours[0]), (REFERENCE, wanted.reference[0]))
    with ThreadPoolExecutor(2) as pool:
        ours, reference = pool.map(lambda job: _count(instance.environment, *job), jobs)
    return {"ours": ours, "reference": reference, "ratio": round(ours / reference, 3)}


def _count(environment: Mapping[str, str], what: str, request: Request) -> int:
    with TemporaryDirectory() as folder:
        packet, out = Path(folder, "packet"), Path(folder, "out")
        packet.write_bytes(request.packet)
        command = [
            *("valgrind", "--tool=callgrind", "--instr-atstart=no", "--quiet"),
            *(f"--callgrind-out-file={out}", sys.executable, "-m", "bench.repeat"),
            *(what, str(packet), str(REQUESTS)),
        ]
        # Sets and dictionaries of strings lie in another order for every seed.
        fixed = {**environment, "PYTHONHASHSEED": "0"}
        done = subprocess.run(
            command, cwd=ROOT, env=fixed, timeout=LIMIT_SECONDS, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        lines = out.read_text().splitlines()
        return (
            next(int(line.split()[1]) for line in lines if line.startswith("totals:")) // REQUESTS
        )
