"""Ten minutes of fifty requests a second, a fifth of them writes: no failure, nothing lost, memory flat."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import pytest

from tests.conftest import Tell
from tests.faults.instance import Instance, Process, Web, descendants
from tests.faults.test_killed_worker import hurry, until, waiting
from tests.faults.truth import Truth
from tests.faults.truth import compare as truth_of
from tests.soak.traffic import Pace, Traffic, Watch, every_second, failures, percentile

pytestmark = [pytest.mark.soak, pytest.mark.fault]

# Requests a second. A machine that others work on at the same time carries fewer; then the figures say so.
RATE, LEARNERS, MINUTES = float(os.environ.get("SOAK_RATE", "50")), 200, 10
# What a passphrase costs on a real host, and not the little that other tests take.
HASH = {"argon2_memory_kib": "47104"}
# Grown by more than this between the second minute and the last one, memory is not flat.
FLAT = 1.1


@dataclass
class Run:
    """One run of load, and what was seen on the way."""

    pace: Pace
    truth: Truth
    traffic: Traffic
    web: Watch
    jobs: Watch
    press: Watch
    load: list[float]
    seconds: float

    @property
    def wrong(self) -> int:
        """Writes that are not as they were acknowledged."""
        return len(self.truth.lost) + len(self.truth.twice) + len(self.truth.half)


def run(
    instance: Instance, seed: int, seconds: float, application: str, learners: int = LEARNERS
) -> Run:
    """Let learners come at the wanted rate for so long; web server and worker of jobs as on a host."""
    pace = Pace(RATE, seconds)
    traffic, load = Traffic(instance, pace, learners, seed), list[float]()
    with ExitStack() as stack:
        web = stack.enter_context(Web(instance, application))
        worker = stack.enter_context(Process(instance, "-m", "flask", "jobs", "work"))
        watches = (
            Watch(lambda: web.children),
            Watch(lambda: [worker.pid]),
            Watch(lambda: descendants(worker.pid)),
        )

        def look() -> None:
            for watch in watches:
                watch.look()
            load.append(os.getloadavg()[0])

        with every_second(look):
            traffic.run(web.port, lambda: None)
            passed = pace.passed
        with instance.inside():
            # What failed once waits for minutes; here they pass at once.
            assert until(lambda: waiting() == 0, 60) or until(_hurried, 60), "work is left undone"
    with instance.inside():
        truth = truth_of(traffic.ledger)
    return Run(pace, truth, traffic, *watches, load, passed)


def _hurried() -> bool:
    hurry()
    return waiting() == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An instance on each engine, with passphrases as dear as on a host."""
    url = request.getfixturevalue("cluster") if request.param == "postgresql" else ""
    found = Instance(tmp_path, url, **HASH)
    yield found
    found.close()


def test_ten_minutes_of_learners(
    real: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    minute = size(4, 60)
    found = run(real, seed, MINUTES * minute, "wsgi:app")
    samples, name = found.pace.samples, real.engine
    kinds = Counter(one.kind for one in samples)
    wrong = Counter(f"{one.kind} {one.status}" for one in failures(samples))
    figure(f"load: requests a second, {name}", len(samples) / found.seconds, "≥ 49")
    figure(f"load: requests, {name}", len(samples), "≥ 29,000")
    figure(f"load: share of writes, {name}", kinds["submit"] / len(samples), "≥ 0.15")
    figure(f"load: writes acknowledged, {name}", found.truth.acknowledged)
    figure(f"load: failed requests, {name}", sum(wrong.values()), "= 0")
    figure(f"load: lost, twice or half-written, {name}", found.wrong, "= 0")
    for kind, bound in (("lesson", "≤ 150"), ("page", ""), ("submit", "≤ 300"), ("sign-in", "")):
        of_kind = [one for one in samples if one.kind == kind]
        figure(f"load: p95 of a {kind}, ms, {name}", percentile(of_kind, 0.95), bound)
    ran, waited = found.web.used
    figure(f"load: CPU of a request, ms, {name}", 1000 * ran / len(samples))
    figure(
        f"load: waiting for a core that others had, of a request, ms, {name}",
        1000 * waited / len(samples),
    )
    watches = {"web workers": found.web, "worker of jobs": found.jobs, "press": found.press}
    for who, watch in watches.items():
        early, late, files = watch.growth(minute)
        figure(f"load: memory of {who} in its second minute, MiB, {name}", early)
        figure(f"load: memory of {who} in the last minute, MiB, {name}", late)
        figure(f"load: memory of {who}, last minute by second, {name}", late / early, f"≤ {FLAT}")
        figure(f"load: open files more of {who}, {name}", files, "≤ 5")
    figure(f"load: load average of the machine meanwhile, {name}", fmean(found.load))
    assert wrong == {}
    assert (found.traffic.given_up, found.traffic.ledger.unexpected) == ([], [])
    assert (found.truth.lost, found.truth.twice, found.truth.half) == ([], [], [])
    assert kinds["submit"] > len(samples) / 8


@pytest.mark.parametrize("planted", ["leaking", "stumbling", "forgetting"])
def test_a_planted_fault_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None], planted: str
) -> None:
    minute = 3
    found = run(sqlite, seed, 10 * minute, f"tests.soak.planted:{planted}()", learners=20)
    early, late, _files = found.web.growth(minute)
    wrong = len(failures(found.pace.samples))
    tell(f"planted, {planted}: memory x {late / early:.2f}, {wrong} failed, {found.truth}")
    signs = {
        "leaking": late / early > FLAT,
        "stumbling": wrong > 0,
        "forgetting": bool(found.truth.lost),
    }
    assert signs[planted], "the harness must find what this server does wrong"
