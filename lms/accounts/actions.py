"""What changes about people: join, sign in and out, recover, roles.

A passphrase is stretched before the write lock is taken wherever that is possible; a check that fails is
counted, and the counter is kept although the answer is an error page.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update

from lms.accounts import queries, secrets
from lms.accounts.events import PersonJoined, RoleGranted, SignedIn
from lms.accounts.models import FirstToken, Person, RoleGrant, SignIn
from lms.accounts.roles import Role
from lms.accounts.rules import skeleton
from lms.core import events, ids, sealing, throttle
from lms.core.clock import now
from lms.core.db import db, insert_into, reading
from lms.core.keys import Keys
from lms.core.settings import Settings

SIGN_IN = "sign-in"
RECOVER = "recover"
NAMES_AN_HOUR = 300


class HandleTaken(Exception):
    """Somebody else signs in with this handle or one that looks like it."""


class NotRecognised(Exception):
    """Handle and passphrase (or code) do not belong together."""


@dataclass
class MustWait(Exception):
    """Too many failures; `until` is when the next try is allowed."""

    until: datetime


class NoSuchToken(Exception):
    """The one-time token is unknown, used or too old."""


def join(handle: str, passphrase: str, zone: str) -> tuple[Person, bytes]:
    """Make an account with its key pair. Return the person and her private key, to open a sign-in with.

    Raises HandleTaken.
    """
    if queries.by_handle(handle) is not None:
        throttle.count("names", _hour())
        raise HandleTaken
    settings, salt = _settings(), os.urandom(secrets.SALT)
    stretched = _stretch(passphrase, salt, settings.argon2_memory_kib, settings.argon2_passes)
    private, public = secrets.new_pair()
    person = Person(
        public_id=ids.public_id(),
        handle=handle,
        skeleton=skeleton(handle),
        zone=zone,
        state="active",
        salt=salt,
        memory_kib=settings.argon2_memory_kib,
        passes=settings.argon2_passes,
        verifier_hash=stretched.verifier_hash,
        public_key=public,
        private_by_passphrase=secrets.wrap(private, stretched.wrapping),
    )
    db.session.add(person)
    db.session.flush()
    sealing.prepare(person.public_id)
    events.publish(PersonJoined(person.id))
    return person, private


def names_exhausted() -> bool:
    """Whether so many taken names were tried this hour that only suggestions are accepted now.

    "Taken" tells that a name exists (`decisions.md` 3); this keeps anybody from listing all of them.
    """
    return throttle.wait_until("names", _hour(), free=NAMES_AN_HOUR) is not None


def sign_in(handle: str, passphrase: str, *, own_phone: bool) -> str:
    """Check handle and passphrase and open a sign-in. Return its token, for the cookie.

    Raises MustWait, or NotRecognised after counting the failure. An unknown handle costs the same work.
    """
    name, settings = skeleton(handle), _settings()
    with reading():
        until, found = throttle.wait_until(SIGN_IN, name), queries.by_handle(handle)
    if until:
        raise MustWait(until)
    # Between the two transactions: the slow hash must not hold the lock that every writer waits for.
    today = (settings.argon2_memory_kib, settings.argon2_passes)
    cost = (found.memory_kib, found.passes) if found else today
    stretched = _stretch(passphrase, found.salt if found else _decoy_salt(name), *cost)
    fits = found is not None and hmac.compare_digest(found.verifier_hash, stretched.verifier_hash)
    # Who forces a passphrase out of somebody learns nothing from it once the account is locked from outside.
    if found is None or not fits or found.state == "locked":
        throttle.count(SIGN_IN, name)
        raise NotRecognised
    throttle.clear(SIGN_IN, name)
    private = secrets.unwrap(found.private_by_passphrase, stretched.wrapping)
    if cost != today:
        set_passphrase(queries.by_id(found.id), passphrase, private)
    return open_sign_in(found, private, own_phone=own_phone)


def confirm(person_id: int, passphrase: str) -> None:
    """Check the passphrase of somebody who is signed in. Raises MustWait, or NotRecognised after counting."""
    with reading():
        person = queries.by_id(person_id)
        until = throttle.wait_until(SIGN_IN, person.skeleton)
    if until:
        raise MustWait(until)
    stretched = _stretch(passphrase, person.salt, person.memory_kib, person.passes)
    if not hmac.compare_digest(person.verifier_hash, stretched.verifier_hash):
        throttle.count(SIGN_IN, person.skeleton)
        raise NotRecognised
    throttle.clear(SIGN_IN, person.skeleton)


def open_sign_in(person: Person, private: bytes, *, own_phone: bool) -> str:
    """Open a sign-in for a person whose private key is at hand. Return the cookie's token."""
    settings, token = _settings(), ids.token()
    longest = (
        timedelta(days=settings.own_phone_days)
        if own_phone
        else timedelta(hours=settings.session_hours)
    )
    row = SignIn(
        person_id=person.id,
        token_hash=secrets.token_hash(token),
        private_by_token=secrets.wrap(private, secrets.token_key(token)),
        own_phone=own_phone,
        expires_at=now() + longest,
        started_on=now().date(),
    )
    db.session.add(row)
    return token


def prove(token: str) -> str:
    """Mark a sign-in as proven by a second factor. Return the token that takes the place of the old one."""
    row = db.session.scalars(
        select(SignIn).where(SignIn.token_hash == secrets.token_hash(token))
    ).one()
    private = secrets.unwrap(row.private_by_token, secrets.token_key(token))
    new = ids.token()
    row.token_hash = secrets.token_hash(new)
    row.private_by_token = secrets.wrap(private, secrets.token_key(new))
    row.proven = True
    return new


def arrived(person_id: int) -> None:
    """Somebody is signed in with everything that is asked of her: tell it where she is signed in already."""
    if queries.sign_in_count(person_id, now()) > 1:
        events.publish(SignedIn(person_id))


def end_sign_in(token: str) -> None:
    """End one sign-in. Ending it twice is once."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == secrets.token_hash(token)))


def end_one(person_id: int, mark: str) -> None:
    """End the sign-in of hers that bears this mark in the list."""
    for row in queries.sign_ins(person_id, now()):
        if row.mark == mark:
            db.session.execute(delete(SignIn).where(SignIn.id == row.id))


def name_one(person_id: int, mark: str, name: str) -> None:
    """Give the phone behind this sign-in a name."""
    for row in queries.sign_ins(person_id, now()):
        if row.mark == mark:
            db.session.execute(update(SignIn).where(SignIn.id == row.id).values(name=name))


def end_all_sign_ins(person_id: int) -> None:
    """Sign the person out of every browser."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def end_other_sign_ins(person_id: int, token: str) -> None:
    """Sign the person out everywhere but in the browser that holds this token."""
    others = (SignIn.person_id == person_id) & (SignIn.token_hash != secrets.token_hash(token))
    db.session.execute(delete(SignIn).where(others))


def set_passphrase(person: Person, passphrase: str, private: bytes) -> None:
    """Give the person a passphrase, with today's cost and a new salt. A recovery code stays valid."""
    settings = _settings()
    person.salt = os.urandom(secrets.SALT)
    person.memory_kib, person.passes = settings.argon2_memory_kib, settings.argon2_passes
    stretched = _stretch(passphrase, person.salt, person.memory_kib, person.passes)
    person.verifier_hash = stretched.verifier_hash
    person.private_by_passphrase = secrets.wrap(private, stretched.wrapping)


def change_passphrase(person: Person, old: str, new: str) -> None:
    """Change the passphrase. Raises NotRecognised when the old one is wrong, MustWait when tried too often."""
    if until := throttle.wait_until(SIGN_IN, person.skeleton):
        raise MustWait(until)
    stretched = _stretch(old, person.salt, person.memory_kib, person.passes)
    if not hmac.compare_digest(person.verifier_hash, stretched.verifier_hash):
        throttle.count(SIGN_IN, person.skeleton)
        raise NotRecognised
    set_passphrase(person, new, secrets.unwrap(person.private_by_passphrase, stretched.wrapping))


def keep_recovery_code(person: Person, token: str, code: str) -> None:
    """Make a recovery code valid, once two of its groups were typed back.

    The private key is at hand through the browser's token. Raises WrongKey when the sign-in is not hers.
    """
    wrapped = db.session.scalar(
        select(SignIn.private_by_token).where(
            SignIn.token_hash == secrets.token_hash(token), SignIn.person_id == person.id
        )
    )
    if wrapped is None:
        raise secrets.WrongKey
    private = secrets.unwrap(wrapped, secrets.token_key(token))
    salt = person.public_key
    person.private_by_recovery = secrets.wrap(private, secrets.recovery_key(code, salt))
    person.recovery_hash = secrets.recovery_hash(code, salt)


def recover(handle: str, code: str, passphrase: str) -> str:
    """Set a new passphrase with the recovery code, which is used up; end every sign-in and open one.

    Raises MustWait, or NotRecognised after counting the failure.
    """
    name = skeleton(handle)
    if until := throttle.wait_until(RECOVER, name):
        raise MustWait(until)
    person = queries.by_handle(handle)
    expected = person.recovery_hash if person else None
    offered = secrets.recovery_hash(code, person.public_key if person else b"")
    if person is None or expected is None or not hmac.compare_digest(expected, offered):
        throttle.count(RECOVER, name)
        raise NotRecognised
    throttle.clear(RECOVER, name)
    throttle.clear(SIGN_IN, name)
    if person.private_by_recovery is None:
        raise NotRecognised
    private = secrets.unwrap(
        person.private_by_recovery, secrets.recovery_key(code, person.public_key)
    )
    set_passphrase(person, passphrase, private)
    person.recovery_hash = person.private_by_recovery = None
    unlock(person)
    end_all_sign_ins(person.id)
    return open_sign_in(person, private, own_phone=False)


def unlock(person: Person) -> None:
    """The passphrase opens again: she came back by another way."""
    if person.state == "locked":
        person.state = "active"


def change_handle(person_id: int, handle: str) -> None:
    """Give the person another name for signing in. Raises HandleTaken."""
    other = queries.by_handle(handle)
    if other is not None and other.id != person_id:
        throttle.count("names", _hour())
        raise HandleTaken
    person = queries.by_id(person_id)
    person.handle, person.skeleton = handle, skeleton(handle)


def grant(person_id: int, role: Role) -> None:
    """Give a person a role. Giving it twice is once."""
    row = insert_into(RoleGrant).values(person_id=person_id, role=role.value, granted_at=now())
    if db.session.execute(row.on_conflict_do_nothing().returning(RoleGrant.role)).first():
        events.publish(RoleGranted(person_id, role.value))


def withdraw(person_id: int, role: Role) -> None:
    """Take a role away, from the next request on."""
    mine = (RoleGrant.person_id == person_id) & (RoleGrant.role == role.value)
    db.session.execute(delete(RoleGrant).where(mine))


def make_first_token() -> str:
    """Return a one-time token, valid for a day, that makes its bearer administrator."""
    token = ids.token()
    row = FirstToken(token_hash=secrets.token_hash(token), expires_at=now() + timedelta(days=1))
    db.session.add(row)
    return token


def use_first_token(person_id: int, token: str) -> None:
    """Make the person administrator. Raises NoSuchToken."""
    mine = (FirstToken.token_hash == secrets.token_hash(token)) & (FirstToken.expires_at > now())
    if not db.session.execute(
        delete(FirstToken).where(mine).returning(FirstToken.token_hash)
    ).first():
        raise NoSuchToken
    grant(person_id, Role.ADMINISTRATOR)


def set_zone(person_id: int, zone: str) -> None:
    """Set the time zone in which the person sees times."""
    db.session.execute(update(Person).where(Person.id == person_id).values(zone=zone))


def forget_old() -> None:
    """Drop sign-ins that are over, and tokens that nobody used."""
    db.session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    db.session.execute(delete(FirstToken).where(FirstToken.expires_at < now()))


def _stretch(passphrase: str, salt: bytes, memory_kib: int, passes: int) -> secrets.Stretched:
    keys: Keys = current_app.extensions["keys"]
    return secrets.stretch(passphrase, salt, memory_kib, passes, keys.pepper)


def _decoy_salt(name: str) -> bytes:
    keys: Keys = current_app.extensions["keys"]
    return keys.digest("decoy", name)[: secrets.SALT]


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _hour() -> str:
    return f"{now():%Y-%m-%d %H}"
