"""The PDF process: reads records from one pipe, writes files to another, and can do nothing else.

`python -m lms.certificates.pdf.child`. Each message is four bytes of length and JSON. After its start
it can open no file and no socket, and it writes no log: a name is in its memory while it is printed,
and nowhere else.
"""

from __future__ import annotations

import base64
import gc
import os
import resource
from collections.abc import Callable
from typing import IO

from lms.certificates.pdf.document import TEMPLATE, CertificateDocument, DocumentRefused
from lms.certificates.pdf.frames import read_frame, write_frame
from lms.certificates.pdf.render import Press
from lms.certificates.pdf.samples import SAMPLES, STATEMENTS
from lms.certificates.pdf.statement import StatementDocument

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS_A_LIFE = 600
KINDS: dict[str, Callable[[str], CertificateDocument | StatementDocument]] = {
    "certificate": CertificateDocument.from_json,
    "statement": StatementDocument.from_json,
}


def main() -> None:
    """Serve until the other end closes the pipe."""
    requests, answers = _take_pipes()
    press = Press()
    for sample in SAMPLES:
        press.print(sample)
    for statement in STATEMENTS:
        press.print(statement)
    gc.freeze()
    _shut_the_doors()
    write_frame(answers, {"ready": TEMPLATE})
    while (request := read_frame(requests)) is not None:
        write_frame(answers, _answer(press, request))


def _answer(press: Press, request: dict[str, str]) -> dict[str, str]:
    """Return the file, or why there is none; never a text of the record."""
    try:
        pdf = press.print(KINDS[request["kind"]](request["document"]))
    except DocumentRefused as refusal:
        return {"refused": str(refusal)}
    except Exception as error:  # noqa: BLE001 - whatever went wrong, only its kind leaves this process
        return {"failed": type(error).__name__}
    return {"pdf": base64.b64encode(pdf).decode()}


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the two pipes for ourselves, so that no library can print into them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, answers


def _shut_the_doors() -> None:
    """Limit memory and time, and forbid new files, sockets and memory dumps."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_A_LIFE, CPU_SECONDS_A_LIFE))
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        resource.setrlimit(limit, (0, 0))


if __name__ == "__main__":
    main()
