"""What the report reads: one statement a table, numbers and dates only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from lms.core.clock import now
from lms.core.db import db
from lms.goals.models import Goal, GoalStep
from lms.meetings.models import Meeting
from lms.mentoring.models import Match, Message
from lms.programmes.models import MentorProfile, MentorRequest
from lms.safeguarding.models import Concern
from lms.support import queries as support
from lms.support.models import CheckIn, ClosingWord, Pulse
from lms.support.rules import Pulse as Answers

# The same days as on the page of staff: two windows could be subtracted from each other.
FELT = timedelta(days=180)


class Waited(NamedTuple):
    """Somebody who was taken on and waits, or waited."""

    track: str
    languages: list[str]
    since: datetime
    matched_at: datetime | None


class Together(NamedTuple):
    """Something that was offered, and what became of it. `wrote` are the first messages of both."""

    id: int
    track: str
    state: str
    mentor: int
    languages: list[str]
    waiting_since: datetime
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    mentor_wrote: datetime | None
    mentee_wrote: datetime | None
    closed_with_words: bool
    mentee: int = 0
    rank: int = 1


class Met(NamedTuple):
    """A meeting that was held."""

    match: int
    kind: str
    at: datetime
    minutes: int | None
    confirmed: datetime | None


class Aimed(NamedTuple):
    """A goal and where it stands; how many steps it has, and how many of them are parts of a course."""

    state: str
    made_at: datetime
    steps: int = 0
    linked: int = 0


class Checked(NamedTuple):
    """A check-in."""

    due_on: date
    state: str
    done_at: datetime | None


class Asked(NamedTuple):
    """Questions to one side: whether they were answered, not what."""

    state: str
    asked_on: date


class Worry(NamedTuple):
    """A concern: when it was raised and taken up."""

    raised_at: datetime
    acknowledged_at: datetime | None


class Seat(NamedTuple):
    """A mentor's profile, and what she went through before anybody was proposed to her."""

    person: int
    state: str
    capacity: int
    screened_at: datetime | None = None
    trained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one programme."""

    waited: list[Waited]
    pairs: list[Together]
    met: list[Met]
    goals: list[Aimed]
    checks: list[Checked]
    pulses: list[Asked]
    worries: list[Worry]
    seats: list[Seat]
    felt: list[tuple[int, Answers]] = field(default_factory=list)
    felt_asked: int = 0


def facts(programme_id: int) -> Facts:
    """Read a programme in ten statements.

    What people answered to the short questions is of all programmes and of the last days, as staff see it
    anyway: of fewer people, or of a period that can be chosen, a mean would tell who said what.
    """
    felt, felt_asked = support.pulses(now().date() - FELT)
    return Facts(
        waited=[Waited(*row) for row in _all(_waited(programme_id))],
        pairs=[Together(*row) for row in _all(_pairs(programme_id))],
        met=[Met(*row) for row in _all(_met(programme_id))],
        goals=[Aimed(*row) for row in _all(_goals(programme_id))],
        checks=[
            Checked(*row)
            for row in _all(_of_pairs(programme_id, CheckIn, "due_on", "state", "done_at"))
        ],
        pulses=[Asked(*row) for row in _all(_of_pairs(programme_id, Pulse, "state", "asked_on"))],
        worries=[Worry(*row) for row in _all(_worries(programme_id))],
        seats=[Seat(*row) for row in _all(_seats(programme_id))],
        felt=felt,
        felt_asked=felt_asked,
    )


def _all(statement: Any) -> list[Any]:
    return list(db.session.execute(statement))


def _waited(programme_id: int) -> Any:
    return select(
        MentorRequest.track,
        MentorRequest.languages,
        MentorRequest.waiting_since,
        MentorRequest.matched_at,
    ).where(
        MentorRequest.programme_id == programme_id,
        MentorRequest.state.not_in(("draft", "submitted", "declined")),
    )


def _pairs(programme_id: int) -> Any:
    return (
        select(
            Match.id,
            Match.track,
            Match.state,
            Match.mentor_id,
            Match.languages,
            MentorRequest.waiting_since,
            Match.asked_at,
            Match.started_at,
            Match.ended_at,
            Match.end_reason,
            _first_word(Match.mentor_id),
            _first_word(Match.mentee_id),
            exists().where(ClosingWord.match_id == Match.id),
            Match.mentee_id,
            Match.rank,
        )
        .join(MentorRequest, MentorRequest.id == Match.request_id)
        .where(
            Match.programme_id == programme_id,
            Match.state.not_in(("proposed", "approved", "dismissed")),
        )
    )


def _first_word(side: Any) -> Any:
    return (
        select(func.min(Message.sent_at))
        .where(Message.match_id == Match.id, Message.author_id == side)
        .correlate(Match)
        .scalar_subquery()
    )


def _met(programme_id: int) -> Any:
    return (
        select(
            Meeting.match_id,
            Meeting.kind,
            func.coalesce(Meeting.planned_at, Meeting.changed_at),
            Meeting.held_minutes,
            Meeting.confirmed_at,
        )
        .join(Match, Match.id == Meeting.match_id)
        .where(Match.programme_id == programme_id, Meeting.state == "held")
    )


def _goals(programme_id: int) -> Any:
    return (
        select(Goal.state, Goal.made_at, func.count(GoalStep.id), func.count(GoalStep.item_id))
        .join(Match, Match.id == Goal.match_id)
        .outerjoin(GoalStep, GoalStep.goal_id == Goal.id)
        .where(Match.programme_id == programme_id)
        .group_by(Goal.id, Goal.state, Goal.made_at)
    )


def _of_pairs(programme_id: int, model: Any, *columns: str) -> Any:
    return (
        select(*(getattr(model, name) for name in columns))
        .join(Match, Match.id == model.match_id)
        .where(Match.programme_id == programme_id)
    )


def _worries(programme_id: int) -> Any:
    return (
        select(Concern.raised_at, Concern.acknowledged_at)
        .join(Match, Match.public_id == Concern.pair)
        .where(Match.programme_id == programme_id)
    )


def _seats(programme_id: int) -> Any:
    columns = (MentorProfile.person_id, MentorProfile.state, MentorProfile.capacity)
    gates = (MentorProfile.boundaries_at, MentorProfile.trained_at)
    return select(*columns, *gates).where(MentorProfile.programme_id == programme_id)
