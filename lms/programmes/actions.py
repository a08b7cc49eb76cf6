"""What changes in programmes: profiles of mentors, and requests of people who wait for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, insert_into
from lms.core.events import publish
from lms.core.sealing import seal
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import queries
from lms.programmes.events import MentorPaused, StoppedWaiting
from lms.programmes.models import MentorProfile, MentorRequest, Programme


@dataclass(frozen=True, slots=True)
class Card:
    """What a mentor's profile says."""

    shown_name: str
    languages: list[str]
    capacity: int
    about: str = ""
    paused: bool = False


def programme_id() -> int:
    """The programme that pairs belong to; made when it is first needed."""
    values = {"public_id": ids.public_id(), "key": queries.DEFAULT_PROGRAMME, "offer_days": 7}
    db.session.execute(insert_into(Programme).values(**values).on_conflict_do_nothing())
    return db.session.scalars(
        select(Programme.id).where(Programme.key == queries.DEFAULT_PROGRAMME)
    ).one()


# --- Mentors -------------------------------------------------------------------------------------


def make_mentor(person_id: int, card: Card) -> None:
    """Make somebody a mentor, with what learners read about her. Doing it twice changes the card."""
    accounts.grant(person_id, Role.MENTOR)
    if queries.profile_of(person_id) is not None:
        change_card(person_id, card)
        return
    row = MentorProfile(
        public_id=ids.public_id(),
        programme_id=programme_id(),
        person_id=person_id,
        shown_name=card.shown_name,
        languages=card.languages,
        about=card.about,
        capacity=card.capacity,
        paused=card.paused,
        made_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    messaging.notify(person_id, Kind.PLACE_GIVEN)


def change_card(person_id: int, card: Card) -> None:
    """Change what a mentor's card says. Pausing takes open offers back; live pairs stay."""
    values = {name: getattr(card, name) for name in Card.__slots__}
    mine = MentorProfile.person_id == person_id
    db.session.execute(update(MentorProfile).where(mine).values(**values))
    if card.paused:
        publish(MentorPaused(person_id))


def pause(person_id: int, *, paused: bool) -> None:
    """Take no new people for now, or take them again. No reason is asked."""
    mine = MentorProfile.person_id == person_id
    db.session.execute(update(MentorProfile).where(mine).values(paused=paused))
    if paused:
        publish(MentorPaused(person_id))


# --- People who wait -----------------------------------------------------------------------------


def ask(person_id: int, shown_name: str, languages: list[str], goal: str) -> None:
    """Go on the list, or change what the list says; the place in it stays."""
    found = queries.request_of(person_id)
    if found is None:
        _new_request(person_id, shown_name, languages, goal)
        for coordinator in people.holders(Role.COORDINATOR):
            messaging.notify(coordinator, Kind.SOMEBODY_WAITS)
        return
    sealed = _sealed_goal(found.public_id, found.person_public_id, goal)
    values = {"shown_name": shown_name, "languages": languages, "goal": sealed}
    mine = MentorRequest.id == found.id
    db.session.execute(update(MentorRequest).where(mine).values(**values))


def _new_request(person_id: int, shown_name: str, languages: list[str], goal: str) -> None:
    public_id, owner = ids.public_id(), people.by_id(person_id).public_id
    row = MentorRequest(
        public_id=public_id,
        programme_id=programme_id(),
        person_id=person_id,
        shown_name=shown_name,
        languages=languages,
        goal=_sealed_goal(public_id, owner, goal),
        waiting_since=now(),
        state="waiting",
    )
    db.session.add(row)
    db.session.flush()


def _sealed_goal(public_id: str, owner: str, goal: str) -> bytes | None:
    return seal(goal, queries.goal_place(public_id, owner)) if goal else None


def stop_waiting(person_id: int) -> None:
    """Leave the list. An offer that is open comes to nothing; what was written is destroyed."""
    mine = (MentorRequest.person_id == person_id) & MentorRequest.state.in_(("waiting", "offered"))
    values = {"state": "withdrawn", "goal": None}
    db.session.execute(update(MentorRequest).where(mine).values(**values))
    publish(StoppedWaiting(person_id))


def offered(request_id: int) -> bool:
    """Somebody who waits has an offer now. False, and nothing is changed, when she does not wait."""
    waits = (MentorRequest.id == request_id) & (MentorRequest.state == "waiting")
    taken = update(MentorRequest).where(waits).values(state="offered").returning(MentorRequest.id)
    return db.session.scalar(taken.execution_options(synchronize_session=False)) is not None


def wait_again(request_id: int) -> None:
    """An offer came to nothing: back on the list, at the old place, unless she has left it meanwhile."""
    mine = (MentorRequest.id == request_id) & (MentorRequest.state == "offered")
    db.session.execute(update(MentorRequest).where(mine).values(state="waiting"))


def matched(request_id: int) -> None:
    """The wait is over: a pair begins."""
    mine = MentorRequest.id == request_id
    db.session.execute(update(MentorRequest).where(mine).values(state="matched"))


def forget_goals(request_ids: Select[int] | Any) -> None:
    """Destroy what people hoped for in these requests."""
    mine = MentorRequest.id.in_(request_ids)
    db.session.execute(update(MentorRequest).where(mine).values(goal=None))
