"""Reads of goals: frozen values made for a page. Nothing here tells who may see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from lms.accounts.leaving import hidden
from lms.accounts.vault import SharedKeys
from lms.core.db import db
from lms.core.i18n import language
from lms.core.sealing import CannotOpen, Place
from lms.courses import queries as courses
from lms.courses.models import Course, Item
from lms.goals.models import Goal, GoalStep
from lms.goals.rules import GoalState, done_of
from lms.learning import queries as learning
from lms.learning.models import Completion, Enrolment
from lms.mentoring import queries as mentoring
from lms.mentoring.models import Match, MatchShare
from lms.mentoring.queries import Pair
from lms.mentoring.states import TOGETHER


def place(table: str, column: str, public_id: str, pair: Pair) -> Place:
    """Where words of a pair's work are sealed. The mentee owns them, whoever wrote them."""
    return Place(table, column, public_id, pair.mentee_public_id)


def opened(keys: SharedKeys, sealed: bytes | None, where: Place) -> str | None:
    """The words; empty where nothing was written, None where the key that sealed them is gone."""
    if sealed is None:
        return ""
    try:
        return keys.open(sealed, where)
    except CannotOpen:
        return None


# --- Goals ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """The part of a course that a step is. The reader gets no title where the course is not shared."""

    title: str
    course: str
    item: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step, opened. `done` is None where the reader may not know."""

    public_id: str
    text: str | None
    due_on: date | None
    done: bool | None
    linked: Linked | None
    is_linked: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A goal, opened, with its steps."""

    id: int
    public_id: str
    title: str | None
    measure: str | None
    evidence: str | None
    due_on: date | None
    state: GoalState
    reopened: bool
    made_at: datetime
    closed_at: datetime | None
    looked_at: datetime | None
    steps: Sequence[Step]

    @property
    def progress(self) -> tuple[int, int]:
        """(done, all) of its steps."""
        return done_of([step.done for step in self.steps])

    @property
    def mark(self) -> str:
        """Which of three marks stands before it: reached, begun, not begun."""
        if self.state is GoalState.MET:
            return "circle-check"
        begun = self.state is GoalState.PARTLY_MET or self.progress[0] > 0
        return "circle-dot" if begun else "circle"


@dataclass(frozen=True, slots=True)
class GoalOf:
    """A goal by its number, with its pair: what the policy decides upon."""

    id: int
    public_id: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class StepOf:
    """A step by its number, with its goal's public id and pair."""

    id: int
    goal: str
    goal_state: GoalState
    item_id: int | None
    pair: Pair


_GOAL = (
    *(Goal.id, Goal.public_id, Goal.title, Goal.measure, Goal.evidence, Goal.due_on, Goal.state),
    *(Goal.reopened, Goal.made_at, Goal.closed_at, Goal.looked_at),
)
_STEP = (
    *(GoalStep.public_id, GoalStep.words, GoalStep.due_on, GoalStep.done_at, GoalStep.item_id),
    *(Course.public_id, Item.public_id, Enrolment.version_id, Completion.done_at),
    MatchShare.course_id,
)


def _goals(mentee_id: int) -> Select[*tuple[Any, ...]]:
    hers = and_(Enrolment.person_id == mentee_id, Enrolment.course_id == Item.course_id)
    done = and_(Completion.enrolment_id == Enrolment.id, Completion.item_id == Item.id)
    shared = and_(MatchShare.match_id == Goal.match_id, MatchShare.course_id == Item.course_id)
    return (
        select(*_GOAL, *_STEP)
        .outerjoin(GoalStep, GoalStep.goal_id == Goal.id)
        .outerjoin(Item, Item.id == GoalStep.item_id)
        .outerjoin(Course, Course.id == Item.course_id)
        .outerjoin(Enrolment, hers)
        .outerjoin(Completion, done)
        .outerjoin(MatchShare, shared)
        .order_by(Goal.id, GoalStep.id)
    )


Rows = Sequence[Row[*tuple[Any, ...]]]


def goal_rows(pair: Pair, goal_id: int | None = None) -> Rows:
    """Goals of a pair with their steps and how far those are that are parts of courses. One statement."""
    statement = _goals(pair.mentee_id).where(Goal.match_id == pair.id, Goal.title.is_not(None))
    if goal_id is not None:
        statement = statement.where(Goal.id == goal_id)
    return db.session.execute(statement).all()


def held(rows: Rows, pair: Pair, keys: SharedKeys, reader_id: int) -> list[Held]:
    """Open what `goal_rows` read, for one side."""
    return [
        _held(list(group), pair, keys, mentor=reader_id == pair.mentor_id)
        for _id, group in groupby(rows, key=itemgetter(0))
    ]


def _held(rows: Rows, pair: Pair, keys: SharedKeys, *, mentor: bool) -> Held:
    number, public_id, *sealed, due_on, state, reopened, made, closed, looked = rows[0][
        : len(_GOAL)
    ]
    words_of = [
        opened(keys, value, place("goal", name, public_id, pair))
        for name, value in zip(("title", "measure", "evidence"), sealed, strict=True)
    ]
    steps = [
        _step(row[len(_GOAL) :], pair, keys, mentor=mentor)
        for row in rows
        if row[len(_GOAL)] is not None
    ]
    title, measure, evidence = words_of
    return Held(
        id=number,
        public_id=public_id,
        title=title,
        measure=measure,
        evidence=evidence,
        due_on=due_on,
        state=GoalState(state),
        reopened=reopened,
        made_at=made,
        closed_at=closed,
        looked_at=looked,
        steps=steps,
    )


def _step(row: Sequence[Any], pair: Pair, keys: SharedKeys, *, mentor: bool) -> Step:
    public_id, sealed, due_on, done_at, item_id, course, item, version, completed, shared = row
    text = opened(keys, sealed, place("goal_step", "words", public_id, pair))
    if item_id is None:
        return Step(public_id, text, due_on, done_at is not None, None, is_linked=False)
    if mentor and shared is None:
        return Step(public_id, text, due_on, None, None, is_linked=True)
    outline = courses.outline(version, language()) if version else None
    found = outline.by_id.get(item_id) if outline else None
    linked = Linked(found.title, course, item) if found else None
    return Step(public_id, text, due_on, completed is not None, linked, is_linked=True)


def goal(public_id: str) -> GoalOf | None:
    """A goal by the id in its address."""
    found = select(Goal.id, Match.public_id).join(Match, Match.id == Goal.match_id)
    readable = (Goal.public_id == public_id) & Goal.title.is_not(None)
    row = db.session.execute(found.where(readable)).first()
    pair = mentoring.pair(row[1]) if row else None
    return GoalOf(row[0], public_id, pair) if row and pair else None


def step(public_id: str) -> StepOf | None:
    """A step by the id in its address."""
    row = db.session.execute(
        select(GoalStep.id, Goal.public_id, Goal.state, GoalStep.item_id, Match.public_id)
        .join(Goal, Goal.id == GoalStep.goal_id)
        .join(Match, Match.id == Goal.match_id)
        .where(GoalStep.public_id == public_id)
    ).first()
    pair = mentoring.pair(row[-1]) if row else None
    return StepOf(row[0], row[1], GoalState(row[2]), row[3], pair) if row and pair else None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a course that can be a step."""

    item_id: int
    public_id: str
    title: str


def parts(pair: Pair) -> list[tuple[str, list[Part]]]:
    """What steps can be linked to: required parts of the courses that the mentee shares, not yet done."""
    shared = mentoring.shares_of([pair.id]).get(pair.id, frozenset())
    found = []
    for facts in learning.progress_of_many([pair.mentee_id], shared) if shared else ():
        outline = courses.outline(facts.version_id, language())
        if outline is not None:
            left = [
                Part(item.id, item.public_id, item.title)
                for item in outline.items
                if item.id not in facts.done and not item.private
            ]
            found.append((outline.title, left))
    return [(title, left) for title, left in found if left]


def counts(match_ids: Iterable[int]) -> dict[int, Counter[str]]:
    """How many goals of these pairs are in which state: all that anybody else learns of them."""
    rows = db.session.execute(
        select(Goal.match_id, Goal.state, func.count())
        .where(Goal.match_id.in_(list(match_ids)))
        .group_by(Goal.match_id, Goal.state)
    )
    found: dict[int, Counter[str]] = {}
    for match_id, state, number in rows:
        found.setdefault(match_id, Counter())[state] = number
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """A pair as a coordinator sees its goals: how many, how far, when they were last looked at."""

    mentor_name: str
    mentee_name: str
    mentee_id: int
    by_state: Counter[str]
    looked_at: datetime | None


def _both_here() -> tuple[Any, Any]:
    return Match.mentor_id.not_in(hidden()), Match.mentee_id.not_in(hidden())


def counted() -> list[Counted]:
    """Every live pair with its counts, by the mentee's name. Two statements."""
    rows = db.session.execute(
        select(Match.id, Match.mentor_name, Match.mentee_name, Match.mentee_id)
        .add_columns(func.max(Goal.looked_at))
        .outerjoin(Goal, Goal.match_id == Match.id)
        .where(Match.state.in_(TOGETHER), *_both_here())
        .group_by(Match.id)
    ).all()
    by_pair = counts([row[0] for row in rows])
    found = [
        Counted(mentor, mentee, mentee_id, by_pair.get(match_id, Counter()), looked)
        for match_id, mentor, mentee, mentee_id, looked in rows
    ]
    return sorted(found, key=lambda one: one.mentee_name.casefold())
