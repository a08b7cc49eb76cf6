"""What the two of a pair agree on and say to each other: the keys that open it, agreement, notes, messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Row,
    func,
    literal,
    or_,
    select,
)

from lms.accounts.leaving import hidden
from lms.accounts.vault import Opener, SharedKeys
from lms.core.db import db
from lms.core.sealing import CannotOpen, Place
from lms.learning.models import Completion, Enrolment
from lms.learning.queries import Progress
from lms.mentoring import renewal
from lms.mentoring.models import Agreement, Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.queries import Pair, unread_by
from lms.mentoring.renewal import Standing
from lms.mentoring.states import Side
from lms.programmes.models import MentorProfile, Transition

# --- What the two agree on ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """A version of what a pair agrees on. `texts` is None where it is the text that the house proposes.

    `closed`: it was changed by the two, and the reader's key for it is gone.
    """

    public_id: str
    version: int
    texts: dict[str, str] | None
    closed: bool
    by_mentor_at: datetime | None
    by_mentee_at: datetime | None

    @property
    def by_both(self) -> bool:
        """Whether both have signed it."""
        return self.by_mentor_at is not None and self.by_mentee_at is not None

    def signed_by(self, side: Side) -> datetime | None:
        """When one side signed it."""
        return self.by_mentor_at if side is Side.MENTOR else self.by_mentee_at


def agreement_place(public_id: str, author: str) -> Place:
    """Where what a pair agrees on is sealed."""
    return Place("agreement", "body", public_id, author)


def agreement(found: Pair, reader_id: int, opener: Opener) -> Agreed | None:
    """The latest version of what a pair agrees on; None before there is one."""
    row = db.session.execute(
        select(Agreement)
        .where(Agreement.match_id == found.id)
        .order_by(Agreement.version.desc())
        .limit(1)
    ).scalar()
    if row is None:
        return None
    texts, closed = None, False
    if row.body is not None:
        try:
            keys = shared_keys(found, reader_id, opener)
            place = agreement_place(row.public_id, found.owner_of(row.author_id))
            texts = json.loads(keys.open(row.body, place))
        except CannotOpen:
            closed = True
    signed = (row.signed_by_mentor_at, row.signed_by_mentee_at)
    return Agreed(row.public_id, row.version, texts, closed, *signed)


def agreement_version(match_id: int) -> tuple[int, str]:
    """(number, public id) of the latest version; 0 before there is one."""
    mine = select(Agreement.version, Agreement.public_id).where(Agreement.match_id == match_id)
    row = db.session.execute(mine.order_by(Agreement.version.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, "")


def agreed(match_id: int) -> bool:
    """Whether both have signed a version, whatever has been proposed since. `Pair.agreed` says it, too."""
    both = Match.agreed_at.is_not(None)
    return db.session.scalar(select(Match.id).where(Match.id == match_id, both)) is not None


# --- What the page of a pair needs beside the pair ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inside:
    """The courses that the mentor may see, what she says of herself, and whether the two were asked to go on."""

    shares: frozenset[int]
    about: str
    languages: Sequence[str]
    renewal: Standing = field(default_factory=Standing)


def inside(found: Pair, reader_id: int, opener: Opener) -> Inside:
    """One statement, which also reads the keys that open all the rest of the page (`shared_keys`)."""
    mine = (MatchKey.match_id == Match.id) & (MatchKey.person_id == reader_id)
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    rows = db.session.execute(
        select(MatchKey.number, MatchKey.wrapped, MatchShare.course_id)
        .add_columns(MentorProfile.about, MentorProfile.languages, *renewal.COLUMNS)
        .select_from(Match)
        .outerjoin(Transition, renewal.LAST_STEP)
        .outerjoin(MatchKey, mine)
        .outerjoin(MatchShare, MatchShare.match_id == Match.id)
        .outerjoin(MentorProfile, same & MentorProfile.person_id.not_in(hidden()))
        .where(Match.id == found.id)
    ).all()
    keys = {row[0]: row[1] for row in rows if row[0] is not None}
    found.opened[opener.owner] = _opened(found, reader_id, opener, keys.items())
    shares = frozenset(row[2] for row in rows if row[2] is not None)
    about, spoken, *asked = rows[0][3:]
    return Inside(shares, about or "", spoken or found.languages, Standing.of(*asked))


def steps(
    person_id: int, course_ids: Iterable[int]
) -> tuple[list[Progress], dict[tuple[int, int], datetime]]:
    """How far somebody is in these courses, and when each step was done: (enrolment, item) → moment.

    One statement with a row for every step: for the page of one person, never for a list.
    """
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.public_id, Enrolment.course_id, Enrolment.version_id)
        .add_columns(Enrolment.started_at, Enrolment.completed_at)
        .add_columns(Completion.item_id, Completion.done_at)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person_id, Enrolment.course_id.in_(list(course_ids)))
        .order_by(Enrolment.id)
    ).all()
    facts, moments = [], {(row[0], row[6]): row[7] for row in rows if row[6] is not None}
    for _id, group in groupby(rows, key=itemgetter(0)):
        found = list(group)
        number, public_id, course_id, version_id, begun, completed, *_step = found[0]
        done = {row[6]: row[7] for row in found if row[6] is not None}
        ids = (number, public_id, person_id, course_id, version_id)
        last = max(done.values(), default=begun)
        facts.append(Progress(*ids, begun, completed, last, frozenset(done)))
    return facts, moments


# --- Notes and messages --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A note or a message, opened; `text` is None where the key that sealed it is gone."""

    public_id: str
    author_id: int
    kind: str
    text: str | None
    at: datetime


def body_place(table: str, public_id: str, author: str) -> Place:
    """Where a note or message is sealed, and who wrote it."""
    return Place(table, "body", public_id, author)


def key_place(match_public_id: str, number: int, side: str) -> Place:
    """Where one side's copy of a pair's key is sealed."""
    return Place("match_key", "wrapped", f"{match_public_id}.{number}", side)


def shared_keys(found: Pair, person_id: int, opener: Opener) -> SharedKeys:
    """The keys of a pair that one side has, opened with her own: read once, then kept with the pair."""
    if opener.owner not in found.opened:
        mine = (MatchKey.match_id == found.id) & (MatchKey.person_id == person_id)
        rows = db.session.execute(select(MatchKey.number, MatchKey.wrapped).where(mine))
        found.opened[opener.owner] = _opened(found, person_id, opener, rows)
    return found.opened[opener.owner]


def _opened(
    found: Pair, person_id: int, opener: Opener, rows: Iterable[Row[int, bytes] | tuple[int, bytes]]
) -> SharedKeys:
    # Copies that do not open are left out: what they opened is told as gone.
    side, keys = found.owner_of(person_id), {}
    for number, wrapped in rows:
        with suppress(CannotOpen):
            keys[number] = opener.open_bytes(wrapped, key_place(found.public_id, number, side))
    return SharedKeys(keys)


@dataclass(frozen=True, slots=True)
class Talk:
    """A pair's messages as one side finds them: how many, how many she has not opened, and the keys."""

    count: int
    unread: int
    keys: SharedKeys


def talk(found: Pair, reader_id: int, opener: Opener) -> Talk:
    """What opening a conversation needs, in one statement."""
    said = select(func.count()).select_from(Message).where(Message.match_id == Match.id)
    mine = (MatchKey.match_id == Match.id) & (MatchKey.person_id == reader_id)
    rows = db.session.execute(
        select(
            said.correlate(Match).scalar_subquery(),
            unread_by(reader_id),
            *(MatchKey.number, MatchKey.wrapped),
        )
        .select_from(Match)
        .outerjoin(MatchKey, mine)
        .where(Match.id == found.id)
    ).all()
    keys = [(row[2], row[3]) for row in rows if row[2] is not None]
    return Talk(rows[0][0], rows[0][1], _opened(found, reader_id, opener, keys))


def notes(found: Pair, reader_id: int, opener: Opener) -> list[Entry]:
    """The notes of a pair that this side may read, latest first: shared ones and one's own."""
    readable = or_(Note.kind == "shared", Note.author_id == reader_id)
    rows = db.session.execute(
        select(Note.public_id, Note.author_id, Note.kind, Note.body, Note.created_at)
        .where(Note.match_id == found.id, readable)
        .order_by(Note.id.desc())
    ).all()
    shared = any(row.kind == "shared" for row in rows)
    keys = shared_keys(found, reader_id, opener) if shared else SharedKeys({})
    return [_entry("note", found, row, opener if row.kind == "mine" else keys) for row in rows]


def messages(found: Pair, keys: SharedKeys, limit: int, skip: int = 0) -> list[Entry]:
    """The messages of a pair, latest first."""
    rows = db.session.execute(
        select(
            *(Message.public_id, Message.author_id, literal("message"), Message.body),
            Message.sent_at,
        )
        .where(Message.match_id == found.id)
        .order_by(Message.id.desc())
        .limit(limit)
        .offset(skip)
    )
    return [_entry("message", found, row, keys) for row in rows]


def _entry(table: str, found: Pair, row: Row[*tuple[Any, ...]], keys: Opener | SharedKeys) -> Entry:
    public_id, author_id, kind, body, at = row
    place = body_place(table, public_id, found.owner_of(author_id))
    try:
        text: str | None = keys.open(body, place)
    except CannotOpen:
        text = None
    return Entry(public_id, author_id, kind, text, at)
