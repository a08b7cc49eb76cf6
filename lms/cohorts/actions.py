"""What changes in cohorts: open, invite, join, leave, move dates, close.

Whoever takes a seat locks the cohort's row first, so the seats are counted by one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select, update

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.cohorts import others, queries
from lms.cohorts.events import SeatLeft, SeatTaken
from lms.cohorts.models import Cohort, Invite, Seat
from lms.cohorts.rules import CODE, CodeProblem, free_name, today_in
from lms.core import events, ids, sealing, throttle
from lms.core.clock import now
from lms.core.db import db
from lms.core.keys import Keys
from lms.core.settings import Settings
from lms.learning import actions as learning
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind

GUESS = "code"
GUESSES_AN_HOUR = 300


@dataclass
class CodeRefused(Exception):
    """The code does not open a seat. `name` and `day` say what the message needs."""

    problem: CodeProblem
    day: date | None = None


@dataclass
class MustWait(Exception):
    """Too many wrong codes; `until` is when the next try is allowed."""

    until: datetime


class TooFewPlaces(Exception):
    """More people sit in the cohort than there would be places."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator decides about a cohort."""

    name: str
    starts_on: date
    ends_on: date
    zone: str
    capacity: int
    coordinator_name: str


def open_cohort(coordinator_id: int, course_id: int, version_id: int, plan: Plan) -> str:
    """Open a cohort of a published version. Return its public id."""
    cohort = Cohort(
        public_id=ids.public_id(),
        name=plan.name,
        course_id=course_id,
        version_id=version_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        zone=plan.zone,
        capacity=plan.capacity,
        coordinator_id=coordinator_id,
        coordinator_name=plan.coordinator_name,
        state="open",
    )
    db.session.add(cohort)
    db.session.flush()
    return cohort.public_id


def change_plan(cohort_id: int, plan: Plan) -> None:
    """Give a cohort other dates, places or another name; nobody loses a step. Raises TooFewPlaces.

    When the dates move, its people are told.
    """
    _lock(cohort_id)
    if _taken(cohort_id) > plan.capacity:
        raise TooFewPlaces
    row = db.session.get_one(Cohort, cohort_id)
    if (row.starts_on, row.ends_on, row.zone) != (plan.starts_on, plan.ends_on, plan.zone):
        for seat in queries.seats(cohort_id):
            if seat.left_at is None:
                messaging.notify(seat.person_id, Kind.COHORT)
    for name in Plan.__slots__:
        setattr(row, name, getattr(plan, name))


def set_state(cohort_id: int, state: str) -> None:
    """Close a cohort, or open it again. Who sits in it stays and goes on learning."""
    db.session.execute(update(Cohort).where(Cohort.id == cohort_id).values(state=state))


def make_codes(cohort: queries.CohortRow, count: int, expires_on: date) -> list[str]:
    """Make one-time codes, each for one seat. Return them."""
    made = [CODE.new() for _ in range(count)]
    rows = [
        Invite(
            cohort_id=cohort.id,
            digest=digest(code),
            sealed=sealing.seal(code, _place(cohort.public_id, digest(code))),
            expires_on=expires_on,
        )
        for code in made
    ]
    db.session.add_all(rows)
    db.session.flush()
    return made


def drop_unused_codes(cohort_id: int) -> int:
    """Make every code that nobody has used worthless: the sheet was lost. Return how many."""
    unused = (Invite.cohort_id == cohort_id) & Invite.used_by.is_(None)
    gone = db.session.execute(delete(Invite).where(unused).returning(Invite.id))
    return len(gone.all())


@dataclass(frozen=True, slots=True)
class Slip:
    """One code of the printable sheet, in groups, and the last day on which it works."""

    code: str
    expires_on: date


def sheet(cohort: queries.CohortRow) -> list[Slip]:
    """The codes that still open a seat."""
    today = today_in(cohort.zone, now())
    return [
        Slip(
            CODE.shown(sealing.unseal(row.sealed, _place(cohort.public_id, row.digest))),
            row.expires_on,
        )
        for row in queries.invites(cohort.id)
        if row.sealed is not None and row.expires_on >= today
    ]


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of joining: the cohort, and the name that the person bears there for now."""

    cohort_public_id: str
    shown_name: str


def check(typed: str, person_id: int | None) -> str:
    """Return the code in its stored form, if it opens a seat, or something of a room above, now. Takes nothing.

    A slip is told and not counted; a code that nobody made is a guess and counted.
    Raises CodeRefused, MustWait.
    """
    code = CODE.parse(typed)
    if code is None:
        raise CodeRefused(CodeProblem.MISTYPED)
    _wait_for_guesses(person_id)
    if other := others.maker_of(code):
        other.check(code, person_id)
    else:
        _usable(code, person_id)
    return code


def join(person_id: int, typed: str) -> Joined:
    """Take a seat with a code, start the course, and use the code up. Raises CodeRefused, MustWait."""
    code = check(typed, person_id)
    invite = _usable(code, person_id)
    _lock(invite.cohort_id)
    # Again, now that nobody else can take the last seat or this code meanwhile.
    invite = _usable(code, person_id)
    cohort = db.session.get_one(Cohort, invite.cohort_id)
    found = learning.enrol(person_id, cohort.course_id, cohort.version_id)
    name = _sit(cohort, person_id, found.enrolment_id)
    used = {"used_by": person_id, "used_at": now(), "sealed": None}
    db.session.execute(update(Invite).where(Invite.id == invite.id).values(**used))
    _adopt_zone(person_id, cohort.zone)
    events.publish(SeatTaken(cohort.id, person_id))
    return Joined(cohort.public_id, name)


def _sit(cohort: Cohort, person_id: int, enrolment_id: int) -> str:
    wanted = people.by_id(person_id).handle
    name = free_name(wanted, queries.shown_names(cohort.id, but=person_id))
    mine = (Seat.cohort_id == cohort.id) & (Seat.person_id == person_id)
    seat = db.session.scalar(select(Seat).where(mine))
    if seat is not None:
        # She left and was given another code: her seat, with the name that she had.
        seat.left_at, seat.joined_at = None, now()
        return seat.shown_name
    db.session.add(
        Seat(
            public_id=ids.public_id(),
            cohort_id=cohort.id,
            person_id=person_id,
            enrolment_id=enrolment_id,
            shown_name=name,
            joined_at=now(),
        )
    )
    db.session.flush()
    return name


def _adopt_zone(person_id: int, zone: str) -> None:
    # Whoever never chose a time zone gets the cohort's (`decisions.md` 52).
    settings: Settings = current_app.extensions["settings"]
    if people.by_id(person_id).zone == settings.time_zone != zone:
        accounts.set_zone(person_id, zone)


def name_yourself(person_id: int, cohort_id: int, name: str) -> None:
    """Choose the name that the cohort's coordinator sees."""
    mine = (Seat.cohort_id == cohort_id) & (Seat.person_id == person_id)
    db.session.execute(update(Seat).where(mine).values(shown_name=name))


def leave(person_id: int, cohort_id: int) -> None:
    """Give the seat up. The course and everything done in it stay; the coordinator sees no more of it."""
    mine = (Seat.cohort_id == cohort_id) & (Seat.person_id == person_id) & Seat.left_at.is_(None)
    gone = update(Seat).where(mine).values(left_at=now()).returning(Seat.id)
    if db.session.scalar(gone.execution_options(synchronize_session=False)):
        events.publish(SeatLeft(cohort_id, person_id))


def count_guess(person_id: int | None) -> None:
    """Count a code that nobody made. The view commits this although it answers with an error."""
    if person_id is not None:
        throttle.count(GUESS, str(person_id))
    throttle.count(GUESS, _crowd(person_id))


def _wait_for_guesses(person_id: int | None) -> None:
    # A person waits for her own slips. Guests can't be told apart, so they share one large allowance;
    # somebody who floods it keeps nobody out who has an account.
    until = throttle.wait_until(GUESS, _crowd(person_id), free=GUESSES_AN_HOUR)
    if until is None and person_id is not None:
        until = throttle.wait_until(GUESS, str(person_id))
    if until:
        raise MustWait(until)


def _crowd(person_id: int | None) -> str:
    return f"{'guests' if person_id is None else 'people'} {now():%Y-%m-%d %H}"


@dataclass(frozen=True, slots=True)
class _Usable:
    id: int
    cohort_id: int


def _usable(code: str, person_id: int | None) -> _Usable:
    found = db.session.execute(
        select(
            *(Invite.id, Invite.cohort_id, Invite.expires_on, Invite.used_at),
            *(Cohort.state, Cohort.zone, Cohort.capacity),
        )
        .join(Cohort, Cohort.id == Invite.cohort_id)
        .where(Invite.digest == digest(code))
    ).first()
    if found is None:
        raise CodeRefused(CodeProblem.UNKNOWN)
    if _sits(found.cohort_id, person_id):
        raise CodeRefused(CodeProblem.ALREADY_IN)
    if found.used_at is not None:
        raise CodeRefused(CodeProblem.USED)
    if found.state != "open":
        raise CodeRefused(CodeProblem.CLOSED)
    if found.expires_on < today_in(found.zone, now()):
        raise CodeRefused(CodeProblem.EXPIRED, found.expires_on)
    if _taken(found.cohort_id) >= found.capacity:
        raise CodeRefused(CodeProblem.FULL)
    return _Usable(found.id, found.cohort_id)


def _sits(cohort_id: int, person_id: int | None) -> bool:
    if person_id is None:
        return False
    mine = (Seat.cohort_id == cohort_id) & (Seat.person_id == person_id) & Seat.left_at.is_(None)
    return db.session.scalar(select(Seat.id).where(mine)) is not None


def _lock(cohort_id: int) -> None:
    # On SQLite the whole writing transaction is the lock already.
    db.session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update())


def _taken(cohort_id: int) -> int:
    taken = (Seat.cohort_id == cohort_id) & Seat.left_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(Seat).where(taken)) or 0


def digest(code: str) -> bytes:
    """The keyed hash under which a code is found."""
    keys: Keys = current_app.extensions["keys"]
    return keys.digest("invite", code)


def _place(cohort: str, digest: bytes) -> sealing.Place:
    return sealing.Place("invite", "sealed", digest.hex(), cohort)


def usual_expiry(cohort: queries.CohortRow) -> date:
    """Codes are good for two weeks from the first day, or from today, unless the coordinator says otherwise."""
    return max(cohort.starts_on, today_in(cohort.zone, now())) + timedelta(days=14)
