"""What changes about circles.

A circle's key is sealed to each of its people, as a pair's is: neither staff nor the server reads what is said.
Every coming and going begins a new key, so that whoever comes reads from then on, and whoever leaves no more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, func, select, update

from lms.accounts import queries as people
from lms.accounts import vault
from lms.accounts.vault import Opener, SharedKeys
from lms.circles import queries
from lms.circles.models import (
    CaseSheet,
    Circle,
    CircleKey,
    CircleMeeting,
    CircleMember,
    CirclePost,
    CirclePresence,
)
from lms.circles.queries import Found, Sheet
from lms.circles.rules import (
    CODE,
    KEPT_AFTER_END,
    MOST_MEMBERS,
    POSTS_KEPT,
    Full,
    NotAllowed,
    Stage,
    following,
    may_speak,
    missing,
    next_stage,
)
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.safeguarding.queries import blocked

# --- Coming and going ----------------------------------------------------------------------------


def make(facilitator_id: int, title: str, name: str, rhythm_days: int) -> str:
    """Begin a circle with its facilitator as the first member. Return its public id."""
    row = Circle(
        public_id=ids.public_id(),
        title=title,
        facilitator_id=facilitator_id,
        state="open",
        code=CODE.new(),
        rhythm_days=rhythm_days,
        made_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _place(row.id, facilitator_id, name, "in")
    _new_key(row.id, row.public_id)
    return row.public_id


def join(found: Found, person_id: int, name: str) -> None:
    """Come in, by the code or since one was asked. Raises Full when twelve are there, NotAllowed when closed.

    Places are counted with the circle locked: of two who come for the last one, one gets it.
    """
    state = db.session.scalar(select(Circle.state).where(Circle.id == found.id).with_for_update())
    if state != "open":
        raise NotAllowed("closed")
    mine = (CircleMember.circle_id == found.id) & (CircleMember.person_id == person_id)
    row = db.session.scalar(select(CircleMember).where(mine))
    if row is not None and row.state == "in":
        return
    inside = (CircleMember.circle_id == found.id) & (CircleMember.state == "in")
    if (db.session.scalar(select(func.count()).where(inside)) or 0) >= MOST_MEMBERS:
        raise Full
    if row is None:
        _place(found.id, person_id, name, "in")
    else:
        row.state, row.name, row.joined_at = "in", name, now()
        db.session.flush()
    messaging.seen(person_id, Kind.CIRCLE_ASKED)
    _new_key(found.id, found.public_id)


def invite(found: Found, person_id: int) -> None:
    """Ask somebody in. She decides, and under which name. Asking twice is once."""
    mine = (CircleMember.circle_id == found.id) & (CircleMember.person_id == person_id)
    row = db.session.scalar(select(CircleMember).where(mine))
    if row is not None and row.state != "left":
        return
    if row is None:
        _place(found.id, person_id, "", "invited")
    else:
        row.state = "invited"
        db.session.flush()
    messaging.notify(person_id, Kind.CIRCLE_ASKED)


def leave(found: Found, person_id: int) -> None:
    """Go, or decline. The facilitator closes the circle instead. Raises NotAllowed."""
    if found.facilitator_id == person_id:
        raise NotAllowed("the facilitator closes it")
    db.session.execute(select(Circle.id).where(Circle.id == found.id).with_for_update())
    mine = (CircleMember.circle_id == found.id) & (CircleMember.person_id == person_id)
    was_in = db.session.scalar(select(CircleMember.state).where(mine)) == "in"
    db.session.execute(update(CircleMember).where(mine).values(state="left"))
    keys = (CircleKey.circle_id == found.id) & (CircleKey.person_id == person_id)
    db.session.execute(delete(CircleKey).where(keys))
    messaging.seen(person_id, Kind.CIRCLE_ASKED)
    messaging.seen(person_id, Kind.CIRCLE, circle=found.public_id)
    if was_in:
        _new_key(found.id, found.public_id)


def close(found: Found) -> None:
    """End a circle: it can be read for 90 days, and nobody writes or comes in."""
    values = {"state": "closed", "code": None, "next_at": None, "closed_at": now()}
    db.session.execute(update(Circle).where(Circle.id == found.id).values(**values))


def new_code(found: Found) -> None:
    """Make another code; the earlier one leads nowhere from now on."""
    db.session.execute(update(Circle).where(Circle.id == found.id).values(code=CODE.new()))


def _place(circle_id: int, person_id: int, name: str, state: str) -> None:
    row = CircleMember(
        public_id=ids.public_id(),
        circle_id=circle_id,
        person_id=person_id,
        name=name,
        state=state,
        joined_at=now(),
    )
    db.session.add(row)
    db.session.flush()


def _new_key(circle_id: int, public_id: str) -> None:
    """Give a circle its next key, sealed to everybody who is in it. The server forgets it with this call."""
    inside = (CircleMember.circle_id == circle_id) & (CircleMember.state == "in")
    person_ids = db.session.scalars(select(CircleMember.person_id).where(inside)).all()
    last = select(func.max(CircleKey.number)).where(CircleKey.circle_id == circle_id)
    number, key = (db.session.scalar(last) or 0) + 1, vault.new_shared_key()
    for person_id, (owner, public) in vault.public_keys(person_ids).items():
        wrapped = vault.seal_with(public, key, queries.key_place(public_id, number, owner))
        db.session.add(
            CircleKey(circle_id=circle_id, number=number, person_id=person_id, wrapped=wrapped)
        )
    db.session.flush()


def change_keys(person_id: int) -> None:
    """Somebody has another pair of keys: her circles talk on with new ones, she can't open what was."""
    db.session.execute(delete(CircleKey).where(CircleKey.person_id == person_id))
    for found in queries.circles_of(person_id):
        if found.state == "open":
            _new_key(found.id, found.public_id)


def part(person_id: int) -> None:
    """An account is about to be destroyed: whoever was there longest leads on, an empty circle closes."""
    for found in queries.circles_of(person_id):
        others = [one for one in found.here if one.person_id != person_id]
        if found.facilitator_id == person_id:
            heir = others[0].person_id if others else None
            values = {"facilitator_id": heir}
            db.session.execute(update(Circle).where(Circle.id == found.id).values(**values))
        if not others:
            close(found)


# --- Talk ----------------------------------------------------------------------------------------


def write(found: Found, author_id: int, text: str, opener: Opener) -> None:
    """Say something in the thread. Raises NotAllowed when the circle is closed."""
    _post(found, author_id, text, opener, None, "")


def contribute(found: Found, sheet: Sheet, author_id: int, text: str, opener: Opener) -> None:
    """Say something about a case, at the stage that the talk has reached. Raises NotAllowed."""
    stage = _stage(sheet)
    if not may_speak(stage, facilitator=found.facilitator_id == author_id):
        raise NotAllowed(stage)
    _post(found, author_id, text, opener, sheet.id, stage.value)


def _stage(sheet: Sheet) -> Stage:
    mine = select(CaseSheet.stage).where(CaseSheet.id == sheet.id).with_for_update()
    return Stage(db.session.scalars(mine).one())


def _post(
    found: Found, author_id: int, text: str, opener: Opener, sheet_id: int | None, stage: str
) -> None:
    public_id = ids.public_id()
    where = queries.place("circle_post", "body", public_id, found.public_id)
    row = CirclePost(
        public_id=public_id,
        circle_id=found.id,
        sheet_id=sheet_id,
        stage=stage,
        author_id=author_id,
        body=_keys(found, author_id, opener).seal(text, where),
        at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _tell(found, author_id)


def _keys(found: Found, author_id: int, opener: Opener) -> SharedKeys:
    if found.state != "open":
        raise NotAllowed("closed")
    keys = queries.shared_keys(found, author_id, opener)
    if not keys:
        _new_key(found.id, found.public_id)
        keys = queries.shared_keys(found, author_id, opener)
    return keys


def _tell(found: Found, author_id: int) -> None:
    hidden = {author_id, *blocked(author_id)}
    for one in found.here:
        if one.person_id not in hidden:
            messaging.notify(one.person_id, Kind.CIRCLE, circle=found.public_id)


def read(found: Found, person_id: int) -> None:
    """Somebody has opened the circle."""
    messaging.seen(person_id, Kind.CIRCLE, circle=found.public_id)


# --- Cases ---------------------------------------------------------------------------------------


def post_sheet(
    found: Found,
    author_id: int,
    words: Mapping[str, str],
    confirmed: Collection[str],
    opener: Opener,
) -> str:
    """Lay an invented or altered case before the circle. Return its public id.

    Raises NotAllowed unless every item of the checklist is confirmed: nothing is kept then, no draft either.
    """
    if missing(confirmed):
        raise NotAllowed("not every item is confirmed")
    public_id = ids.public_id()
    keys = _keys(found, author_id, opener)
    row = CaseSheet(
        public_id=public_id,
        circle_id=found.id,
        author_id=author_id,
        stage=Stage.QUESTIONS.value,
        body=keys.seal(json.dumps(dict(words)), queries.sheet_place(public_id, found)),
        confirmed_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _tell(found, author_id)
    return public_id


def go_on(found: Found, sheet: Sheet) -> None:
    """Bring the talk about a case to its next stage. Raises NotAllowed."""
    stage = next_stage(_stage(sheet))
    db.session.execute(update(CaseSheet).where(CaseSheet.id == sheet.id).values(stage=stage.value))
    if found.facilitator_id is not None:
        _tell(found, found.facilitator_id)


# --- Meetings ------------------------------------------------------------------------------------


def plan(found: Found, title: str, rhythm_days: int, next_at: datetime | None) -> None:
    """Set title, rhythm and the next meeting; everybody is told of another hour."""
    values = {"title": title, "rhythm_days": rhythm_days, "next_at": next_at}
    db.session.execute(update(Circle).where(Circle.id == found.id).values(**values))
    if next_at != found.next_at and found.facilitator_id is not None:
        _tell(found, found.facilitator_id)


def held(found: Found, present: Collection[str]) -> None:
    """The planned meeting took place with these members (public ids). The next one follows the rhythm.

    Raises NotAllowed when none was planned, or when it is still to come.
    """
    mine = select(Circle.next_at).where(Circle.id == found.id).with_for_update()
    at = db.session.scalar(mine)
    if at is None or at > now():
        raise NotAllowed("no meeting to record")
    meeting = CircleMeeting(public_id=ids.public_id(), circle_id=found.id, at=at)
    db.session.add(meeting)
    db.session.flush()
    db.session.add_all(
        CirclePresence(
            meeting_id=meeting.id, person_id=one.person_id, came=one.public_id in present
        )
        for one in found.here
    )
    zone = people.by_id(found.facilitator_id).zone if found.facilitator_id else "UTC"
    values = {"next_at": following(at, found.rhythm_days, zone)}
    db.session.execute(update(Circle).where(Circle.id == found.id).values(**values))


def will_change(found: Found, meeting: str, person_id: int, text: str, opener: Opener) -> bool:
    """Keep the sentence on what somebody will change after a meeting. Return whether she was asked."""
    keys = _keys(found, person_id, opener)
    sealed = keys.seal(text, queries.change_place(meeting, person_id, found)) if text else None
    meetings = select(CircleMeeting.id).where(
        CircleMeeting.public_id == meeting, CircleMeeting.circle_id == found.id
    )
    mine = CirclePresence.meeting_id.in_(meetings) & (CirclePresence.person_id == person_id)
    done = update(CirclePresence).where(mine).values(change=sealed)
    options = {"synchronize_session": False}
    done_here = done.returning(CirclePresence.person_id).execution_options(**options)
    return db.session.scalar(done_here) is not None


# --- Retention -----------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy talk after 180 days, and all of a circle 90 days after its end."""
    over = select(Circle.id).where(Circle.closed_at < now() - KEPT_AFTER_END)
    old_posts = CirclePost.at < now() - POSTS_KEPT
    db.session.execute(delete(CirclePost).where(old_posts | CirclePost.circle_id.in_(over)))
    old_sheets = CaseSheet.confirmed_at < now() - POSTS_KEPT
    gone = select(CaseSheet.id).where(old_sheets | CaseSheet.circle_id.in_(over))
    db.session.execute(delete(CirclePost).where(CirclePost.sheet_id.in_(gone)))
    db.session.execute(delete(CaseSheet).where(CaseSheet.id.in_(gone)))
    held_there = select(CircleMeeting.id).where(CircleMeeting.circle_id.in_(over))
    db.session.execute(delete(CirclePresence).where(CirclePresence.meeting_id.in_(held_there)))
    for table in (CircleMeeting, CircleKey, CircleMember):
        db.session.execute(delete(table).where(table.circle_id.in_(over)))
    db.session.execute(delete(Circle).where(Circle.closed_at < now() - KEPT_AFTER_END))


def somebody(handle: str) -> int | None:
    """Who signs in under this name."""
    person = people.by_handle(handle)
    return person.id if person else None
