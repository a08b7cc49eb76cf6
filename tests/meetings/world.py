"""Meetings of a pair: the shortest way to a state that a test begins in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from lms.accounts.models import Person
from lms.core import clock
from lms.core.clock import now
from lms.core.db import db, reading, transaction
from lms.meetings import actions, clocks, queries
from lms.meetings.actions import Log, Plan
from lms.meetings.queries import Found
from lms.meetings.rules import Kind
from lms.mentoring.models import Match
from tests.mentoring.world import World, make_pair, the_pair_inside
from tests.world import Somebody

# A Monday in winter, two weeks before clocks go forward in Vilnius.
BEGIN = datetime(2027, 3, 15, 9, 0, tzinfo=UTC)


def set_zone(person: Somebody, zone: str) -> None:
    """Put somebody's clock into a zone."""
    with transaction():
        db.session.execute(update(Person).where(Person.id == person.id).values(zone=zone))


def make_meeting_pair(mentor_zone: str = "Europe/Vilnius", mentee_zone: str = "Asia/Tashkent") -> World:  # fmt: skip
    """A pair on two clocks."""
    world = make_pair()
    sign(world)
    set_zone(world.mentor, mentor_zone)
    set_zone(world.mentee, mentee_zone)
    return world


def sign(world: World) -> None:
    """Both have agreed how they work together."""
    with transaction():
        mine = Match.public_id == world.pair
        db.session.execute(update(Match).where(mine).values(agreed_at=now()))


def propose(world: World, by: Somebody, *locals_: datetime, kind: Kind = Kind.CALL) -> str:
    """Propose times on one side's clock. Return the meeting's public id."""
    with transaction():
        pair = the_pair_inside(world.pair)
        zone = pair.mentor_zone if by.id == pair.mentor_id else pair.mentee_zone
        return actions.propose(pair, by.id, Plan(kind, 45, zone, locals_))


def plan(world: World, by: Somebody, local: datetime) -> str:
    """A planned meeting: one side proposes, the other agrees."""
    public_id = propose(world, by, local)
    other = world.mentee if by.id == world.mentor.id else world.mentor
    with transaction():
        actions.agree(inside(public_id), other.id, 1)
    return public_id


def inside(public_id: str) -> Found:
    """A meeting, inside an open transaction."""
    found = queries.meeting(public_id)
    assert found is not None
    return found


def the_meeting(public_id: str) -> queries.Appointment:
    """A meeting as it stands now."""
    with reading():
        return inside(public_id).meeting


@contextmanager
def after(public_id: str) -> Iterator[None]:
    """An hour and a bit after a meeting has begun."""
    at = the_meeting(public_id).planned_at
    assert at is not None
    with clock.at(at + timedelta(minutes=70)):
        yield


def log(public_id: str, by: Somebody, minutes: int | None = 40) -> None:
    """One side says what became of a planned meeting, a little later."""
    with after(public_id), transaction():
        actions.log(inside(public_id), by.id, Log(minutes))


def on(zone: str, at: datetime | None) -> str:
    """What a clock in a zone shows."""
    assert at is not None
    return clocks.on_clock(at, zone).isoformat(timespec="minutes")
