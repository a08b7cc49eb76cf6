"""Reads of programmes: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.core.db import db
from lms.core.sealing import Place, unseal
from lms.programmes.models import MentorProfile, MentorRequest, Programme

DEFAULT_PROGRAMME = "default"


def offer_days() -> int:
    """For how many days an offer waits for an answer."""
    days = select(Programme.offer_days).where(Programme.key == DEFAULT_PROGRAMME)
    return db.session.scalar(days) or 0


# --- Mentors -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """What a mentor's card says."""

    id: int
    public_id: str
    person_id: int
    shown_name: str
    languages: Sequence[str]
    about: str
    capacity: int
    paused: bool


def _profiles() -> Select[Any]:
    return select(
        *(MentorProfile.id, MentorProfile.public_id, MentorProfile.person_id),
        *(MentorProfile.shown_name, MentorProfile.languages, MentorProfile.about),
        *(MentorProfile.capacity, MentorProfile.paused),
    )


def profiles() -> list[Profile]:
    """All mentors, by name. One statement."""
    shown = _profiles().where(MentorProfile.person_id.not_in(hidden()))
    found = [Profile(*row) for row in db.session.execute(shown)]
    return sorted(found, key=lambda profile: profile.shown_name.casefold())


def profile(public_id: str) -> Profile | None:
    """A mentor by the id in her address."""
    shown = (MentorProfile.public_id == public_id) & MentorProfile.person_id.not_in(hidden())
    row = db.session.execute(_profiles().where(shown)).first()
    return Profile(*row) if row else None


def profile_of(person_id: int) -> Profile | None:
    """Somebody's own profile, if she can be a mentor."""
    row = db.session.execute(_profiles().where(MentorProfile.person_id == person_id)).first()
    return Profile(*row) if row else None


# --- People who wait -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who waits for a mentor. What she hopes for stays sealed until `goal_of`."""

    id: int
    public_id: str
    person_id: int
    person_public_id: str
    shown_name: str
    languages: Sequence[str]
    waiting_since: datetime
    state: str
    has_goal: bool
    goal: bytes | None
    zone: str


def _requests() -> Select[Any]:
    return select(
        *(MentorRequest.id, MentorRequest.public_id, MentorRequest.person_id, Person.public_id),
        *(MentorRequest.shown_name, MentorRequest.languages, MentorRequest.waiting_since),
        *(MentorRequest.state, MentorRequest.goal.is_not(None), MentorRequest.goal, Person.zone),
    ).join(Person, Person.id == MentorRequest.person_id)


def waiting() -> list[Request]:
    """People who wait, the longest first. One statement."""
    ordered = (MentorRequest.waiting_since, MentorRequest.id)
    shown = (MentorRequest.state == "waiting") & (Person.state != LEAVING)
    rows = _requests().where(shown).order_by(*ordered)
    return [Request(*row) for row in db.session.execute(rows)]


def request(public_id: str) -> Request | None:
    """Somebody who waits, by the id in the address."""
    shown = (MentorRequest.public_id == public_id) & (Person.state != LEAVING)
    row = db.session.execute(_requests().where(shown)).first()
    return Request(*row) if row else None


def request_by_id(request_id: int) -> Request:
    """The request that an offer was made for."""
    return Request(*db.session.execute(_requests().where(MentorRequest.id == request_id)).one())


def request_of(person_id: int) -> Request | None:
    """Somebody's own request that is open."""
    mine = (MentorRequest.person_id == person_id) & MentorRequest.state.in_(("waiting", "offered"))
    row = db.session.execute(_requests().where(mine)).first()
    return Request(*row) if row else None


def goal_place(request_public_id: str, owner: str) -> Place:
    """Where what somebody hopes for is sealed."""
    return Place("mentor_request", "goal", request_public_id, owner)


def goal_of(found: Request) -> str:
    """Open what somebody hopes for. Who calls leaves the line."""
    if found.goal is None:
        return ""
    return unseal(found.goal, goal_place(found.public_id, found.person_public_id))
