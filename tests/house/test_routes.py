"""An address is a promise: somebody has it on paper, in a bookmark, in a friend's phone.

`routes.txt` is the list of all addresses that were ever given out. One that goes needs a redirect.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.core import ids
from tests.house.test_role_matrix import routes
from tests.house.world import Town

pytestmark = pytest.mark.sqlite_only
LIST = Path(__file__).with_name("routes.txt")


def promised() -> list[tuple[str, str]]:
    lines = LIST.read_text("utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def test_every_address_is_written_down(town: Town) -> None:
    missing = set(routes(town.app)) - set(promised())
    assert sorted(missing) == [], f"add these to {LIST.name}; they stay there for ever"
    assert promised() == sorted(set(promised()), key=lambda line: (line[1], line[0]))


def test_an_address_that_went_leads_on(town: Town) -> None:
    there = set(routes(town.app))
    dead = [line for line in promised() if line not in there and not leads_on(town, *line)]
    assert dead == [], "an address that was given out needs a redirect (301 or 308)"


def leads_on(town: Town, method: str, rule: str) -> bool:
    """Whether an address that is no route any more sends people to where its page is now."""
    places = {"lang": "en", **town.ids}
    address = re.sub(r"<([^>]+)>", lambda found: places.get(found[1], ids.public_id()), rule)
    answer = town.get("guest", address) if method == "GET" else town.post("guest", address)
    return answer.status_code in {301, 308}


def test_the_list_can_fail(town: Town) -> None:
    assert not leads_on(town, "GET", "/<lang>/an-address-that-went")
