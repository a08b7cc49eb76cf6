"""The door plate of a room: everything that it gives to the house, in one value that can be read.

`app.py` gathers the plates. What the shell must show without knowing rooms (navigation, cards on a shared
page) hangs in the registries here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import click
from flask import Blueprint, Flask, session

from lms.core import events, outbox, policy, records
from lms.core.policy import Actor
from lms.core.records import Record

T = TypeVar("T")


class Slot(Generic[T]):
    """A place in a lower room that higher rooms fill, so that it can ask them without knowing them."""

    def __init__(self) -> None:
        self._filled: list[T] = []

    def __iter__(self) -> Iterator[T]:
        return iter(self._filled)

    def fill(self, thing: T) -> None:
        """Add one more. Filling in the same thing twice is once."""
        if thing not in self._filled:
            self._filled.append(thing)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation. `show` decides for whom.

    `bar` puts it into the header of a wide screen, `tab` into the tab bar of a phone.
    """

    label: str
    endpoint: str
    icon: str
    order: int
    show: Callable[[Actor | None], bool]
    tab: bool = False
    bar: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """A piece of a shared page, made by a room above the one that owns the page.

    `template` is rendered with `context`; `aside` puts it into the side column; low `order` comes first.
    """

    template: str
    context: Mapping[str, Any]
    order: int
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """What a room gives. Lists are empty where it has nothing to say."""

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    rules: Mapping[Any, tuple[policy.Predicate, ...]] = field(default_factory=dict)
    nav: tuple[NavItem, ...] = ()
    listeners: tuple[tuple[type[Any], Callable[[Any], None]], ...] = ()
    jobs: tuple[outbox.Job, ...] = ()
    daily: tuple[outbox.Daily, ...] = ()
    commands: tuple[click.Command, ...] = ()
    cards: Mapping[str, Callable[..., list[Card]]] = field(default_factory=dict)
    fills: tuple[tuple[Slot[Any], Any], ...] = ()
    kept: Mapping[str, Callable[[int, str], str]] = field(default_factory=dict)
    checks: tuple[Callable[[], list[str]], ...] = ()
    records: tuple[Record, ...] = ()


_nav: list[NavItem] = []
_cards: dict[str, list[Callable[..., list[Card]]]] = {}
_kept: dict[str, Callable[[int, str], str]] = {}
_checks: list[Callable[[], list[str]]] = []


def furnish(app: Flask, rooms: tuple[Room, ...]) -> None:
    """Hang up everything that the rooms give, in their order."""
    for registry in (_nav, _cards, _kept, _checks):
        registry.clear()
    records.clear()
    for room in rooms:
        _open_to_visitors(app, room)
        _wire(room)
    _nav.sort(key=lambda item: item.order)


def _open_to_visitors(app: Flask, room: Room) -> None:
    for blueprint in room.blueprints:
        app.register_blueprint(blueprint)
    for command in room.commands:
        app.cli.add_command(command)
    policy.register(room.rules)
    _nav.extend(room.nav)
    for page, make in room.cards.items():
        _cards.setdefault(page, []).append(make)


def _wire(room: Room) -> None:
    _kept.update(room.kept)
    _checks.extend(room.checks)
    records.hang_up(room.records)
    for kind, listener in room.listeners:
        events.subscribe(kind, listener)
    for slot, thing in room.fills:
        slot.fill(thing)
    for job in room.jobs:
        outbox.register(job)
    for daily in room.daily:
        outbox.register_daily(daily)


def navigation(person: Actor | None) -> list[NavItem]:
    """The entries that this person sees, in order."""
    return [item for item in _nav if item.show(person)]


def cards(page: str, *facts: Any) -> list[Card]:
    """Ask every room for its cards on a shared page; `facts` are what the page knows."""
    found = [card for make in _cards.get(page, ()) for card in make(*facts)]
    return sorted(found, key=lambda card: card.order)


def keep_for_later(kind: str, value: str) -> None:
    """Remember in the signed cookie what a guest wants, until she has signed in or joined."""
    session["kept"] = (kind, value)


def kept_for_later() -> tuple[str, str]:
    """(kind, value) of what a guest wants; empty texts when there is nothing."""
    kind, value = session.get("kept", ("", ""))
    return str(kind), str(value)


def carry_over(person_id: int, kind: str, value: str) -> str | None:
    """Do what a guest wanted before signing in ("Done" on a lesson). Return where to go then.

    None for a kind that no room knows: the value comes from a cookie and may be old.
    """
    keep = _kept.get(kind)
    return keep(person_id, value) if keep else None


def health() -> list[str]:
    """What the rooms' own checks complain about, for `flask doctor`."""
    return [problem for check in _checks for problem in check()]
