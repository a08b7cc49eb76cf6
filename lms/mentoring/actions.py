"""What changes in mentoring: offers, pairs, notes, messages.

Whoever gives or takes a place locks the mentor's profile first, so places are counted by one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update

from lms.accounts import vault
from lms.accounts.vault import Opener, SharedKeys
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.mentoring import queries
from lms.mentoring.models import Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.queries import Pair, Profile
from lms.mentoring.rules import (
    BARS,
    KEPT_AFTER_END,
    LIVE,
    MESSAGES_KEPT,
    OFFERED,
    PROPOSALS_KEPT,
    NotAllowed,
    Reason,
    Side,
    State,
    Step,
    move,
    reasons_against,
    shared_languages,
)
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import actions as programmes
from lms.programmes.models import MentorProfile
from lms.programmes.queries import Request, offer_days


@dataclass
class Barred(Exception):
    """These two can't be paired now."""

    reasons: list[Reason]


class NoPlace(Exception):
    """The mentor has no free place any more."""


class NotWaiting(Exception):
    """The person does not wait any more, or has an offer already."""


# --- Offers --------------------------------------------------------------------------------------


def propose(found: Request, profile: Profile, coordinator_id: int) -> str:
    """Offer a mentor to somebody who waits; she is asked first. Return the pair's public id.

    Raises NotWaiting, or Barred with the reasons; nothing is changed then.
    """
    _lock(profile.person_id)
    mentor = queries.profile(profile.public_id) or profile
    bars = [why for why in reasons_against(mentor.facts, queries.facts_of(found)) if why in BARS]
    if bars:
        raise Barred(bars)
    # A pair may be hidden for some days, while one side decides whether to come back.
    hers = (Match.mentee_id == found.person_id) & Match.state.in_(LIVE)
    if db.session.scalar(select(Match.id).where(hers)) is not None:
        raise NotWaiting
    if not programmes.offered(found.id):
        raise NotWaiting
    row = Match(
        public_id=ids.public_id(),
        programme_id=programmes.programme_id(),
        request_id=found.id,
        mentor_id=mentor.person_id,
        mentee_id=found.person_id,
        mentor_name=mentor.shown_name,
        mentee_name=found.shown_name,
        languages=shared_languages(found.languages, mentor.languages),
        state=State.OFFERED_TO_MENTEE,
        proposed_by=coordinator_id,
        asked_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    messaging.notify(found.person_id, Kind.OFFER, pair=row.public_id)
    return row.public_id


def agree_as_mentee(
    found: Pair, shown_name: str, course_ids: Iterable[int], *, share_quizzes: bool
) -> None:
    """The mentee says yes, under this name, and shares these courses. Now the mentor is asked.

    Raises NotAllowed, NoPlace.
    """
    _count_places(found.mentor_id)
    row = _locked(found.id)
    row.state = move(State(row.state), Step.AGREE, Side.MENTEE)
    row.mentee_name, row.asked_at = shown_name, now()
    share(found, course_ids, quizzes=share_quizzes)
    messaging.seen(found.mentee_id, Kind.OFFER, pair=found.public_id)
    messaging.notify(found.mentor_id, Kind.OFFER, pair=found.public_id)


def agree_as_mentor(found: Pair, shown_name: str) -> None:
    """The mentor says yes too: the pair begins. Raises NotAllowed, NoPlace."""
    _count_places(found.mentor_id)
    row = _locked(found.id)
    row.state = move(State(row.state), Step.AGREE, Side.MENTOR)
    row.mentor_name, row.started_at = shown_name, now()
    _new_key(found)
    programmes.matched(found.request_id)
    messaging.seen(found.mentor_id, Kind.OFFER, pair=found.public_id)
    messaging.notify(found.mentee_id, Kind.PAIR_STARTED, pair=found.public_id)


def decline(found: Pair, side: Side) -> None:
    """One side says no. The other one learns at most that it did not come about. Raises NotAllowed."""
    row = _locked(found.id)
    row.state = move(State(row.state), Step.DECLINE, side)
    _off(found, tell=side is Side.MENTOR)


def take_back(found: Pair, *, tell: bool = True) -> None:
    """The house takes an offer back. Raises NotAllowed."""
    row = _locked(found.id)
    row.state = move(State(row.state), Step.WITHDRAW, Side.HOUSE)
    _off(found, tell=tell)


def expire_offers() -> None:
    """Let offers lapse that nobody has answered; their people are back on the list, at their old places."""
    for found in queries.overdue_offers(now() - timedelta(days=offer_days())):
        row = _locked(found.id)
        row.state = move(State(row.state), Step.EXPIRE, Side.HOUSE)
        _off(found, tell=True)


def _off(found: Pair, *, tell: bool) -> None:
    programmes.wait_again(found.request_id)
    db.session.execute(delete(MatchShare).where(MatchShare.match_id == found.id))
    for person_id in (found.mentee_id, found.mentor_id):
        messaging.seen(person_id, Kind.OFFER, pair=found.public_id)
    if tell:
        messaging.notify(found.mentee_id, Kind.OFFER_OFF)


def release_offers(mentor_id: int) -> None:
    """Take back every offer of a mentor that has no answer."""
    open_offers = (Match.mentor_id == mentor_id) & Match.state.in_(OFFERED)
    for public_id in db.session.scalars(select(Match.public_id).where(open_offers)).all():
        take_back(_found(public_id))


def drop_offer_to(mentee_id: int) -> None:
    """Somebody has left the list: an offer that is open comes to nothing."""
    found = queries.live_pair_of(mentee_id)
    if found is not None and found.state in OFFERED:
        take_back(found, tell=False)


def _lock(mentor_id: int) -> None:
    # On SQLite the whole writing transaction is the lock already.
    mine = MentorProfile.person_id == mentor_id
    db.session.execute(select(MentorProfile.id).where(mine).with_for_update())


def _count_places(mentor_id: int) -> None:
    _lock(mentor_id)
    capacity = select(MentorProfile.capacity).where(MentorProfile.person_id == mentor_id)
    # The offer that is being accepted holds one of the places already.
    if queries.taken(mentor_id) > (db.session.scalar(capacity) or 0):
        raise NoPlace


def _locked(match_id: int) -> Match:
    mine = select(Match).where(Match.id == match_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one()


def _found(public_id: str) -> Pair:
    found = queries.pair(public_id)
    if found is None:
        raise LookupError(public_id)
    return found


# --- Pairs ---------------------------------------------------------------------------------------


def share(found: Pair, course_ids: Iterable[int], *, quizzes: bool) -> None:
    """Let the mentor see these courses and no others, from the next page on."""
    db.session.execute(delete(MatchShare).where(MatchShare.match_id == found.id))
    db.session.add_all(
        MatchShare(match_id=found.id, course_id=course_id) for course_id in sorted(set(course_ids))
    )
    mine = Match.id == found.id
    db.session.execute(update(Match).where(mine).values(share_quizzes=quizzes))


def end(found: Pair, person_id: int, *, never_again: bool) -> None:
    """One side ends the pair, with no reason; what the other one could see is closed at once.

    Raises NotAllowed.
    """
    side = found.side(person_id)
    if side is None:
        raise NotAllowed("neither side")
    row = _locked(found.id)
    row.state = move(State(row.state), Step.END, side)
    row.ended_at, row.ended_by, row.never_again = now(), person_id, never_again
    for each in (found.mentee_id, found.mentor_id):
        for kind in (Kind.MESSAGE, Kind.NOTE, Kind.PAIR_STARTED):
            messaging.seen(each, kind, pair=found.public_id)
    messaging.notify(found.other(person_id), Kind.PAIR_ENDED)


def write_note(found: Pair, author_id: int, text: str, opener: Opener, *, shared: bool) -> None:
    """Keep a note, for both sides or for its author only. Its kind is settled with that."""
    public_id = ids.public_id()
    place = queries.body_place("note", public_id, found.owner_of(author_id))
    sealed = (
        _keys(found, author_id, opener).seal(text, place) if shared else vault.seal(text, place)
    )
    row = Note(
        public_id=public_id,
        match_id=found.id,
        author_id=author_id,
        kind="shared" if shared else "mine",
        body=sealed,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    if shared:
        messaging.notify(found.other(author_id), Kind.NOTE, pair=found.public_id)


def write_message(found: Pair, author_id: int, text: str, opener: Opener) -> None:
    """Write to the other side."""
    public_id = ids.public_id()
    place = queries.body_place("message", public_id, found.owner_of(author_id))
    row = Message(
        public_id=public_id,
        match_id=found.id,
        author_id=author_id,
        body=_keys(found, author_id, opener).seal(text, place),
        sent_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    messaging.notify(found.other(author_id), Kind.MESSAGE, pair=found.public_id)


def _keys(found: Pair, author_id: int, opener: Opener) -> SharedKeys:
    """The pair's keys, to write with; a side that has none that opens gets a new one, and so does the other."""
    keys = queries.shared_keys(found, author_id, opener)
    if not keys:
        _new_key(found)
        keys = queries.shared_keys(found, author_id, opener)
    return keys


def _new_key(found: Pair) -> None:
    """Give a pair its next key, sealed to both sides. The server forgets it with this call."""
    last = select(func.max(MatchKey.number)).where(MatchKey.match_id == found.id)
    number, key = (db.session.scalar(last) or 0) + 1, vault.new_shared_key()
    for person_id, (owner, public) in vault.public_keys((found.mentor_id, found.mentee_id)).items():
        wrapped = vault.seal_with(public, key, queries.key_place(found.public_id, number, owner))
        db.session.add(
            MatchKey(match_id=found.id, number=number, person_id=person_id, wrapped=wrapped)
        )
    db.session.flush()


def change_keys(person_id: int) -> None:
    """Somebody has another pair of keys: her live pairs talk on with a new one, she can't open what was."""
    db.session.execute(delete(MatchKey).where(MatchKey.person_id == person_id))
    for found in queries.live_pairs(person_id):
        _new_key(found)


def part(person_id: int) -> None:
    """One side's account is about to be destroyed, and the pair with it: tell the other side, free her place."""
    hers = or_(Match.mentor_id == person_id, Match.mentee_id == person_id) & Match.state.in_(LIVE)
    rows = db.session.execute(
        select(Match.mentor_id, Match.mentee_id, Match.request_id, Match.state).where(hers)
    ).all()
    for mentor_id, mentee_id, request_id, state in rows:
        other = mentee_id if person_id == mentor_id else mentor_id
        if state == State.ACTIVE:
            messaging.notify(other, Kind.PAIR_ENDED)
        elif other == mentee_id:
            programmes.wait_again(request_id)
            messaging.notify(other, Kind.OFFER_OFF)


def mark_read(found: Pair, reader_id: int) -> None:
    """One side has opened the conversation."""
    new = (Message.match_id == found.id) & (Message.author_id != reader_id)
    unread = new & Message.read_at.is_(None)
    db.session.execute(update(Message).where(unread).values(read_at=now()))
    messaging.seen(reader_id, Kind.MESSAGE, pair=found.public_id)


# --- Retention -----------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy what has been kept long enough: messages after 180 days, all of a pair 90 days after its end.

    A proposal that came to nothing is forgotten after 30 days.
    """
    nothing = Match.state.in_((State.DECLINED, State.EXPIRED, State.WITHDRAWN))
    came_to_nothing = nothing & (Match.asked_at < now() - PROPOSALS_KEPT)
    shared = select(Match.id).where(came_to_nothing)
    db.session.execute(delete(MatchShare).where(MatchShare.match_id.in_(shared)))
    db.session.execute(delete(Match).where(came_to_nothing))
    over = select(Match.id).where(Match.ended_at < now() - KEPT_AFTER_END)
    old = Message.sent_at < now() - MESSAGES_KEPT
    db.session.execute(delete(Message).where(old | Message.match_id.in_(over)))
    db.session.execute(delete(Note).where(Note.match_id.in_(over)))
    db.session.execute(delete(MatchKey).where(MatchKey.match_id.in_(over)))
    db.session.execute(delete(MatchShare).where(MatchShare.match_id.in_(over)))
    live = select(Match.request_id).where(Match.state.in_(LIVE))
    asked = select(Match.request_id).where(Match.id.in_(over), Match.request_id.not_in(live))
    programmes.forget_goals(asked)
