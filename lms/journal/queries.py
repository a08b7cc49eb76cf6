"""Reads of the journal: frozen values made for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from lms.accounts.vault import Opener, SharedKeys
from lms.core.db import db
from lms.core.i18n import language
from lms.core.sealing import CannotOpen, Place
from lms.courses import queries as courses
from lms.courses.models import Course, CourseVersion, Item
from lms.journal.models import JournalCopy, JournalEntry
from lms.learning.models import Enrolment
from lms.mentoring.queries import Pair


def entry_place(public_id: str, owner: str) -> Place:
    """Where an entry is sealed."""
    return Place("journal_entry", "body", public_id, owner)


def copy_place(entry: str, pair: Pair) -> Place:
    """Where the copy for a pair is sealed. The mentee owns it."""
    return Place("journal_copy", "body", f"{entry}.{pair.public_id}", pair.mentee_public_id)


@dataclass(frozen=True, slots=True)
class About:
    """The part of a course that an entry is about."""

    title: str
    course: str
    item: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, closed, and how many pairs see a copy of it."""

    id: int
    public_id: str
    person_id: int
    sealed: bytes
    made_at: datetime
    shared: int
    about: About | None


def _entries() -> Select[*tuple[Any, ...]]:
    copies = select(func.count()).where(JournalCopy.entry_id == JournalEntry.id)
    hers = and_(
        Enrolment.person_id == JournalEntry.person_id, Enrolment.course_id == Item.course_id
    )
    newest = and_(CourseVersion.course_id == Course.id, CourseVersion.number == Course.version)
    return (
        select(
            *(JournalEntry.id, JournalEntry.public_id, JournalEntry.person_id, JournalEntry.body),
            *(JournalEntry.made_at, copies.correlate(JournalEntry).scalar_subquery()),
            *(Item.id, Item.public_id, Course.public_id),
            func.coalesce(Enrolment.version_id, CourseVersion.id),
        )
        .outerjoin(Item, Item.id == JournalEntry.item_id)
        .outerjoin(Course, Course.id == Item.course_id)
        .outerjoin(CourseVersion, newest)
        .outerjoin(Enrolment, hers)
    )


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    *own, item_id, item, course, version = row
    outline = courses.outline(version, language()) if version else None
    found = outline.by_id.get(item_id) if outline else None
    number, public_id, person_id, sealed, made_at, shared = own
    about = About(found.title, course, item) if found else None
    return Entry(number, public_id, person_id, sealed, made_at, shared, about)


def count(person_id: int) -> int:
    """How many entries somebody has."""
    mine = JournalEntry.person_id == person_id
    return db.session.scalar(select(func.count()).select_from(JournalEntry).where(mine)) or 0


def entries(person_id: int, limit: int, skip: int = 0) -> list[Entry]:
    """Somebody's entries, the latest first. One statement."""
    mine = _entries().where(JournalEntry.person_id == person_id)
    rows = db.session.execute(mine.order_by(JournalEntry.id.desc()).limit(limit).offset(skip))
    return [_entry(row) for row in rows]


def entry(public_id: str) -> Entry | None:
    """An entry by the id in its address."""
    row = db.session.execute(_entries().where(JournalEntry.public_id == public_id)).first()
    return _entry(row) if row else None


def text_of(found: Entry, opener: Opener) -> str | None:
    """What stands in an entry; None when the key that it was sealed to is gone."""
    try:
        return opener.open(found.sealed, entry_place(found.public_id, opener.owner))
    except CannotOpen:
        return None


def seen_by(entry_id: int) -> frozenset[int]:
    """The pairs that have a copy of an entry."""
    mine = JournalCopy.entry_id == entry_id
    return frozenset(db.session.scalars(select(JournalCopy.match_id).where(mine)))


@dataclass(frozen=True, slots=True)
class Shown:
    """A copy, as the two of a pair read it."""

    entry: str
    text: str | None
    made_at: datetime


Rows = Sequence[Row[*tuple[Any, ...]]]


def copy_rows(pair: Pair, limit: int) -> Rows:
    """What is shown to a pair, the latest first. One statement."""
    return db.session.execute(
        select(JournalEntry.public_id, JournalCopy.body, JournalEntry.made_at)
        .join(JournalEntry, JournalEntry.id == JournalCopy.entry_id)
        .where(JournalCopy.match_id == pair.id)
        .order_by(JournalCopy.shared_at.desc(), JournalEntry.id.desc())
        .limit(limit)
    ).all()


def opened(rows: Rows, pair: Pair, keys: SharedKeys) -> list[Shown]:
    """Open what `copy_rows` read."""
    return [Shown(entry, _text(sealed, entry, pair, keys), made) for entry, sealed, made in rows]


def _text(sealed: bytes, entry: str, pair: Pair, keys: SharedKeys) -> str | None:
    try:
        return keys.open(sealed, copy_place(entry, pair))
    except CannotOpen:
        return None


def item_of(public_id: str) -> int | None:
    """The number of a part of a course, by the id in its address."""
    return db.session.scalar(select(Item.id).where(Item.public_id == public_id))
