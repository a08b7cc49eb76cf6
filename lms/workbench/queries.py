"""Reads of the workbench: rounds, what they propose, what staff decided for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.orm import aliased

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.core.db import db
from lms.core.i18n import language
from lms.core.sealing import CannotOpen, Place, unseal
from lms.mentoring import queries as pairs
from lms.mentoring.queries import Profile
from lms.programmes import queries as programmes
from lms.programmes.models import MentorProfile, MentorRequest, Programme
from lms.programmes.queries import Request
from lms.workbench.models import MatchDecision, MatchProposal, MatchRun
from lms.workbench.rules import Kind, RunState

NEWEST = 12
_before = aliased(MatchRun)


@dataclass(frozen=True, slots=True)
class Run:
    """A round."""

    id: int
    public_id: str
    programme_id: int
    title_en: str
    title_ru: str
    track: str
    settings: dict[str, Any]
    by_id: int | None
    state: RunState
    input_digest: str
    result_digest: str
    stats: dict[str, Any]
    made_at: datetime
    done_at: datetime | None
    before: str | None
    published: bool

    @property
    def programme(self) -> str:
        """The title of its programme; empty for the one that was made by itself."""
        return programmes.title_of(self.title_en, self.title_ru, language())

    @property
    def weekly(self) -> bool:
        """Whether nobody asked for it: the calendar did."""
        return self.by_id is None


def _runs() -> Select[Any]:
    columns = (
        *(MatchRun.id, MatchRun.public_id, MatchRun.programme_id),
        *(Programme.title_en, Programme.title_ru, MatchRun.track),
        *(MatchRun.settings, MatchRun.by_id, MatchRun.state),
        *(MatchRun.input_digest, MatchRun.result_digest, MatchRun.stats),
        *(MatchRun.made_at, MatchRun.done_at, _before.public_id),
        exists().where(
            MatchProposal.run_id == MatchRun.id, MatchProposal.published_at.is_not(None)
        ),
    )
    runs = select(*columns).join(Programme, Programme.id == MatchRun.programme_id)
    return runs.outerjoin(_before, _before.id == MatchRun.before_id)


def _run(row: Row[Any]) -> Run:
    values = dict(zip(Run.__slots__, row, strict=True))
    return Run(**{**values, "state": RunState(values["state"])})


def run(public_id: str) -> Run | None:
    """A round by the id in its address."""
    row = db.session.execute(_runs().where(MatchRun.public_id == public_id)).first()
    return _run(row) if row else None


def runs() -> list[Run]:
    """The newest rounds."""
    newest = (MatchRun.made_at.desc(), MatchRun.id.desc())
    return [_run(row) for row in db.session.execute(_runs().order_by(*newest).limit(NEWEST))]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a round says about somebody: a mentor, or none. Names as both chose them."""

    id: int
    request: str
    request_id: int
    mentee_id: int
    mentee: str
    languages: Sequence[str]
    waiting_since: datetime
    waits: bool
    profile: str | None
    mentor_id: int | None
    mentor: str | None
    rank: int
    score: int
    pinned: bool
    terms: dict[str, Any]
    published_at: datetime | None
    outcome: str


def proposals(run_id: int) -> list[Proposal]:
    """Everything that a round says, the longest waiting first, a person's alternates after her mentor."""
    statement = (
        select(
            *(MatchProposal.id, MentorRequest.public_id, MentorRequest.id),
            *(MentorRequest.person_id, MentorRequest.shown_name, MentorRequest.languages),
            *(MentorRequest.waiting_since, MentorRequest.state == "waiting"),
            *(MentorProfile.public_id, MentorProfile.person_id, MentorProfile.shown_name),
            *(MatchProposal.rank, MatchProposal.score, MatchProposal.pinned),
            *(MatchProposal.terms, MatchProposal.published_at, MatchProposal.outcome),
        )
        .join(MentorRequest, MentorRequest.id == MatchProposal.request_id)
        .outerjoin(MentorProfile, MentorProfile.id == MatchProposal.profile_id)
        .where(MatchProposal.run_id == run_id, MentorRequest.person_id.not_in(hidden()))
        .order_by(MentorRequest.waiting_since, MentorRequest.id, MatchProposal.rank)
    )
    return [Proposal(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decided for a round."""

    public_id: str
    kind: Kind
    request: str | None
    mentee: str | None
    profile: str | None
    mentor: str | None
    places: int | None
    reason: str
    made_at: datetime


def decisions(run_id: int) -> list[Decision]:
    """Everything that was decided for a round, in order. Reasons are opened for staff."""
    statement = (
        select(
            *(MatchDecision.public_id, MatchDecision.kind),
            *(MentorRequest.public_id, MentorRequest.shown_name),
            *(MentorProfile.public_id, MentorProfile.shown_name),
            *(MatchDecision.places, MatchDecision.reason, MatchDecision.made_at),
            Person.public_id,
        )
        .outerjoin(MentorRequest, MentorRequest.id == MatchDecision.request_id)
        .outerjoin(MentorProfile, MentorProfile.id == MatchDecision.profile_id)
        .outerjoin(Person, Person.id == MentorRequest.person_id)
        .where(MatchDecision.run_id == run_id)
        .order_by(MatchDecision.id)
    )
    return [_decision(tuple(row)) for row in db.session.execute(statement)]


def _decision(row: Sequence[Any]) -> Decision:
    public_id, kind, request, mentee, profile, mentor, places, sealed, made_at, owner = row
    reason = _opened(sealed, public_id, owner) if sealed and owner else ""
    return Decision(
        public_id, Kind(kind), request, mentee, profile, mentor, places, reason, made_at
    )


def _opened(sealed: bytes, public_id: str, owner: str) -> str:
    try:
        return unseal(sealed, reason_place(public_id, owner))
    except CannotOpen:
        return ""


def reason_place(decision: str, owner: str) -> Place:
    """Where the reason for a decision is sealed: it is about the person who waits."""
    return Place("match_decision", "reason", decision, owner)


# --- For publishing ------------------------------------------------------------------------------


def owner_of(request_id: int) -> str:
    """The public id of the person whose request it is."""
    statement = (
        select(Person.public_id)
        .join(MentorRequest, MentorRequest.person_id == Person.id)
        .where(MentorRequest.id == request_id)
    )
    return db.session.scalar(statement) or ""


def request_of(request_id: int) -> Request | None:
    """The request of a proposal, if its person is still there."""
    public_id = select(MentorRequest.public_id).where(MentorRequest.id == request_id)
    return programmes.request(db.session.scalar(public_id) or "")


def cards_of(run_id: int, request_id: int) -> list[Profile]:
    """The mentors that a round has for somebody, the proposed one first; empty when that one has gone."""
    statement = (
        select(MatchProposal.rank, MentorProfile.public_id)
        .join(MentorProfile, MentorProfile.id == MatchProposal.profile_id)
        .where(MatchProposal.run_id == run_id, MatchProposal.request_id == request_id)
        .order_by(MatchProposal.rank)
    )
    found = [(rank, pairs.profile(public_id)) for rank, public_id in db.session.execute(statement)]
    cards = [profile for _rank, profile in found if profile is not None]
    return cards if found and found[0][0] == 0 and found[0][1] is not None else []
