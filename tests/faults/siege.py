"""People travel while something dies again and again, until it has died often enough."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from tests.faults.instance import Instance, Web
from tests.faults.journeys import Arrival, Journey, prepare
from tests.faults.ledger import Ledger, Phone, Unexpected
from tests.faults.truth import Truth, compare

CLIENTS = 4
# No proof lasts longer than this, however much is wanted; it tells how far it came.
LONGEST = 420
# When a dead process is replaced slowly, the next one dies all the same.
STILL = 2.0


class Siege:
    """One instance under traffic; everything that was sent is in the ledger."""

    def __init__(self, instance: Instance, seed: int) -> None:
        self.instance, self.chance, self.ledger = instance, random.Random(seed), Ledger()
        with instance.inside():
            self.setting = prepare(instance.folder, 10)

    def run(self, web: Web, strike: Callable[[], bool], times: int) -> int:
        """Strike at a random moment after every bit of progress, so many times. Return how many hit."""
        hits: list[bool] = []

        def enough() -> bool:
            if sum(hits) >= times and self.ledger.repeated:
                return True
            self._wait()
            hits.append(strike())
            return False

        self.travel(web.port, enough)
        return sum(hits)

    def travel(self, port: int, enough: Callable[[], bool]) -> None:
        """Let people travel until it is enough, or until it has lasted too long."""
        stop, patience = Event(), time.monotonic() + LONGEST
        with ThreadPoolExecutor(CLIENTS) as pool:
            walks = [pool.submit(self._walk, port, number, stop) for number in range(CLIENTS)]
            try:
                while not enough() and time.monotonic() < patience:
                    if any(walk.done() for walk in walks):
                        break
                    time.sleep(0.005)
            finally:
                stop.set()
            for walk in walks:
                walk.result()

    def _walk(self, port: int, number: int, stop: Event) -> None:
        """One journey after the other; one client is the door for new people."""
        while not stop.is_set():
            phone = Phone(port, self.ledger)
            # What nobody should get stands in the ledger; a server with a planted fault gives a lot of it.
            with suppress(Unexpected):
                if number == 0:
                    Arrival(self.instance, phone).go()
                else:
                    Journey(self.setting, self.setting.next(self.instance), phone).go()

    def _wait(self) -> None:
        """Until something has been acknowledged, and then a moment."""
        before, still = self.ledger.acknowledged, time.monotonic() + STILL
        while self.ledger.acknowledged == before and time.monotonic() < still:
            time.sleep(0.005)
        time.sleep(self.chance.uniform(0, 0.15))

    def truth(self) -> Truth:
        """What the database says about the ledger."""
        with self.instance.inside():
            return compare(self.ledger)
