"""Mentors and people who wait, in the states that a test begins in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from lms.core.db import db, reading, transaction
from lms.programmes import actions, profiles, queries
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.queries import Profile, Request
from lms.programmes.rules import Track
from tests.world import Somebody, make_person

CARD = profiles.Card("Daria V.", ["ru", "en"], 2, "Street lawyer")


def offers(track: Track = Track.PEER) -> Somebody:
    """Somebody who has offered to be a mentor."""
    person = make_person()
    with transaction():
        profiles.offer_to_mentor(person.id, CARD, track)
    return person


def profile_of(person: Somebody, track: Track | None = None) -> Profile:
    """Her profile as it stands now."""
    with reading():
        found = queries.profile_of(person.id, track)
    assert found is not None
    return found


def request_of(person: Somebody) -> Request:
    """Her request as it stands now."""
    with reading():
        found = queries.request_of(person.id)
    assert found is not None
    return found


def set_profile(person: Somebody, **values: Any) -> None:
    """Put values into somebody's profiles, past all rules."""
    with transaction():
        mine = MentorProfile.person_id == person.id
        db.session.execute(update(MentorProfile).where(mine).values(**values))


def set_request(person: Somebody, **values: Any) -> None:
    """Put values into somebody's requests, past all rules."""
    with transaction():
        mine = MentorRequest.person_id == person.id
        db.session.execute(update(MentorRequest).where(mine).values(**values))


def set_programme(**values: Any) -> None:
    """Decide something about the programme."""
    with transaction():
        number = actions.programme_id()
        db.session.execute(update(Programme).where(Programme.id == number).values(**values))
