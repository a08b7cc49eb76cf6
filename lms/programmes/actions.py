"""What changes in programmes: programmes, profiles of mentors, requests of people who wait for one.

Every change of a state goes through a table of `states` and leaves a row in the trail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from lms.accounts import actions as accounts
from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db, fetch, insert_into
from lms.core.events import publish
from lms.core.sealing import Place, seal
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import queries, trail
from lms.programmes.events import MentorLeft, MentorPaused, StoppedWaiting
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.queries import Profile, Request, Running
from lms.programmes.rules import (
    DORMANT_KEPT,
    SILENCES,
    More,
    Track,
    due_to_ask,
    due_to_confirm,
    lapses,
    ready,
)
from lms.programmes.states import (
    MENTOR,
    PROGRAMME,
    REQUEST,
    By,
    MentorState,
    MentorStep,
    NotAllowed,
    ProgrammeStep,
    RequestState,
    RequestStep,
    move,
)

# What leaves with somebody who leaves: nobody needs it any more.
_NOTHING: dict[str, Any] = {"organisations": None, "private": None, "private_rules": 0, "hours": []}


@dataclass(frozen=True, slots=True)
class Card:
    """What a mentor's profile says."""

    shown_name: str
    languages: list[str]
    capacity: int
    about: str = ""
    paused: bool = False


# --- Programmes ----------------------------------------------------------------------------------


_DEFAULT = select(Programme.id).where(Programme.key == queries.DEFAULT_PROGRAMME)


def programme_id() -> int:
    """The programme that pairs belong to; made when it is first needed."""
    if (found := fetch(_DEFAULT).scalar()) is not None:
        return int(found)
    values = {"public_id": ids.public_id(), "key": queries.DEFAULT_PROGRAMME, "offer_days": 7}
    db.session.execute(insert_into(Programme).values(**values).on_conflict_do_nothing())
    return int(fetch(_DEFAULT).scalar_one())


def make_programme(values: dict[str, Any]) -> str:
    """Make a programme, as a draft. Return its public id."""
    public_id = ids.public_id()
    row = Programme(public_id=public_id, key=public_id, state="draft", **values)
    db.session.add(row)
    db.session.flush()
    return public_id


def change_programme(found: Running, values: dict[str, Any]) -> None:
    """Change what staff decide about a programme; pairs that are there keep their own dates."""
    db.session.execute(update(Programme).where(Programme.id == found.id).values(**values))


def move_programme(found: Running, step: ProgrammeStep, actor_id: int) -> None:
    """Take a programme one step further. Raises NotAllowed."""
    state = move(PROGRAMME, found.state, step, By.STAFF)
    _set(Programme, Programme.id == found.id, found.state, {"state": state})
    trail.record("programme", found.public_id, [(found.state, state)], by=actor_id, reason=step)


def _set(model: Any, which: ColumnElement[bool], before: str, values: dict[str, Any]) -> None:
    """Change a row that still stands in a state. Raises NotAllowed when somebody else was faster."""
    changed = update(model).where(which, model.state == before).values(**values)
    same = changed.returning(model.id).execution_options(synchronize_session=False)
    if db.session.scalar(same) is None:
        raise NotAllowed("settled meanwhile")


# --- Mentors -------------------------------------------------------------------------------------


def make_mentor(
    person_id: int, card: Card, track: Track = Track.PEER, by: int | None = None
) -> None:
    """Staff make somebody a mentor whom they know. Doing it twice changes the card."""
    accounts.grant(person_id, Role.MENTOR)
    if queries.profile_of(person_id, track) is not None:
        change_card(person_id, card, track)
        return
    state, moment = move(MENTOR, MentorState.DRAFT, MentorStep.VOUCH, By.STAFF), now()
    at = {"confirmed_at": moment, "trained_at": moment}
    row = _new_profile(person_id, card, track, state, programme_id=programme_id(), **at)
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
        **_described(found, more),
        "topics": list(more.topics),
        "countries_known": list(more.countries_known),
    }
    mine = MentorProfile.id == found.id
    db.session.execute(update(MentorProfile).where(mine).values(**values))


def _described(found: Profile | Request, more: More) -> dict[str, Any]:
    told = {"own": more.organisations.own, "conflict": more.organisations.conflict}
    private = None if more.private.empty else json.dumps(more.private.as_json())
    return {
        "levels": {code: int(level) for code, level in more.levels.items()},
        "experience": list(more.experience),
        "style": dict(more.style),
        "hours": [list(slot) for slot in more.hours],
        "async_only": more.async_only,
        "channels": list(more.channels),
        "organisations": _seal(
            json.dumps(told) if any(told.values()) else None,
            queries.place_of(found, "organisations"),
        ),
        "private": _seal(private, queries.place_of(found, "private")),
        "private_rules": more.private.count,
    }


def _seal(text: str | None, place: Place) -> bytes | None:
    return seal(text, place) if text else None


def _step(
    found: Profile, step: MentorStep, by: By, actor_id: int | None = None, **values: Any
) -> Profile:
    """Take a profile one step further. Return it as it stands then. Raises NotAllowed."""
    state = move(MENTOR, found.state, step, by)
    _set(MentorProfile, MentorProfile.id == found.id, found.state, {"state": state.value, **values})
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
    _step(found, MentorStep.DECLINE, By.STAFF, staff_id, **_NOTHING)
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
    _step(found, MentorStep.LEAVE, By.SELF, found.person_id, **_NOTHING)
    publish(MentorLeft(found.person_id))


def suspend(found: Profile, lead_id: int) -> None:
    """A safeguarding lead takes somebody out of the pool. Raises NotAllowed."""
    _step(found, MentorStep.SUSPEND, By.SAFEGUARDING, lead_id)
    publish(MentorLeft(found.person_id))


def lift(found: Profile, lead_id: int) -> None:
    """A safeguarding lead lets somebody back, paused: she says herself from when on. Raises NotAllowed."""
    _step(found, MentorStep.LIFT, By.SAFEGUARDING, lead_id)


# --- People who wait -----------------------------------------------------------------------------


def ask(
    person_id: int,
    shown_name: str,
    languages: list[str],
    goal: str,
    tracks: tuple[Track, ...] = (Track.PEER,),
    programme: int | None = None,
) -> None:
    """Go on the list, or change what the list says; the place in it stays."""
    open_ones = queries.requests_of(person_id)
    if not open_ones:
        for track in tracks:
            _new_request(person_id, shown_name, languages, goal, track, programme)
        for coordinator in people.holders(Role.COORDINATOR):
            messaging.notify(coordinator, Kind.SOMEBODY_WAITS)
    for found in open_ones:
        sealed = _sealed_goal(found.public_id, found.person_public_id, goal)
        values = {"shown_name": shown_name, "languages": languages, "goal": sealed}
        mine = MentorRequest.id == found.id
        db.session.execute(update(MentorRequest).where(mine).values(**values))


def _new_request(
    person_id: int,
    shown_name: str,
    languages: list[str],
    goal: str,
    track: Track,
    programme: int | None,
) -> None:
    public_id, owner = ids.public_id(), people.by_id(person_id).public_id
    programme = programme or programme_id()
    steps = [(RequestStep.SUBMIT, By.SELF)]
    if not queries.programme_by_id(programme).screens_requests:
        steps += [(RequestStep.ACCEPT, By.HOUSE), (RequestStep.QUEUE, By.HOUSE)]
    state, made = RequestState.DRAFT, []
    for step, by in steps:
        before, state = state, move(REQUEST, state, step, by)
        made.append((before.value, state.value))
    row = MentorRequest(
        public_id=public_id,
        programme_id=programme,
        person_id=person_id,
        track=track.value,
        shown_name=shown_name,
        languages=languages,
        goal=_sealed_goal(public_id, owner, goal),
        waiting_since=now(),
        state=state.value,
    )
    db.session.add(row)
    db.session.flush()
    trail.record("request", public_id, made, about=person_id, by=person_id)


def _sealed_goal(public_id: str, owner: str, goal: str) -> bytes | None:
    return seal(goal, queries.goal_place(public_id, owner)) if goal else None


def describe_request(person_id: int, more: More, tracks: tuple[Track, ...]) -> None:
    """Keep what helps to find somebody, in every track that she wants; others are taken off the list."""
    open_ones = queries.requests_of(person_id)
    first = open_ones[0]
    for track in tracks:
        if track not in {one.track for one in open_ones}:
            goal = queries.goal_of(first)
            spoken, where = list(first.languages), first.programme_id
            _new_request(person_id, first.shown_name, spoken, goal, track, where)
    for found in queries.requests_of(person_id):
        if found.track in tracks:
            values = {**_described(found, more), "needs": list(more.topics)}
            mine = MentorRequest.id == found.id
            db.session.execute(update(MentorRequest).where(mine).values(**values))
        elif found.state != RequestState.OFFERED:
            _withdraw(found)


def _request_step(
    found: Request, step: RequestStep, by: By, actor_id: int | None = None, **values: Any
) -> Request:
    before = RequestState(found.state)
    state = move(REQUEST, before, step, by)
    _set(MentorRequest, MentorRequest.id == found.id, before, {"state": state.value, **values})
    trail.record(
        *("request", found.public_id, [(before.value, state.value)]),
        about=found.person_id,
        by=actor_id,
        reason=step.value,
    )
    return replace(found, state=state.value)


def _withdraw(found: Request) -> None:
    gone = {"goal": None, **_NOTHING}
    _request_step(found, RequestStep.WITHDRAW, By.SELF, found.person_id, **gone)


def accept_request(found: Request, staff_id: int) -> None:
    """Staff let somebody into the line. Raises NotAllowed."""
    found = _request_step(found, RequestStep.ACCEPT, By.STAFF, staff_id)
    _request_step(found, RequestStep.QUEUE, By.HOUSE)


def decline_request(found: Request, staff_id: int) -> None:
    """Staff decline a request; what was written is destroyed. Raises NotAllowed."""
    gone = {"goal": None, **_NOTHING}
    _request_step(found, RequestStep.DECLINE, By.STAFF, staff_id, **gone)
    messaging.notify(found.person_id, Kind.REQUEST_NEWS)


def set_priority(found: Request, priority: int) -> None:
    """Staff bring somebody forward, 0 to 200, or no more."""
    mine = MentorRequest.id == found.id
    db.session.execute(update(MentorRequest).where(mine).values(priority=priority))


def still_wanted(person_id: int) -> None:
    """Somebody says that she still wants a mentor; who had fallen silent is back at her old place."""
    messaging.seen(person_id, Kind.STILL_WANTED)
    for found in queries.requests_of(person_id):
        said = {"silences": 0, "asked_at": now()}
        if found.state == RequestState.DORMANT:
            _request_step(found, RequestStep.STILL_WANTED, By.SELF, person_id, **said)
        else:
            mine = MentorRequest.id == found.id
            db.session.execute(update(MentorRequest).where(mine).values(**said))


def stop_waiting(person_id: int) -> None:
    """Leave the list. An offer that is open comes to nothing; what was written is destroyed."""
    for found in queries.requests_of(person_id):
        _withdraw(found)
    publish(StoppedWaiting(person_id))


def offered(request_id: int, staff_id: int | None = None) -> bool:
    """Somebody who waits has an offer now. False, and nothing is changed, when she does not wait."""
    try:
        _request_step(queries.request_by_id(request_id), RequestStep.OFFER, By.STAFF, staff_id)
    except NotAllowed:
        return False
    return True


def wait_again(request_id: int) -> None:
    """An offer came to nothing: back on the list, at the old place, unless she has left it meanwhile."""
    found = queries.request_by_id(request_id)
    if found.state == RequestState.OFFERED:
        _request_step(found, RequestStep.OFFER_OFF, By.HOUSE)


def matched(request_id: int) -> None:
    """The wait is over: a pair begins. Raises NotAllowed when no offer is open."""
    found = queries.request_by_id(request_id)
    _request_step(found, RequestStep.MATCH, By.HOUSE, matched_at=now())


# --- What the house does by itself ---------------------------------------------------------------


def daily() -> None:
    """Ask who has not been heard of, let silence have its effect, end pauses that are over."""
    _look_after_mentors()
    _look_after_requests()


def _look_after_mentors() -> None:
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


def _look_after_requests() -> None:
    moment = now()
    for found in queries.waiting():
        if not due_to_ask(found.waiting_since, found.asked_at, moment):
            continue
        if found.silences >= SILENCES:
            _request_step(found, RequestStep.FALL_SILENT, By.HOUSE)
            continue
        mine = MentorRequest.id == found.id
        asked = {"asked_at": moment, "silences": found.silences + 1}
        db.session.execute(update(MentorRequest).where(mine).values(**asked))
        messaging.notify(found.person_id, Kind.STILL_WANTED)


def forget_goals(request_ids: Select[int] | Any) -> None:
    """Destroy what people wrote in these requests: what they hoped for, and what only the rules read."""
    mine = MentorRequest.id.in_(request_ids)
    db.session.execute(update(MentorRequest).where(mine).values(goal=None, **_NOTHING))


def forget_old() -> None:
    """Destroy what somebody wrote who has not answered for 90 days; the place in the line stays."""
    silent = (MentorRequest.state == RequestState.DORMANT) & (
        MentorRequest.asked_at < now() - DORMANT_KEPT
    )
    db.session.execute(update(MentorRequest).where(silent).values(goal=None, **_NOTHING))
