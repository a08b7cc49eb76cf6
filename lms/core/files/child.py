"""The process that looks into foreign files: bytes in, a file or a reason out, and nothing else.

`process.run` starts it for one file. Before the first foreign byte is read it has lost the network, root's
rights, and every way to open a file, a socket or another process; its memory and time are limited.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
from typing import IO

from lms.core.files import documents, pictures, zips
from lms.core.files.limits import MIB, Limits
from lms.core.files.refusal import REFUSED, Refused, Why

MEMORY = 512 * MIB
CPU_SECONDS = 20
LARGEST_ANSWER = 64 * MIB
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_DUMPABLE = 38, 4
_NOBODY = 65534


def main() -> None:
    """Do one task: `picture KIND PIXELS`, `document KIND` or `zip LIMITS`."""
    task, *facts = sys.argv[1:]
    source, answer = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    shut_the_doors()
    try:
        _TASKS[task](source.read(), facts, answer)
        answer.flush()
    except Refused as refused:
        _refuse(answer, refused.why)
    except (MemoryError, OSError):  # more than it may hold, more than it may answer
        _refuse(answer, Why.UNPACKED)


def _refuse(answer: IO[bytes], why: Why) -> None:
    answer.seek(0)
    answer.truncate()
    answer.write(why.value.encode())
    answer.flush()
    os._exit(REFUSED)


def shut_the_doors() -> None:
    """Give up for good all that a hostile file could use."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.geteuid() == 0:
        libc.unshare(_CLONE_NEWNET)  # may be forbidden; no socket can be opened either way
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        # Not one more than the three that are open, which is also what forbids sockets.
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _picture(data: bytes, facts: list[str], answer: IO[bytes]) -> None:
    kind, most_pixels = facts
    answer.write(pictures.redraw(data, kind, int(most_pixels)))


def _document(data: bytes, facts: list[str], _answer: IO[bytes]) -> None:
    documents.judge(data, facts[0])


def _zip(data: bytes, facts: list[str], answer: IO[bytes]) -> None:
    """Write one file after the other, then their names and sizes, then how long that list is."""
    names = []
    for name, content in zips.contents(data, Limits(*map(int, facts))):
        answer.write(content)
        names.append((name, len(content)))
    listed = json.dumps(names).encode()
    answer.write(listed + len(listed).to_bytes(4, "big"))


_TASKS = {"picture": _picture, "document": _document, "zip": _zip}
