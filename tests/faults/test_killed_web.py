"""Workers die at any moment; nothing that was acknowledged is lost, nothing is done twice or by half."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web
from tests.faults.journeys import Arrival, Journey, prepare
from tests.faults.ledger import Ledger, Phone, Unexpected
from tests.faults.siege import Siege
from tests.faults.truth import Truth, compare

pytestmark = pytest.mark.fault


def test_workers_die_at_any_moment(
    instance: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    siege = Siege(instance, seed)
    with Web(instance, SOUND) as web:
        done = siege.run(web, lambda: web.kill_one(siege.chance), size(8, 1000))
    truth, name = siege.truth(), instance.engine
    figure(f"workers killed, {name}", done, "≥ 1000")
    figure(f"writes acknowledged while workers died, {name}", truth.acknowledged, "")
    figure(f"writes sent again while workers died, {name}", truth.repeated, "≥ 1")
    figure(f"acknowledged and lost while workers died, {name}", len(truth.lost), "= 0")
    figure(f"done twice while workers died, {name}", len(truth.twice), "= 0")
    figure(f"half-written while workers died, {name}", len(truth.half), "= 0")
    assert siege.ledger.unexpected == []
    assert done >= size(8, 100), "too few were killed: the site does not come back"
    assert truth.repeated > 0, "no answer was ever cut off: this proves nothing"
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])


def test_an_early_acknowledgement_is_found(
    sqlite: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    siege = Siege(sqlite, seed)
    truth, killed = Truth(0, 0), 0
    with Web(sqlite, "tests.faults.planted:early()") as web:
        for _ in range(12):
            killed += siege.run(web, lambda: web.kill_one(siege.chance), 3)
            truth = siege.truth()
            if truth.lost:
                break
    tell(f"planted, acknowledged before the commit: {killed} workers killed: {truth}")
    assert truth.lost, "the harness must find what this server loses"


def cut_off(instance: Instance, application: str, *aims: str) -> tuple[Truth, Ledger]:
    """Three people; every write of theirs is cut off at each of these points, and sent again."""
    ledger = Ledger()
    with instance.inside():
        setting = prepare(instance.folder, 2)
    with Web(instance, application) as web:
        for traveller in list(setting.travellers):
            with suppress(Unexpected):
                Journey(setting, traveller, Phone(web.port, ledger), aims).go()
        with suppress(Unexpected):
            Arrival(instance, Phone(web.port, ledger), aims).go()
    with instance.inside():
        return compare(ledger), ledger


def test_workers_die_at_the_commit(instance: Instance, tell: Callable[[str], None]) -> None:
    truth, ledger = cut_off(instance, "tests.faults.planted:aimed()", "before", "after")
    tell(f"killed before and after each of {len(ledger.entries)} commits: {truth}")
    assert ledger.unexpected == []
    assert all(entry.sent >= 3 for entry in ledger.entries), "a write was not cut off"
    assert truth.acknowledged == len(ledger.entries) > 25
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])


def test_a_form_that_counts_twice_is_found(sqlite: Instance, tell: Callable[[str], None]) -> None:
    truth, _ledger = cut_off(sqlite, "tests.faults.planted:forgetful()", "after")
    tell(f"planted, forms without a memory: {truth}")
    assert truth.twice, "the harness must find what this server does twice"
