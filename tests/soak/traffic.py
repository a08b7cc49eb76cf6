"""Learners at a steady pace: so many requests a second, whether the answers are quick or not.

A request has a moment when it is due, and its time is counted from then on: a server that falls behind cannot
make its figures better by being asked less.
"""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median
from typing import Any

from tests.faults.instance import Instance
from tests.faults.journeys import Journey, prepare
from tests.faults.ledger import Answer, GivenUp, Ledger, Phone, Unexpected
from tests.world import PASSPHRASE

# A journey is half writes, half reads; with so many of each the whole is a fifth writes.
TRAVELLERS, READERS = 12, 20
# How many of the readers' turns bring somebody new, as long as there is anybody.
ARRIVING = 0.1
# What readers open, and how often of twenty.
PAGES = (
    *["lesson"] * 12,
    *["/en/home"] * 4,
    *["course"] * 2,
    "/en/certificates",
    "messages",
)


class Over(Exception):
    """The time of the traffic is over."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One request: when it was due, what it was, its answer (0: none came), its seconds from the due moment."""

    due: float
    kind: str
    status: int
    seconds: float


@dataclass
class Pace:
    """Deals out moments, `rate` a second, for `seconds`; keeps what became of them."""

    rate: float
    seconds: float
    samples: list[Sample] = field(default_factory=list)
    began: float = 0.0
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def begin(self) -> None:
        """From now on."""
        self.began = time.monotonic()

    def turn(self) -> float:
        """Wait for the next moment and return it. Raises Over after the last one."""
        after = next(self._numbers) / self.rate
        if after >= self.seconds:
            raise Over
        time.sleep(max(0.0, self.began + after - time.monotonic()))
        return after

    def keep(self, due: float, kind: str, status: int) -> None:
        """Note an answer that has just come."""
        seconds = time.monotonic() - self.began - due
        self.samples.append(Sample(due, kind, status, seconds))

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began


class PacedPhone(Phone):
    """A phone that asks when it is its turn."""

    def __init__(self, port: int, ledger: Ledger, pace: Pace) -> None:
        super().__init__(port, ledger)
        self.pace = pace

    def ask(self, method: str, address: str, fields: Any = None, **how: Any) -> Answer:
        """Send once, on the next turn, and keep what came of it."""
        due, status = self.pace.turn(), 0
        try:
            answer = super().ask(method, address, fields, **how)
            status = answer.status
            return answer
        finally:
            self.pace.keep(due, kind_of(method, address), status)


def kind_of(method: str, address: str) -> str:
    """Which figure a request belongs to. A sign-in is a hash of 60 ms, and a figure of its own."""
    if method == "POST":
        return "sign-in" if address.endswith("/sign-in") else "submit"
    return "lesson" if re.search(r"/courses/\w+/\w+$", address) else "page"


class Traffic:
    """Learners of one instance. `learners` of them stay signed in and read; others come, learn and leave."""

    def __init__(self, instance: Instance, pace: Pace, learners: int, seed: int) -> None:
        self.instance, self.pace, self.ledger = instance, pace, Ledger()
        self.chance, self.given_up = random.Random(seed), list[str]()
        with instance.inside():
            self.setting = prepare(instance.folder, learners)
        self.readers: SimpleQueue[tuple[Phone, str]] = SimpleQueue()
        self._arrived = 0
        self._newcomers = [self.setting.travellers.pop() for _ in range(learners)]

    def run(self, port: int, beside: Callable[[], None]) -> None:
        """Go on until the pace is over; `beside` is done meanwhile, as long as it takes."""
        with ThreadPoolExecutor(TRAVELLERS + READERS) as pool:
            self.pace.begin()
            walks: list[Future[None]] = [
                *(pool.submit(self._until_over, self._read, port) for _ in range(READERS)),
                *(pool.submit(self._until_over, self._travel, port) for _ in range(TRAVELLERS)),
            ]
            beside()
            for walk in walks:
                walk.result()

    @property
    def everybody_is_there(self) -> bool:
        """Whether all who stay have signed in."""
        return not self._newcomers

    def _until_over(self, visit: Callable[[int], None], port: int) -> None:
        while True:
            try:
                visit(port)
            except Over:
                return
            except GivenUp:
                self.given_up.append("no answer for half a minute")
            except Unexpected:
                continue  # it stands in the ledger

    def _travel(self, port: int) -> None:
        """Somebody signs in, learns, writes, hands in, and asks for a certificate."""
        phone = PacedPhone(port, self.ledger, self.pace)
        Journey(self.setting, self.setting.next(self.instance), phone).go()

    def _read(self, port: int) -> None:
        """The next one of those who stay opens a page; now and then somebody new signs in first."""
        phone, pair = self._newcomer(port) or self._known()
        try:
            phone.get(self._page(pair))
        finally:
            self.readers.put((phone, pair))

    def _known(self) -> tuple[Phone, str]:
        while True:
            try:
                return self.readers.get(timeout=1)
            except Empty:
                if self.pace.passed > self.pace.seconds:
                    raise Over from None

    def _newcomer(self, port: int) -> tuple[Phone, str] | None:
        # Not all at once: each sign-in is a hash.
        if self._arrived > READERS and self.chance.random() > ARRIVING:
            return None
        with suppress(IndexError):
            who = self._newcomers.pop()
            self._arrived += 1
            phone = PacedPhone(port, self.ledger, self.pace)
            phone.sign_in(who.person.handle, PASSPHRASE)
            Journey(self.setting, who, phone).read()
            return phone, who.pair
        return None

    def _page(self, pair: str) -> str:
        chosen = self.chance.choice(PAGES)
        known = {
            "lesson": self.setting.item("les-first"),
            "course": self.setting.course,
            "messages": f"/en/pairs/{pair}/messages",
        }
        return known.get(chosen, chosen)


# --- Figures -------------------------------------------------------------------------------------


def percentile(samples: list[Sample], part: float) -> float:
    """Milliseconds that this part of the requests stayed below."""
    seen = sorted(one.seconds for one in samples)
    return 1000 * seen[min(len(seen) - 1, int(part * len(seen)))]


def failures(samples: list[Sample]) -> list[Sample]:
    """Requests that got no answer, or one that says the server could not."""
    return [one for one in samples if one.status == 0 or one.status >= 500]


@dataclass(frozen=True, slots=True)
class Look:
    """What some processes held at a moment, and what they had used by then."""

    mib: float
    files: int
    ran: float
    waited: float


@dataclass
class Watch:
    """Memory, open files and time of processes, once a second; sums over what `pids` returns."""

    pids: Callable[[], list[int]]
    seen: list[Look] = field(default_factory=list)

    def look(self) -> None:
        """Note what is there now."""
        pids = self.pids()
        times = [turns(pid) for pid in pids]
        ran, waited = (sum(one) for one in zip(*times, strict=True)) if times else (0.0, 0.0)
        self.seen.append(Look(sum(map(rss_mib, pids)), sum(map(open_files, pids)), ran, waited))

    def growth(self, minute: int) -> tuple[float, float, int]:
        """Memory in the second minute (of so many looks) that they are there, and in the last one, in MiB;
        how many open files more there are between requests.
        """
        there = [one for one in self.seen if one.mib]
        early, late = there[minute : 2 * minute], there[-minute:]
        more = min(one.files for one in late) - min(one.files for one in early)
        return median(one.mib for one in early), median(one.mib for one in late), more

    @property
    def used(self) -> tuple[float, float]:
        """Seconds that they ran, and seconds that they could have run and had no core."""
        first, last = self.seen[0], self.seen[-1]
        return last.ran - first.ran, last.waited - first.waited


def rss_mib(pid: int) -> float:
    """Resident memory of a process."""
    with suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def open_files(pid: int) -> int:
    """How many files and sockets a process holds open."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def turns(pid: int) -> tuple[float, float]:
    """Seconds that the threads of a process ran, and that they waited for a core which others had."""
    ran = waited = 0.0
    for one in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):
            fields = one.read_text().split()
            ran, waited = ran + int(fields[0]) / 1e9, waited + int(fields[1]) / 1e9
    return ran, waited


@contextmanager
def every_second(look: Callable[[], None]) -> Iterator[None]:
    """Look once a second, in a thread of its own, as long as the block lasts."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
