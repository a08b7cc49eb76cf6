"""What changes about people who ask for a mentor: from the first word to a pair, or off the list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, update

from lms.accounts import queries as people
from lms.accounts.roles import Role
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.events import publish
from lms.core.sealing import seal
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import queries, told, trail
from lms.programmes.actions import programme_id
from lms.programmes.events import StoppedWaiting
from lms.programmes.models import MentorRequest
from lms.programmes.queries import Request
from lms.programmes.rules import DORMANT_KEPT, SILENCES, More, Track, due_to_ask
from lms.programmes.states import REQUEST, By, NotAllowed, RequestState, RequestStep, move


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
            values = {**told.columns(found, more), "needs": list(more.topics)}
            mine = MentorRequest.id == found.id
            db.session.execute(update(MentorRequest).where(mine).values(**values))
        elif found.state != RequestState.OFFERED:
            _withdraw(found)


def _step(
    found: Request, step: RequestStep, by: By, actor_id: int | None = None, **values: Any
) -> Request:
    before = RequestState(found.state)
    state = move(REQUEST, before, step, by)
    trail.change(
        MentorRequest, MentorRequest.id == found.id, before, {"state": state.value, **values}
    )
    trail.record(
        *("request", found.public_id, [(before.value, state.value)]),
        about=found.person_id,
        by=actor_id,
        reason=step.value,
    )
    return replace(found, state=state.value)


def _withdraw(found: Request) -> None:
    gone = {"goal": None, **told.NOTHING}
    _step(found, RequestStep.WITHDRAW, By.SELF, found.person_id, **gone)


def accept_request(found: Request, staff_id: int) -> None:
    """Staff let somebody into the line. Raises NotAllowed."""
    found = _step(found, RequestStep.ACCEPT, By.STAFF, staff_id)
    _step(found, RequestStep.QUEUE, By.HOUSE)


def decline_request(found: Request, staff_id: int) -> None:
    """Staff decline a request; what was written is destroyed. Raises NotAllowed."""
    gone = {"goal": None, **told.NOTHING}
    _step(found, RequestStep.DECLINE, By.STAFF, staff_id, **gone)
    messaging.notify(found.person_id, Kind.REQUEST_NEWS)


def screen(found: Request, priority: int, *, under_18: bool) -> None:
    """What staff say about somebody: how far she is brought forward, 0 to 200, and whether she is 16 or 17."""
    mine = MentorRequest.id == found.id
    values = {"priority": priority, "under_18": under_18}
    db.session.execute(update(MentorRequest).where(mine).values(**values))


def still_wanted(person_id: int) -> None:
    """Somebody says that she still wants a mentor; who had fallen silent is back at her old place."""
    messaging.seen(person_id, Kind.STILL_WANTED)
    for found in queries.requests_of(person_id):
        said = {"silences": 0, "asked_at": now()}
        if found.state == RequestState.DORMANT:
            _step(found, RequestStep.STILL_WANTED, By.SELF, person_id, **said)
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
        _step(queries.request_by_id(request_id), RequestStep.OFFER, By.STAFF, staff_id)
    except NotAllowed:
        return False
    return True


def wait_again(request_id: int) -> None:
    """An offer came to nothing: back on the list, at the old place, unless she has left it meanwhile."""
    found = queries.request_by_id(request_id)
    if found.state == RequestState.OFFERED:
        _step(found, RequestStep.OFFER_OFF, By.HOUSE)


def matched(request_id: int) -> None:
    """The wait is over: a pair begins. Raises NotAllowed when no offer is open."""
    found = queries.request_by_id(request_id)
    _step(found, RequestStep.MATCH, By.HOUSE, matched_at=now())


def look_after() -> None:
    """Ask people who wait whether they still do, and let silence have its effect."""
    moment = now()
    for found in queries.waiting():
        if not due_to_ask(found.waiting_since, found.asked_at, moment):
            continue
        if found.silences >= SILENCES:
            _step(found, RequestStep.FALL_SILENT, By.HOUSE)
            continue
        mine = MentorRequest.id == found.id
        asked = {"asked_at": moment, "silences": found.silences + 1}
        db.session.execute(update(MentorRequest).where(mine).values(**asked))
        messaging.notify(found.person_id, Kind.STILL_WANTED)


def forget_goals(request_ids: Select[int] | Any) -> None:
    """Destroy what people wrote in these requests: what they hoped for, and what only the rules read."""
    mine = MentorRequest.id.in_(request_ids)
    db.session.execute(update(MentorRequest).where(mine).values(goal=None, **told.NOTHING))


def forget_old() -> None:
    """Destroy what somebody wrote who has not answered for 90 days; the place in the line stays."""
    silent = (MentorRequest.state == RequestState.DORMANT) & (
        MentorRequest.asked_at < now() - DORMANT_KEPT
    )
    db.session.execute(update(MentorRequest).where(silent).values(goal=None, **told.NOTHING))
