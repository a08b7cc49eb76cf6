"""PostgreSQL dies: one of its processes, or all of them. Nothing is lost, and the site is back by itself."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.conftest import Tell
from tests.faults.instance import SOUND, Instance, Web, children, kill
from tests.faults.siege import CLIENTS, Siege
from tests.services import PostgreSQL

pytestmark = pytest.mark.fault
PATIENCE = 60


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    """A cluster that may die."""
    with PostgreSQL() as found:
        yield found


@pytest.fixture
def fragile(server: PostgreSQL, tmp_path: Path) -> Iterator[Instance]:
    """An instance on it."""
    found = Instance(tmp_path, server.create(f"faults_{tmp_path.name[-8:].lower().strip('_')}"))
    yield found
    with suppress(Exception):
        found.close()


def sessions(server: PostgreSQL) -> list[int]:
    """The processes of the cluster that serve somebody."""
    found = []
    for one in children(server.pid):
        with suppress(OSError):
            if b" faults_" in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(one)
    return found


class Strikes:
    """Kills one session, then the whole cluster, in turn; notes how long nobody got anything done."""

    def __init__(self, server: PostgreSQL, siege: Siege) -> None:
        self.server, self.siege, self.gaps = server, siege, list[float]()
        self.turn = itertools.cycle((self.one_session, self.whole_cluster))

    def __call__(self) -> bool:
        """Strike once, and wait until the site answers again."""
        began, before = time.monotonic(), self.siege.ledger.acknowledged
        hit = next(self.turn)()
        # Each client may have had one answer on its way already.
        enough = before + CLIENTS + 1
        while self.siege.ledger.acknowledged < enough and time.monotonic() < began + PATIENCE:
            time.sleep(0.01)
        self.gaps.append(time.monotonic() - began)
        return hit

    def one_session(self) -> bool:
        """The cluster then ends all others, too, and recovers."""
        there = sessions(self.server)
        return bool(there) and kill(self.siege.chance.choice(there))

    def whole_cluster(self) -> bool:
        """As if the machine's memory had run out; somebody starts it again."""
        first = self.server.pid
        family = children(first)
        kill(first)
        for one in family:
            kill(one)
        patience = time.monotonic() + PATIENCE / 2
        while any(Path(f"/proc/{one}/stat").exists() and _alive(one) for one in family):
            assert time.monotonic() < patience
            time.sleep(0.01)
        while time.monotonic() < patience:
            # A session that began at that very moment still holds the shared memory: then once more.
            with suppress(CalledProcessError):
                self.server.start()
                return True
            time.sleep(0.1)
        raise RuntimeError("the cluster does not start; see its log")


def _alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_postgres_dies(
    server: PostgreSQL, fragile: Instance, seed: int, size: Callable[[int, int], int], figure: Tell
) -> None:
    siege = Siege(fragile, seed)
    strikes = Strikes(server, siege)
    with Web(fragile, SOUND) as web:
        hit = siege.run(web, strikes, size(4, 100))
    truth = siege.truth()
    figure("kills of PostgreSQL's sessions and clusters", hit, "≥ 100")
    figure("writes acknowledged while PostgreSQL died", truth.acknowledged, "")
    figure("acknowledged and lost while PostgreSQL died", len(truth.lost), "= 0")
    figure("done twice while PostgreSQL died", len(truth.twice), "= 0")
    figure("half-written while PostgreSQL died", len(truth.half), "= 0")
    figure("longest time without an answer after a kill, seconds", max(strikes.gaps), "≤ 5")
    assert siege.ledger.unexpected == []
    assert hit >= size(4, 20)
    assert (truth.lost, truth.twice, truth.half) == ([], [], [])
    assert max(strikes.gaps) < PATIENCE, "it does not come back by itself"


def test_an_early_acknowledgement_is_found_there_too(
    server: PostgreSQL, fragile: Instance, seed: int, tell: Callable[[str], None]
) -> None:
    siege, killed = Siege(fragile, seed), 0
    strikes = Strikes(server, siege)
    strikes.turn = itertools.cycle((strikes.whole_cluster,))
    with Web(fragile, "tests.faults.planted:early()") as web:
        for _ in range(20):
            killed += siege.run(web, strikes, 1)
            truth = siege.truth()
            if truth.lost:
                break
    tell(f"planted, acknowledged before the commit: {killed} clusters killed: {truth}")
    assert truth.lost, "the harness must find what this server loses"
