"""Printing in another process: what the job worker uses, and all that the rest of the product sees of a PDF.

The child lives long, because its start costs as much as ten certificates; it is replaced after a number
of them, when it dies and when one takes too long. Names go through a pipe only: never into an argument,
a file or a log.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import lms
from lms.certificates.pdf.document import CertificateDocument, DocumentRefused
from lms.certificates.pdf.frames import BrokenFrame, read_frame, write_frame
from lms.certificates.pdf.statement import StatementDocument

_CHILD = (sys.executable, "-m", "lms.certificates.pdf.child")
Document = CertificateDocument | StatementDocument
_FONTS = Path(__file__).with_name("fonts.conf")


class PrintingFailed(Exception):
    """No certificate came out, and the record is not to blame: try again later."""


class PrinterDied(PrintingFailed):
    """The process ended while it printed. The next certificate gets a new one."""


class PrinterTooSlow(PrintingFailed):
    """The process was stopped, because one certificate took longer than allowed."""


class Printer:
    """One PDF process, started at the first certificate. Safe to share between threads, one page at a time."""

    def __init__(
        self,
        *,
        seconds_each: float = 20,
        seconds_to_start: float = 60,
        pages_each_life: int = 500,
        command: tuple[str, ...] = _CHILD,
    ) -> None:
        self._seconds_each = seconds_each
        self._seconds_to_start = seconds_to_start
        self._pages_each_life = pages_each_life
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._pages = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that prints now, for the bench and the tests."""
        return self._process.pid if self._process else None

    def print(self, document: Document) -> bytes:
        """Return the PDF of a certificate or a statement.

        Raises DocumentRefused when the record can't be printed, and PrintingFailed when the process failed.
        """
        with self._lock:
            answer = self._exchange(document)
        if "refused" in answer:
            raise DocumentRefused(answer["refused"])
        if "failed" in answer:
            raise PrintingFailed(answer["failed"])
        return base64.b64decode(answer["pdf"])

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()

    def _exchange(self, document: Document) -> dict[str, str]:
        process = self._living_process()
        self._pages += 1
        with _Deadline(process, self._seconds_each) as deadline:
            answer = _ask(process, document)
        if answer is None:
            self.close()
            raise PrinterTooSlow if deadline.passed else PrinterDied
        return answer

    def _living_process(self) -> subprocess.Popen[bytes]:
        if self._process and (
            self._process.poll() is not None or self._pages >= self._pages_each_life
        ):
            self.close()
        if self._process is None:
            self._process, self._pages = self._start(), 0
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
        )
        with _Deadline(process, self._seconds_to_start):
            ready = _read(process)
        if ready is None or "ready" not in ready:
            process.kill()
            process.communicate()
            raise PrinterDied("at the start; are WeasyPrint's system libraries installed?")
        return process


class _Deadline:
    """Kills the process when a block takes longer than allowed; then its pipe ends, and so does the block."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self.passed = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()

    def _kill(self) -> None:
        self.passed = True
        self._process.kill()


def _ask(process: subprocess.Popen[bytes], document: Document) -> dict[str, str] | None:
    assert process.stdin is not None  # noqa: S101 - both pipes were asked for
    try:
        kind = "statement" if isinstance(document, StatementDocument) else "certificate"
        write_frame(process.stdin, {"kind": kind, "document": document.to_json()})
    except BrokenPipeError:
        return None
    return _read(process)


def _read(process: subprocess.Popen[bytes]) -> dict[str, str] | None:
    assert process.stdout is not None  # noqa: S101
    try:
        return read_frame(process.stdout)
    except BrokenFrame:
        return None


def _environment() -> dict[str, str]:
    """Return all that the child may know of its surroundings: no settings, no keys, no home."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONPATH": str(Path(lms.__file__).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "FONTCONFIG_FILE": str(_FONTS),
    }
