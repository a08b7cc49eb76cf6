"""Reads of the access record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import func, select

from lms.accounts.models import Person
from lms.audit.actions import digest
from lms.audit.models import AccessChain, AccessEvent
from lms.audit.rules import Line, first_broken
from lms.core.db import db

LINE = (
    AccessEvent.person_id,
    AccessEvent.number,
    AccessEvent.actor_id,
    AccessEvent.role,
    AccessEvent.shown,
    AccessEvent.what,
    AccessEvent.about,
    AccessEvent.day,
    AccessEvent.at,
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One line as the person reads it."""

    shown: str
    role: str
    what: str
    day: date | None
    at: datetime


def visits(person_id: int, limit: int, skip: int = 0) -> list[Visit]:
    """Who has looked at a person's data, latest first."""
    columns = (
        AccessEvent.shown,
        AccessEvent.role,
        AccessEvent.what,
        AccessEvent.day,
        AccessEvent.at,
    )
    mine = select(*columns).where(AccessEvent.person_id == person_id)
    rows = db.session.execute(mine.order_by(AccessEvent.number.desc()).limit(limit).offset(skip))
    return [Visit(*row) for row in rows]


def visit_count(person_id: int) -> int:
    """How many lines there are about a person."""
    end = select(AccessChain.number).where(AccessChain.person_id == person_id)
    return db.session.scalar(end) or 0


def broken_chains() -> list[tuple[str, int]]:
    """Check every chain. Return (public id of the person, number of the first line that does not fit)."""
    names = {
        row.id: row.public_id for row in db.session.execute(select(Person.id, Person.public_id))
    }
    ends = {
        row.person_id: (row.number, row.hash)
        for row in db.session.execute(
            select(AccessChain.person_id, AccessChain.number, AccessChain.hash)
        )
    }
    found = []
    for person_id, lines in _chains():
        end = ends.pop(person_id, (0, b""))
        if (number := first_broken(lines, end, digest())) is not None:
            found.append((names[person_id], number))
    found += [(names[person_id], 1) for person_id, end in ends.items() if end[0]]
    return sorted(found)


def _chains() -> Iterator[tuple[int, Iterator[tuple[Line, bytes, bytes]]]]:
    ordered = select(*LINE, AccessEvent.previous, AccessEvent.hash).order_by(
        AccessEvent.person_id, AccessEvent.number
    )
    rows = db.session.execute(ordered.execution_options(yield_per=1000))
    lines = ((Line(*row[:9]), row[9], row[10]) for row in rows)
    yield from groupby(lines, key=lambda found: found[0].person_id)


def line_count() -> int:
    """How many lines the record has."""
    return db.session.scalar(select(func.count()).select_from(AccessEvent)) or 0
