"""Reads of mentoring: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from lms.accounts.leaving import LEAVING, hidden
from lms.accounts.models import Person
from lms.accounts.vault import Opener, SharedKeys
from lms.cohorts.models import Cohort, Seat
from lms.core.db import db, fetch
from lms.core.sealing import CannotOpen, Place
from lms.learning.models import Completion
from lms.mentoring.models import Match, MatchKey, MatchShare, Message, Note
from lms.mentoring.rules import LIVE, Mentee, Mentor, Side, State
from lms.programmes.models import MentorProfile, MentorRequest
from lms.programmes.pairing import Load
from lms.programmes.queries import Request

_mentor = aliased(Person)
_mentee = aliased(Person)


# --- Pairs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, live or over, with the names that both sides chose for it."""

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


def live_pair_of(mentee_id: int) -> Pair | None:
    """The pair or offer in which somebody is the mentee."""
    mine = (Match.mentee_id == mentee_id) & Match.state.in_(LIVE)
    row = db.session.execute(_pairs().where(mine)).first()
    return _pair(row) if row else None


def live_pairs(person_id: int) -> list[Pair]:
    """The pairs in which somebody takes part now, on either side."""
    hers = or_(Match.mentor_id == person_id, Match.mentee_id == person_id)
    rows = db.session.execute(_pairs().where(hers, Match.state == State.ACTIVE))
    return [_pair(row) for row in rows]


def offers() -> list[Pair]:
    """Offers that wait for an answer, the longest waiting first."""
    open_ones = Match.state.in_(LIVE - {State.ACTIVE})
    rows = db.session.execute(_pairs().where(open_ones).order_by(Match.asked_at))
    return [_pair(row) for row in rows]


def overdue_offers(before: datetime) -> list[Pair]:
    """Offers that were made before a moment and have no answer."""
    return [found for found in offers() if found.asked_at < before]


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
    seen = {State.ACTIVE, State.OFFERED_TO_MENTOR}
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


def mentor_for(mentee_id: int, course_id: int) -> tuple[int, str] | None:
    """(mentor, her name in the pair) who may read this person's tasks in this course."""
    row = db.session.execute(
        select(Match.mentor_id, Match.mentor_name)
        .join(MatchShare, MatchShare.match_id == Match.id)
        .where(
            Match.mentee_id == mentee_id,
            Match.state == State.ACTIVE,
            MatchShare.course_id == course_id,
            Match.mentor_id.not_in(hidden()),
        )
    ).first()
    return (row.mentor_id, row.mentor_name) if row else None


def done_at(enrolment_ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """When items were done: (enrolment, item) → moment."""
    if not enrolment_ids:
        return {}
    rows = db.session.execute(
        select(Completion.enrolment_id, Completion.item_id, Completion.done_at).where(
            Completion.enrolment_id.in_(enrolment_ids)
        )
    )
    return {(row.enrolment_id, row.item_id): row.done_at for row in rows}


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
    taken: int
    last_word: datetime | None

    @property
    def facts(self) -> Mentor:
        """What the rules need of her."""
        return Mentor(self.person_id, self.languages, self.capacity, self.taken, self.paused)


def _profiles() -> Select[Any]:
    hers = (Match.mentor_id == MentorProfile.person_id) & Match.state.in_(LIVE)
    taken = select(func.count()).select_from(Match).where(hers)
    said = select(func.max(Message.sent_at)).join(Match, Match.id == Message.match_id)
    return select(
        *(MentorProfile.id, MentorProfile.public_id, MentorProfile.person_id),
        *(MentorProfile.shown_name, MentorProfile.languages, MentorProfile.about),
        *(MentorProfile.capacity, MentorProfile.paused),
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
    nothing = {State.DECLINED, State.EXPIRED, State.WITHDRAWN}
    return Mentee(
        person_id=found.person_id,
        languages=found.languages,
        not_again=frozenset(other for other, row in others if row.never_again),
        coordinators=_coordinators(found.person_id),
        before=frozenset(other for other, row in others if row.state in nothing),
    )


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


@dataclass(frozen=True, slots=True)
class Home:
    """Everything that home wants to know of mentoring; one statement."""

    matches: tuple[HomeMatch, ...]
    waiting_since: datetime | None
    people_waiting: int


def _around(*, coordinates: bool) -> Select[Any]:
    person_id: Any = bindparam("person_id")
    own_request = (MentorRequest.person_id == Person.id) & (MentorRequest.state == "waiting")
    both = Match.mentor_id.not_in(hidden()) & Match.mentee_id.not_in(hidden())
    party = or_(Match.mentor_id == Person.id, Match.mentee_id == Person.id) & both
    queue = select(func.count()).select_from(MentorRequest)
    here = MentorRequest.person_id.not_in(hidden())
    queue = queue.where(MentorRequest.state == "waiting", here)
    return (
        select(
            MentorRequest.waiting_since,
            queue.scalar_subquery() if coordinates else literal(0),
            *(Match.public_id, Match.state, Match.mentor_id, Match.mentor_name, Match.mentee_name),
            *(MentorProfile.languages, MentorProfile.about, _unread_by(person_id)),
        )
        .select_from(Person)
        .outerjoin(MentorRequest, own_request)
        .outerjoin(Match, party & or_(*(Match.state == state for state in sorted(LIVE))))
        .outerjoin(MentorProfile, MentorProfile.person_id == Match.mentor_id)
        .where(Person.id == person_id)
        .order_by(Match.id)
    )


_AROUND, _AROUND_COORDINATOR = _around(coordinates=False), _around(coordinates=True)


def home(person_id: int, *, coordinates: bool) -> Home:
    """What is going on around a person. `coordinates` counts those who wait for a mentor, too."""
    statement = _AROUND_COORDINATOR if coordinates else _AROUND
    rows = fetch(statement, person_id=person_id).all()
    matches = tuple(
        HomeMatch(row[2], State(row[3]), *row[4:]) for row in rows if row[2] is not None
    )
    return Home(matches, rows[0][0], rows[0][1])


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
    """The keys of a pair that one side has, opened with her own."""
    mine = (MatchKey.match_id == found.id) & (MatchKey.person_id == person_id)
    rows = db.session.execute(select(MatchKey.number, MatchKey.wrapped).where(mine))
    return _opened(found, person_id, opener, rows)


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
