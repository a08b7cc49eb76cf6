"""Reads of support: frozen values made for a page. Nothing here tells who may see them; `policy` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.accounts.vault import SharedKeys
from lms.core import sealing
from lms.core.db import db
from lms.core.sealing import CannotOpen, Place
from lms.mentoring.models import Match
from lms.mentoring.queries import Pair
from lms.mentoring.rules import Clock
from lms.mentoring.states import TOGETHER, State
from lms.programmes.models import MentorProfile
from lms.programmes.states import MentorState
from lms.support.models import CheckIn, ClosingWord, Nudge, ProgrammeNote, Pulse
from lms.support.rules import OPEN_FOR, Asked, Fit, Signs
from lms.support.rules import Pulse as Answers

_LIVE = and_(
    Match.state.in_(sorted(TOGETHER)),
    Match.mentor_id.not_in(hidden()),
    Match.mentee_id.not_in(hidden()),
)


# --- Pairs, from outside -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """A pair as a coordinator sees it: names, days, states."""

    id: int
    public_id: str
    mentor_id: int
    mentee_id: int
    mentor_name: str
    mentee_name: str
    state: str
    started_at: datetime
    signs: Signs
    ends_on: date | None
    awaiting_since: datetime | None

    def clock(self, *, away: bool) -> Clock:
        """What decides whether staff should look at it (`mentoring.rules.stall`)."""
        return Clock(
            self.awaiting_since,
            self.ends_on,
            closing=self.state == State.CLOSING,
            paused=self.state == State.PAUSED,
            away=away,
        )

    @property
    def people(self) -> tuple[int, int]:
        """Both sides."""
        return self.mentor_id, self.mentee_id


def _seen(*more: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Match.id, Match.public_id, Match.mentor_id, Match.mentee_id),
        *(Match.mentor_name, Match.mentee_name, Match.state, Match.started_at),
        *(Match.last_sign_at, Match.next_meeting_at, Match.ends_on, Match.awaiting_since),
        *more,
    )
    return select(*columns).where(Match.started_at.is_not(None))


_OWN = 12


def _pair(row: Row[*tuple[Any, ...]]) -> Seen:
    values: list[Any] = [*row[:8], Signs(*row[7:10]), *row[10:_OWN]]
    return Seen(*values)


_AWAY = frozenset({MentorState.PAUSED, MentorState.LEFT, MentorState.SUSPENDED})


def live() -> list[tuple[Seen, bool]]:
    """Every pair that goes on, and whether its mentor rests or has left; the longest first. One statement."""
    profile = and_(
        MentorProfile.person_id == Match.mentor_id,
        MentorProfile.programme_id == Match.programme_id,
        MentorProfile.track == Match.track,
    )
    rows = db.session.execute(
        _seen(MentorProfile.state)
        .outerjoin(MentorProfile, profile)
        .where(_LIVE)
        .order_by(Match.started_at, Match.id)
    )
    return [(_pair(row), row[_OWN] in _AWAY) for row in rows]


def seen(public_id: str) -> Seen | None:
    """A pair that began, by the id in its address; also one that is over."""
    both_here = Match.mentor_id.not_in(hidden()) & Match.mentee_id.not_in(hidden())
    row = db.session.execute(_seen().where(Match.public_id == public_id, both_here)).first()
    return _pair(row) if row else None


def seen_by_id(match_id: int) -> Seen:
    """A pair that began, by its number."""
    return _pair(db.session.execute(_seen().where(Match.id == match_id)).one())


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A mentor who has not said lately whether she takes people."""

    public_id: str
    shown_name: str


def unconfirmed() -> list[Unconfirmed]:
    """Mentors who are out of the pool until they say a word, by name. One statement."""
    silent = (
        MentorProfile.state == MentorState.UNCONFIRMED.value
    ) & MentorProfile.person_id.not_in(hidden())
    rows = db.session.execute(
        select(MentorProfile.public_id, MentorProfile.shown_name)
        .where(silent)
        .order_by(MentorProfile.shown_name)
    )
    return [Unconfirmed(*row) for row in rows]


def told_of_silence() -> dict[int, datetime]:
    """Pair → when its mentor was last told of a silence. One statement."""
    rows = db.session.execute(select(Nudge.match_id, Nudge.told_at))
    return {row.match_id: row.told_at for row in rows}


# --- Check-ins -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One check-in."""

    id: int
    public_id: str
    match_id: int
    number: int
    due_on: date
    state: str
    spoke_with: str
    channel: str
    reason: str
    done_at: datetime | None


_CHECK = (
    *(CheckIn.id, CheckIn.public_id, CheckIn.match_id, CheckIn.number, CheckIn.due_on),
    *(CheckIn.state, CheckIn.spoke_with, CheckIn.channel, CheckIn.reason, CheckIn.done_at),
)


def check_ins(until: date) -> list[tuple[Check, Seen]]:
    """Check-ins of pairs that go on whose day has come by `until`, the earliest first. One statement."""
    rows = db.session.execute(
        _seen(*_CHECK)
        .join(CheckIn, CheckIn.match_id == Match.id)
        .where(_LIVE, CheckIn.state == "due", CheckIn.due_on <= until)
        .order_by(CheckIn.due_on, CheckIn.id)
    )
    return [(_check(row[_OWN:]), _pair(row)) for row in rows]


def _check(values: Sequence[Any]) -> Check:
    return Check(*values)


def check_ins_of(match_id: int) -> list[Check]:
    """The check-ins of a pair, the latest first."""
    mine = select(*_CHECK).where(CheckIn.match_id == match_id).order_by(CheckIn.number.desc())
    return [_check(row) for row in db.session.execute(mine)]


# --- Short questions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """A short question to one side of a pair."""

    id: int
    public_id: str
    match_id: int
    person_id: int
    kind: Asked
    number: int
    asked_on: date
    state: str


_QUESTION = (
    *(Pulse.id, Pulse.public_id, Pulse.match_id, Pulse.person_id),
    *(Pulse.kind, Pulse.number, Pulse.asked_on, Pulse.state),
)


def _question(row: Sequence[Any]) -> Question:
    values = [*row[:4], Asked(row[4]), *row[5:]]
    return Question(*values)


@dataclass(frozen=True, slots=True)
class OnPairPage:
    """What the page of a pair shows to one side of it: a question that waits, notes, closing words."""

    question: Question | None
    notes: int
    written: frozenset[int]


def _open_question(person_id: int, today: date) -> Any:
    return and_(
        Pulse.person_id == person_id, Pulse.state == "asked", Pulse.asked_on > today - OPEN_FOR
    )


def on_pair_page(match_id: int, person_id: int, today: date) -> OnPairPage:
    """One statement. Where several questions wait, the latest is asked."""
    about = (ProgrammeNote.match_id == match_id) & (ProgrammeNote.person_id == person_id)
    notes = select(func.count()).select_from(ProgrammeNote).where(about)
    rows = db.session.execute(
        select(notes.scalar_subquery(), ClosingWord.author_id, *_QUESTION)
        .select_from(Match)
        .outerjoin(Pulse, and_(Pulse.match_id == Match.id, _open_question(person_id, today)))
        .outerjoin(ClosingWord, ClosingWord.match_id == Match.id)
        .where(Match.id == match_id)
        .order_by(Pulse.id)
    ).all()
    questions = [_question(row[2:]) for row in rows if row[2] is not None]
    written = frozenset(row[1] for row in rows if row[1] is not None)
    return OnPairPage(questions[-1] if questions else None, rows[0][0] if rows else 0, written)


def open_question(match_id: int, person_id: int, today: date) -> Question | None:
    """The question that waits for one side; the latest where there are several."""
    mine = (Pulse.match_id == match_id) & _open_question(person_id, today)
    row = db.session.execute(select(*_QUESTION).where(mine).order_by(Pulse.id.desc())).first()
    return _question(row) if row else None


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody who is to be spoken with soon, and until when. What she answered is not said."""

    pulse_id: int
    person_id: int
    call_by: datetime


def calls() -> list[tuple[Call, Seen]]:
    """Everybody who is to be called, the most urgent first. One statement."""
    open_ones = Pulse.call_by.is_not(None) & Pulse.called_at.is_(None)
    rows = db.session.execute(
        _seen(Pulse.id, Pulse.person_id, Pulse.call_by)
        .join(Pulse, Pulse.match_id == Match.id)
        .where(open_ones, Pulse.person_id.not_in(hidden()))
        .order_by(Pulse.call_by, Pulse.id)
    )
    return [(Call(*row[_OWN:]), _pair(row)) for row in rows]


def answers_place(public_id: str, owner: str) -> Place:
    """Where answers are sealed: they are hers who answers."""
    return Place("pulse", "answers", public_id, owner)


def as_text(answers: Answers | Fit) -> str:
    """Answers as they are sealed."""
    if isinstance(answers, Fit):
        return json.dumps({"fit": answers.value})
    return json.dumps({"heard": answers.heard, "useful": answers.useful, "safe": answers.safe})


def from_text(text: str) -> Answers | Fit:
    """What `as_text` wrote."""
    said: dict[str, Any] = json.loads(text)
    return Fit(said["fit"]) if "fit" in said else Answers(**said)


def pulses(since: date) -> tuple[list[tuple[int, Answers]], int]:
    """((person, answers) …, how many were asked) since a day. Two statements, however many there are."""
    rows = db.session.execute(
        select(Pulse.public_id, Pulse.person_id, Pulse.answers, Person.public_id.label("owner"))
        .join(Person, Person.id == Pulse.person_id)
        .where(Pulse.asked_on >= since, Pulse.kind != Asked.FIT)
    ).all()
    answered = [row for row in rows if row.answers is not None]
    sealing.read_keys(row.owner for row in answered)
    found = []
    for row in answered:
        text = _opened(row.answers, answers_place(row.public_id, row.owner))
        if text is not None and isinstance(said := from_text(text), Answers):
            found.append((row.person_id, said))
    return found, len(rows)


# --- Notes of the programme ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noted:
    """A note of the programme, opened; None where its key is gone."""

    public_id: str
    author_id: int | None
    written_at: datetime
    text: str | None


def note_place(public_id: str, owner: str) -> Place:
    """Where a note is sealed: it is hers whom it is about."""
    return Place("programme_note", "body", public_id, owner)


def notes_about(match_id: int, person_id: int) -> list[Noted]:
    """What coordinators wrote about one side of a pair, the latest first. Who calls leaves the line."""
    rows = db.session.execute(
        select(
            *(ProgrammeNote.public_id, ProgrammeNote.author_id, ProgrammeNote.written_at),
            *(ProgrammeNote.body, Person.public_id.label("owner")),
        )
        .join(Person, Person.id == ProgrammeNote.person_id)
        .where(ProgrammeNote.match_id == match_id, ProgrammeNote.person_id == person_id)
        .order_by(ProgrammeNote.id.desc())
    ).all()
    return [Noted(row.public_id, row.author_id, row.written_at, _note_text(row)) for row in rows]


def _note_text(row: Row[*tuple[Any, ...]]) -> str | None:
    return _opened(row.body, note_place(row.public_id, row.owner))


def _opened(sealed: bytes, place: Place) -> str | None:
    try:
        return sealing.unseal(sealed, place)
    except CannotOpen:
        return None


def note_counts(match_id: int) -> dict[int, int]:
    """Person → how many notes about her there are in a pair."""
    rows = db.session.execute(
        select(ProgrammeNote.person_id, func.count())
        .where(ProgrammeNote.match_id == match_id)
        .group_by(ProgrammeNote.person_id)
    )
    return {row[0]: row[1] for row in rows}


# --- The closing talk ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookBack:
    """What one side says at the end. Every part may be empty."""

    reached: str = ""
    next: str = ""
    thanks: str = ""

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.reached or self.next or self.thanks)


def look_back_of(text: str) -> LookBack:
    """What `actions.look_back` sealed."""
    return LookBack(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Words:
    """The closing words of one side, opened; `said` is None where the key is gone."""

    author_id: int
    public_id: str
    said: LookBack | None


def word_place(public_id: str, owner: str) -> Place:
    """Where closing words are sealed."""
    return Place("closing_word", "body", public_id, owner)


def closing_words(found: Pair, keys: SharedKeys) -> dict[int, Words]:
    """Author → what she says at the end."""
    rows = db.session.execute(
        select(ClosingWord.author_id, ClosingWord.public_id, ClosingWord.body).where(
            ClosingWord.match_id == found.id
        )
    )
    return {row.author_id: _words(found, keys, row) for row in rows}


def _words(found: Pair, keys: SharedKeys, row: Row[*tuple[Any, ...]]) -> Words:
    place = word_place(row.public_id, found.owner_of(row.author_id))
    try:
        said: LookBack | None = look_back_of(keys.open(row.body, place))
    except CannotOpen:
        said = None
    return Words(row.author_id, row.public_id, said)
