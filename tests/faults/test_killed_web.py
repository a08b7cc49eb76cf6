"""Workers die at any moment; nothing that was acknowledged is lost, nothing is done twice or by half."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from tests.faults.instance import SOUND, Instance, Web
from tests.faults.journeys import Journey, Setting, prepare
from tests.faults.ledger import Ledger, Phone, Unexpected
from tests.faults.truth import Truth, compare

pytestmark = pytest.mark.fault

CLIENTS = 4
PEOPLE = 60


def travel(setting: Setting, web: Web, ledger: Ledger, until: float) -> None:
    """Several people at a time, one after the other, as long as there is time."""
    waiting = list(setting.travellers)

    def walk() -> None:
        while waiting and time.monotonic() < until:
            # What nobody should get stands in the ledger; a server with a planted fault gives a lot of it.
            with suppress(Unexpected):
                Journey(setting, waiting.pop(), Phone(web.port, ledger)).go()

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(walk) for _ in range(CLIENTS)]:
            done.result()


def kill_meanwhile(
    web: Web, ledger: Ledger, chance: random.Random, stop: Event, until: float
) -> int:
    """Kill a worker at a random moment after every bit of progress. Return how many."""
    killed = 0
    while not stop.is_set() and time.monotonic() < until:
        before, patience = ledger.acknowledged, time.monotonic() + 1.5
        while ledger.acknowledged == before and time.monotonic() < patience:
            time.sleep(0.005)
        stop.wait(chance.uniform(0, 0.15))
        killed += web.kill_one(chance)
    return killed


def run(
    instance: Instance, seconds: float, seed: int, application: str
) -> tuple[Truth, int, Ledger]:
    """Let people travel while workers die. Return what came out, and how many died."""
    chance, ledger, stop = random.Random(seed), Ledger(), Event()
    with instance.inside():
        setting = prepare(instance.folder, max(PEOPLE, int(25 * seconds)))
    with Web(instance, application) as web, ThreadPoolExecutor(1) as pool:
        until = time.monotonic() + seconds
        killer = pool.submit(kill_meanwhile, web, ledger, chance, stop, until)
        try:
            travel(setting, web, ledger, until)
        finally:
            stop.set()
        killed = killer.result()
    with instance.inside():
        return compare(ledger), killed, ledger


def test_workers_die_at_any_moment(
    instance: Instance, seconds: float, seed: int, tell: Callable[[str], None]
) -> None:
    truth, killed, ledger = run(instance, seconds, seed, SOUND)
    tell(f"{killed} workers killed: {truth}")
    assert ledger.unexpected == []
    assert killed >= seconds, "too few were killed"
    assert truth.acknowledged >= 50, "too little was done"
    assert truth.repeated > 0, "no answer was ever cut off: this proves nothing"
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])


def test_an_early_acknowledgement_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    truth, killed, _ledger = run(sqlite, 3, seed, "tests.faults.planted:early()")
    tell(f"planted, acknowledged before the commit: {killed} workers killed: {truth}")
    assert truth.lost, "the harness must find what this server loses"


def cut_off(instance: Instance, application: str, *aims: str) -> tuple[Truth, Ledger]:
    """Two people; every write of theirs is cut off at each of these points, and sent again."""
    ledger = Ledger()
    with instance.inside():
        setting = prepare(instance.folder, 2)
    with Web(instance, application) as web:
        for traveller in setting.travellers:
            with suppress(Unexpected):
                Journey(setting, traveller, Phone(web.port, ledger), aims).go()
    with instance.inside():
        return compare(ledger), ledger


def test_workers_die_at_the_commit(instance: Instance, tell: Callable[[str], None]) -> None:
    truth, ledger = cut_off(instance, "tests.faults.planted:aimed()", "before", "after")
    tell(f"killed before and after each of {len(ledger.entries)} commits: {truth}")
    assert ledger.unexpected == []
    assert all(entry.sent >= 3 for entry in ledger.entries), "a write was not cut off"
    assert truth.acknowledged == len(ledger.entries) > 30
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])


def test_a_form_that_counts_twice_is_found(sqlite: Instance, tell: Callable[[str], None]) -> None:
    truth, _ledger = cut_off(sqlite, "tests.faults.planted:forgetful()", "after")
    tell(f"planted, forms without a memory: {truth}")
    assert truth.twice, "the harness must find what this server does twice"
