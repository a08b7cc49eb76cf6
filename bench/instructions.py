"""Machine instructions of one request, counted by callgrind: the same number on a busy machine and a quiet one.

Counted is the difference between few and many requests, so start-up falls out; the reference is counted
in the same way, so the ratio holds for any build of Python.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import seed
from bench.instance import ROOT, Instance, seeded
from bench.load import Request
from bench.workloads import Work

FEW, MANY = 10, 40
LIMIT_SECONDS = 900


def instructions(size: str, engine: str, name: str = "lesson") -> dict[str, Any]:
    """Instructions of a workload's request, of both, and their ratio."""
    with seeded(seed.SIZES[size], engine) as instance:
        return of_instance(instance, name)


def of_instance(instance: Instance, name: str = "lesson") -> dict[str, Any]:
    """As `instructions`, on data that is there."""
    wanted = next(one for one in Work(instance).all() if one.name == name)
    jobs = [
        (what, request, repeats)
        for what, request in (
            ("wsgi:app", wanted.ours[0]),
            ("bench.reference:create_app()", wanted.reference[0]),
        )
        for repeats in (FEW, MANY)
    ]
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda job: _count(instance.environment, *job), jobs))
    ours, reference = ((many - few) // (MANY - FEW) for few, many in (counts[:2], counts[2:]))
    return {"work": name, "ours": ours, "reference": reference, "ratio": round(ours / reference, 3)}


def _count(environment: Mapping[str, str], what: str, request: Request, repeats: int) -> int:
    with TemporaryDirectory() as folder:
        packet, out = Path(folder, "packet"), Path(folder, "out")
        packet.write_bytes(request.packet)
        command = [
            *("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"),
            *(sys.executable, "-m", "bench.repeat", what, str(packet), str(repeats)),
        ]
        fixed = {**environment, "PYTHONHASHSEED": "0"}
        subprocess.run(
            command,
            cwd=ROOT,
            env=fixed,
            check=True,
            timeout=LIMIT_SECONDS,
            stderr=subprocess.DEVNULL,
        )
        lines = out.read_text().splitlines()
        return next(
            int(line.split()[1]) for line in lines if line.startswith(("summary:", "totals:"))
        )
