"""Reads of second factors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select

from lms.accounts.factors.models import BackupCode, CodeApp, Passkey
from lms.accounts.models import Person, RoleGrant
from lms.accounts.standing import TRUSTED
from lms.core.db import db


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as its owner sees it."""

    public_id: str
    name: str
    added_on: date


@dataclass(frozen=True, slots=True)
class Factors:
    """The second factors of a person."""

    app_since: date | None
    keys: tuple[Key, ...]
    codes: int
    must: bool

    @property
    def count(self) -> int:
        """How many there are; back-up codes stand in for one, they are none."""
        return len(self.keys) + (self.app_since is not None)

    @property
    def may_lose_one(self) -> bool:
        """Whether one of them may be removed."""
        return self.count > 1 or not self.must


def guarded() -> ColumnElement[bool]:
    """Condition on Person: she has a second factor, or must have one for what others entrust to her."""
    return or_(
        exists().where(CodeApp.person_id == Person.id),
        exists().where(Passkey.person_id == Person.id),
        *(trusted() for trusted in TRUSTED),
    )


def must_have(person_id: int) -> bool:
    """Whether the person may not be without a second factor: she holds a role, or is entrusted with somebody."""
    reasons = [exists().where(RoleGrant.person_id == Person.id), *(each() for each in TRUSTED)]
    found = select(Person.id).where(Person.id == person_id, or_(*reasons))
    return db.session.scalar(found) is not None


def has_factor(person_id: int) -> bool:
    """Whether there is a second factor to ask for."""
    app, key = CodeApp.person_id == person_id, Passkey.person_id == person_id
    return bool(db.session.scalar(select(or_(exists().where(app), exists().where(key)))))


def of_person(person_id: int) -> Factors:
    """The second factors of a person."""
    app = select(CodeApp.added_on).where(CodeApp.person_id == person_id)
    left = select(func.count()).where(BackupCode.person_id == person_id)
    return Factors(
        db.session.scalar(app),
        tuple(Key(key.public_id, key.name, key.added_on) for key in keys_of(person_id)),
        db.session.scalar(left) or 0,
        must_have(person_id),
    )


def keys_of(person_id: int) -> list[Passkey]:
    """Her passkeys, the oldest first."""
    mine = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return list(db.session.scalars(mine))
