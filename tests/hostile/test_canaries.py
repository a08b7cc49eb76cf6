"""Nobody reads what is somebody else's, whatever address they try; and whoever may read it leaves a line.

Pages are those that everybody finds by following links, and those of every known id in every place of an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from lms.audit import actions as audit
from lms.audit.models import AccessEvent
from lms.core import policy
from lms.core.db import db
from lms.mentoring.policy import Permission
from tests.conftest import Tell
from tests.hostile.canaries import Canary
from tests.hostile.forms import Walk
from tests.hostile.inputs import ARGUMENTS
from tests.house.world import PERSONAS, Town

# Who sees what is decided in Python; the rows behind it, on both engines, are the rooms' own tests.
pytestmark = pytest.mark.sqlite_only
PLACE = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
Size = Callable[[int, int], int]


def foreign(birds: Iterable[Canary], persona: str, url: str, body: str) -> list[str]:
    """What in a page is not for its reader."""
    return [
        f"{persona} reads {bird.place} of {bird.about} at {url}"
        for bird in birds
        if bird.word in body and persona not in bird.readers
    ]


def silent(town: Town, birds: Iterable[Canary], persona: str, url: str, body: str) -> list[str]:
    """What of others is read here without a line in their record."""
    me = town.people[persona].id if persona in town.people else 0
    seen = {bird.about for bird in birds if bird.protected and bird.word in body} - {me}
    if not seen:
        return []
    with town.app.app_context(), db.engine.connect() as connection:
        hers = select(AccessEvent.person_id).where(AccessEvent.actor_id == me)
        told = set(connection.scalars(hers))
    return [f"{persona} reads about {about} at {url}: no line" for about in seen - told]


def test_following_links(birds: list[Canary], walked: Walk, figure: Tell) -> None:
    wrong = [line for who, url, body in walked.pages for line in foreign(birds, who, url, body)]
    figure("pages read by following links", len(walked.pages), "")
    figure("foreign canaries seen by following links", len(wrong), "= 0")
    assert wrong == []
    # Every bird sings somewhere: a word that no page shows proves nothing about pages.
    unseen = {b.place for b in birds} - {
        b.place for b in birds if any(b.word in body for *_, body in walked.pages)
    }
    assert unseen <= {"access_event.shown", "answer key"}


def ids_of(town: Town, place: str, *, every: bool) -> list[str]:
    """The ids of all things of the kind that stands in this place, or `every` id that there is."""
    known, found = town.ids[place], []
    for rows in town.rows().values():
        for name in rows[0] if rows else ():
            values = [row[name] for row in rows if isinstance(row[name], str)]
            if name in {"public_id", "number", "name"} and (every or known in values):
                found += values
    return sorted({known, *found}) if place != "number" else [str(n) for n in range(1, 7)]


def addresses(town: Town, method: str, *, every: bool) -> Iterator[tuple[str, str]]:
    """Every rule with every id in each of its places, one place at a time: (rule, address)."""
    pools = {
        place: ids_of(town, place, every=every)
        for rule in town.app.url_map.iter_rules()
        for place in PLACE.findall(rule.rule)
        if place != "lang"
    }
    for rule in town.app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.rule == "/leave":
            continue
        places = [place for place in PLACE.findall(rule.rule) if place != "lang"]
        for place in places or [""]:
            for value in pools.get(place, [""]):
                filled = {"lang": "en", **town.ids, place: value}
                yield rule.rule, PLACE.sub(lambda one, f=filled: f[one[1]], rule.rule)


def sweep(
    town: Town, birds: list[Canary], tried: Iterable[tuple[str, str]], people: Iterable[str]
) -> tuple[int, list[str], list[str]]:
    """Open each address as each of these people: (how many were opened, foreign birds, silent readings)."""
    count, strange, untold = 0, [], []
    for _rule, address in tried:
        for persona in people:
            answer = town.get(persona, address)
            body = answer.get_data(as_text=True)
            assert answer.status_code < 500, (persona, address)
            count += 1
            strange += foreign(birds, persona, address, body)
            untold += silent(town, birds, persona, address, body)
            town.restore()
    return count, strange, untold


def test_every_id_in_every_address(
    town: Town, birds: list[Canary], size: Size, figure: Tell
) -> None:
    every = bool(size(0, 1))
    # In the short form each address once: a guest and a locked person read nothing that `role_matrix` denies.
    people = PERSONAS if every else tuple(p for p in PERSONAS if p not in {"guest", "locked"})
    tried = dict.fromkeys(addresses(town, "GET", every=every))
    with_ids = [one for one in tried if "<" in one[0].replace("<lang:lang>", "")]
    count, strange, untold = sweep(town, birds, with_ids, people)
    figure("pages asked for by id", count, "")
    figure("foreign canaries seen by id", len(strange), "= 0")
    figure("silent readings", len(untold), "= 0")
    assert strange == []
    assert untold == []


def known_ids(town: Town) -> list[str]:
    return sorted({value for place in town.ids for value in ids_of(town, place, every=False)})


@pytest.mark.soak
def test_every_id_in_every_argument(town: Town, birds: list[Canary], figure: Tell) -> None:
    rules = [r.rule for r in town.app.url_map.iter_rules() if "GET" in (r.methods or ())]
    asked = ["&".join(f"{name}={value}" for name in ARGUMENTS) for value in known_ids(town)]
    tried = [
        (rule, f"{town.address(rule)}?{query}")
        for rule in rules
        if rule != "/leave"
        for query in asked
    ]
    people = ("classmate", "former mentor", "other coordinator")
    count, strange, untold = sweep(town, birds, tried, people)
    figure("pages asked for with an id in an argument", count, "")
    figure("foreign canaries seen by argument", len(strange), "= 0")
    assert strange + untold == []


@pytest.mark.soak
def test_every_id_in_every_field(
    town: Town, birds: list[Canary], walked: Walk, figure: Tell
) -> None:
    kinds = {"hidden", "select", "radio", "text"}
    strange: list[str] = []
    for form in walked.distinct():
        fields = [f.name for f in form.fields if f.kind in kinds and f.name != "form_key"]
        for field, value in product(fields, known_ids(town)):
            body = form.send(town, {field: value}).get_data(as_text=True)
            strange += foreign(birds, form.persona, form.name, body)
            town.restore()
    figure("foreign canaries seen by field", len(strange), "= 0")
    assert strange == []


def test_a_view_without_its_check_is_found(
    town: Town, birds: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The planted hole: everybody takes part in every pair. Words are sealed, but names and that it is there show.
    monkeypatch.setitem(policy._table, Permission.PAIR, (policy.anyone,))
    tried = [one for one in addresses(town, "GET", every=False) if "<pair>" in one[0]]
    _count, strange, _untold = sweep(town, birds, tried, ["former mentor", "classmate"])
    assert len(strange) >= 2


def test_a_silent_view_is_found(
    town: Town, birds: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_facts: Any) -> None:
        return None

    monkeypatch.setattr(audit, "saw", nothing)
    monkeypatch.setattr(audit, "saw_list", nothing)
    tried = [one for one in addresses(town, "GET", every=False) if "<task>" in one[0]]
    tried += [one for one in addresses(town, "GET", every=False) if "<seat>" in one[0]]
    _count, strange, untold = sweep(town, birds, tried, ["mentor", "coordinator"])
    assert strange == []
    assert len(untold) >= 2
