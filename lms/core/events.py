"""The whole event bus: a room tells, in its transaction, what has happened; higher rooms listen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened, named in the past tense. Carries ids, never text that people wrote."""


E = TypeVar("E", bound=Event)
_listeners: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[E], listener: Callable[[E], None]) -> None:
    """Call `listener` for every event of this class or a subclass. Subscribing twice is once."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(event: Event) -> None:
    """Tell every listener, in the transaction that is open now. A listener that raises undoes everything."""
    for kind in type(event).__mro__:
        for listener in _listeners.get(kind, ()):
            listener(event)


def listeners() -> dict[type[Event], list[Callable[[Any], None]]]:
    """Who listens to what, for `flask events`."""
    return {kind: list(found) for kind, found in _listeners.items() if found}
