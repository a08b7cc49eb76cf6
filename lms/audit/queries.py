"""Reads of the access record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import func, literal, select

from lms.accounts.models import Person
from lms.audit.actions import answer_place, digest
from lms.audit.models import AccessChain, AccessEvent, AccessQuestion
from lms.audit.rules import Line, first_broken
from lms.core.db import db
from lms.core.sealing import unseal

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
    """One line as the person reads it, with what she asked about it."""

    number: int
    shown: str
    role: str
    what: str
    day: date | None
    at: datetime
    asked: bool
    answer: str


_SHOWN = (
    AccessEvent.number,
    AccessEvent.shown,
    AccessEvent.role,
    AccessEvent.what,
    AccessEvent.day,
    AccessEvent.at,
)


def visits(person_id: int, limit: int, skip: int = 0) -> list[Visit]:
    """Who has looked at a person's data, latest first."""
    same = (AccessQuestion.person_id == AccessEvent.person_id) & (
        AccessQuestion.number == AccessEvent.number
    )
    mine = (
        select(*_SHOWN, AccessQuestion.public_id, AccessQuestion.answer)
        .outerjoin(AccessQuestion, same)
        .where(AccessEvent.person_id == person_id)
        .order_by(AccessEvent.number.desc())
    )
    rows = db.session.execute(mine.limit(limit).offset(skip)).all()
    owner = _public_id(person_id) if any(row[7] for row in rows) else ""
    return [Visit(*row[:6], row[6] is not None, _answer(row[6], row[7], owner)) for row in rows]


def _public_id(person_id: int) -> str:
    return db.session.scalars(select(Person.public_id).where(Person.id == person_id)).one()


def _answer(question: str | None, sealed: bytes | None, owner: str) -> str:
    if question is None or sealed is None:
        return ""
    return unseal(sealed, answer_place(question, owner))


@dataclass(frozen=True, slots=True)
class Question:
    """A "Why?" about one line, for those who may answer. Whose line it is stays out of it."""

    public_id: str
    number: int
    actor_id: int
    shown: str
    role: str
    what: str
    day: date | None
    at: datetime
    answered_at: datetime | None


def question(public_id: str) -> Question | None:
    """A question by the id in its address. The name that the person knows stays hers, so it is empty here."""
    same = (AccessQuestion.person_id == AccessEvent.person_id) & (
        AccessQuestion.number == AccessEvent.number
    )
    found = (
        select(
            *(AccessQuestion.public_id, AccessEvent.number, AccessEvent.actor_id, literal("")),
            *(AccessEvent.role, AccessEvent.what, AccessEvent.day, AccessEvent.at),
            AccessQuestion.answered_at,
        )
        .join(AccessEvent, same)
        .join(Person, Person.id == AccessQuestion.person_id)
        .where(AccessQuestion.public_id == public_id, Person.state == "active")
    )
    row = db.session.execute(found).first()
    return Question(*row) if row else None


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
