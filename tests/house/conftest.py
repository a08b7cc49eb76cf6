"""The town, built once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house.world import Town, make_town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Town]:
    """One of everything, as it was at the beginning for every test."""
    with make_town(tmp_path_factory.mktemp("house"), worker_id) as found:
        yield found


@pytest.fixture(autouse=True)
def _put_back(request: pytest.FixtureRequest) -> Iterator[None]:
    # Opening a page may write, too: what has been read, who has looked.
    yield
    if "town" in request.fixturenames:
        request.getfixturevalue("town").restore()
