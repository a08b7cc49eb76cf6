"""Rows about people who have no account yet: a code for each, the row that becomes hers, her answer.

Nobody becomes anything by a row. Whoever types the code finds what staff wrote down, and says yes or no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select, delete, func, select, update

from lms.accounts.models import Person
from lms.accounts.rules import skeleton
from lms.cohorts.actions import CodeRefused
from lms.cohorts.rules import CODE, CodeProblem
from lms.core import ids, sealing
from lms.core.clock import now
from lms.core.db import db
from lms.core.keys import Keys
from lms.importers.models import InvitedRow
from lms.importers.rules import INVITED_KEPT, Kind, Row, packed, unpacked, whose

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Slip:
    """A code that was just made: for which row of the table, for whom, and its last day. Shown once."""

    row: int
    name: str
    code: str
    until: date


@dataclass(frozen=True, slots=True)
class Invited:
    """A row that waits for its person, or for her answer. What it says stays sealed until `row_of`."""

    id: int
    public_id: str
    kind: Kind
    track: str
    who: bytes
    words: bytes | None
    batch: str
    brought_by: int | None
    claimed_by: int | None
    answer: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many codes nobody has typed yet, and how many people have come and not answered."""

    codes: int
    people: int


# --- Reading -------------------------------------------------------------------------------------


def _rows() -> Select[Any]:
    return select(*(getattr(InvitedRow, name) for name in Invited.__slots__))


def _invited(row: Any) -> Invited:
    values = dict(zip(Invited.__slots__, row, strict=True))
    return Invited(**{**values, "kind": Kind(values["kind"])})


def of_names(names: Iterable[str]) -> dict[str, list[Invited]]:
    """The rows that were brought in about these names before, by folded name. One statement."""
    folded = {_who(name): skeleton(name) for name in names}
    found: dict[str, list[Invited]] = {}
    for row in db.session.execute(_rows().where(InvitedRow.who.in_(folded))):
        one = _invited(row)
        found.setdefault(folded[one.who], []).append(one)
    return found


def of_person(person_id: int, public_id: str) -> Invited | None:
    """A row that somebody came with a code for and has not answered."""
    hers = (InvitedRow.claimed_by == person_id) & (InvitedRow.answer == "")
    row = db.session.execute(_rows().where(hers, InvitedRow.public_id == public_id)).first()
    return _invited(row) if row else None


def row_of(found: Invited) -> Row:
    """Open what a row says. For its person, and for staff as long as it is nobody's."""
    owner = found.batch
    if found.claimed_by is not None:
        owner = db.session.scalars(
            select(Person.public_id).where(Person.id == found.claimed_by)
        ).one()
    if found.words is None:
        raise LookupError(found.public_id)
    return unpacked(found.kind, sealing.unseal(found.words, place(found.public_id, owner)))


def place(public_id: str, owner: str) -> sealing.Place:
    """Where the words of a row are sealed."""
    return sealing.Place("invited_row", "words", public_id, owner)


def waiting() -> Waiting:
    """What has come of the codes so far. One statement."""
    open_ones = InvitedRow.answer == ""
    codes, all_ = db.session.execute(
        select(func.count().filter(InvitedRow.claimed_by.is_(None)), func.count()).where(open_ones)
    ).one()
    return Waiting(codes, all_ - codes)


# --- Codes ---------------------------------------------------------------------------------------


@dataclass
class Batch:
    """The codes of one table. The first one makes the key that seals its rows."""

    by_id: int
    public_id: str = field(default_factory=ids.public_id)
    slips: list[Slip] = field(default_factory=list)

    def invite(self, kind: Kind, row: Row) -> None:
        """Make a code for a row about somebody who has no account."""
        code, public_id = CODE.new(), ids.public_id()
        db.session.add(
            InvitedRow(
                public_id=public_id,
                kind=kind.value,
                track=row.track,
                who=_who(whose(row)),
                digest=_digest(code),
                words=sealing.seal(packed(row), place(public_id, self.public_id)),
                batch=self.public_id,
                brought_by=self.by_id,
                expires_on=_last_day(),
            )
        )
        self.slips.append(_slip(row, code))


def change(found: Invited, row: Row) -> None:
    """The same row again, maybe with other words: the code that was given out stays good for it."""
    words = sealing.seal(packed(row), place(found.public_id, found.batch))
    _set(found.id, words=words, expires_on=_last_day())


def new_codes() -> list[Slip]:
    """Other codes for everybody who has not come yet; those that were given out open nothing any more."""
    slips = []
    nobodys = _rows().where(InvitedRow.claimed_by.is_(None)).order_by(InvitedRow.id)
    found = [_invited(row) for row in db.session.execute(nobodys)]
    sealing.read_keys({one.batch for one in found})
    for one in found:
        code = CODE.new()
        _set(one.id, digest=_digest(code), expires_on=_last_day())
        slips.append(_slip(row_of(one), code))
    return slips


def drop_codes() -> int:
    """Take back every code that nobody has typed, with its row. Return how many."""
    nobodys = InvitedRow.claimed_by.is_(None)
    gone = db.session.scalars(
        delete(InvitedRow)
        .where(nobodys)
        .returning(InvitedRow.batch)
        .execution_options(synchronize_session=False)
    ).all()
    _end(gone)
    return len(gone)


def _slip(row: Row, code: str) -> Slip:
    return Slip(row.number, whose(row), CODE.shown(code), _last_day())


def _last_day() -> date:
    return now().date() + INVITED_KEPT


def _set(row_id: int, **values: object) -> None:
    db.session.execute(update(InvitedRow).where(InvitedRow.id == row_id).values(**values))


def _who(name: str) -> bytes:
    return _keyed("invited", skeleton(name))


def _digest(code: str) -> bytes:
    return _keyed("invited code", code)


def _keyed(purpose: str, text: str) -> bytes:
    keys: Keys = current_app.extensions["keys"]
    return keys.digest(purpose, text)


def _end(batches: Iterable[str]) -> None:
    """Destroy the keys of tables of which no row waits for its person any more."""
    left = set(batches)
    nobodys = select(InvitedRow.batch).where(
        InvitedRow.batch.in_(left), InvitedRow.claimed_by.is_(None)
    )
    for batch in left - set(db.session.scalars(nobodys)):
        sealing.destroy(batch)


# --- Coming with a code --------------------------------------------------------------------------


def _of_code(code: str) -> Invited | None:
    row = db.session.execute(_rows().where(InvitedRow.digest == _digest(code))).first()
    return _invited(row) if row else None


def made(code: str) -> bool:
    """Whether a code was made for a row."""
    return _of_code(code) is not None


def check(code: str, person_id: int | None) -> None:
    """Raises CodeRefused when the code opens nothing for this person, or guest."""
    _opened(code, person_id)


def _opened(code: str, person_id: int | None) -> Invited:
    found = _of_code(code)
    if found is None:
        raise CodeRefused(CodeProblem.UNKNOWN)
    hers = found.claimed_by is not None and found.claimed_by == person_id
    if found.answer or not (hers or found.claimed_by is None):
        raise CodeRefused(CodeProblem.USED)
    if found.expires_on < now().date():
        raise CodeRefused(CodeProblem.EXPIRED, found.expires_on)
    return found


def use(person_id: int, code: str) -> str:
    """Make the row hers, sealed for her alone. Return where she reads it. Typing the code again leads there."""
    found = _opened(code, person_id)
    if found.claimed_by is None:
        owner = db.session.scalars(select(Person.public_id).where(Person.id == person_id)).one()
        words = sealing.seal(packed(row_of(found)), place(found.public_id, owner))
        hers = {"claimed_by": person_id, "words": words, "expires_on": _last_day()}
        _claim(found, hers)
        _end([found.batch])
    return url_for("importers.yours", row=found.public_id)


def _claim(found: Invited, values: Mapping[str, object]) -> None:
    """Raises CodeRefused when somebody else was faster."""
    free = (InvitedRow.id == found.id) & InvitedRow.claimed_by.is_(None)
    taken = update(InvitedRow).where(free).values(**values).returning(InvitedRow.id)
    if db.session.scalar(taken.execution_options(synchronize_session=False)) is None:
        raise CodeRefused(CodeProblem.USED)


def answer(found: Invited, said: str) -> None:
    """She has answered: what the row said is destroyed. That it was answered is kept for its days."""
    _set(found.id, answer=said, words=None)


def forget_old() -> None:
    """Destroy rows whose days are over."""
    old = delete(InvitedRow).where(InvitedRow.expires_on < now().date())
    returned = old.returning(InvitedRow.batch).execution_options(synchronize_session=False)
    _end(db.session.scalars(returned).all())
