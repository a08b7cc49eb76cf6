"""The guard itself: guests are sent to sign in first, and what is not allowed is not there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from lms.core import policy
from lms.core.policy import Actor, SignInNeeded, StepUpNeeded, allow, public

pytestmark = pytest.mark.sqlite_only
HERON = Actor(1, "p1", "Heron", frozenset({"mentor", "author"}), "UTC", 7)
FRESH = dataclasses.replace(HERON, fresh=True)
WREN = Actor(2, "p2", "Wren", frozenset(), "UTC", 8)


class Permission(StrEnum):
    """What these tests guard."""

    OPEN = "test:open"
    ROLE = "test:role"
    OWN = "test:own"
    TWO = "test:two"
    UNKNOWN = "test:in-no-table"


def owns(person: Actor, thing: Any) -> bool:
    """Predicate: the thing is the number of its owner."""
    return bool(person.id == thing)


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_table", {})
    monkeypatch.setattr(policy, "_identify", [])
    mentor, coordinator = policy.role("mentor"), policy.role("coordinator")
    policy.register({Permission.OPEN: (policy.anyone,), Permission.ROLE: (mentor,)})
    policy.register({Permission.OWN: (owns,), Permission.TWO: (coordinator, owns)})


@pytest.fixture
def asking() -> Iterator[Callable[[Actor | None], None]]:
    """Say who asks: `asking(person)` opens a request of hers, in place of the one before."""
    opened: list[Any] = []

    def ask(person: Actor | None) -> None:
        close()
        policy.identify_by(lambda: person)
        opened.append(Flask(__name__).test_request_context())
        opened[-1].push()

    def close() -> None:
        if opened:
            opened.pop().pop()

    yield ask
    close()


def test_somebody_has_her_roles_and_no_other() -> None:
    assert HERON.has("mentor") is True
    assert HERON.has("coordinator") is False
    assert (WREN.fresh, WREN.discreet) == (False, False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        WREN.roles = frozenset({"administrator"})  # type: ignore[misc]


def test_the_table() -> None:
    for permission, thing, heron, wren in (
        (Permission.OPEN, None, True, True),
        (Permission.ROLE, None, True, False),
        (Permission.OWN, 2, False, True),
        (Permission.TWO, 1, True, False),
        (Permission.TWO, 3, False, False),
    ):
        assert policy.may(HERON, permission, thing) is heron
        assert policy.may(WREN, permission, thing) is wren
        assert policy.may(None, permission, thing) is False, "a guest may nothing in a table"
    with pytest.raises(KeyError):
        policy.may(HERON, Permission.UNKNOWN)


def test_who_asks_is_found_once_in_a_request() -> None:
    found: list[Actor | None] = []

    def find() -> Actor | None:
        found.append(None)
        return None

    with Flask(__name__).test_request_context():
        assert policy.actor() is None, "nobody can be found yet"
    policy.identify_by(lambda: HERON)
    policy.identify_by(find)
    for _ in range(2):
        with Flask(__name__).test_request_context():
            assert policy.actor() is policy.actor() is None
    assert len(found) == 2


def test_who_must_be_signed_in(asking: Callable[[Actor | None], None]) -> None:
    asking(None)
    for need in (policy.signed_in, policy.freshly_signed_in):
        with pytest.raises(SignInNeeded):
            need()
    asking(HERON)
    assert policy.signed_in() is policy.actor() is HERON
    with pytest.raises(StepUpNeeded):
        policy.freshly_signed_in()
    asking(FRESH)
    assert policy.freshly_signed_in() is FRESH


def test_a_view_without_a_thing(asking: Callable[[Actor | None], None]) -> None:
    @allow(Permission.ROLE)
    def view(**parts: Any) -> Any:
        return parts

    asking(HERON)
    assert view(lang="en") == {"lang": "en"}
    asking(WREN)
    with pytest.raises(NotFound):
        view(lang="en")
    asking(None)
    with pytest.raises(SignInNeeded):
        view(lang="en")
    assert view.__name__ == "view"


def test_a_view_of_a_thing(asking: Callable[[Actor | None], None]) -> None:
    loaded: list[tuple[str, int]] = []

    def load(person: Actor, *, number: int) -> int | None:
        loaded.append((person.name, number))
        return number or None

    @allow(Permission.OWN, load)
    def view(thing: int) -> tuple[str, int]:
        return "shown", thing

    asking(None)
    with pytest.raises(SignInNeeded):
        view(number=1)
    assert loaded == [], "nothing is looked up for a guest"
    asking(HERON)
    assert view(number=1) == ("shown", 1)
    for not_hers in (2, 0):
        with pytest.raises(NotFound):
            view(number=not_hers)
    assert loaded == [("Heron", 1), ("Heron", 2), ("Heron", 0)]


def test_a_thing_that_is_not_there_is_shown_to_nobody(
    asking: Callable[[Actor | None], None],
) -> None:
    @allow(Permission.OPEN, lambda _person: None)
    def view(thing: None) -> str:
        return "shown"

    asking(HERON)
    with pytest.raises(NotFound):
        view()


def test_a_view_that_asks_for_the_passphrase(asking: Callable[[Actor | None], None]) -> None:
    @allow(Permission.ROLE, fresh=True)
    def view() -> str:
        return "shown"

    asking(HERON)
    with pytest.raises(StepUpNeeded):
        view()
    asking(FRESH)
    assert view() == "shown"


def test_without_a_verdict_nothing_starts() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", view_func=public(lambda: "open"), endpoint="open")
    app.add_url_rule("/own", view_func=allow(Permission.OWN)(lambda: "own"), endpoint="own")
    policy.require_verdicts(app)
    app.add_url_rule("/lost", view_func=allow(Permission.UNKNOWN)(lambda: "x"), endpoint="lost")
    with pytest.raises(RuntimeError, match=r"lost: test:in-no-table stands in no policy table"):
        policy.require_verdicts(app)
    bare = Flask(__name__, static_folder=None)
    bare.add_url_rule("/bare", view_func=lambda: "bare", endpoint="bare")
    with pytest.raises(RuntimeError, match=r"bare \(/bare\) has no verdict"):
        policy.require_verdicts(bare)
