"""Offers: up to three mentors for somebody who waits. She answers first, then the mentor whom she chose.

Only the mentor who is proposed first, or was chosen, holds a place for her; the others are looked at again when
their turn comes. Whoever gives or takes a place locks the mentor's profile first, so places are counted by one
at a time, and the rules are asked again in the transaction that makes the step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from lms.core import ids
from lms.core.clock import now
from lms.core.db import db
from lms.core.events import publish
from lms.matching.constraints import DECIDERS, Bar, Decider, against
from lms.matching.facts import Settings
from lms.mentoring import keys, queries
from lms.mentoring.events import PairStarted
from lms.mentoring.models import Match, MatchShare
from lms.mentoring.queries import Pair, Profile
from lms.mentoring.rules import REMIND_AFTER, Reason, shared_languages
from lms.mentoring.states import LIVE, OFFERED, NotAllowed, Side, State, Step, awaited
from lms.mentoring.steps import lock_places, locked, take
from lms.messaging import actions as messaging
from lms.messaging.kinds import Kind
from lms.programmes import profiles, trail, waiting
from lms.programmes import queries as programme_queries
from lms.programmes.facts import Around, of_two
from lms.programmes.models import MentorRequest
from lms.programmes.queries import (
    Request,
    offer_days,
    programme_by_id,
    request_by_id,
    request_of,
)
from lms.programmes.states import REQUEST, By, RequestState, RequestStep, move

MOST_CARDS = 3


@dataclass
class Barred(Exception):
    """These two can't be paired now."""

    reasons: list[Reason]


class NoPlace(Exception):
    """The mentor has no free place any more, or something speaks against the pair since it was proposed."""


class NotWaiting(Exception):
    """The person does not wait any more, or has an offer already."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What the mentee lets her mentor see."""

    course_ids: Collection[int] = ()
    quizzes: bool = False
    tasks: bool = True


# --- Made ----------------------------------------------------------------------------------------


def offer(found: Request, profiles: Sequence[Profile], by: int, run: str | None = None) -> str:
    """Show up to three mentors to somebody who waits; she is asked first. Return the first pair's public id.

    The first holds a place for her. Others with whom something speaks against the pair are left out in
    silence. Raises NotWaiting, or Barred with the reasons against the first; nothing is changed then.
    """
    chosen = list(dict.fromkeys(profile.public_id for profile in profiles))[:MOST_CARDS]
    lock_places(*(profile.person_id for profile in profiles))
    mentors = [mentor for one in chosen if (mentor := queries.profile(one))]
    bars = bars_between(mentors[0], found) if mentors else [Reason.PAUSED]
    if bars:
        raise Barred(bars)
    # A pair may be hidden for some days, while one side decides whether to come back.
    hers = (Match.mentee_id == found.person_id) & (Match.track == found.track)
    if db.session.scalar(select(Match.id).where(hers, Match.state.in_(LIVE))) is not None:
        raise NotWaiting
    if not waiting.offered(found.id, by):
        raise NotWaiting
    shown = [mentor for mentor in mentors if not bars_between(mentor, found)]
    group = ids.public_id()
    rows = [_row(found, mentor, by, group, rank) for rank, mentor in enumerate(shown, 1)]
    for row in rows:
        row.run = run
    db.session.add_all(rows)
    db.session.flush()
    take(rows[0], Step.APPROVE, Side.STAFF, by)
    take(rows[0], Step.OFFER, Side.STAFF, by)
    messaging.notify(found.person_id, Kind.OFFER, pair=rows[0].public_id)
    return rows[0].public_id


def propose(found: Request, profile: Profile, coordinator_id: int) -> str:
    """Offer one mentor, with whom she has a language in common. Raises as `offer` does."""
    speaks = shared_languages(found.languages, profile.languages)
    if not speaks:
        raise Barred([Reason.NO_LANGUAGE])
    return offer(found, [profile], coordinator_id)


def _row(found: Request, mentor: Profile, by: int, group: str, rank: int) -> Match:
    return Match(
        public_id=ids.public_id(),
        programme_id=found.programme_id,
        request_id=found.id,
        mentor_id=mentor.person_id,
        mentee_id=found.person_id,
        mentor_name=mentor.shown_name,
        mentee_name=found.shown_name,
        languages=shared_languages(found.languages, mentor.languages),
        state=State.PROPOSED,
        proposed_by=by,
        asked_at=now(),
        track=found.track,
        offer=group,
        rank=rank,
    )


def bars_between(mentor: Profile, found: Request) -> list[Reason]:
    """What staff cannot decide over, as things are in this moment; the hardest first."""
    card = programme_queries.profile(mentor.public_id)
    if card is None:
        return [Reason.PAUSED]
    knows = queries.facts_of(found)
    around = Around(
        apart={found.person_id: knows.not_again},
        other_mentors={found.person_id: queries.other_mentors(found.person_id, found.track)},
    )
    moment = now()
    facts = of_two(card, found, moment.date(), around)
    here = Settings(now=moment, track=found.track, programme=facts[1].programme, floor=0)
    broken = against(*facts, here)
    reasons = [_REASONS[bar] for bar in broken if DECIDERS[bar] is not Decider.STAFF]
    full = [] if mentor.facts.free else [Reason.NO_PLACE]
    same = [Reason.SAME_PERSON] if mentor.person_id == found.person_id else []
    return list(dict.fromkeys([*same, *reasons, *full]))


# What staff are told of a rule that is not theirs to set aside: private ones look alike.
_REASONS = {
    Bar.STATUS: Reason.PAUSED,
    Bar.COUNTRY: Reason.ASKED_NOT_TO,
    Bar.GENDER: Reason.ASKED_NOT_TO,
    Bar.APART: Reason.ASKED_NOT_TO,
    Bar.CHANNEL: Reason.ASKED_NOT_TO,
    Bar.CLEARANCE: Reason.ASKED_NOT_TO,
    Bar.OTHER_TRACK: Reason.OTHER_TRACK,
}


def _still_fits(row: Match) -> bool:
    """Whether this pair could be proposed now; the place that it holds itself counts as free."""
    mentor = queries.profile_in(row.mentor_id, row.track)
    if mentor is None:
        return False
    holds = row.state in LIVE
    against = set(bars_between(mentor, request_by_id(row.request_id)))
    if holds and mentor.taken <= mentor.capacity:
        against.discard(Reason.NO_PLACE)
    return not against


# --- Answered ------------------------------------------------------------------------------------


def agree_as_mentee(
    found: Pair,
    shown_name: str,
    shares: Shares,
    chosen: str | None = None,
    also: Iterable[str] = (),
) -> None:
    """The mentee says yes, under this name: to the mentor whom she chose, and to be asked next the others.

    `chosen` and `also` are public ids of the cards. Now the mentor is asked. Raises NotAllowed, or NoPlace when
    that place is gone: whom she chose stays known all the same, for the next round.
    """
    row, also = locked(found.id), set(also)
    cards = {card.public_id: card for card in (row, *_others(row))}
    target = cards.get(chosen or row.public_id)
    if target is None or State(row.state) is not State.OFFERED_TO_MENTEE:
        raise NotAllowed("no such card")
    lock_places(target.mentor_id)
    target.wanted = True
    if not _still_fits(target):
        raise NoPlace
    if target is not row:
        _turn_to(row, target, again=row.public_id in also)
    for card in cards.values():
        if card.state == State.PROPOSED:
            card.wanted = card.public_id in also
            if not card.wanted:
                take(card, Step.DISMISS, Side.MENTEE, found.mentee_id)
    _agreed(target, shown_name)
    _share(target, shares)
    _forget_notices(row)


def _others(row: Match) -> list[Match]:
    """The other cards of an offer that are still there."""
    same = (Match.offer == row.offer) & (Match.state == State.PROPOSED) & (Match.id != row.id)
    return list(db.session.scalars(select(Match).where(same).order_by(Match.rank)))


def _turn_to(row: Match, target: Match, *, again: bool) -> None:
    """The mentee chose another card than the first: that one gives its place back, and may be asked later."""
    take(row, Step.WITHDRAW, Side.HOUSE, reason="another_first")
    row.wanted = again
    if again:
        db.session.add(_again(row))
        db.session.flush()
    take(target, Step.APPROVE, Side.MENTEE, target.mentee_id)
    take(target, Step.OFFER, Side.MENTEE, target.mentee_id)


def _again(row: Match) -> Match:
    same = ("programme_id", "request_id", "mentor_id", "mentee_id", "mentor_name", "mentee_name")
    more = ("languages", "proposed_by", "asked_at", "track", "offer", "rank", "run")
    values = {name: getattr(row, name) for name in (*same, *more)}
    return Match(public_id=ids.public_id(), state=State.PROPOSED, wanted=True, **values)


def _agreed(row: Match, shown_name: str) -> None:
    take(row, Step.AGREE, Side.MENTEE, row.mentee_id)
    row.mentee_name, row.asked_at, row.reminded_at = shown_name, now(), None
    messaging.notify(row.mentor_id, Kind.OFFER, pair=row.public_id)


def _share(row: Match, shares: Shares) -> None:
    courses = sorted(set(shares.course_ids))
    db.session.execute(delete(MatchShare).where(MatchShare.match_id == row.id))
    db.session.add_all(MatchShare(match_id=row.id, course_id=course) for course in courses)
    row.share_quizzes, row.share_tasks = shares.quizzes, shares.tasks
    db.session.flush()


def agree_as_mentor(found: Pair, shown_name: str) -> None:
    """The mentor says yes too: the pair begins. Raises NotAllowed, NoPlace."""
    row = locked(found.id)
    lock_places(row.mentor_id)
    profiles.confirm(row.mentor_id)  # a yes says that she is there
    if State(row.state) is State.OFFERED_TO_MENTOR and not _still_fits(row):
        raise NoPlace
    take(row, Step.AGREE, Side.MENTOR, row.mentor_id)
    moment = now()
    row.mentor_name, row.started_at, row.last_sign_at = shown_name, moment, moment
    row.ends_on = (moment + _length(row)).date()
    row.awaiting, row.awaiting_since = Side.MENTOR, moment
    row.predecessor_id = db.session.scalar(
        select(Match.id)
        .where(Match.mentee_id == row.mentee_id, Match.track == row.track)
        .where(Match.ended_at.is_not(None))
        .order_by(Match.id.desc())
        .limit(1)
    )
    for card in _others(row):
        take(card, Step.DISMISS, Side.HOUSE)
    keys.renew(found)
    waiting.matched(row.request_id)
    _forget_notices(row)
    messaging.notify(row.mentee_id, Kind.PAIR_STARTED, pair=row.public_id)
    publish(PairStarted(row.id, row.mentor_id, row.mentee_id, row.track))


def _length(row: Match) -> timedelta:
    return timedelta(weeks=programme_by_id(row.programme_id).duration_weeks)


# --- Come to nothing -----------------------------------------------------------------------------


def decline(found: Pair, side: Side) -> None:
    """One side says no. The other one learns at most that it did not come about. Raises NotAllowed.

    The mentee's no is to all the cards; after the mentor's the next one whom she wanted is asked.
    """
    row = locked(found.id)
    by = row.mentee_id if side is Side.MENTEE else row.mentor_id
    take(row, Step.DECLINE, side, by)
    if side is Side.MENTEE or not _next(row, Side.MENTOR):
        _back_in_line(row, tell=side is Side.MENTOR)


def take_back(found: Pair, *, tell: bool = True, by: int | None = None) -> None:
    """The house takes an offer back, with all its cards. Raises NotAllowed."""
    row = locked(found.id)
    take(row, Step.WITHDRAW, Side.STAFF if by else Side.HOUSE, by)
    _back_in_line(row, tell=tell)


def no_place_after_all(found: Pair) -> None:
    """The answer came too late for this mentor: the next one is asked, or shown. Raises NotAllowed."""
    withdraw(locked(found.id), "no_place")


def card_is_gone(found: Pair, chosen: str | None) -> None:
    """The place of the mentor whom she chose is taken: the card goes, the others stay to be chosen."""
    row = locked(found.id)
    card = next((one for one in _others(row) if one.public_id == chosen), None)
    if card is None:
        withdraw(row, "no_place")
    else:
        take(card, Step.DISMISS, Side.HOUSE, reason="no_place")


def withdraw(row: Match, reason: str) -> None:
    """The house takes one mentor out of an offer: the next one is asked, or shown. Raises NotAllowed."""
    asked = awaited(State(row.state))
    take(row, Step.WITHDRAW, Side.HOUSE, reason=reason)
    if not _next(row, asked):
        _back_in_line(row, tell=True)


def _back_in_line(row: Match, *, tell: bool) -> None:
    """An offer has come to nothing, with all its cards: back on the list, at the old place."""
    _forget_notices(row)
    for card in _others(row):
        take(card, Step.DISMISS, Side.HOUSE)
    db.session.execute(delete(MatchShare).where(MatchShare.match_id == row.id))
    waiting.wait_again(row.request_id)
    if tell:
        messaging.notify(row.mentee_id, Kind.OFFER_OFF)


def _forget_notices(row: Match) -> None:
    for person_id in (row.mentee_id, row.mentor_id):
        messaging.seen(person_id, Kind.OFFER, Kind.OFFER_WAITS, pair=row.public_id)


def _next(row: Match, asked: Side | None) -> bool:
    """Ask the next mentor whom the mentee wanted; if she was asked still, show her the other cards."""
    _forget_notices(row)
    answered = asked is Side.MENTOR
    for card in [card for card in _others(row) if card.wanted or not answered]:
        lock_places(card.mentor_id)
        if not _still_fits(card):
            take(card, Step.DISMISS, Side.HOUSE, reason="no_place")
            continue
        take(card, Step.APPROVE, Side.HOUSE)
        take(card, Step.OFFER, Side.HOUSE)
        card.asked_at, card.reminded_at = now(), None
        if answered:
            _carry_over(row, card)
        else:
            messaging.notify(card.mentee_id, Kind.OFFER, pair=card.public_id)
        return True
    return False


def _carry_over(row: Match, card: Match) -> None:
    """What the mentee said to the first mentor holds for the next one whom she wanted, too."""
    mine = MatchShare.match_id == row.id
    db.session.execute(update(MatchShare).where(mine).values(match_id=card.id))
    card.share_quizzes, card.share_tasks = row.share_quizzes, row.share_tasks
    _agreed(card, row.mentee_name)


def back_on_the_list(request_id: int, by: int | None) -> None:
    """After a pair that has ended: the mentee waits again, at her old place, unless she does so already."""
    found = request_by_id(request_id)
    before = RequestState(found.state)
    if before is not RequestState.MATCHED or request_of(found.person_id, found.track) is not None:
        return
    after = move(REQUEST, before, RequestStep.AGAIN, By.SELF)
    mine = MentorRequest.id == request_id
    db.session.execute(update(MentorRequest).where(mine).values(state=after.value))
    trail.record(
        "request", found.public_id, [(before, after)], about=found.person_id, by=by, reason="again"
    )


def release_offers(mentor_id: int) -> None:
    """A mentor takes nobody new: open offers go on without her, cards that show her are dropped."""
    hers = Match.mentor_id == mentor_id
    shown = select(Match).where(hers, Match.state == State.PROPOSED).with_for_update()
    for card in db.session.scalars(shown).all():
        take(card, Step.DISMISS, Side.HOUSE, reason="mentor_away")
    asked = select(Match.id).where(hers, Match.state.in_(OFFERED))
    for number in db.session.scalars(asked).all():
        withdraw(locked(number), "mentor_away")


def drop_offers_to(mentee_id: int) -> None:
    """Somebody has left a list: an offer that was made for it comes to nothing."""
    for found in queries.pairs_of_mentee(mentee_id):
        if found.state in OFFERED:
            take_back(found, tell=False)


# --- By the clock --------------------------------------------------------------------------------


def expire_offers() -> None:
    """Let offers lapse that nobody has answered; their people are back on the list, at their old places."""
    for found in queries.overdue_offers(now() - timedelta(days=offer_days())):
        row = locked(found.id)
        asked = awaited(State(row.state))
        take(row, Step.EXPIRE, Side.HOUSE)
        if asked is Side.MENTEE or not _next(row, asked):
            _back_in_line(row, tell=True)


def remind() -> None:
    """Bring offers to mind that wait for three days, once for each who is asked."""
    for found in queries.overdue_offers(now() - REMIND_AFTER):
        row = locked(found.id)
        if row.reminded_at is None:
            side, row.reminded_at = awaited(State(row.state)), now()
            person_id = row.mentee_id if side is Side.MENTEE else row.mentor_id
            messaging.notify(person_id, Kind.OFFER_WAITS, pair=row.public_id)
    db.session.flush()
