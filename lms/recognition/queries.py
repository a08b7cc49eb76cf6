"""Reads of recognition: frozen values made for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.accounts.vault import Opener
from lms.core.db import db
from lms.core.sealing import Place
from lms.programmes.models import MentorProfile
from lms.recognition.models import GivenTime, HoursStatement
from lms.recognition.rules import Month, State


def given(person_id: int, first: Month, last: Month) -> list[tuple[date, int]]:
    """(day, minutes) of what somebody has given in these months, as confirmed."""
    inside = (GivenTime.held_on >= first.first) & (GivenTime.held_on < last.next.first)
    mine = (GivenTime.person_id == person_id) & inside
    rows = db.session.execute(select(GivenTime.held_on, GivenTime.minutes).where(mine))
    return [(row.held_on, row.minutes) for row in rows]


def total(person_id: int) -> int:
    """All confirmed minutes of somebody."""
    mine = GivenTime.person_id == person_id
    return db.session.scalar(select(func.coalesce(func.sum(GivenTime.minutes), 0)).where(mine)) or 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as its pages see it: everything but what is sealed."""

    id: int
    public_id: str
    person_id: int
    reference: str
    state: State
    first_month: Month
    last_month: Month
    minutes: int
    lang: str
    asked_at: datetime
    approved_by: int | None
    approved_at: datetime | None


_COLUMNS = tuple(getattr(HoursStatement, name) for name in Statement.__slots__)


def _statements() -> Select[Any]:
    return select(*_COLUMNS)


def _statement(row: Any) -> Statement:
    values = dict(zip(Statement.__slots__, row, strict=True))
    values["state"] = State(values["state"])
    for name in ("first_month", "last_month"):
        values[name] = Month.read(values[name])
    return Statement(**values)


def statement(public_id: str) -> Statement | None:
    """A statement by the id in its address."""
    found = HoursStatement.public_id == public_id
    shown = found & HoursStatement.person_id.not_in(hidden())
    row = db.session.execute(_statements().where(shown)).first()
    return _statement(row) if row else None


def statements_of(person_id: int) -> list[Statement]:
    """Somebody's statements, the newest first."""
    mine = _statements().where(HoursStatement.person_id == person_id)
    return [_statement(row) for row in db.session.execute(mine.order_by(HoursStatement.id.desc()))]


def asked() -> list[Statement]:
    """Statements that wait for a coordinator, the oldest first."""
    waiting = (HoursStatement.state == State.ASKED) & HoursStatement.person_id.not_in(hidden())
    rows = db.session.execute(_statements().where(waiting).order_by(HoursStatement.id))
    return [_statement(row) for row in rows]


def names_of(person_ids: list[int]) -> dict[int, str]:
    """How mentors are shown; of two tracks the first one's name. One statement."""
    mine = MentorProfile.person_id.in_(person_ids)
    rows = select(MentorProfile.person_id, MentorProfile.shown_name).where(mine)
    found = db.session.execute(rows.order_by(MentorProfile.id.desc()))
    return {row.person_id: row.shown_name for row in found}


def name_place(public_id: str, owner: str) -> Place:
    """Where the name for a statement is sealed."""
    return Place("hours_statement", "name_sealed", public_id, owner)


def pdf_place(public_id: str, owner: str) -> Place:
    """Where a finished statement is sealed."""
    return Place("hours_statement", "pdf_sealed", public_id, owner)


def to_print(statement_id: int) -> tuple[Statement, bytes, str] | None:
    """(statement, sealed name, holder's public id) while it waits for its file."""
    waiting = (HoursStatement.id == statement_id) & (HoursStatement.state == State.PRINTING)
    found = select(*_COLUMNS, HoursStatement.name_sealed, Person.public_id).join(
        Person, Person.id == HoursStatement.person_id
    )
    row = db.session.execute(found.where(waiting)).first()
    return (_statement(row[:-2]), row[-2], row[-1]) if row else None


def pdf_of(found: Statement, opener: Opener) -> bytes | None:
    """The finished file, opened with its holder's own key. Raises CannotOpen."""
    own = HoursStatement.id == found.id
    sealed = db.session.scalar(select(HoursStatement.pdf_sealed).where(own))
    return opener.open_bytes(sealed, pdf_place(found.public_id, opener.owner)) if sealed else None
