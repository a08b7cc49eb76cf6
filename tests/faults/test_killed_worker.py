"""The worker dies during its jobs, and its PDF process too: every effect happens, and happens once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, or_, select, update

from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.core import outbox
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.core.outbox import Outbox
from lms.messaging.models import Notice
from tests.certificates.world import claim, finish_course
from tests.conftest import Tell
from tests.courses.world import publish_course
from tests.faults.counting import COUNT, POINTS, counted, write
from tests.faults.instance import Instance, Process, descendants, kill
from tests.faults.ledger import Ledger
from tests.faults.truth import compare
from tests.vaults import opener_of
from tests.world import Somebody, make_person

pytestmark = pytest.mark.fault
LONGEST = 420


def waiting() -> int:
    """How many rows are not done."""
    with reading():
        return db.session.scalar(select(func.count()).where(Outbox.done_at.is_(None))) or 0


def leased() -> bool:
    """Whether somebody works on a row now."""
    with reading():
        busy = Outbox.done_at.is_(None) & (Outbox.leased_until > now())
        return db.session.scalar(select(func.count()).where(busy)) != 0


def hurry() -> None:
    """Let the minutes pass that a dead worker's lease or a failed try has to wait."""
    late = or_(Outbox.leased_until.is_not(None), Outbox.run_at > now())
    with transaction():
        values = {"leased_until": None, "run_at": now()}
        db.session.execute(update(Outbox).where(Outbox.done_at.is_(None), late).values(**values))


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait for something."""
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if done():
            return True
        time.sleep(0.03)
    return done()


# --- Any job -------------------------------------------------------------------------------------


class Toll:
    """Jobs that are counted, done by a worker that dies all the time. There is work as long as it is wanted."""

    def __init__(self, instance: Instance, mode: str, seed: int, pause: float = 0.15) -> None:
        outbox.register(COUNT)
        self.instance, self.mode, self.pause = instance, mode, pause
        self.chance, self.names, self.killed = random.Random(seed), list[str](), 0

    def _more(self) -> None:
        fresh = [f"job {len(self.names) + number}" for number in range(10)]
        write(fresh)
        self.names += fresh

    def take(self, enough: Callable[[Toll], bool]) -> dict[str, int]:
        """Kill until it is enough, then let all be done. Return how often each job's effect is there."""
        with self.instance.inside():
            self._more()
            with Process(self.instance, "-m", "tests.faults.worker", self.mode) as worker:
                assert until(lambda: waiting() < 10, 60), "the worker does not start"
                patience = time.monotonic() + LONGEST
                while not enough(self) and time.monotonic() < patience:
                    if waiting() < 4:
                        self._more()
                    time.sleep(self.chance.uniform(0.02, self.pause))
                    self.killed += sum(kill(child) for child in worker.children)
                assert until(lambda: waiting() == 0, 120), "work is left undone"
            return self.effects()

    def effects(self) -> dict[str, int]:
        """How often each job's effect is there by now. Needs a context."""
        with reading():
            return counted(self.names)

    def twice(self) -> list[str]:
        """Jobs that were done twice. Needs a context."""
        return [name for name, count in self.effects().items() if count > 1]


def test_a_worker_that_dies_all_the_time(
    instance: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    toll, wanted = Toll(instance, "sound", seed), size(10, 500)
    found = toll.take(lambda toll: toll.killed >= wanted)
    lost, twice = [n for n, c in found.items() if c < 1], [n for n, c in found.items() if c > 1]
    name = instance.engine
    figure(f"workers of jobs killed, {name}", toll.killed, "≥ 500")
    figure(f"jobs done while their worker died, {name}", len(found), "")
    figure(f"jobs lost, {name}", len(lost), "= 0")
    figure(f"jobs done twice, {name}", len(twice), "= 0")
    assert toll.killed >= size(10, 100)
    assert (lost, twice) == ([], [])


def test_an_effect_outside_its_transaction_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    toll = Toll(sqlite, "loose", seed, 0.25)
    found = toll.take(lambda toll: bool(toll.twice()))
    twice = [n for n, c in found.items() if c > 1]
    tell(f"planted, effect outside: {toll.killed} killed, {len(found)} jobs: twice {len(twice)}")
    assert twice, "the harness must find what this worker does twice"


def test_a_worker_dies_at_each_point_of_a_job(
    instance: Instance, tell: Callable[[str], None]
) -> None:
    outbox.register(COUNT)
    names = {point: [f"{point} {number}" for number in range(2)] for point in POINTS}
    with instance.inside():
        for point, jobs in names.items():
            write(jobs, point)
        with Process(instance, "-m", "tests.faults.worker", "sound"):
            assert until(lambda: waiting() == 0, 120)
        with reading():
            found = {name: n for jobs in names.values() for name, n in counted(jobs).items()}
            tries = db.session.scalars(select(Outbox.tries)).all()
    tell(f"killed inside each of {len(found)} jobs: {sum(found.values())} effects")
    assert set(found.values()) == {1}
    assert min(tries) >= 2, "a job was not cut off"


# --- Certificates --------------------------------------------------------------------------------


class Claims:
    """People who ask for their certificates."""

    def __init__(self, folder: Path) -> None:
        self.version = publish_course(folder / "course").version_id
        self.people: list[Somebody] = []

    def more(self, count: int) -> None:
        """Some more of them."""
        for _ in range(count):
            person = make_person()
            claim(person, finish_course(person, self.version))
            self.people.append(person)


def printers(pid: int) -> list[int]:
    """The PDF processes under a process."""
    return [one for one in descendants(pid) if b"certificates.pdf.child" in _command(one)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_certificates_while_worker_and_press_die(
    instance: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    chance, killed, orphans = random.Random(seed), {"worker": 0, "press": 0}, set()
    wanted = size(2, 60)
    with instance.inside():
        claims = Claims(instance.folder)
        claims.more(2)
        with Process(instance, "-m", "tests.faults.worker", "sound") as worker:
            assert until(lambda: bool(printers(worker.process.pid)), 60), "no press is started"
            patience = time.monotonic() + LONGEST
            while min(killed.values()) < wanted and time.monotonic() < patience:
                if waiting() < 2:
                    claims.more(2)
                hurry()
                until(leased, 10)
                time.sleep(chance.uniform(0, 0.05))
                presses = printers(worker.process.pid)
                orphans |= set(presses)
                kind = min(killed, key=lambda one: killed[one])
                victims = presses if kind == "press" else worker.children
                killed[kind] += sum(kill(one) for one in victims) > 0
            assert settled(), "jobs wait for ever"
            orphans -= set(printers(worker.process.pid))
            assert until(lambda: not any(_command(pid) for pid in orphans), 60), "a press lives on"
        truth, people = compare(Ledger()), claims.people
        with reading():
            found = [certificates.of_person(person.id) for person in people]
            pdfs = [
                certificates.pdf_of(held[0], opener_of(person))
                for held, person in zip(found, people, strict=True)
            ]
            notices = db.session.scalar(select(func.count()).select_from(Notice))
    name = instance.engine
    figure(f"workers killed while they made certificates, {name}", killed["worker"], "≥ 60")
    figure(f"presses killed, {name}", killed["press"], "≥ 60")
    figure(f"certificates asked for meanwhile, {name}", len(people), "")
    figure(f"certificates half-written, {name}", len(truth.half), "= 0")
    assert min(killed.values()) >= size(2, 10)
    assert truth.half == []
    assert [[one.state for one in held] for held in found] == [["issued"]] * len(people)
    assert all(pdf and pdf.startswith(b"%PDF-1.7") for pdf in pdfs)
    assert notices == len(people), "told once"


def settled() -> bool:
    """Let the minutes pass until nothing waits; what was killed eight times is tried again by an operator."""
    for _ in range(18):
        hurry()
        with transaction():
            outbox.retry_given_up()
        # A lease is cut short here only when there was time enough to work under it.
        if until(lambda: waiting() == 0, 20):
            return True
    return False


def test_the_real_worker_dies_and_another_one_takes_over(
    sqlite: Instance, tell: Callable[[str], None]
) -> None:
    with sqlite.inside():
        claims, cut_off = Claims(sqlite.folder), 0
        for _ in range(10):
            claims.more(2)
            with Process(sqlite, "-m", "flask", "jobs", "work") as worker:
                assert until(lambda worker=worker: bool(printers(worker.process.pid)), 60)
                presses = printers(worker.process.pid)
                worker.kill()
            assert until(lambda gone=presses: not any(map(_command, gone)), 60), "a press lives on"
            # A press that is quicker than we are has nothing left to take over: then once more.
            if cut_off := waiting():
                break
        hurry()
        with Process(sqlite, "-m", "flask", "jobs", "run-due") as worker:
            assert until(lambda: waiting() == 0, 120)
            worker.process.wait(60)
        states = db.session.scalars(select(Certificate.state)).all()
    tell(f"flask jobs work killed with {cut_off} certificates under way; states now {states}")
    assert cut_off > 0
    assert states == ["issued"] * len(claims.people)
