"""Reads of mentoring: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Row,
    ScalarSelect,
    Select,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.orm import aliased

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.accounts.vault import Opener, SharedKeys
from lms.cohorts.models import Cohort, Seat
from lms.core.db import db, fetch
from lms.core.sealing import CannotOpen, Place, unseal
from lms.learning.models import Completion, Enrolment
from lms.learning.queries import Progress
from lms.mentoring.models import Agreement, Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.rules import Clock, Mentee, Mentor, Stall, stall
from lms.mentoring.states import LIVE, NOTHING_CAME, OFFERED, TOGETHER, Ending, Side, State
from lms.programmes.models import MentorProfile, MentorRequest
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


def _pairs(*more: Any) -> Select[Any]:
    return (
        select(*_PAIR, *more)
        .join(_mentor, _mentor.id == Match.mentor_id)
        .join(_mentee, _mentee.id == Match.mentee_id)
        .where(_mentor.state != LEAVING, _mentee.state != LEAVING)
    )


def _pair(row: Row[*tuple[Any, ...]]) -> Pair:
    found = list(row[: len(_PAIR)])
    found[3] = State(found[3])
    return Pair(*found)


def pair(public_id: str) -> Pair | None:
    """A pair by the id in its address."""
    row = db.session.execute(_pairs().where(Match.public_id == public_id)).first()
    return _pair(row) if row else None


def pair_by_id(match_id: int) -> Pair | None:
    """A pair by its number, as events tell it."""
    row = db.session.execute(_pairs().where(Match.id == match_id)).first()
    return _pair(row) if row else None


def pairs_of_mentee(mentee_id: int) -> list[Pair]:
    """The pairs and offers in which somebody is the mentee, one a track at most; pairs that have begun first."""
    mine = (Match.mentee_id == mentee_id) & Match.state.in_(LIVE)
    found = [_pair(row) for row in db.session.execute(_pairs().where(mine).order_by(Match.id))]
    return sorted(found, key=lambda pair: (pair.state not in TOGETHER, pair.state not in OFFERED))


def live_pair_of(mentee_id: int) -> Pair | None:
    """The first of `pairs_of_mentee`."""
    return next(iter(pairs_of_mentee(mentee_id)), None)


def live_pairs(person_id: int) -> list[Pair]:
    """The pairs in which somebody takes part now, on either side."""
    hers = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = db.session.execute(_pairs().where(hers, Match.state.in_(TOGETHER)))
    return [_pair(row) for row in rows]


def offers() -> list[Pair]:
    """Offers that wait for an answer, the longest waiting first."""
    rows = db.session.execute(_pairs().where(Match.state.in_(OFFERED)).order_by(Match.asked_at))
    return [_pair(row) for row in rows]


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
    statement = _pairs(MentorProfile.about, MentorProfile.languages).join(MentorProfile, same)
    rows = db.session.execute(statement.where(shown, here).order_by(Match.rank, Match.id))
    return [OfferCard(_pair(row), row[-2], row[-1]) for row in rows]


_AWAY = (MentorState.PAUSED, MentorState.LEFT, MentorState.SUSPENDED)


def stalled(moment: datetime) -> list[tuple[Pair, Stall, int]]:
    """Pairs at which staff should look: (pair, rule, full days). One statement.

    A forgotten turn was brought to mind three times before; the two see the same rule on their page.
    """
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    away = exists().where(same, MentorProfile.state.in_(_AWAY))
    statement = _pairs(away).where(Match.state.in_(TOGETHER)).order_by(Match.id)
    found = [(_pair(row), bool(row[-1])) for row in db.session.execute(statement)]
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


def _unread_by(person_id: Any) -> ScalarSelect[Any]:
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
    statement = _pairs(_asked_at(), _last_word()).where(mine).order_by(Match.started_at, Match.id)
    rows = db.session.execute(statement).all()
    shared = shares_of([row[0] for row in rows])
    return [Mine(_pair(row), row[-2], row[-1], shared.get(row[0], frozenset())) for row in rows]


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


# --- Home ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HomeMatch:
    """A live pair or offer as home shows it: names and states, no words."""

    public_id: str
    state: State
    mentor_id: int
    mentor_name: str
    mentee_name: str
    languages: Sequence[str]
    about: str
    unread: int
    track: str = "peer"
    awaiting: str = "none"
    next_meeting_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that home wants to know of mentoring; one statement."""

    matches: tuple[HomeMatch, ...]
    waiting_since: datetime | None
    people_waiting: int


# Home is opened most, and SQLAlchemy finds a statement again by all its parts, each time: so this one is made of
# plain columns and has as few parts as it can. The states are ours, in a text: as parameters they would cost most.
_GONE = f"(SELECT id FROM person WHERE state = '{LEAVING}')"  # noqa: S608 - no value of anybody
_AT_HOME = text(
    f'"match".state IN ({str(sorted(map(str, OFFERED | TOGETHER)))[1:-1]})'
    f' AND "match".mentor_id NOT IN {_GONE} AND "match".mentee_id NOT IN {_GONE}'
)


def _around(*, coordinates: bool) -> Select[Any]:
    person_id: Any = bindparam("person_id")
    match, profile, asked = Match.__table__, MentorProfile.__table__, MentorRequest.__table__
    person, said = Person.__table__, Message.__table__
    hers = or_(match.c.mentor_id == person_id, match.c.mentee_id == person_id)
    unread = select(func.count()).where(
        said.c.match_id == match.c.id, said.c.author_id != person_id, said.c.read_at.is_(None)
    )
    waiting = asked.c.state == literal_column("'waiting'")
    queue = select(func.count()).where(waiting, asked.c.person_id.not_in(hidden()))
    return (
        select(
            asked.c.waiting_since,
            queue.scalar_subquery() if coordinates else literal_column("0"),
            *(match.c.public_id, match.c.state, match.c.mentor_id, match.c.mentor_name),
            *(match.c.mentee_name, profile.c.languages, profile.c.about, unread.scalar_subquery()),
            *(match.c.track, match.c.awaiting, match.c.next_meeting_at),
        )
        .select_from(person)
        .outerjoin(asked, (asked.c.person_id == person.c.id) & waiting)
        .outerjoin(match, hers & _AT_HOME)
        .outerjoin(
            profile,
            (profile.c.person_id == match.c.mentor_id) & (profile.c.track == match.c.track),
        )
        .where(person.c.id == person_id)
        .order_by(match.c.id)
    )


_AROUND, _AROUND_COORDINATOR = _around(coordinates=False), _around(coordinates=True)


def home(person_id: int, *, coordinates: bool) -> Home:
    """What is going on around a person. `coordinates` counts those who wait for a mentor, too."""
    statement = _AROUND_COORDINATOR if coordinates else _AROUND
    rows = fetch(statement, person_id=person_id).all()
    # Somebody who waits in two tracks has each of her pairs twice here.
    matches = {
        row[2]: HomeMatch(row[2], State(row[3]), *row[4:]) for row in rows if row[2] is not None
    }
    return Home(tuple(matches.values()), rows[0][0], rows[0][1])


# --- What the two agree on ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """A version of what a pair agrees on. `texts` is None where it is the text that the house proposes.

    `closed`: it was changed by the two, and the reader's key for it is gone.
    """

    public_id: str
    version: int
    texts: dict[str, str] | None
    closed: bool
    by_mentor_at: datetime | None
    by_mentee_at: datetime | None

    @property
    def by_both(self) -> bool:
        """Whether both have signed it."""
        return self.by_mentor_at is not None and self.by_mentee_at is not None

    def signed_by(self, side: Side) -> datetime | None:
        """When one side signed it."""
        return self.by_mentor_at if side is Side.MENTOR else self.by_mentee_at


def agreement_place(public_id: str, author: str) -> Place:
    """Where what a pair agrees on is sealed."""
    return Place("agreement", "body", public_id, author)


def agreement(found: Pair, reader_id: int, opener: Opener) -> Agreed | None:
    """The latest version of what a pair agrees on; None before there is one."""
    row = db.session.execute(
        select(Agreement)
        .where(Agreement.match_id == found.id)
        .order_by(Agreement.version.desc())
        .limit(1)
    ).scalar()
    if row is None:
        return None
    texts, closed = None, False
    if row.body is not None:
        try:
            keys = shared_keys(found, reader_id, opener)
            place = agreement_place(row.public_id, found.owner_of(row.author_id))
            texts = json.loads(keys.open(row.body, place))
        except CannotOpen:
            closed = True
    signed = (row.signed_by_mentor_at, row.signed_by_mentee_at)
    return Agreed(row.public_id, row.version, texts, closed, *signed)


def agreement_version(match_id: int) -> tuple[int, str]:
    """(number, public id) of the latest version; 0 before there is one."""
    mine = select(Agreement.version, Agreement.public_id).where(Agreement.match_id == match_id)
    row = db.session.execute(mine.order_by(Agreement.version.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, "")


def agreed(match_id: int) -> bool:
    """Whether both have signed a version, whatever has been proposed since. `Pair.agreed` says it, too."""
    both = Match.agreed_at.is_not(None)
    return db.session.scalar(select(Match.id).where(Match.id == match_id, both)) is not None


# --- What the page of a pair needs beside the pair ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inside:
    """The courses that the mentor may see, and what she says of herself."""

    shares: frozenset[int]
    about: str
    languages: Sequence[str]


def inside(found: Pair, reader_id: int, opener: Opener) -> Inside:
    """One statement, which also reads the keys that open all the rest of the page (`shared_keys`)."""
    mine = (MatchKey.match_id == Match.id) & (MatchKey.person_id == reader_id)
    same = (MentorProfile.person_id == Match.mentor_id) & (MentorProfile.track == Match.track)
    rows = db.session.execute(
        select(MatchKey.number, MatchKey.wrapped, MatchShare.course_id)
        .add_columns(MentorProfile.about, MentorProfile.languages)
        .select_from(Match)
        .outerjoin(MatchKey, mine)
        .outerjoin(MatchShare, MatchShare.match_id == Match.id)
        .outerjoin(MentorProfile, same & MentorProfile.person_id.not_in(hidden()))
        .where(Match.id == found.id)
    ).all()
    keys = {number: wrapped for number, wrapped, *_rest in rows if number is not None}
    found.opened[opener.owner] = _opened(found, reader_id, opener, keys.items())
    shares = frozenset(row[2] for row in rows if row[2] is not None)
    return Inside(shares, rows[0][3] or "", rows[0][4] or found.languages)


def steps(
    person_id: int, course_ids: Iterable[int]
) -> tuple[list[Progress], dict[tuple[int, int], datetime]]:
    """How far somebody is in these courses, and when each step was done: (enrolment, item) → moment.

    One statement with a row for every step: for the page of one person, never for a list.
    """
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.public_id, Enrolment.course_id, Enrolment.version_id)
        .add_columns(Enrolment.started_at, Enrolment.completed_at)
        .add_columns(Completion.item_id, Completion.done_at)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == person_id, Enrolment.course_id.in_(list(course_ids)))
        .order_by(Enrolment.id)
    ).all()
    facts, moments = [], {(row[0], row[6]): row[7] for row in rows if row[6] is not None}
    for _id, group in groupby(rows, key=itemgetter(0)):
        found = list(group)
        number, public_id, course_id, version_id, begun, completed, *_step = found[0]
        done = {row[6]: row[7] for row in found if row[6] is not None}
        ids = (number, public_id, person_id, course_id, version_id)
        last = max(done.values(), default=begun)
        facts.append(Progress(*ids, begun, completed, last, frozenset(done)))
    return facts, moments


# --- Notes and messages --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A note or a message, opened; `text` is None where the key that sealed it is gone."""

    public_id: str
    author_id: int
    kind: str
    text: str | None
    at: datetime


def body_place(table: str, public_id: str, author: str) -> Place:
    """Where a note or message is sealed, and who wrote it."""
    return Place(table, "body", public_id, author)


def key_place(match_public_id: str, number: int, side: str) -> Place:
    """Where one side's copy of a pair's key is sealed."""
    return Place("match_key", "wrapped", f"{match_public_id}.{number}", side)


def shared_keys(found: Pair, person_id: int, opener: Opener) -> SharedKeys:
    """The keys of a pair that one side has, opened with her own: read once, then kept with the pair."""
    if opener.owner not in found.opened:
        mine = (MatchKey.match_id == found.id) & (MatchKey.person_id == person_id)
        rows = db.session.execute(select(MatchKey.number, MatchKey.wrapped).where(mine))
        found.opened[opener.owner] = _opened(found, person_id, opener, rows)
    return found.opened[opener.owner]


def _opened(
    found: Pair, person_id: int, opener: Opener, rows: Iterable[Row[int, bytes] | tuple[int, bytes]]
) -> SharedKeys:
    # Copies that do not open are left out: what they opened is told as gone.
    side, keys = found.owner_of(person_id), {}
    for number, wrapped in rows:
        with suppress(CannotOpen):
            keys[number] = opener.open_bytes(wrapped, key_place(found.public_id, number, side))
    return SharedKeys(keys)


@dataclass(frozen=True, slots=True)
class Talk:
    """A pair's messages as one side finds them: how many, how many she has not opened, and the keys."""

    count: int
    unread: int
    keys: SharedKeys


def talk(found: Pair, reader_id: int, opener: Opener) -> Talk:
    """What opening a conversation needs, in one statement."""
    said = select(func.count()).select_from(Message).where(Message.match_id == Match.id)
    mine = (MatchKey.match_id == Match.id) & (MatchKey.person_id == reader_id)
    rows = db.session.execute(
        select(
            said.correlate(Match).scalar_subquery(),
            _unread_by(reader_id),
            *(MatchKey.number, MatchKey.wrapped),
        )
        .select_from(Match)
        .outerjoin(MatchKey, mine)
        .where(Match.id == found.id)
    ).all()
    keys = [(row[2], row[3]) for row in rows if row[2] is not None]
    return Talk(rows[0][0], rows[0][1], _opened(found, reader_id, opener, keys))


def notes(found: Pair, reader_id: int, opener: Opener) -> list[Entry]:
    """The notes of a pair that this side may read, latest first: shared ones and one's own."""
    readable = or_(Note.kind == "shared", Note.author_id == reader_id)
    rows = db.session.execute(
        select(Note.public_id, Note.author_id, Note.kind, Note.body, Note.created_at)
        .where(Note.match_id == found.id, readable)
        .order_by(Note.id.desc())
    ).all()
    shared = any(row.kind == "shared" for row in rows)
    keys = shared_keys(found, reader_id, opener) if shared else SharedKeys({})
    return [_entry("note", found, row, opener if row.kind == "mine" else keys) for row in rows]


def messages(found: Pair, keys: SharedKeys, limit: int, skip: int = 0) -> list[Entry]:
    """The messages of a pair, latest first."""
    rows = db.session.execute(
        select(
            *(Message.public_id, Message.author_id, literal("message"), Message.body),
            Message.sent_at,
        )
        .where(Message.match_id == found.id)
        .order_by(Message.id.desc())
        .limit(limit)
        .offset(skip)
    )
    return [_entry("message", found, row, keys) for row in rows]


def _entry(table: str, found: Pair, row: Row[*tuple[Any, ...]], keys: Opener | SharedKeys) -> Entry:
    public_id, author_id, kind, body, at = row
    place = body_place(table, public_id, found.owner_of(author_id))
    try:
        text: str | None = keys.open(body, place)
    except CannotOpen:
        text = None
    return Entry(public_id, author_id, kind, text, at)
