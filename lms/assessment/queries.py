"""Reads of assessment: attempts with their answers, what came of them, what staff gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from lms.assessment import rules
from lms.assessment.marking import Response, from_json
from lms.assessment.models import Allowance, Answer, Attempt
from lms.assessment.rules import Past, Saved, Standing, State
from lms.core.db import db, fetch
from lms.courses.models import Item, ItemVersion
from lms.courses.queries import Outline
from lms.courses.questions import QuizRules
from lms.courses.source.model import ItemKind


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt as pages and rules want it."""

    id: int
    public_id: str
    person_id: int
    item_id: int
    item_version_id: int
    version_id: int
    number: int
    state: State
    seed: int
    client_key: str
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    timed_out: bool
    points: Fraction
    out_of: int
    percent: int | None
    passed: bool
    void_reason: str

    @property
    def past(self) -> Past:
        """What the rules need of it."""
        return Past(self.number, self.state, self.submitted_at, self.percent)


def _tries() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Attempt.id, Attempt.public_id, Attempt.person_id, Attempt.item_id),
            *(Attempt.item_version_id, ItemVersion.version_id, Attempt.number, Attempt.state),
            *(Attempt.seed, Attempt.client_key, Attempt.started_at, Attempt.deadline_at),
            *(Attempt.submitted_at, Attempt.timed_out, Attempt.points, Attempt.out_of),
            *(Attempt.percent, Attempt.passed, Attempt.void_reason),
        )
        .join(ItemVersion, ItemVersion.id == Attempt.item_version_id)
        .order_by(Attempt.number)
    )


def _as_try(row: Any) -> Try:
    found = Try(*row)
    return replace(found, state=State(found.state), points=Fraction(found.points))


_this = aliased(Attempt)
_FAMILY = (
    _tries()
    .join(_this, (_this.person_id == Attempt.person_id) & (_this.item_id == Attempt.item_id))
    .where(_this.public_id == bindparam("public_id"))
)
_FAMILY_LOCKED = _FAMILY.with_for_update(of=Attempt)
_ATTEMPTS = _tries().where(
    Attempt.person_id == bindparam("person_id"), Attempt.item_id == bindparam("item_id")
)


def family(public_id: str, *, lock: bool = False) -> list[Try]:
    """The attempt at an address with all others of that person at that quiz, the first one first.

    `lock` makes other writers of them wait until the transaction ends.
    """
    rows = fetch(_FAMILY_LOCKED if lock else _FAMILY, public_id=public_id)
    return [_as_try(row) for row in rows]


def attempts(person_id: int, item_id: int) -> list[Try]:
    """All attempts of a person at a quiz, the first one first."""
    rows = fetch(_ATTEMPTS, person_id=person_id, item_id=item_id)
    return [_as_try(row) for row in rows]


# --- Answers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """A saved answer with its mark."""

    question: str
    saved: Saved
    response: Response
    points: Fraction


_ANSWERS = (
    select(
        *(Answer.question, Answer.seq, Answer.response, Answer.points),
        *(Answer.correct, Answer.late),
    )
    .where(Answer.attempt_id == bindparam("attempt_id"))
    .order_by(Answer.seq)
)


def answers(attempt_id: int) -> dict[str, list[Given]]:
    """Every answer of an attempt by question, in sequence. One statement."""
    rows = fetch(_ANSWERS, attempt_id=attempt_id)
    found: dict[str, list[Given]] = {}
    for row in rows:
        saved = Saved(row.seq, row.correct, row.late)
        given = Given(row.question, saved, from_json(row.response), Fraction(row.points))
        found.setdefault(row.question, []).append(given)
    return found


def counting(quiz: QuizRules, given: Sequence[Given]) -> Given | None:
    """The answer among those to one question that is marked."""
    chosen = rules.counting_answer(quiz.review, [one.saved for one in given])
    return next((one for one in given if one.saved == chosen), None)


def shown(given: Sequence[Given]) -> Given | None:
    """The answer that stands on the page when it is opened again: the latest in time."""
    in_time = [one for one in given if not one.saved.late]
    return in_time[-1] if in_time else None


# --- Allowances ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Allowed:
    """What staff gave: more attempts, more time (1.0 is the normal time), and why."""

    attempts: int = 0
    multiplier: float = 1.0
    reasons: tuple[tuple[datetime, str], ...] = ()


def allowed(person_id: int, item_id: int) -> Allowed:
    """Everything that staff gave a person for a quiz, together."""
    mine = (Allowance.person_id == person_id) & (Allowance.item_id == item_id)
    rows = db.session.execute(
        select(Allowance.attempts, Allowance.time_percent, Allowance.given_at, Allowance.reason)
        .where(mine)
        .order_by(Allowance.given_at)
    ).all()
    return Allowed(
        attempts=sum(row.attempts for row in rows),
        multiplier=max([row.time_percent for row in rows], default=100) / 100,
        reasons=tuple((row.given_at, row.reason) for row in rows),
    )


def standing(quiz: QuizRules, tries: Sequence[Try], extra: int) -> Standing:
    """How a person stands with a quiz, from all her attempts."""
    past = [one.past for one in tries]
    return Standing(
        passed=rules.is_passed(quiz, rules.counted_percent(quiz.counts, past)),
        left=rules.attempts_left(quiz, past, extra),
        open=any(one.state is State.OPEN for one in tries),
    )


# --- For the rooms above -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What counts of a person's attempts at one quiz."""

    percent: int
    passed: bool
    tries: int


def results(person_id: int, *outlines: Outline) -> dict[int, Result]:
    """What counts for every quiz of these courses that has a marked attempt: item id to result. One statement."""
    items = [item for outline in outlines for item in outline.items]
    quizzes = {item.id: item for item in items if item.kind is ItemKind.QUIZ}
    rows = db.session.execute(
        select(Attempt.item_id, Attempt.number, Attempt.percent)
        .where(
            Attempt.person_id == person_id,
            Attempt.item_id.in_(quizzes),
            Attempt.state == State.MARKED,
        )
        .order_by(Attempt.number)
    )
    past: dict[int, list[Past]] = {}
    for item_id, number, percent in rows:
        past.setdefault(item_id, []).append(Past(number, State.MARKED, percent=percent))
    return {
        item_id: _result(quizzes[item_id].rules or QuizRules(), marked)
        for item_id, marked in past.items()
    }


def _result(quiz: QuizRules, marked: Sequence[Past]) -> Result:
    percent = rules.counted_percent(quiz.counts, marked) or 0
    return Result(percent, rules.is_passed(quiz, percent), len(marked))


def course_of(item_public_id: str) -> tuple[int, int] | None:
    """(course id, item id) of a quiz by what stands in its address."""
    row = db.session.execute(
        select(Item.course_id, Item.id).where(Item.public_id == item_public_id)
    ).first()
    return (row.course_id, row.id) if row else None
