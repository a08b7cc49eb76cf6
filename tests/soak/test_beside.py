"""Pages while a copy is made, while certificates are printed and while the mail server hangs, beside pages
without any of that, in turn in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import pytest
from pyrage import x25519

from lms.backup import store
from lms.core.settings import Settings
from tests.backup.test_size import LARGEST, add_files
from tests.certificates.world import claim, finish_course
from tests.conftest import Tell
from tests.faults.instance import ROOT, Instance, Process, Web
from tests.faults.test_busy import deaf_server
from tests.faults.test_killed_worker import until, waiting
from tests.messaging.world import leave_address
from tests.soak.traffic import Pace, Sample, Traffic, failures, percentile
from tests.world import make_person

pytestmark = [pytest.mark.soak, pytest.mark.fault]

RATE = min(20.0, float(os.environ.get("SOAK_RATE", "20")))
IDLE, BACKUP, PRESS, MAIL = "idle", "while a copy is made", "while the press runs", "without mail"
# How much slower pages may be than beside nothing (p95).
BOUNDS = {BACKUP: 1.5, PRESS: 2.0, MAIL: 1.1}
LEAST = 40


@dataclass
class Windows:
    """Parts of one run: what went on beside the pages, from when to when."""

    pace: Pace
    parts: list[tuple[str, float, float]] = field(default_factory=list)

    def during(self, what: str, action: Callable[[], None]) -> None:
        """Do it, and note that it went on meanwhile."""
        began = self.pace.passed
        action()
        self.parts.append((what, began, self.pace.passed))

    def samples(self, what: str) -> list[Sample]:
        """Requests that were due meanwhile; sign-ins, which are hashes, left out."""
        return [
            one
            for one in self.pace.samples
            if one.kind != "sign-in"
            and any(name == what and a <= one.due < b for name, a, b in self.parts)
        ]


class Beside:
    """What may slow pages down, each as it happens on a host."""

    def __init__(self, instance: Instance, copies: int, papers: int, seconds: float) -> None:
        self.instance, self.seconds, self.copies = instance, seconds, copies
        with instance.inside():
            # Files of 5 MiB: a copy takes a while.
            add_files(copies, LARGEST)
        self.papers = papers

    def rest(self) -> None:
        """Nothing."""
        time.sleep(self.seconds)

    def backup(self) -> None:
        """Copies one after the other, as the timer makes them: nice 10."""
        until_then = time.monotonic() + self.seconds
        while time.monotonic() < until_then:
            command = ["nice", "-n", "10", sys.executable, "-m", "flask", "backup", "create"]
            subprocess.run(
                command,
                cwd=ROOT,
                env=self.instance.environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )

    def press(self, waiting_papers: Iterator[Callable[[], None]]) -> None:
        """Many ask for their certificates at the same time."""
        began = time.monotonic()
        with self.instance.inside():
            for _ in range(self.papers):
                next(waiting_papers)()
            assert until(lambda: waiting() == 0, 120), "certificates are not made"
        time.sleep(max(0.0, began + self.seconds - time.monotonic()))


@pytest.fixture(params=["sqlite", "postgresql"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An instance on each engine that makes copies, and whose mail server hangs once somebody has an address."""
    url = request.getfixturevalue("cluster") if request.param == "postgresql" else ""
    to = str(x25519.Identity.generate().to_public())
    with deaf_server() as (mail, _taken):
        found = Instance(
            tmp_path, url, backups=str(tmp_path / "backups"), backup_recipients=to, mail_url=mail
        )
        yield found
        found.close()


def papers(instance: Instance, version: int, count: int) -> Iterator[Callable[[], None]]:
    """So many people who have only to ask for their certificates."""
    with instance.inside():
        people = [make_person() for _ in range(count)]
        ready = [(person, finish_course(person, version)) for person in people]
    return (lambda one=one: claim(*one) and None for one in ready)


def measure(
    real: Instance,
    seed: int,
    rounds: int,
    seconds: float,
    files: int,
    application: str = "wsgi:app",
) -> Windows:
    """Rounds of idling, copying and printing; at last the mail."""
    pace = Pace(RATE, 3600)
    traffic, windows = Traffic(real, pace, 30, seed), Windows(pace)
    # The press gets few a window: it makes them within the window on a machine of its own.
    beside = Beside(real, files, 5, seconds)
    ready = papers(real, traffic.setting.outline.version_id, rounds * beside.papers)

    def take_turns() -> None:
        assert until(lambda: traffic.everybody_is_there, 200), "sign-ins take too long"
        time.sleep(seconds)
        for _ in range(rounds):
            windows.during(IDLE, beside.rest)
            windows.during(BACKUP, beside.backup)
            windows.during(IDLE, beside.rest)
            windows.during(PRESS, lambda: beside.press(ready))
        windows.during(IDLE, beside.rest)
        with real.inside():
            leave_address(traffic.setting.mentor)
        windows.during(MAIL, beside.rest)
        pace.seconds = pace.passed

    with ExitStack() as stack:
        web = stack.enter_context(Web(real, application))
        stack.enter_context(Process(real, "-m", "flask", "jobs", "work"))
        traffic.run(web.port, take_turns)
    assert (traffic.given_up, traffic.ledger.unexpected) == ([], [])
    return windows


def test_pages_beside_other_work(
    real: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    before = os.getloadavg()[0]
    found = measure(real, seed, size(1, 3), size(10, 20), size(6, 30))
    name, alone = real.engine, percentile(found.samples(IDLE), 0.95)
    figure(f"p95 of pages, ms, {name}, {IDLE}", alone)
    for what, bound in BOUNDS.items():
        samples = found.samples(what)
        there = percentile(samples, 0.95)
        figure(f"p95 of pages, ms, {name}, {what}", there)
        figure(f"p95 of pages by idle, {name}, {what}", there / alone, f"≤ {bound}")
        figure(f"failed pages, {name}, {what}", len(failures(samples)), "= 0")
        assert len(samples) > LEAST
        assert failures(samples) == []
    settings: Settings = real.app.extensions["settings"]
    figure(f"copies made meanwhile, {name}", len(store.copies(settings.backups)), "≥ 3")
    figure(f"load average of the machine, {name}, beside", fmean([before, os.getloadavg()[0]]))


def test_a_server_that_waits_for_the_copy_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    sqlite.more |= {
        "backups": str(sqlite.folder / "backups"),
        "backup_recipients": str(x25519.Identity.generate().to_public()),
    }
    found = measure(sqlite, seed, 1, 6, 6, "tests.soak.planted:queueing()")
    alone, there = (percentile(found.samples(what), 0.95) for what in (IDLE, BACKUP))
    tell(f"planted, pages wait for the copy: p95 {alone:.0f} ms idle, {there:.0f} ms meanwhile")
    assert there > BOUNDS[BACKUP] * alone, "the harness must find a server that waits"
