"""What accounts tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from lms.core.events import Event


@dataclass(frozen=True, slots=True)
class PersonJoined(Event):
    """Somebody has made an account."""

    person_id: int


@dataclass(frozen=True, slots=True)
class KeyPairReplaced(Event):
    """A person has another pair of keys: what was sealed to the earlier one does not open any more."""

    person_id: int


@dataclass(frozen=True, slots=True)
class RoleGranted(Event):
    """A person holds a role from now on."""

    person_id: int
    role: str


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """Somebody has signed in, with everything that is asked of her, while another sign-in of hers lives."""

    person_id: int


@dataclass(frozen=True, slots=True)
class FactorChanged(Event):
    """A second factor was added, removed or reset."""

    person_id: int


@dataclass(frozen=True, slots=True)
class AccountHandled(Event):
    """An administrator ended somebody's sign-ins, locked her account or took her second factors away."""

    person_id: int
    by: int
    what: str


@dataclass(frozen=True, slots=True)
class ComingBack(Event):
    """Two people vouch for somebody who lost everything; the waiting time has begun."""

    person_id: int
