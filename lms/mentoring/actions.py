"""What changes in pairs that have begun: shares, the agreement, turns, rest, notes, messages, the end.

How a pair comes about is in `offers`, whose actions are reached from here, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from lms.accounts import queries as people
from lms.accounts import vault
from lms.accounts.roles import Role
from lms.accounts.vault import Opener
from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.events import publish
from lms.core.sealing import seal
from lms.mentoring import conversation, keys, offers, queries, steps
from lms.mentoring.events import PairClosing, PairEnded, PairPaused, PairResumed
from lms.mentoring.models import Agreement, Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.queries import Pair
from lms.mentoring.rules import (
    KEPT_AFTER_END,
    MESSAGES_KEPT,
    PROPOSALS_KEPT,
    closes,
    nudges_due,
)
from lms.mentoring.states import (
    GOOD_ENDS,
    LIVE,
    NOTHING_CAME,
    OFFERED,
    TOGETHER,
    Ending,
    NotAllowed,
    Side,
    State,
    Step,
)
from lms.mentoring.steps import locked, take
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import waiting

Barred, NoPlace, NotWaiting, Shares = (
    offers.Barred,
    offers.NoPlace,
    offers.NotWaiting,
    offers.Shares,
)
offer, propose = offers.offer, offers.propose
agree_as_mentor, decline, take_back = offers.agree_as_mentor, offers.decline, offers.take_back
release_offers, drop_offers_to = offers.release_offers, offers.drop_offers_to
expire_offers, no_place_after_all = offers.expire_offers, offers.no_place_after_all
card_is_gone = offers.card_is_gone

# Notices that lead to the page of a pair: they go when it does.
ABOUT_A_PAIR = (
    *(Kind.MESSAGE, Kind.NOTE, Kind.PAIR_STARTED, Kind.PAIR_PAUSED, Kind.PAIR_RESUMED),
    *(Kind.PAIR_CLOSING, Kind.AGREEMENT, Kind.TURN, Kind.PAIR_QUIET),
)


def agree_as_mentee(
    found: Pair,
    shown_name: str,
    course_ids: Iterable[int],
    *,
    share_quizzes: bool,
    share_tasks: bool = True,
    chosen: str | None = None,
    also: Iterable[str] = (),
) -> None:
    """The mentee says yes to one of her cards and shares these courses. Raises NotAllowed, NoPlace."""
    shares = Shares(list(course_ids), share_quizzes, share_tasks)
    offers.agree_as_mentee(found, shown_name, shares, chosen, also)


# --- Shares --------------------------------------------------------------------------------------


def share(found: Pair, course_ids: Iterable[int], *, quizzes: bool, tasks: bool = True) -> None:
    """Let the mentor see these courses and no others, from the next page on."""
    db.session.execute(delete(MatchShare).where(MatchShare.match_id == found.id))
    db.session.add_all(
        MatchShare(match_id=found.id, course_id=course_id) for course_id in sorted(set(course_ids))
    )
    _set(found.id, share_quizzes=quizzes, share_tasks=tasks)


def _set(match_id: int, **values: object) -> None:
    db.session.execute(update(Match).where(Match.id == match_id).values(**values))


# --- What the two agree on -----------------------------------------------------------------------


def agree_on(found: Pair, author_id: int, texts: Mapping[str, str] | None, opener: Opener) -> None:
    """Write the next version of what the two agree on; its author signs it with that, the other is asked to.

    Without `texts` it is what the house proposes, in the language of whoever reads it.
    """
    public_id, side = ids.public_id(), found.side(author_id)
    number, earlier = conversation.agreement_version(found.id)
    place = conversation.agreement_place(public_id, found.owner_of(author_id))
    body = (
        keys.to_write(found, author_id, opener).seal(json.dumps(dict(texts)), place)
        if texts is not None
        else None
    )
    row = Agreement(
        public_id=public_id,
        match_id=found.id,
        version=number + 1,
        author_id=author_id,
        body=body,
        created_at=now(),
    )
    _sign(row, side)
    db.session.add(row)
    db.session.flush()
    if earlier:
        steps.record_agreement(earlier, found.mentee_id, author_id, "signed", "superseded")
    _signed(found, row, author_id, before="draft")
    messaging.notify(found.other(author_id), Kind.AGREEMENT, pair=found.public_id)


def sign(found: Pair, person_id: int, version: int) -> None:
    """One side signs what it has read. Raises NotAllowed when that is not the latest version any more."""
    latest = (
        select(Agreement)
        .where(Agreement.match_id == found.id)
        .order_by(Agreement.version.desc())
        .limit(1)
        .with_for_update()
    )
    row, side = db.session.scalar(latest), found.side(person_id)
    if row is None or row.version != version or side is None:
        raise NotAllowed("another version")
    before = _signatures(row)
    _sign(row, side)
    db.session.flush()
    messaging.seen(person_id, Kind.AGREEMENT, pair=found.public_id)
    if before != _signatures(row):
        _signed(found, row, person_id, before=before)


def _sign(row: Agreement, side: Side | None) -> None:
    if side is Side.MENTOR:
        row.signed_by_mentor_at = row.signed_by_mentor_at or now()
    else:
        row.signed_by_mentee_at = row.signed_by_mentee_at or now()


def _signed(found: Pair, row: Agreement, by: int, *, before: str) -> None:
    """Write the step down, and on the pair what its pages ask for."""
    after = _signatures(row)
    steps.record_agreement(row.public_id, found.mentee_id, by, before, after)
    both = after == "signed_both"
    side = found.side(by)
    _set(found.id, signed="both" if both else side.value if side else "none")
    if both and found.agreed_at is None:
        _set(found.id, agreed_at=now())


def _signatures(row: Agreement) -> str:
    both = (row.signed_by_mentor_at, row.signed_by_mentee_at)
    return "signed_both" if all(both) else "signed_one" if any(both) else "draft"


# --- Turns and dates -----------------------------------------------------------------------------


def set_awaiting(found: Pair, side: Side | None) -> None:
    """Whose turn it is, or nobody's. The clock of a turn goes on as long as it is the same one's."""
    mine = select(Match.awaiting).where(Match.id == found.id)
    value = side.value if side else "none"
    if db.session.scalar(mine) != value:
        since = now() if side else None
        _set(found.id, awaiting=value, awaiting_since=since, nudged=0)
    _set(found.id, last_sign_at=now())


def set_next_meeting(found: Pair, moment: datetime | None) -> None:
    """When the two meet next; home shows it. A date, or one that is over, is a sign of life."""
    _set(found.id, next_meeting_at=moment, last_sign_at=now())


def nudge() -> None:
    """Bring forgotten turns to mind, after 7, 14 and 21 days; after that staff look."""
    waiting = (
        (Match.state == State.ACTIVE)
        & Match.awaiting_since.is_not(None)
        & (Match.nudged < 3)
        & or_(Match.next_meeting_at.is_(None), Match.next_meeting_at < now())
    )
    rows = db.session.execute(
        select(
            *(Match.id, Match.public_id, Match.awaiting, Match.awaiting_since, Match.nudged),
            *(Match.mentor_id, Match.mentee_id),
        ).where(waiting)
    ).all()
    for row in rows:
        due = nudges_due(row.awaiting_since, now())
        if due > row.nudged:
            _set(row.id, nudged=due)
            person_id = row.mentor_id if row.awaiting == Side.MENTOR else row.mentee_id
            messaging.notify(person_id, Kind.TURN, pair=row.public_id)


# --- Rest, the last weeks, the end ---------------------------------------------------------------


def pause(found: Pair, person_id: int) -> None:
    """One side needs a rest from it: nothing is asked of either until it goes on. Raises NotAllowed."""
    row = locked(found.id)
    take(row, Step.PAUSE, _side(found, person_id), person_id)
    messaging.notify(found.other(person_id), Kind.PAIR_PAUSED, pair=found.public_id)
    publish(PairPaused(*_of(row)))


def resume(found: Pair, person_id: int) -> None:
    """It goes on; turns count from now. Raises NotAllowed."""
    row = locked(found.id)
    take(row, Step.RESUME, _side(found, person_id), person_id)
    row.last_sign_at, row.nudged = now(), 0
    row.awaiting_since = now() if row.awaiting_since else None
    messaging.seen(found.other(person_id), Kind.PAIR_PAUSED, pair=found.public_id)
    messaging.notify(found.other(person_id), Kind.PAIR_RESUMED, pair=found.public_id)
    publish(PairResumed(*_of(row)))


def close(found: Pair, person_id: int | None = None, *, change: bool = False) -> None:
    """The last weeks begin, or the talk before a change of mentor. Raises NotAllowed.

    `person_id` None: the agreed time is nearly over.
    """
    row = locked(found.id)
    take(row, Step.CLOSE, _side(found, person_id), person_id, "change" if change else "")
    row.change_wanted = change
    for each in {found.mentor_id, found.mentee_id} - {person_id}:
        messaging.notify(each, Kind.PAIR_CLOSING, pair=found.public_id)
    publish(PairClosing(*_of(row)))


def close_in_time() -> None:
    """Open the last weeks of pairs whose agreed time is nearly over."""
    running = Match.state.in_((State.ACTIVE, State.PAUSED)) & Match.ends_on.is_not(None)
    rows = db.session.execute(select(Match.public_id, Match.ends_on).where(running)).all()
    for public_id, ends_on in rows:
        if closes(ends_on, now().date()) and (found := queries.pair(public_id)):
            close(found)


def end(
    found: Pair,
    person_id: int,
    *,
    never_again: bool,
    reason: Ending = Ending.OTHER,
    words: str = "",
) -> None:
    """One side ends the pair; what the other one could see is closed at once. Raises NotAllowed.

    A goal that was reached, or time that is over, completes it. `words` are for staff only.
    """
    row = locked(found.id)
    side = _side(found, person_id)
    if reason in GOOD_ENDS and State(row.state) in TOGETHER - {State.CLOSING}:
        take(row, Step.CLOSE, side, person_id, reason)
    step = Step.COMPLETE if reason in GOOD_ENDS else Step.END
    take(row, step, side, person_id, reason)
    row.never_again = never_again
    if words:
        row.end_words = seal(words, queries.end_place(row.public_id, found.owner_of(person_id)))
    _finish(row, person_id, reason, change=row.change_wanted)
    messaging.notify(found.other(person_id), Kind.PAIR_ENDED)


def change(found: Pair, person_id: int, *, talk: bool) -> None:
    """A change of mentor that is nobody's fault: after a talk, or at once. Raises NotAllowed.

    The mentee is back on the list at her old place, and staff learn that much, no reason.
    """
    if talk:
        close(found, person_id, change=True)
        return
    row = locked(found.id)
    take(row, Step.END, _side(found, person_id), person_id, Ending.NOT_A_FIT)
    _finish(row, person_id, Ending.NOT_A_FIT, change=True)
    messaging.notify(found.other(person_id), Kind.PAIR_ENDED)


def part_in_silence(one: int, other: int) -> None:
    """One side has shut the other out: pairs of the two end, offers come to nothing, nobody is told."""
    both = or_(
        and_(Match.mentor_id == one, Match.mentee_id == other),
        and_(Match.mentor_id == other, Match.mentee_id == one),
    )
    shown = Match.state.in_(LIVE | {State.PROPOSED})
    for number in db.session.scalars(select(Match.id).where(both, shown)).all():
        row = locked(number)
        state = State(row.state)
        if state in TOGETHER:
            take(row, Step.END, Side.HOUSE, reason=Ending.APART)
            _finish(row, None, Ending.APART, change=False, silent=True)
        elif state in OFFERED:
            offers.withdraw(row, Ending.APART)
        elif state is State.PROPOSED:
            take(row, Step.DISMISS, Side.HOUSE, reason=Ending.APART)


def _finish(
    row: Match, person_id: int | None, reason: Ending, *, change: bool, silent: bool = False
) -> None:
    row.ended_at, row.ended_by, row.end_reason = now(), person_id, reason.value
    row.awaiting, row.awaiting_since, row.next_meeting_at = "none", None, None
    db.session.flush()
    for each in (row.mentee_id, row.mentor_id):
        messaging.seen(each, *ABOUT_A_PAIR, pair=row.public_id)
    if change:
        offers.back_on_the_list(row.request_id, person_id)
        for coordinator in people.holders(Role.COORDINATOR):
            messaging.notify(coordinator, Kind.CHANGE_WANTED)
    early = State(row.state) is State.ENDED_EARLY
    publish(PairEnded(*_of(row), early=early, change=change, silent=silent))


def _side(found: Pair, person_id: int | None) -> Side:
    side = found.side(person_id) if person_id is not None else Side.HOUSE
    if side is None:
        raise NotAllowed("neither side")
    return side


def _of(row: Match) -> tuple[int, int, int, str]:
    return row.id, row.mentor_id, row.mentee_id, row.track


def tell_of_pairs_left(mentor_id: int) -> None:
    """A mentor takes a rest or has left, and has live pairs: staff look at them; none ends by itself."""
    hers = (Match.mentor_id == mentor_id) & Match.state.in_(TOGETHER)
    if db.session.scalar(select(Match.id).where(hers).limit(1)) is not None:
        for coordinator in people.holders(Role.COORDINATOR):
            messaging.notify(coordinator, Kind.PAIRS_LEFT)


# --- Notes and messages --------------------------------------------------------------------------


def write_note(found: Pair, author_id: int, text: str, opener: Opener, *, shared: bool) -> None:
    """Keep a note, for both sides or for its author only. Its kind is settled with that."""
    public_id = ids.public_id()
    place = conversation.body_place("note", public_id, found.owner_of(author_id))
    sealed = (
        keys.to_write(found, author_id, opener).seal(text, place)
        if shared
        else vault.seal(text, place)
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
    place = conversation.body_place("message", public_id, found.owner_of(author_id))
    row = Message(
        public_id=public_id,
        match_id=found.id,
        author_id=author_id,
        body=keys.to_write(found, author_id, opener).seal(text, place),
        sent_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    messaging.notify(found.other(author_id), Kind.MESSAGE, pair=found.public_id)
    set_awaiting(found, found.side(found.other(author_id)))


def change_keys(person_id: int) -> None:
    """Somebody has another pair of keys: her live pairs talk on with a new one, she can't open what was."""
    keys.change(person_id)


def part(person_id: int) -> None:
    """One side's account is about to be destroyed, and the pair with it: tell the other side, free her place."""
    hers = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = db.session.execute(
        select(
            *(Match.id, Match.mentor_id, Match.mentee_id, Match.request_id, Match.state),
            Match.track,
        ).where(hers, Match.state.in_(LIVE))
    ).all()
    for match_id, mentor_id, mentee_id, request_id, state, track in rows:
        other = mentee_id if person_id == mentor_id else mentor_id
        if State(state) in TOGETHER:
            messaging.notify(other, Kind.PAIR_ENDED)
            told = PairEnded(
                match_id, mentor_id, mentee_id, track, early=True, change=False, silent=True
            )
            publish(told)
        elif other == mentee_id:
            waiting.wait_again(request_id)
            messaging.notify(other, Kind.OFFER_OFF)


def mark_read(found: Pair, reader_id: int) -> None:
    """One side has opened the conversation."""
    new = (Message.match_id == found.id) & (Message.author_id != reader_id)
    unread = new & Message.read_at.is_(None)
    db.session.execute(update(Message).where(unread).values(read_at=now()))
    messaging.seen(reader_id, Kind.MESSAGE, Kind.TURN, pair=found.public_id)


# --- Retention -----------------------------------------------------------------------------------


def forget_old() -> None:
    """Destroy what has been kept long enough: messages after 180 days, all of a pair 90 days after its end.

    A proposal that came to nothing is forgotten after 30 days.
    """
    came_to_nothing = Match.state.in_(NOTHING_CAME) & (Match.asked_at < now() - PROPOSALS_KEPT)
    shared = select(Match.id).where(came_to_nothing)
    db.session.execute(delete(MatchShare).where(MatchShare.match_id.in_(shared)))
    db.session.execute(delete(Match).where(came_to_nothing))
    over = select(Match.id).where(Match.ended_at < now() - KEPT_AFTER_END)
    old = Message.sent_at < now() - MESSAGES_KEPT
    db.session.execute(delete(Message).where(old | Message.match_id.in_(over)))
    db.session.execute(delete(Note).where(Note.match_id.in_(over)))
    db.session.execute(delete(Agreement).where(Agreement.match_id.in_(over)))
    _forget_end_words()
    db.session.execute(delete(MatchKey).where(MatchKey.match_id.in_(over)))
    db.session.execute(delete(MatchShare).where(MatchShare.match_id.in_(over)))
    live = select(Match.request_id).where(Match.state.in_(LIVE))
    asked = select(Match.request_id).where(Match.id.in_(over), Match.request_id.not_in(live))
    waiting.forget_goals(asked)


def _forget_end_words() -> None:
    old = Match.end_words.is_not(None) & (Match.ended_at < now() - KEPT_AFTER_END)
    db.session.execute(update(Match).where(old).values(end_words=None))


def daily() -> None:
    """What the house does for pairs once a day."""
    offers.expire_offers()
    offers.remind()
    close_in_time()
    nudge()
