"""The PDF process: it can be killed, it can hang, it can do nothing outside, and nobody hears a name from it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lms.certificates.pdf.document import DocumentRefused
from lms.certificates.pdf.process import Printer, PrinterDied, PrinterTooSlow, PrintingFailed
from lms.certificates.pdf.samples import ENGLISH, RUSSIAN

FAKE = """
import sys, time
sys.path[:0] = {path!r}
from lms.certificates.pdf.frames import read_frame, write_frame
write_frame(sys.stdout.buffer, {{"ready": "fake"}})
while read_frame(sys.stdin.buffer):
    {act}
"""


def fake(act: str, **options: object) -> Printer:
    """A process that behaves badly at each certificate."""
    return Printer(command=(sys.executable, "-c", FAKE.format(path=sys.path, act=act)), **options)


def _print_many(printer: Printer) -> None:
    for _ in range(200):
        printer.print(RUSSIAN)


def test_killed_in_the_middle_then_back(printer):
    printer.print(ENGLISH)
    killer = threading.Timer(0.02, os.kill, (printer.pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(PrinterDied):
        _print_many(printer)
    assert printer.print(RUSSIAN).startswith(b"%PDF-1.7")


def test_killed_between_two_is_not_even_noticed(printer):
    printer.print(ENGLISH)
    os.kill(printer.pid, signal.SIGKILL)
    time.sleep(0.2)
    assert printer.print(ENGLISH)


def test_replaced_after_its_share_of_pages():
    with Printer(pages_each_life=2) as printer:
        pids = []
        for _ in range(4):
            printer.print(ENGLISH)
            pids.append(printer.pid)
    assert len(set(pids)) == 2
    assert pids[0] == pids[1]
    assert pids[2] == pids[3]


def test_one_that_hangs_is_stopped():
    with fake("time.sleep(60)", seconds_each=0.3) as printer:
        started = time.monotonic()
        with pytest.raises(PrinterTooSlow):
            printer.print(ENGLISH)
        assert time.monotonic() - started < 10
        assert printer.pid is None


@pytest.mark.parametrize(
    "act",
    [
        "sys.exit()",
        "sys.stdout.buffer.write(b'\\\\0\\\\0\\\\1\\\\0{'); sys.exit()",
        "sys.stdout.buffer.write(b'\\\\xff' * 9); sys.exit()",
    ],
)
def test_half_an_answer_is_none(act):
    with fake(act) as printer, pytest.raises(PrinterDied):
        printer.print(ENGLISH)


def test_a_failure_tells_its_kind_and_no_word_of_the_record():
    failing = fake("write_frame(sys.stdout.buffer, {'failed': 'MemoryError'})")
    with failing as printer, pytest.raises(PrintingFailed, match=r"^MemoryError$"):
        printer.print(ENGLISH)


def test_one_that_cannot_start_is_said_so():
    with (
        Printer(command=("/bin/false",)) as printer,
        pytest.raises(PrinterDied, match="system libraries"),
    ):
        printer.print(ENGLISH)


def test_a_refusal_does_not_cost_the_process(printer):
    printer.print(ENGLISH)
    before = printer.pid
    with pytest.raises(DocumentRefused):
        printer.print(replace(ENGLISH, modules=("Щ" * 90,)))
    assert printer.print(ENGLISH)
    assert printer.pid == before


def test_the_name_is_in_no_argument_no_environment_and_no_file(printer, tmp_path, monkeypatch):
    monkeypatch.setenv("ALONGSIDE_SECRET_CANARY", "canary-of-the-settings")
    with Printer() as own:
        own.print(replace(ENGLISH, name="Canary Velociraptor"))
        process = Path(f"/proc/{own.pid}")
        told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        opened = {entry.readlink() for entry in (process / "fd").iterdir()}
    assert b"Velociraptor" not in told
    assert b"canary" not in told
    assert not [path for path in opened if path.is_file()]


def test_the_process_can_open_nothing(printer):
    printer.print(ENGLISH)
    limits = Path(f"/proc/{printer.pid}/limits").read_text()
    for limit in ("Max open files", "Max file size", "Max core file size"):
        line = next(line for line in limits.splitlines() if line.startswith(limit))
        assert line.split()[-3:-1] == ["0", "0"] or line.split()[-2:] == ["0", "0"]


def test_two_threads_share_it(printer):
    pages: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: pages.append(printer.print(ENGLISH))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pages) == 4
    assert len(set(pages)) == 1
