"""Who may do what: one table a room, closed by default.

Every view carries a verdict, `@public` or `@allow(...)`; the factory refuses to start without one. "Not
allowed" and "does not exist" are the same 404, so a page never confirms that a person or a pair exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, g

VERDICT = "__verdict__"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking: the few facts about a signed-in person that rules and the shell need."""

    id: int
    public_id: str
    name: str
    roles: frozenset[str]
    zone: str
    session_id: int
    fresh: bool = False  # the passphrase was typed in this browser a few minutes ago
    discreet: bool = False  # courses only, unless `fresh`

    def has(self, role: str) -> bool:
        """Whether the person holds a role."""
        return role in self.roles


class SignInNeeded(Exception):
    """A guest asked for something that needs an account. The answer is the sign-in page, whatever it was."""


class StepUpNeeded(Exception):
    """A page wants the passphrase again. The answer is a page that asks for it and keeps what was typed."""


Predicate = Callable[[Actor, Any], bool]
Loader = Callable[..., Any]
V = TypeVar("V", bound=Callable[..., Any])
_table: dict[StrEnum, tuple[Predicate, ...]] = {}
_identify: list[Callable[[], Actor | None]] = []


def register(rules: Mapping[Any, tuple[Predicate, ...]]) -> None:
    """Add a room's table: a permission holds when any of its predicates does."""
    _table.update(rules)


def identify_by(find: Callable[[], Actor | None]) -> None:
    """Set how a request's person is found (`accounts.signin`)."""
    _identify[:] = [find]


def actor() -> Actor | None:
    """The signed-in person of this request, found at most once."""
    if "actor" not in g:
        g.actor = _identify[0]() if _identify else None
    found: Actor | None = g.actor
    return found


def signed_in() -> Actor:
    """The signed-in person. Raises SignInNeeded for a guest."""
    person = actor()
    if person is None:
        raise SignInNeeded
    return person


def freshly_signed_in() -> Actor:
    """The signed-in person, who typed her passphrase a few minutes ago. Raises SignInNeeded, StepUpNeeded."""
    person = signed_in()
    if not person.fresh:
        raise StepUpNeeded
    return person


def may(person: Actor | None, permission: StrEnum, thing: Any = None) -> bool:
    """Whether the table lets this person do this to this thing. Guests may nothing that is in a table."""
    if person is None:
        return False
    return any(predicate(person, thing) for predicate in _table[permission])


def anyone(_person: Actor, _thing: Any) -> bool:
    """Predicate: every signed-in person."""
    return True


def role(name: str) -> Predicate:
    """Predicate: people who hold the role."""

    def holds(person: Actor, _thing: Any) -> bool:
        return person.has(name)

    return holds


def public(view: V) -> V:
    """Verdict: open to all."""
    setattr(view, VERDICT, "public")
    return view


def allow(
    permission: StrEnum, loader: Loader | None = None, *, fresh: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Verdict: people for whom `permission` holds on the loaded thing.

    `loader(person, **address parts)` returns what the person may see, or None; the view gets it as its
    first argument in place of the address parts. Guests are sent to sign in before anything is looked up.
    `fresh` asks for the passphrase again where it was not typed in this browser within ten minutes: for
    copies, erasure, devices, recovery and the pages of staff.
    """

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**parts: Any) -> Any:
            person = freshly_signed_in() if fresh else signed_in()
            thing = loader(person, **parts) if loader else None
            if (loader and thing is None) or not may(person, permission, thing):
                abort(404)
            return view(thing) if loader else view(**parts)

        setattr(guarded, VERDICT, permission)
        return guarded

    return mark


def require_verdicts(app: Flask) -> None:
    """Refuse to start when a route has no verdict or names a permission that no table holds."""
    for rule in app.url_map.iter_rules():
        verdict = getattr(app.view_functions[rule.endpoint], VERDICT, None)
        if verdict is None:
            raise RuntimeError(
                f"{rule.endpoint} ({rule.rule}) has no verdict: @public or @allow(...)"
            )
        if verdict != "public" and verdict not in _table:
            raise RuntimeError(f"{rule.endpoint}: {verdict} stands in no policy table")
