"""Reads of notices and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, true

from lms.accounts.models import Person
from lms.core.db import db, fetch
from lms.core.sealing import unseal
from lms.messaging.actions import address_place
from lms.messaging.kinds import Kind
from lms.messaging.models import Contact, Notice, NoticeChoice


@dataclass(frozen=True, slots=True)
class Found:
    """One notice of a person."""

    id: int
    public_id: str
    kind: Kind
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


def notices(person_id: int, limit: int, skip: int = 0) -> list[Found]:
    """A person's notices, latest first."""
    mine = _select().where(Notice.person_id == person_id).order_by(Notice.id.desc())
    return [_found(row) for row in db.session.execute(mine.limit(limit).offset(skip))]


def notice(person_id: int, public_id: str) -> Found | None:
    """One notice, if it is this person's."""
    one = _select().where(Notice.person_id == person_id, Notice.public_id == public_id)
    row = db.session.execute(one).first()
    return _found(row) if row else None


def _select() -> Any:
    return select(
        Notice.id, Notice.public_id, Notice.kind, Notice.params, Notice.created_at, Notice.read_at
    )


def _found(row: Any) -> Found:
    return Found(row.id, row.public_id, Kind(row.kind), row.params, row.created_at, row.read_at)


def counts(person_id: int) -> tuple[int, int]:
    """Return (all notices, unread ones)."""
    unread = func.count().filter(Notice.read_at.is_(None))
    row = db.session.execute(
        select(func.count(), unread).select_from(Notice).where(Notice.person_id == person_id)
    ).one()
    return row[0], row[1]


_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person_id"), Notice.read_at.is_(None))
)


def unread_count(person_id: int) -> int:
    """How many notices wait."""
    return fetch(_UNREAD, person_id=person_id).scalar() or 0


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a person's mails go, and her public id."""

    address: str
    owner: str


def address(person_id: int) -> str | None:
    """The person's own mail address, opened."""
    found = mailbox(person_id)
    return found.address if found else None


def mailbox(person_id: int) -> Mailbox | None:
    """Where a person's mails go, opened."""
    mine = (
        select(Contact.address, Person.public_id)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.person_id == person_id)
    )
    row = db.session.execute(mine).first()
    if row is None:
        return None
    return Mailbox(unseal(row.address, address_place(row.public_id)), row.public_id)


def mail_due(person_id: int, cycle: int) -> str | None:
    """The language of the mail that should leave now, or None when nothing waits or the address is gone."""
    wanted = func.coalesce(NoticeChoice.mail, true())
    due = (
        select(Contact.lang)
        .outerjoin(NoticeChoice, NoticeChoice.person_id == Contact.person_id)
        .where(Contact.person_id == person_id, Contact.cycle == cycle, wanted)
    )
    return db.session.scalar(due) if unread_count(person_id) else None
