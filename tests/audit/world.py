"""Builders for tests of the access record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from lms.audit.rules import Role, Visitor
from lms.core.db import db
from tests.world import Somebody


def visitor(person: Somebody, role: Role = Role.MENTOR, shown: str = "Daria V.") -> Visitor:
    """The person as somebody who looks."""
    return Visitor(person.id, role, shown)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without BEGIN."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
