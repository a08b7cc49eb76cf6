"""The town, and every form that anybody can reach in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar
from zlib import crc32

import pytest

from tests.conftest import ENGINE
from tests.hostile.canaries import Canary, plant
from tests.hostile.forms import Found, Walk, walk
from tests.house.world import Town, make_town

T = TypeVar("T")


class Share(Protocol):
    """Gives a part of a list, one of so many: see `share`."""

    def __call__(self, things: Sequence[T], of: int = 3) -> Sequence[T]: ...


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Town]:
    """One of everything, as it was at the beginning for every test."""
    with make_town(tmp_path_factory.mktemp("hostile"), worker_id) as found:
        yield found


@pytest.fixture(autouse=True)
def _put_back(request: pytest.FixtureRequest) -> Iterator[None]:
    # Opening a page may write, too: what has been read, who has looked.
    yield
    if "town" in request.fixturenames:
        request.getfixturevalue("town").restore()


@pytest.fixture(scope="session")
def birds(town: Town) -> list[Canary]:
    """Words in every row of the town that tell which row they come from, and who may read them."""
    return plant(town)


@pytest.fixture(scope="session")
def walked(town: Town, birds: list[Canary]) -> Walk:
    """What everybody finds by following every link."""
    return walk(town)


@pytest.fixture(scope="session")
def forms(walked: Walk) -> list[Found]:
    """Every form once, as the first who reached it."""
    return walked.distinct()


@pytest.fixture
def share(request: pytest.FixtureRequest, size: Callable[[int, int], int]) -> Share:
    """One of some equal parts of a list in every run, another part for each row of the parameters and each engine.

    So each form meets about a third of what is sent, and all that is sent meets a third of the forms. In the long
    form all meet all.
    """
    start = crc32(f"{ENGINE} {request.node.name}".encode())

    def part(things: Sequence[T], of: int = 3) -> Sequence[T]:
        step = size(of, 1)
        return things[start % step :: step]

    return part
