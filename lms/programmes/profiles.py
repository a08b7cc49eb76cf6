"""What changes about mentors: their profiles, one for each track, from the offer to the last day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import update

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.events import publish
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import queries, told, trail
from lms.programmes.actions import programme_id
from lms.programmes.events import MentorLeft, MentorPaused
from lms.programmes.models import MentorProfile
from lms.programmes.queries import Profile
from lms.programmes.rules import More, Track, due_to_confirm, lapses, ready
from lms.programmes.states import MENTOR, By, MentorState, MentorStep, move


@dataclass(frozen=True, slots=True)
class Card:
    """What a mentor's profile says."""

    shown_name: str
    languages: list[str]
    capacity: int
    about: str = ""
    paused: bool = False


def make_mentor(
    person_id: int,
    card: Card,
    track: Track = Track.PEER,
    by: int | None = None,
    programme: int | None = None,
) -> None:
    """Staff make somebody a mentor whom they know. Doing it twice changes the card, not the programme."""
    accounts.grant(person_id, Role.MENTOR)
    if queries.profile_of(person_id, track) is not None:
        change_card(person_id, card, track)
        return
    state, moment = move(MENTOR, MentorState.DRAFT, MentorStep.VOUCH, By.STAFF), now()
    at = {"confirmed_at": moment, "trained_at": moment}
    where = programme or programme_id()
    row = _new_profile(person_id, card, track, state, programme_id=where, **at)
    steps = [(MentorState.DRAFT.value, state.value)]
    trail.record("mentor", row.public_id, steps, about=person_id, by=by, reason=MentorStep.VOUCH)
    if card.paused:
        pause(person_id, paused=True)
    messaging.notify(person_id, Kind.PLACE_GIVEN)


def _new_profile(
    person_id: int, card: Card, track: Track, state: MentorState, **more: Any
) -> MentorProfile:
    row = MentorProfile(
        public_id=ids.public_id(),
        person_id=person_id,
        track=track.value,
        state=state.value,
        shown_name=card.shown_name,
        languages=card.languages,
        about=card.about,
        capacity=card.capacity,
        made_at=now(),
        **more,
    )
    db.session.add(row)
    db.session.flush()
    return row


def offer_to_mentor(person_id: int, card: Card, track: Track, programme: int | None = None) -> str:
    """Somebody offers to be a mentor in a track; staff look at it. Return the profile's public id.

    Doing it again, after staff declined or she had left, sends it in again. Raises NotAllowed.
    """
    found = queries.profile_of(person_id, track)
    if found is None:
        where = programme or programme_id()
        row = _new_profile(person_id, card, track, MentorState.DRAFT, programme_id=where)
        public_id = row.public_id
    else:
        move(MENTOR, found.state, MentorStep.SUBMIT, By.SELF)
        change_card(person_id, card, track)
        public_id = found.public_id
    profile = _profile(public_id)
    _step(profile, MentorStep.SUBMIT, By.SELF, person_id)
    for coordinator in people.holders(Role.COORDINATOR):
        messaging.notify(coordinator, Kind.MENTOR_OFFERS)
    return public_id


def _profile(public_id: str) -> Profile:
    found = queries.profile(public_id)
    if found is None:
        raise LookupError(public_id)
    return found


def change_card(person_id: int, card: Card, track: Track = Track.PEER) -> None:
    """Change what a mentor's card says. Pausing takes open offers back; live pairs stay."""
    found = queries.profile_of(person_id, track) or queries.profile_of(person_id)
    if found is None:
        return
    names = ("shown_name", "languages", "capacity", "about")
    values = {name: getattr(card, name) for name in names}
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(**values))
    if card.paused:
        pause(person_id, paused=True)


def describe_mentor(found: Profile, more: More) -> None:
    """Keep what a mentor says about how she works. What she keeps to herself is sealed for the rules."""
    values = {
        **told.columns(found, more),
        "topics": list(dict.fromkeys((*more.topics, *more.glad_topics))),
        "glad_topics": list(more.glad_topics),
        "countries_known": list(more.countries_known),
    }
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(**values))


def _step(
    found: Profile, step: MentorStep, by: By, actor_id: int | None = None, **values: Any
) -> Profile:
    """Take a profile one step further. Return it as it stands then. Raises NotAllowed."""
    state = move(MENTOR, found.state, step, by)
    trail.change(
        MentorProfile, MentorProfile.id == found.id, found.state, {"state": state.value, **values}
    )
    trail.record(
        *("mentor", found.public_id, [(found.state.value, state.value)]),
        about=found.person_id,
        by=actor_id,
        reason=step.value,
    )
    return replace(found, state=state)


def accept_mentor(found: Profile, staff_id: int) -> None:
    """Staff accept somebody who offered to be a mentor: the training is next. Raises NotAllowed."""
    found = _step(found, MentorStep.ACCEPT, By.STAFF, staff_id)
    found = _step(found, MentorStep.TRAIN, By.HOUSE)
    gate = queries.programme_by_id(found.programme_id).gate_course
    trained = bool(gate) and queries.has_completed(found.person_id, gate)
    messaging.notify(found.person_id, Kind.MENTOR_NEWS)
    if trained:
        _trained(found)
    _open_when_ready(found.public_id)


def decline_mentor(found: Profile, staff_id: int) -> None:
    """Staff decline; she can send it in again. What she kept to herself is destroyed. Raises NotAllowed."""
    _step(found, MentorStep.DECLINE, By.STAFF, staff_id, **told.NOTHING)
    messaging.notify(found.person_id, Kind.MENTOR_NEWS)


def sign_boundaries(found: Profile) -> None:
    """A mentor has read the page about boundaries and works like that."""
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(boundaries_at=now()))
    _open_when_ready(found.public_id)


def complete_training(person_id: int, course_id: int) -> None:
    """Somebody has completed a course; where it is a programme's training, her profile knows."""
    gates = queries.completes_gate(course_id)
    for found in queries.profiles_of(person_id):
        if found.programme_id in gates:
            _trained(found)
            _open_when_ready(found.public_id)


def _trained(found: Profile) -> None:
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(trained_at=now()))


def _open_when_ready(public_id: str) -> None:
    found = _profile(public_id)
    gate = bool(queries.programme_by_id(found.programme_id).gate_course)
    passed = ready(found.trained_at, found.boundaries_at, gate=gate)
    if found.state is MentorState.IN_TRAINING and passed:
        moment = now()
        trained = found.trained_at or moment
        _step(found, MentorStep.READY, By.HOUSE, confirmed_at=moment, trained_at=trained)
        # The role asks for a second step at the next page, so it comes last.
        accounts.grant(found.person_id, Role.MENTOR)


def pause(person_id: int, *, paused: bool, until: date | None = None) -> None:
    """Take no new people for now or until a day, or take them again. No reason is asked."""
    for found in queries.profiles_of(person_id):
        if paused and found.state in {MentorState.AVAILABLE, MentorState.UNCONFIRMED}:
            _step(found, MentorStep.PAUSE, By.SELF, person_id, paused_until=until)
        elif paused and found.state is MentorState.PAUSED:
            mine = MentorProfile.id == found.id
            db.session.execute(update(MentorProfile).where(mine).values(paused_until=until))
        elif not paused and found.state is MentorState.PAUSED:
            _step(
                found, MentorStep.RETURN, By.SELF, person_id, paused_until=None, confirmed_at=now()
            )
    if paused:
        publish(MentorPaused(person_id))


def confirm(person_id: int) -> None:
    """A mentor says that she is there; who had left the pool by silence is back in it."""
    mine = MentorProfile.person_id == person_id
    db.session.execute(update(MentorProfile).where(mine).values(confirmed_at=now()))
    messaging.seen(person_id, Kind.CONFIRM)
    for found in queries.profiles_of(person_id):
        if found.state is MentorState.UNCONFIRMED:
            _step(found, MentorStep.CONFIRM, By.SELF, person_id)


def leave(found: Profile) -> None:
    """A mentor leaves, in one track. No reason is asked; live pairs stay. Raises NotAllowed."""
    _step(found, MentorStep.LEAVE, By.SELF, found.person_id, **told.NOTHING)
    publish(MentorLeft(found.person_id))


def suspend(found: Profile, lead_id: int) -> None:
    """A safeguarding lead takes somebody out of the pool. Raises NotAllowed."""
    _step(found, MentorStep.SUSPEND, By.SAFEGUARDING, lead_id)
    publish(MentorLeft(found.person_id))


def lift(found: Profile, lead_id: int) -> None:
    """A safeguarding lead lets somebody back, paused: she says herself from when on. Raises NotAllowed."""
    _step(found, MentorStep.LIFT, By.SAFEGUARDING, lead_id)


def clear(found: Profile, lead_id: int, *, adults_only: bool) -> None:
    """A safeguarding lead says whether somebody may be proposed to people of 16 and 17, too."""
    if found.adults_only is adults_only:
        return
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(adults_only=adults_only))
    before, after = ("adults", "from_16") if not adults_only else ("from_16", "adults")
    steps = [(before, after)]
    trail.record("clearance", found.public_id, steps, about=found.person_id, by=lead_id)


def look_after() -> None:
    """Ask mentors who have not been heard of, let silence have its effect, end pauses that are over."""
    moment = now()
    for found in queries.profiles():
        if found.state is MentorState.PAUSED and _is_over(found.paused_until):
            _step(found, MentorStep.RETURN, By.HOUSE, paused_until=None, confirmed_at=moment)
        elif found.state is MentorState.AVAILABLE and lapses(found.confirmed_at, moment):
            _step(found, MentorStep.LAPSE, By.HOUSE)
            messaging.notify(found.person_id, Kind.CONFIRM)
        elif found.state is MentorState.AVAILABLE and due_to_confirm(
            found.confirmed_at, found.asked_at, moment
        ):
            mine = MentorProfile.id == found.id
            db.session.execute(update(MentorProfile).where(mine).values(asked_at=moment))
            messaging.notify(found.person_id, Kind.CONFIRM)


def _is_over(until: date | None) -> bool:
    return until is not None and until <= now().date()
