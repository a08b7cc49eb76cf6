"""Looking into a foreign file in another process. Any death of it means: refused, and why.

Both ways are files in memory, so that nothing of what people send touches the disk, and the child's answer
is bounded by its own limit on the size of files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import lms
from lms.core.files.refusal import REFUSED, Refused, Why

SECONDS = 25
_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from lms.core.files.child import main; main()"
)
_ROOT = str(Path(lms.__file__).parent.parent)


def run(task: str, *facts: str, data: bytes, seconds: float = SECONDS) -> IO[bytes]:
    """Return what the child made of the data, as a file in memory at its beginning. Raises Refused."""
    with _in_memory(data) as source, _in_memory(b"") as answer:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-B", "-c", _BEGIN, _ROOT, task, *facts],
            stdin=source,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Refused(Why.SLOW) from None
        finally:
            process.kill()
            process.wait()
        if code:
            raise Refused(_reason(code, answer))
        answer.seek(0)
        return os.fdopen(os.dup(answer.fileno()), "rb")


def _reason(code: int, answer: IO[bytes]) -> Why:
    if code != REFUSED:
        return Why.SLOW
    answer.seek(0)
    return Why(answer.read(32).decode())


def _in_memory(data: bytes) -> IO[bytes]:
    file = os.fdopen(os.memfd_create("file", os.MFD_CLOEXEC), "w+b")
    file.write(data)
    file.seek(0)
    return file
