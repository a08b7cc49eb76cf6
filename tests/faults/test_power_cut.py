"""The power fails at any moment: what was acknowledged is there, and the file is whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web
from tests.faults.journeys import prepare, word
from tests.faults.ledger import Phone
from tests.faults.powercut import FILES, Outcome, replay, strace
from tests.world import PASSPHRASE

pytestmark = pytest.mark.fault
WRITERS = 3


def write_some(port: int, handle: str, pair: str, count: int) -> int:
    """Send messages one after the other. Return how many were acknowledged."""
    phone = Phone(port)
    phone.sign_in(handle, PASSPHRASE)
    address = f"/en/pairs/{pair}/messages"
    phone.get(address)
    form = phone.hidden(address)
    sent = [
        phone.ask("POST", address, {**form, "form_key": word(), "body": word()}, patience=60)
        for _ in range(count)
    ]
    return sum(one.status == 303 for one in sent)


def cut(instance: Instance, application: str, writes: int, states: int, seed: int) -> Outcome:
    """Let people write under a watch, then cut the power in many ways."""
    with instance.inside():
        setting = prepare(instance.folder, WRITERS)
    instance.close()
    begun = {
        name: bytearray((instance.folder / name).read_bytes())
        for name in FILES
        if (instance.folder / name).exists()
    }
    log = instance.folder / "calls.log"
    instance.under = strace(log)
    with Web(instance, application) as web, ThreadPoolExecutor(WRITERS) as pool:
        told = [
            pool.submit(write_some, web.port, who.person.handle, who.pair, writes // WRITERS)
            for who in setting.travellers
        ]
        acknowledged = sum(one.result() for one in told)
    assert acknowledged == writes // WRITERS * WRITERS
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
        return replay(begun, log, Path(scratch), states, random.Random(seed))


def test_nothing_acknowledged_is_lost_with_the_power(
    sqlite: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    found = cut(sqlite, SOUND, size(60, 600), size(600, 5000), seed)
    figure("power cuts tried", found.states, "≥ 5000")
    figure("power cuts with something not yet synced", found.unsynced * 4, "")
    figure("syncs of the database's files meanwhile", found.syncs, "")
    figure("power cuts that lose something acknowledged", len(found.lost), "= 0")
    figure("power cuts that leave a corrupt file", len(found.corrupt), "= 0")
    assert found.states >= 600
    assert found.unsynced > 0, "every moment was synced: this proves nothing"
    assert (found.lost, found.corrupt) == ([], [])


def test_a_hasty_commit_is_found(sqlite: Instance, seed: int, tell: Callable[[str], None]) -> None:
    found = cut(sqlite, "tests.faults.planted:hasty()", 30, 120, seed)
    tell(f"planted, synchronous=NORMAL: {len(found.lost)} of {found.states} states lose something")
    assert found.lost, "the tool must find what this server loses"
