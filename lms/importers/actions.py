"""Writing the rows of a table, through the same actions as by hand.

A preview does the very same in a transaction that is not kept, so that it cannot promise anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from flask import url_for
from sqlalchemy import select, update

from lms.accounts.leaving import hidden
from lms.accounts.models import Person
from lms.accounts.rules import skeleton
from lms.core.clock import now
from lms.core.db import db
from lms.importers import invitations
from lms.importers.invitations import NO, YES, Batch, Invited, Slip
from lms.importers.rules import (
    Kind,
    MentorRow,
    Outcome,
    PairRow,
    Problem,
    Row,
    WaitingRow,
    Why,
    judge,
    whose,
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
    """What came of a table: how many rows of each kind, the codes, and what is wrong with which row."""

    counts: Mapping[Outcome, int]
    slips: tuple[Slip, ...]
    problems: tuple[Problem, ...]

    @property
    def new(self) -> int:
        """How many people or pairs are new."""
        return self.counts.get(Outcome.NEW, 0)

    @property
    def changed(self) -> int:
        """How many were there already."""
        return self.counts.get(Outcome.CHANGED, 0)

    @property
    def has_code(self) -> int:
        """How many have been given a code before."""
        return self.counts.get(Outcome.HAS_CODE, 0)


@dataclass
class Refused(Exception):
    """A row can't be done."""

    column: str
    why: Why
    value: str


def carry_out(kind: Kind, lines: list[Line], by_id: int) -> Done:
    """Do every row that can be done, in the open transaction. With a problem, the caller must not keep it."""
    judged = judge(kind, lines, now().date())
    writing = _Writing(kind, by_id, judged.rows)
    outcomes: Counter[Outcome] = Counter()
    problems = list(judged.problems)
    for row in judged.rows:
        try:
            outcomes[writing.one(row)] += 1
        except Refused as found:
            problems.append(Problem(row.number, found.column, found.why, found.value))
    problems.sort(key=lambda one: one.row)
    return Done(outcomes, tuple(writing.batch.slips), tuple(problems))


class _Writing:
    """One table on its way in: whom its names mean, and the codes for those whom they mean nobody yet."""

    def __init__(self, kind: Kind, by_id: int, rows: Iterable[Row]) -> None:
        names = {name for row in rows for name in _names(row)}
        self.kind, self.by_id, self.batch = kind, by_id, Batch(by_id)
        self.invited = invitations.of_names(names)
        # Who came with a code for a name is meant by it, whoever else may be called so.
        self.known = _people(names) | {
            name: max((one.claimed_by or 0 for one in found), default=0)
            for name, found in self.invited.items()
        }
        self.paired = _paired()

    def one(self, row: Row) -> Outcome:
        """Do a row. Raises Refused."""
        before = self._invited(row)
        if before is not None and before.claimed_by is None:
            self._check_pair(row)
            invitations.change(before, row)
            return Outcome.HAS_CODE
        if before is not None:
            # What she came for is hers to answer, and hers to change.
            return Outcome.HAS_CODE
        person_id = self.known.get(skeleton(whose(row)))
        if not person_id:
            self._check_pair(row)
            self.batch.invite(self.kind, row)
            return Outcome.CODE
        return _do(row, person_id, self.mentor_of(row), self.by_id, self.paired)

    def _invited(self, row: Row) -> Invited | None:
        same = (
            found
            for found in self.invited.get(skeleton(whose(row)), ())
            if (found.kind, found.track) == (self.kind, row.track)
        )
        return next(same, None)

    def _check_pair(self, row: Row) -> None:
        mentor_id = self.mentor_of(row)
        if isinstance(row, PairRow) and matches.profile_in(mentor_id, row.track) is None:
            raise Refused("mentor", Why.NO_MENTOR, row.mentor)

    def mentor_of(self, row: Row) -> int:
        """The mentor of a row about a pair; nobody (0) of another row. Raises Refused."""
        if not isinstance(row, PairRow):
            return 0
        found = self.known.get(skeleton(row.mentor))
        if not found:
            why = Why.NOBODY if found is None else Why.MENTOR_TO_COME
            raise Refused("mentor", why, row.mentor)
        return found


def _people(names: Iterable[str]) -> dict[str, int]:
    """Name for signing in, folded → person. One statement."""
    found = db.session.execute(
        select(Person.skeleton, Person.id).where(
            Person.skeleton.in_({skeleton(name) for name in names}), Person.id.not_in(hidden())
        )
    )
    return {row.skeleton: row.id for row in found}


def _paired() -> frozenset[int]:
    """Whoever is a mentee in a pair or an offer. One statement; these are fewer than the rows of a table."""
    live = select(Match.mentee_id).where(Match.state.in_(sorted(LIVE)))
    return frozenset(db.session.scalars(live))


def _names(row: Row) -> tuple[str, ...]:
    return (row.mentor, row.mentee) if isinstance(row, PairRow) else (row.handle,)


# --- One row -------------------------------------------------------------------------------------


def _do(row: Row, person_id: int, mentor_id: int, by_id: int, paired: frozenset[int]) -> Outcome:
    """Do what a row says for somebody with an account. Raises Refused."""
    if isinstance(row, MentorRow):
        new = _mentor(row, person_id, by_id)
    elif isinstance(row, WaitingRow):
        new = _waits(row, person_id, paired)
    else:
        new = _pair(row, mentor_id, person_id, by_id)
    return Outcome.NEW if new else Outcome.CHANGED


def _mentor(row: MentorRow, person_id: int, by_id: int) -> bool:
    track = Track(row.track)
    new = lists.profile_of(person_id, track) is None
    card = profiles.Card(row.name, list(row.languages), row.places, row.about)
    profiles.make_mentor(person_id, card, track, by_id)
    return new


def _waits(row: WaitingRow, person_id: int, paired: frozenset[int]) -> bool:
    track = Track(row.track)
    has = {request.track for request in lists.requests_of(person_id)}
    if has and track not in has:
        raise Refused("track", Why.NOT_POSSIBLE, row.track)
    if person_id in paired:
        raise Refused("name", Why.HAS_PAIR, row.handle)
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
        raise Refused("mentor", Why.NO_MENTOR, row.mentor)
    if any(pair.track == row.track for pair in matches.pairs_of_mentee(mentee_id)):
        raise Refused("mentee", Why.HAS_PAIR, row.mentee)
    if lists.request_of(mentee_id, track) is None:
        if lists.requests_of(mentee_id):
            raise Refused("track", Why.NOT_POSSIBLE, row.track)
        waiting.ask(mentee_id, row.mentee_name, list(row.languages), "", (track,))
    request = lists.request_of(mentee_id, track)
    if request is None:
        raise Refused("mentee", Why.NOT_POSSIBLE, row.mentee)
    try:
        public_id = pairs.propose(request, profile, by_id)
        _agree(public_id, row)
    except (pairs.Barred, pairs.NotWaiting, pairs.NoPlace, NotAllowed):
        raise Refused("mentor", Why.NOT_POSSIBLE, row.mentor) from None
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


# --- Her answer ----------------------------------------------------------------------------------


def accept(found: Invited, person_id: int) -> str:
    """She says yes to a row that is hers: what it says is done. Return where she goes on. Raises Refused."""
    row, by_id = invitations.row_of(found), found.brought_by or person_id
    writing = _Writing(found.kind, by_id, [row])
    _do(row, person_id, writing.mentor_of(row), by_id, writing.paired)
    invitations.answer(found, YES)
    return url_for("programmes.places" if found.kind is Kind.MENTORS else "web.home")


def refuse(found: Invited) -> None:
    """She says no: what the row said is destroyed, and staff are not told why."""
    invitations.answer(found, NO)
