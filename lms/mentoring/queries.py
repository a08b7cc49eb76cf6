"""Reads of mentoring: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Row,
    ScalarSelect,
    Select,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.accounts.vault import SharedKeys
from lms.cohorts.models import Cohort, Seat
from lms.core.db import db
from lms.core.sealing import Place, unseal
from lms.mentoring.models import Match, MatchShare, Message
from lms.mentoring.rules import Clock, Mentee, Mentor, Stall, stall
from lms.mentoring.states import LIVE, NOTHING_CAME, OFFERED, TOGETHER, Ending, Side, State
from lms.programmes.models import MentorProfile
from lms.programmes.pairing import Load
from lms.programmes.queries import Request
from lms.programmes.states import MentorState
from lms.safeguarding.queries import blocked

_mentor = aliased(Person)
_mentee = aliased(Person)


# --- Pairs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, live or over, with the names that both sides chose for it.

    `opened` are its keys, once a side's request has read them (`shared_keys`): a pair is loaded anew in each.
    """

    id: int
    public_id: str
    request_id: int
    state: State
    mentor_id: int
    mentor_public_id: str
    mentor_name: str
    mentor_zone: str
    mentee_id: int
    mentee_public_id: str
    mentee_name: str
    mentee_zone: str
    languages: Sequence[str]
    asked_at: datetime
    started_at: datetime | None
    share_quizzes: bool
    share_tasks: bool = True
    track: str = "peer"
    offer: str | None = None
    awaiting: str = "none"
    awaiting_since: datetime | None = None
    next_meeting_at: datetime | None = None
    ends_on: date | None = None
    signed: str = "none"
    agreed_at: datetime | None = None
    opened: dict[str, SharedKeys] = field(default_factory=dict, compare=False, repr=False)

    @property
    def agreed(self) -> bool:
        """Whether both have signed how they work together: the second meeting waits for it."""
        return self.agreed_at is not None

    def side(self, person_id: int) -> Side | None:
        """Which side of the pair somebody is; None for everybody else."""
        return {self.mentee_id: Side.MENTEE, self.mentor_id: Side.MENTOR}.get(person_id)

    def other(self, person_id: int) -> int:
        """The person on the other side."""
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id

    def name_of(self, person_id: int) -> str:
        """The name that somebody bears in this pair."""
        return self.mentor_name if person_id == self.mentor_id else self.mentee_name

    def owner_of(self, author_id: int) -> str:
        """The public id of one side."""
        return self.mentor_public_id if author_id == self.mentor_id else self.mentee_public_id


_PAIR = (
    *(Match.id, Match.public_id, Match.request_id, Match.state),
    *(Match.mentor_id, _mentor.public_id, Match.mentor_name, _mentor.zone),
    *(Match.mentee_id, _mentee.public_id, Match.mentee_name, _mentee.zone),
    *(Match.languages, Match.asked_at, Match.started_at, Match.share_quizzes),
    *(Match.share_tasks, Match.track, Match.offer, Match.awaiting, Match.awaiting_since),
    *(Match.next_meeting_at, Match.ends_on, Match.signed, Match.agreed_at),
)


def pairs_with(*more: Any) -> Select[Any]:
    """Pairs with their two sides, and more columns behind."""
    return (
        select(*_PAIR, *more)
        .join(_mentor, _mentor.id == Match.mentor_id)
        .join(_mentee, _mentee.id == Match.mentee_id)
        .where(_mentor.state != LEAVING, _mentee.state != LEAVING)
    )


def pair_of(row: Row[*tuple[Any, ...]]) -> Pair:
    """A row of `pairs_with` as a pair."""
    found = list(row[: len(_PAIR)])
    found[3] = State(found[3])
    return Pair(*found)


def pair(public_id: str) -> Pair | None:
    """A pair by the id in its address."""
    row = db.session.execute(pairs_with().where(Match.public_id == public_id)).first()
    return pair_of(row) if row else None


def pair_by_id(match_id: int) -> Pair | None:
    """A pair by its number, as events tell it."""
    row = db.session.execute(pairs_with().where(Match.id == match_id)).first()
    return pair_of(row) if row else None


def pairs_of_mentee(mentee_id: int) -> list[Pair]:
    """The pairs and offers in which somebody is the mentee, one a track at most; pairs that have begun first."""
    mine = (Match.mentee_id == mentee_id) & Match.state.in_(LIVE)
    found = [
        pair_of(row) for row in db.session.execute(pairs_with().where(mine).order_by(Match.id))
    ]
    return sorted(found, key=lambda pair: (pair.state not in TOGETHER, pair.state not in OFFERED))


def live_pair_of(mentee_id: int) -> Pair | None:
    """The first of `pairs_of_mentee`."""
    return next(iter(pairs_of_mentee(mentee_id)), None)


def live_pairs(person_id: int) -> list[Pair]:
    """The pairs in which somebody takes part now, on either side."""
    hers = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = db.session.execute(pairs_with().where(hers, Match.state.in_(TOGETHER)))
    return [pair_of(row) for row in rows]


def offers() -> list[Pair]:
    """Offers that wait for an answer, the longest waiting first."""
    rows = db.session.execute(pairs_with().where(Match.state.in_(OFFERED)).order_by(Match.asked_at))
    return [pair_of(row) for row in rows]


def also_offered() -> dict[str, list[str]]:
    """Offer → the mentors on its other cards, in their order. One statement."""
    there = (Match.state == State.PROPOSED) & Match.offer.is_not(None)
    statement = select(Match.offer, Match.mentor_name).where(
        there, Match.mentor_id.not_in(hidden())
    )
    found: dict[str, list[str]] = {}
    for group, name in db.session.execute(statement.order_by(Match.rank, Match.id)):
        found.setdefault(group or "", []).append(name)
    return found


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One of the mentors whom an offer shows to the mentee."""

    pair: Pair
    about: str
    languages: Sequence[str]


def cards_of(found: Pair) -> list[OfferCard]:
    """The mentors whom an open offer shows to the mentee, the one who was proposed first in front."""
    together = (Match.offer == found.offer) & (Match.state == State.PROPOSED)
    shown = (Match.id == found.id) | together if found.offer else Match.id == found.id
    here = Match.mentor_id.not_in(hidden())
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    statement = pairs_with(MentorProfile.about, MentorProfile.languages).join(MentorProfile, same)
    rows = db.session.execute(statement.where(shown, here).order_by(Match.rank, Match.id))
    return [OfferCard(pair_of(row), row[-2], row[-1]) for row in rows]


_AWAY = (MentorState.PAUSED, MentorState.LEFT, MentorState.SUSPENDED)


def stalled(moment: datetime) -> list[tuple[Pair, Stall, int]]:
    """Pairs at which staff should look: (pair, rule, full days). One statement.

    A forgotten turn was brought to mind three times before; the two see the same rule on their page.
    """
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    away = exists().where(same, MentorProfile.state.in_(_AWAY))
    statement = pairs_with(away).where(Match.state.in_(TOGETHER)).order_by(Match.id)
    found = [(pair_of(row), bool(row[-1])) for row in db.session.execute(statement)]
    told = [(pair, stall(_clock(pair, away=away), moment)) for pair, away in found]
    return [(pair, *why) for pair, why in told if why is not None]


def _clock(found: Pair, *, away: bool) -> Clock:
    return Clock(
        found.awaiting_since,
        found.ends_on,
        closing=found.state is State.CLOSING,
        paused=found.state is State.PAUSED,
        away=away,
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a pair ended and what was said to staff. `by_id` is whose words they are, and nobody's to see."""

    reason: Ending
    words: str
    by_id: int | None


def end_of(match_id: int) -> Ended | None:
    """The end of a pair, opened; None while it goes on. Who calls leaves the line with `by_id`."""
    ended_by = aliased(Person)
    row = db.session.execute(
        select(Match.public_id, Match.end_reason, Match.end_words, ended_by.public_id)
        .add_columns(Match.ended_by)
        .outerjoin(ended_by, ended_by.id == Match.ended_by)
        .where(Match.id == match_id, Match.end_reason.is_not(None))
    ).first()
    if row is None or row[1] is None:
        return None
    said = unseal(row[2], end_place(row[0], row[3])) if row[2] and row[3] else ""
    return Ended(Ending(row[1]), said, row[4])


def end_place(match_public_id: str, owner: str) -> Place:
    """Where what somebody wrote to staff about the end of a pair is sealed."""
    return Place("match", "end_words", match_public_id, owner)


def never_again() -> frozenset[tuple[int, int]]:
    """(mentor, mentee) of every pair of which one side wants no other one. For whoever looks at many at once."""
    said = select(Match.mentor_id, Match.mentee_id).where(Match.never_again)
    return frozenset((row[0], row[1]) for row in db.session.execute(said))


def live_seats() -> dict[tuple[int, str], int]:
    """(mentor, track) → places that pairs and open offers hold. One statement."""
    held = (
        select(Match.mentor_id, Match.track, func.count())
        .where(Match.state.in_(LIVE))
        .group_by(Match.mentor_id, Match.track)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(held)}


def mentors_of() -> dict[int, frozenset[int]]:
    """Mentee → the mentors whom she has or is offered, in any track. One statement."""
    rows = db.session.execute(
        select(Match.mentee_id, Match.mentor_id).where(Match.state.in_(LIVE))
    ).all()
    return {
        mentee: frozenset(mentor for other, mentor in rows if other == mentee) for mentee, _ in rows
    }


def overdue_offers(before: datetime) -> list[Pair]:
    """Offers that were made before a moment and have no answer."""
    return [found for found in offers() if found.asked_at <= before]


def _last_of(author: Any) -> ScalarSelect[Any]:
    written = (Message.match_id == Match.id) & (Message.author_id == author)
    return select(func.max(Message.id)).where(written).correlate(Match).scalar_subquery()


def _asked_at() -> ScalarSelect[Any]:
    theirs = (Message.match_id == Match.id) & (Message.author_id == Match.mentee_id)
    since = Message.id > func.coalesce(_last_of(Match.mentor_id), 0)
    first = select(func.min(Message.sent_at)).where(theirs, since)
    return first.correlate(Match).scalar_subquery()


def _last_word() -> ScalarSelect[Any]:
    last = select(func.max(Message.sent_at)).where(Message.match_id == Match.id)
    return last.correlate(Match).scalar_subquery()


def unread_by(person_id: Any) -> ScalarSelect[Any]:
    """How many messages of a pair somebody has not opened."""
    theirs = (Message.match_id == Match.id) & (Message.author_id != person_id)
    count = select(func.count()).select_from(Message).where(theirs, Message.read_at.is_(None))
    return count.correlate(Match).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Mine:
    """One of a mentor's pairs with what its messages look like from outside."""

    pair: Pair
    asked_at: datetime | None
    last_word: datetime | None
    shares: frozenset[int]


def pairs_of_mentor(mentor_id: int) -> list[Mine]:
    """A mentor's live pairs and the offers that wait for her answer. Two statements."""
    seen = TOGETHER | {State.OFFERED_TO_MENTOR}
    mine = (Match.mentor_id == mentor_id) & Match.state.in_(seen)
    statement = (
        pairs_with(_asked_at(), _last_word()).where(mine).order_by(Match.started_at, Match.id)
    )
    rows = db.session.execute(statement).all()
    shared = shares_of([row[0] for row in rows])
    return [Mine(pair_of(row), row[-2], row[-1], shared.get(row[0], frozenset())) for row in rows]


def shares_of(match_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Match → the courses that its mentee lets the mentor see."""
    rows = db.session.execute(
        select(MatchShare.match_id, MatchShare.course_id).where(
            MatchShare.match_id.in_(list(match_ids))
        )
    )
    found: dict[int, set[int]] = {}
    for match_id, course_id in rows:
        found.setdefault(match_id, set()).add(course_id)
    return {match_id: frozenset(courses) for match_id, courses in found.items()}


def mentors_for(mentee_id: int, course_id: int) -> list[tuple[int, str]]:
    """(mentor, her name in the pair) of everybody who may read this person's tasks in this course."""
    rows = db.session.execute(
        select(Match.mentor_id, Match.mentor_name)
        .join(MatchShare, MatchShare.match_id == Match.id)
        .where(
            Match.mentee_id == mentee_id,
            Match.state.in_(TOGETHER),
            Match.share_tasks,
            MatchShare.course_id == course_id,
            Match.mentor_id.not_in(hidden()),
        )
        .order_by(Match.id)
    )
    return [(row.mentor_id, row.mentor_name) for row in rows]


def mentor_for(mentee_id: int, course_id: int) -> tuple[int, str] | None:
    """The first of `mentors_for`."""
    return next(iter(mentors_for(mentee_id, course_id)), None)


# --- Mentors -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profile:
    """A mentor as coordinators and offers show her; `taken` counts live pairs and open offers."""

    id: int
    public_id: str
    person_id: int
    shown_name: str
    languages: Sequence[str]
    about: str
    capacity: int
    paused: bool
    track: str
    taken: int
    last_word: datetime | None

    @property
    def facts(self) -> Mentor:
        """What the rules need of her."""
        return Mentor(self.person_id, self.languages, self.capacity, self.taken, self.paused)


def _profiles() -> Select[Any]:
    same = (Match.mentor_id == MentorProfile.person_id) & (Match.track == MentorProfile.track)
    hers = same & Match.state.in_(LIVE)
    taken = select(func.count()).select_from(Match).where(hers)
    said = select(func.max(Message.sent_at)).join(Match, Match.id == Message.match_id)
    return select(
        *(MentorProfile.id, MentorProfile.public_id, MentorProfile.person_id),
        *(MentorProfile.shown_name, MentorProfile.languages, MentorProfile.about),
        *(MentorProfile.capacity, MentorProfile.paused, MentorProfile.track),
        taken.correlate(MentorProfile).scalar_subquery(),
        said.where(hers).correlate(MentorProfile).scalar_subquery(),
    )


def profiles() -> list[Profile]:
    """All mentors, by name. One statement."""
    shown = _profiles().where(MentorProfile.person_id.not_in(hidden()))
    found = [Profile(*row) for row in db.session.execute(shown)]
    return sorted(found, key=lambda profile: profile.shown_name.casefold())


def profile(public_id: str) -> Profile | None:
    """A mentor by the id in her address."""
    shown = (MentorProfile.public_id == public_id) & MentorProfile.person_id.not_in(hidden())
    row = db.session.execute(_profiles().where(shown)).first()
    return Profile(*row) if row else None


def profile_of(person_id: int) -> Profile | None:
    """Somebody's own profile, if she can be a mentor."""
    row = db.session.execute(_profiles().where(MentorProfile.person_id == person_id)).first()
    return Profile(*row) if row else None


def profile_in(person_id: int, track: str) -> Profile | None:
    """Somebody's profile in one track, unless nobody sees her at the moment."""
    mine = (MentorProfile.person_id == person_id) & (MentorProfile.track == track)
    shown = mine & MentorProfile.person_id.not_in(hidden())
    row = db.session.execute(_profiles().where(shown)).first()
    return Profile(*row) if row else None


def loads() -> dict[int, Load]:
    """Mentor → live pairs and open offers, and when a message passed in one of them last. One statement."""
    statement = (
        select(Match.mentor_id, func.count(Match.id.distinct()), func.max(Message.sent_at))
        .outerjoin(Message, Message.match_id == Match.id)
        .where(Match.state.in_(LIVE))
        .group_by(Match.mentor_id)
    )
    return {row[0]: Load(row[1], row[2]) for row in db.session.execute(statement)}


def taken(mentor_id: int) -> int:
    """How many places are taken: live pairs and open offers."""
    hers = (Match.mentor_id == mentor_id) & Match.state.in_(LIVE)
    return db.session.scalar(select(func.count()).select_from(Match).where(hers)) or 0


# --- People who wait -----------------------------------------------------------------------------


def facts_of(found: Request) -> Mentee:
    """What the rules need of somebody who waits: earlier pairs and the people who run her cohorts."""
    both = or_(Match.mentor_id == found.person_id, Match.mentee_id == found.person_id)
    rows = db.session.execute(
        select(Match.mentor_id, Match.mentee_id, Match.never_again, Match.state).where(both)
    ).all()
    others = [
        (row.mentor_id if row.mentee_id == found.person_id else row.mentee_id, row) for row in rows
    ]
    return Mentee(
        person_id=found.person_id,
        languages=found.languages,
        not_again=frozenset(other for other, row in others if row.never_again)
        | blocked(found.person_id),
        coordinators=_coordinators(found.person_id),
        before=frozenset(other for other, row in others if row.state in NOTHING_CAME),
    )


def other_mentors(mentee_id: int, track: str) -> frozenset[int]:
    """The mentors whom somebody has or is offered in the other tracks."""
    hers = (Match.mentee_id == mentee_id) & (Match.track != track) & Match.state.in_(LIVE)
    return frozenset(db.session.scalars(select(Match.mentor_id).where(hers)))


def _coordinators(person_id: int) -> frozenset[int]:
    hers = (Seat.person_id == person_id) & Seat.left_at.is_(None)
    found = select(Cohort.coordinator_id).join(Seat, Seat.cohort_id == Cohort.id).where(hers)
    return frozenset(db.session.scalars(found))
