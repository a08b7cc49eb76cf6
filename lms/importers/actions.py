"""Writing the rows of a table, through the same actions as by hand.

A preview does the very same in a transaction that is not kept, so that it cannot promise anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.accounts.rules import skeleton
from lms.core.clock import now
from lms.core.db import db
from lms.importers.rules import (
    Kind,
    MentorRow,
    PairRow,
    Problem,
    Row,
    WaitingRow,
    Why,
    judge,
)
from lms.importers.sheet import Line
from lms.mentoring import actions as pairs
from lms.mentoring import queries as matches
from lms.mentoring.models import Match
from lms.mentoring.states import LIVE, NotAllowed
from lms.programmes import profiles, waiting
from lms.programmes import queries as lists
from lms.programmes.models import MentorRequest
from lms.programmes.rules import Track


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a table: how many are new, how many were changed, and what is wrong with which row."""

    new: int
    changed: int
    problems: tuple[Problem, ...]


@dataclass
class _Refused(Exception):
    """A row can't be done."""

    column: str
    why: Why
    value: str


def carry_out(kind: Kind, lines: list[Line], by_id: int) -> Done:
    """Do every row that can be done, in the open transaction. With a problem, the caller must not keep it."""
    judged = judge(kind, lines, now().date())
    known, paired = _people(judged.rows), _paired()
    made: list[bool] = []
    problems = list(judged.problems)
    for row in judged.rows:
        try:
            made.append(_do(row, known, paired, by_id))
        except _Refused as found:
            problems.append(Problem(row.number, found.column, found.why, found.value))
    problems.sort(key=lambda one: one.row)
    return Done(sum(made), len(made) - sum(made), tuple(problems))


def _people(rows: Iterable[Row]) -> Mapping[str, int]:
    """Name for signing in, folded → person. One statement."""
    names = [name for row in rows for name in _names(row)]
    wanted = {skeleton(name) for name in names}
    found = db.session.execute(
        select(Person.skeleton, Person.id).where(
            Person.skeleton.in_(wanted), Person.id.not_in(hidden())
        )
    )
    return {row.skeleton: row.id for row in found}


def _paired() -> frozenset[int]:
    """Whoever is a mentee in a pair or an offer. One statement; these are fewer than the rows of a table."""
    live = select(Match.mentee_id).where(Match.state.in_(sorted(LIVE)))
    return frozenset(db.session.scalars(live))


def _names(row: Row) -> tuple[str, ...]:
    return (row.mentor, row.mentee) if isinstance(row, PairRow) else (row.handle,)


def _find(known: Mapping[str, int], column: str, name: str) -> int:
    person_id = known.get(skeleton(name))
    if person_id is None:
        raise _Refused(column, Why.NOBODY, name)
    return person_id


def _do(row: Row, known: Mapping[str, int], paired: Collection[int], by_id: int) -> bool:
    """Return whether it is new. Raises _Refused."""
    if isinstance(row, MentorRow):
        return _mentor(row, _find(known, "name", row.handle), by_id)
    if isinstance(row, WaitingRow):
        return _waits(row, _find(known, "name", row.handle), paired)
    mentor, mentee = _find(known, "mentor", row.mentor), _find(known, "mentee", row.mentee)
    return _pair(row, mentor, mentee, by_id)


def _mentor(row: MentorRow, person_id: int, by_id: int) -> bool:
    track = Track(row.track)
    new = lists.profile_of(person_id, track) is None
    card = profiles.Card(row.name, list(row.languages), row.places, row.about)
    profiles.make_mentor(person_id, card, track, by_id)
    return new


def _waits(row: WaitingRow, person_id: int, paired: Collection[int]) -> bool:
    track = Track(row.track)
    has = {request.track for request in lists.requests_of(person_id)}
    if has and track not in has:
        raise _Refused("track", Why.NOT_POSSIBLE, row.track)
    if person_id in paired:
        raise _Refused("name", Why.HAS_PAIR, row.handle)
    waiting.ask(person_id, row.name, list(row.languages), row.goal, (track,))
    found = lists.request_of(person_id, track) if row.since else None
    if found and row.since:
        since = {"waiting_since": datetime.combine(row.since, time(), UTC)}
        mine = MentorRequest.id == found.id
        db.session.execute(update(MentorRequest).where(mine).values(**since))
    return track not in has


def _pair(row: PairRow, mentor_id: int, mentee_id: int, by_id: int) -> bool:
    track = Track(row.track)
    profile = matches.profile_in(mentor_id, row.track)
    if profile is None:
        raise _Refused("mentor", Why.NO_MENTOR, row.mentor)
    if any(pair.track == row.track for pair in matches.pairs_of_mentee(mentee_id)):
        raise _Refused("mentee", Why.HAS_PAIR, row.mentee)
    if lists.request_of(mentee_id, track) is None:
        if lists.requests_of(mentee_id):
            raise _Refused("track", Why.NOT_POSSIBLE, row.track)
        waiting.ask(mentee_id, row.mentee_name, list(row.languages), "", (track,))
    request = lists.request_of(mentee_id, track)
    if request is None:
        raise _Refused("mentee", Why.NOT_POSSIBLE, row.mentee)
    try:
        public_id = pairs.propose(request, profile, by_id)
        _agree(public_id, row)
    except (pairs.Barred, pairs.NotWaiting, pairs.NoPlace, NotAllowed):
        raise _Refused("mentor", Why.NOT_POSSIBLE, row.mentor) from None
    _began(public_id, row)
    return True


def _agree(public_id: str, row: PairRow) -> None:
    """Both have said yes long ago, outside."""
    found = matches.pair(public_id)
    if found is None:
        raise NotAllowed("gone")
    pairs.agree_as_mentee(found, row.mentee_name, (), share_quizzes=False)
    pairs.agree_as_mentor(found, row.mentor_name)


def _began(public_id: str, row: PairRow) -> None:
    mine = Match.public_id == public_id
    length = db.session.scalar(select(Match.ends_on).where(mine))
    started = datetime.combine(row.started, time(12), UTC)
    ends_on = length and length - (now().date() - row.started)
    # A pair whose time was over long ago has a month to look back.
    soon = now().date() + timedelta(days=30)
    values = {"started_at": min(started, now()), "ends_on": max(ends_on, soon) if ends_on else None}
    db.session.execute(update(Match).where(mine).values(**values))
