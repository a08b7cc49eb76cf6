"""One instance, one Chromium and one walk over all pages for every test of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.instance import Instance, make_instance
from tests.browser.visitor import CHROMIUM, Visitor
from tests.browser.walk import Walk, walk_all, walk_narrow

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest walk first: whoever does not walk does all the others meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_pages.py")


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Served by gunicorn, with a worker."""
    with make_instance(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    found = playwright.chromium.launch(**CHROMIUM)
    yield found
    found.close()


@pytest.fixture
def visit(chromium: Browser, instance: Instance) -> Iterator[Visit]:
    """Make visitors; in the end each has had no trouble and met no other host."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(chromium, instance, **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.close()


@pytest.fixture(scope="session")
def walk(chromium: Browser, instance: Instance) -> Walk:
    """Every page in English, as everybody who may see it, on phone and desk, light and dark."""
    return walk_all(chromium, instance)


@pytest.fixture(scope="session")
def narrow(chromium: Browser, instance: Instance) -> Walk:
    """Every page in Russian on a phone of 320 px, and once more from right to left."""
    return walk_narrow(chromium, instance)
