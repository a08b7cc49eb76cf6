"""Concerns and leads: the shortest way to a state that a test begins in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lms.accounts.roles import Role
from lms.core.db import reading, transaction
from lms.safeguarding import actions, queries
from lms.safeguarding.others import OTHERS, Other
from lms.safeguarding.queries import Found
from lms.safeguarding.rules import Wish
from tests.world import Somebody, make_person

WORDS = "He asks where I live, again and again."


def make_lead() -> Somebody:
    """Somebody who reads concerns."""
    return make_person("", Role.SAFEGUARDING)


def concern(
    by: Somebody | None = None, about: Somebody | None = None, wish: Wish = Wish.TALK
) -> Found:
    """A concern, as it stands now."""
    with transaction():
        other = Other(about.id, "Daria V.") if about else None
        public_id = actions.raise_concern(
            by.id if by else None, wish, WORDS, about=other, pair="abc" if other else ""
        )
    return found(public_id)


def found(public_id: str) -> Found:
    """A concern by its id."""
    with reading():
        one = queries.concern(public_id)
    assert one is not None
    return one


@contextmanager
def known_as(reference: str, a: Somebody, b: Somebody) -> Iterator[None]:
    """A room above that brought these two together, under this id."""

    def find(asked: str, person_id: int) -> Other | None:
        sides = {a.id: Other(b.id, "Side B"), b.id: Other(a.id, "Side A")}
        return sides.get(person_id) if asked == reference else None

    OTHERS.fill(find)
    try:
        yield
    finally:
        OTHERS._filled.remove(find)
