"""Locking an account from outside: one address and twelve digits, on any phone, by anybody who has them.

It opens nothing: whoever gets hold of them can at most make the person come back with her recovery code.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from lms.accounts import actions
from lms.accounts.models import LockLink, Person
from lms.core import ids, throttle
from lms.core.clock import now
from lms.core.db import db

LOCK = "lock"
DIGITS = 12
PLACE = 16
TRIES_AN_HOUR = 500


@dataclass(frozen=True, slots=True)
class Link:
    """What is written down: the last part of the address and the digits. Together 120 random bits."""

    place: str
    digits: str

    @property
    def groups(self) -> list[str]:
        """The digits in groups of four."""
        return [self.digits[i : i + 4] for i in range(0, DIGITS, 4)]


def make(person_id: int) -> Link:
    """Make a link in place of any older one. It is shown now and never again."""
    place = (ids.public_id() + ids.public_id())[:PLACE]
    link = Link(place, "".join(secrets.choice("0123456789") for _ in range(DIGITS)))
    drop(person_id)
    db.session.add(LockLink(person_id=person_id, digest=_digest(link.place, link.digits)))
    return link


def drop(person_id: int) -> None:
    """Make the person's link worth nothing."""
    db.session.execute(delete(LockLink).where(LockLink.person_id == person_id))


def has_link(person_id: int) -> bool:
    """Whether a link is out."""
    return bool(db.session.scalar(select(exists().where(LockLink.person_id == person_id))))


def use(place: str, typed: str) -> datetime | None:
    """Lock the account if address and digits fit. Return when to try again, if too many have tried.

    Nothing that the caller gets, and no statement that is sent, differs between right and wrong digits.
    """
    hour = f"{now():%Y-%m-%d %H}"
    until = throttle.wait_until(LOCK, place) or throttle.wait_until(LOCK, hour, free=TRIES_AN_HOUR)
    if until:
        return until
    throttle.count(LOCK, place)
    throttle.count(LOCK, hour)
    digits = "".join(
        str(unicodedata.digit(c)) for c in typed if unicodedata.digit(c, None) is not None
    )
    found = select(LockLink.person_id).where(LockLink.digest == _digest(place, digits))
    lock(db.session.scalar(found) or 0)
    return None


def lock(person_id: int) -> None:
    """End every sign-in; the passphrase opens nothing until the recovery code was used."""
    active = (Person.id == person_id) & (Person.state == "active")
    db.session.execute(update(Person).where(active).values(state="locked"))
    actions.end_all_sign_ins(person_id)


def _digest(place: str, digits: str) -> bytes:
    return hashlib.sha256(f"lock\0{place}\0{digits}".encode()).digest()
