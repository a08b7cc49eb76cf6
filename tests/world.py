"""Builders of rows for tests: plain functions that say what matters and choose the rest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from lms.accounts import actions
from lms.accounts.roles import Role
from lms.core.db import transaction

_numbers = itertools.count(1)
PASSPHRASE = "swallow window copper lantern"


@dataclass(frozen=True)
class Somebody:
    """A person of a test, with what she types to sign in."""

    id: int
    public_id: str
    handle: str
    passphrase: str = PASSPHRASE


def make_person(handle: str = "", *roles: Role, zone: str = "Asia/Almaty") -> Somebody:
    """An account with these roles. Needs an application context."""
    with transaction():
        person, _private = actions.join(handle or f"Person {next(_numbers)}", PASSPHRASE, zone)
        for role in roles:
            actions.grant(person.id, role)
        return Somebody(person.id, person.public_id, person.handle)
