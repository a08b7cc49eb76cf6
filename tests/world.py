"""Builders of rows for tests: plain functions that say what matters and choose the rest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sqlalchemy import update

from lms.accounts import actions
from lms.accounts.factors import actions as factors
from lms.accounts.factors.models import CodeApp
from lms.accounts.models import Person, SignIn
from lms.accounts.roles import Role
from lms.core import sealing
from lms.core.clock import now
from lms.core.db import db, transaction

_numbers = itertools.count(1)
PASSPHRASE = "swallow window copper lantern"


@dataclass(frozen=True)
class Somebody:
    """A person of a test, with what she types to sign in."""

    id: int
    public_id: str
    handle: str
    passphrase: str = PASSPHRASE
    secret: str = ""


def make_person(handle: str = "", *roles: Role, zone: str = "Asia/Almaty") -> Somebody:
    """An account with these roles; who holds one has a second factor. Needs an application context."""
    with transaction():
        person, _private = actions.join(handle or f"Person {next(_numbers)}", PASSPHRASE, zone)
        for role in roles:
            actions.grant(person.id, role)
        secret = add_code_app(person) if roles else ""
        return Somebody(person.id, person.public_id, person.handle, secret=secret)


def add_code_app(person: Person) -> str:
    """Give somebody a code app. Return its secret. Needs an open transaction."""
    secret = factors.new_secret()
    sealed = sealing.seal(secret, factors.place(person.public_id))
    db.session.add(CodeApp(person_id=person.id, secret=sealed, added_on=now().date()))
    db.session.flush()
    return secret


def prove_sign_ins(person_id: int) -> None:
    """As if the person had shown a second factor in every browser where she is signed in."""
    with transaction():
        mine = SignIn.person_id == person_id
        db.session.execute(update(SignIn).where(mine).values(proven=True))
