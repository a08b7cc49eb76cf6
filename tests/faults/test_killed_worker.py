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
from lms.courses import queries as courses
from lms.messaging.models import Notice
from tests.certificates.world import claim, finish_course
from tests.courses.world import publish_course
from tests.faults.counting import COUNT, POINTS, counted, write
from tests.faults.instance import Instance, Process, descendants, kill
from tests.faults.ledger import Ledger
from tests.faults.truth import compare
from tests.world import Somebody, make_person

pytestmark = pytest.mark.fault


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


def count_and_kill(
    instance: Instance, mode: str, jobs: int, seed: int, pause: float = 0.15
) -> tuple[dict[str, int], int]:
    """Let jobs be done by a worker that dies all the time. Return what was counted, and how many died."""
    outbox.register(COUNT)
    chance, killed = random.Random(seed), 0
    names = [f"job {number}" for number in range(jobs)]
    with instance.inside():
        write(names)
        with Process(instance, "-m", "tests.faults.worker", mode) as worker:
            assert until(lambda: waiting() < jobs, 30), "the worker does not start"
            patience = time.monotonic() + 60
            while waiting() and time.monotonic() < patience:
                time.sleep(chance.uniform(0.02, pause))
                killed += sum(kill(child) for child in worker.children)
            assert waiting() == 0
        with reading():
            return counted(names), killed


def test_a_worker_that_dies_all_the_time(
    instance: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    found, killed = count_and_kill(instance, "sound", 40, seed)
    lost, twice = [n for n, c in found.items() if c < 1], [n for n, c in found.items() if c > 1]
    tell(f"{killed} workers killed, {len(found)} jobs: lost {len(lost)}, twice {len(twice)}")
    assert killed >= 10
    assert (lost, twice) == ([], [])


def test_an_effect_outside_its_transaction_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    found, killed = count_and_kill(sqlite, "loose", 12, seed, 0.25)
    twice = [n for n, c in found.items() if c > 1]
    tell(f"planted, effect outside: {killed} killed, {len(found)} jobs: twice {len(twice)}")
    assert twice, "the harness must find what this worker does twice"


def test_a_worker_dies_at_each_point_of_a_job(
    instance: Instance, tell: Callable[[str], None]
) -> None:
    outbox.register(COUNT)
    names = {point: [f"{point} {number}" for number in range(5)] for point in POINTS}
    with instance.inside():
        for point, jobs in names.items():
            write(jobs, point)
        with Process(instance, "-m", "tests.faults.worker", "sound"):
            assert until(lambda: waiting() == 0, 60)
        with reading():
            found = {name: n for jobs in names.values() for name, n in counted(jobs).items()}
            tries = db.session.scalars(select(Outbox.tries)).all()
    tell(f"killed inside each of {len(found)} jobs: {sum(found.values())} effects")
    assert set(found.values()) == {1}
    assert min(tries) >= 2, "a job was not cut off"


# --- Certificates --------------------------------------------------------------------------------


def claim_some(folder: Path, count: int) -> list[Somebody]:
    """People who have asked for their certificates."""
    outcome = publish_course(folder / "course")
    with reading():
        assert courses.outline(outcome.version_id, "en") is not None
    people = [make_person() for _ in range(count)]
    for person in people:
        claim(person, finish_course(person, outcome.version_id))
    return people


def printers(pid: int) -> list[int]:
    """The PDF processes under a process."""
    return [one for one in descendants(pid) if b"certificates.pdf.child" in _command(one)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_certificates_while_worker_and_press_die(
    instance: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    chance, killed, orphans = random.Random(seed), {"worker": 0, "press": 0}, set()
    with instance.inside():
        people = claim_some(instance.folder, 8)
        with Process(instance, "-m", "tests.faults.worker", "sound") as worker:
            assert until(lambda: bool(printers(worker.process.pid)), 60), "no press is started"
            for kind in ("worker", "press", "worker", "press"):
                hurry()
                if not until(leased, 20):
                    break
                # Shorter than a certificate takes on a quick machine, or all are made before the last kill.
                time.sleep(chance.uniform(0, 0.05))
                presses = printers(worker.process.pid)
                orphans |= set(presses)
                victims = presses if kind == "press" else worker.children
                killed[kind] += sum(kill(one) for one in victims)
            assert until(lambda: hurry() or waiting() == 0, 60)
            orphans -= set(printers(worker.process.pid))
            assert until(lambda: not any(_command(pid) for pid in orphans), 30), "a press lives on"
        truth = compare(Ledger())
        with reading():
            found = [certificates.of_person(person.id) for person in people]
            pdfs = [
                certificates.pdf_of(held[0], person.public_id)
                for held, person in zip(found, people, strict=True)
            ]
            notices = db.session.scalar(select(func.count()).select_from(Notice))
    tell(
        f"{killed['worker']} workers and {killed['press']} presses killed, {len(people)} certificates: "
        f"half-written {len(truth.half)}"
    )
    assert killed["worker"] >= 1
    assert killed["press"] >= 1
    assert truth.half == []
    assert [[one.state for one in held] for held in found] == [["issued"]] * len(people)
    assert all(pdf and pdf.startswith(b"%PDF-1.7") for pdf in pdfs)
    assert notices == len(people), "told once"


def test_the_real_worker_dies_and_another_one_takes_over(
    sqlite: Instance, tell: Callable[[str], None]
) -> None:
    with sqlite.inside():
        people = claim_some(sqlite.folder, 2)
        with Process(sqlite, "-m", "flask", "jobs", "work") as worker:
            assert until(leased, 60), "the worker does not begin"
            assert until(lambda: bool(printers(worker.process.pid)), 30)
            presses = printers(worker.process.pid)
            worker.kill()
        assert until(lambda: not any(_command(pid) for pid in presses), 30), "a press lives on"
        cut_off = waiting()
        hurry()
        with Process(sqlite, "-m", "flask", "jobs", "run-due") as worker:
            assert until(lambda: waiting() == 0, 60)
            worker.process.wait(30)
        states = db.session.scalars(select(Certificate.state)).all()
    tell(f"flask jobs work killed with {cut_off} certificates under way; states now {states}")
    assert cut_off > 0
    assert states == ["issued"] * len(people)
